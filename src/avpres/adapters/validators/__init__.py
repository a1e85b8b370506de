"""Validators, a module per format: `validate(source, exam)` walks a file and says what it finds."""
