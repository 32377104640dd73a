"""Asks the students' own URLs, and alone talks to them."""
