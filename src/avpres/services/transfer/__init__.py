"""The verified transfer: plan, copy, flush, read back from the medium, compare, name, record."""
