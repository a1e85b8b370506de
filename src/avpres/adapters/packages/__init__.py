"""Packages of other archives, read as they are."""
