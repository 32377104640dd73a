"""The page of one namespace."""
