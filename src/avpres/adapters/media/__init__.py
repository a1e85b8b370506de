"""Films and sounds: what they hold, and digests of their frames."""
