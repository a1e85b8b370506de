"""Decoding still images with Pillow, every frame of them."""

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 2**30  # beyond that a frame does not fit into the memory that a worker has
MOST_FRAMES = 100_000
_UNKNOWN = ("no image of a kind", "not configured", "not implemented", "More samples per pixel")
_HEARD = 65536  # bytes of what libraries say that are listened to


def decode_image(source: Source, exam: Examination) -> None:
    """Decode every frame; what Pillow cannot decode makes the file not well-formed.

    Kinds of images that Pillow does not know (some TIFF codecs) are told and left; its warnings are
    of tags, not of images. libtiff says on standard error what it repairs; that counts too.
    """
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the limit here is our own
    lines: list[str] = []
    fault = ""
    try:
        with overheard(lines), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = source.data
            with Image.open(io.BytesIO(data) if data is not None else source.path) as image:
                _every_frame(image, exam)
    except UnidentifiedImageError:
        fault = _UNKNOWN[0]
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError) as error:
        fault = f"Pillow cannot decode it: {error}"
    _tell(fault, list(dict.fromkeys(lines)), exam)


def _tell(fault: str, lines: list[str], exam: Examination) -> None:
    if any(word in text for text in (fault, *lines) for word in _UNKNOWN):
        exam.warn("DEEP-NO-DECODER", "not decoded: Pillow does not know this kind of image")
        return
    if fault:
        exam.broken("DEEP-DECODE", fault)
    for line in lines:
        exam.broken("DEEP-DECODE", f"it can only be decoded with repair: {line}")


def _every_frame(image: "Image.Image", exam: Examination) -> None:
    for frame in range(min(getattr(image, "n_frames", 1), MOST_FRAMES)):
        image.seek(frame)
        if image.width * image.height > MOST_PIXELS:
            exam.warn("DEEP-TOO-LARGE", "not decoded: too large for the memory of a worker")
            return
        image.load()


if hasattr(os, "set_blocking"):

    @contextmanager
    def overheard(lines: list[str]) -> Iterator[None]:
        """Take what libraries write to standard error meanwhile, as far as a pipe holds it."""
        kept = os.dup(2)
        ear, mouth = os.pipe()
        os.set_blocking(mouth, False)
        os.dup2(mouth, 2)
        os.close(mouth)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            with os.fdopen(ear, "rb") as file:
                text = file.read(_HEARD).decode("utf-8", "replace")
            lines += [line.strip() for line in text.splitlines() if line.strip()]

else:  # pragma: no cover - Windows

    @contextmanager
    def overheard(lines: list[str]) -> Iterator[None]:  # noqa: ARG001
        """Let libraries write to standard error: pipes wait here when they are full."""
        yield
