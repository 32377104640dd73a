"""The class board."""
