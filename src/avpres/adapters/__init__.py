"""All contact with the world: programs, storage, formats."""
