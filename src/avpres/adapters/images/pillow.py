"""Pillow as a decoder of one format, without its own limit of pixels: ours were held before."""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

FAULTS = (
    *(OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, AttributeError),
    *(ArithmeticError, AssertionError, NotImplementedError, struct.error),
)
"""What Pillow raises when it cannot read a file."""


@contextmanager
def opened(data: bytes, format: str) -> Iterator[Any]:
    """Open an image of this format and no other; warnings are of tags, which are not asked for."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=[format]) as image:
            yield image


def name() -> str:
    """Give its name and version."""
    import PIL

    return f"Pillow {PIL.__version__}"
