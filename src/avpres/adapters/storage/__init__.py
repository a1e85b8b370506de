"""Walking, reading, writing, flushing and reading back; copy backends."""
