"""Saying what a file is: PRONOM through Siegfried, and the signs that damage leaves standing."""
