"""Migrating: other formats by policy, nothing lost, every outcome proved."""
