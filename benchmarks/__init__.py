"""Measurements of avpres against limits and peers; run by hand, `python -m benchmarks --help`."""
