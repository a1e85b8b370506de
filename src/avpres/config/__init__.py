"""Typed options of each subcommand."""
