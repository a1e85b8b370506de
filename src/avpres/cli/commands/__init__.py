"""One Typer function per file."""
