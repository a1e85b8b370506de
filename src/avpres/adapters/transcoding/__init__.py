"""Targets other than JP2: each gives the source back, or every sample of it, and is proved."""
