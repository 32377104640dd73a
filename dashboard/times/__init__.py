"""Moments and durations, as addresses and pages write them."""
