"""Pillow as a decoder of one format, without its own limit of pixels: ours were held before."""

import io
from typing import Any

FAULTS = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError)
"""What Pillow raises when it cannot read a file."""


def opened(data: bytes, format: str) -> Any:
    """Open an image of this format and no other."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    return Image.open(io.BytesIO(data), formats=[format])


def name() -> str:
    """Give its name and version."""
    import PIL

    return f"Pillow {PIL.__version__}"
