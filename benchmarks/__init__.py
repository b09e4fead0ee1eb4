"""Measurements, not tests: `make bench` prints them, each beside its peers in the same run."""
