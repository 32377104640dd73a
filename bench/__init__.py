"""Measurements, run by hand: what a class of a size costs. `make test` runs none of them."""
