"""The page that tries policies before anybody applies them."""
