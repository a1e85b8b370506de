"""External programs: found, asked for their version, run well."""
