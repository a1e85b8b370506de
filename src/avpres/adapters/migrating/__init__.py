"""Migrating single files in worker processes: looked at, decided, made, proved, staged."""
