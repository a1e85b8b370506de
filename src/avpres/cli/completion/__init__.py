"""Completion scripts for shells, generated from the commands; a TAB starts no Python."""
