"""Decoding still images with Pillow, every frame of them."""

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 2**30  # beyond that a frame does not fit into the memory that a worker has
MOST_FRAMES = 100_000
_UNKNOWN = (
    "no image of a kind",
    "not configured",
    "not implemented",
    "More samples per pixel",
    "unknown raw mode",
)
_TEXTS = 256 * 1024 * 1024  # bytes of texts in one PNG
_HEARD = 65536  # bytes of what libraries say that are listened to


def decode_image(source: Source, exam: Examination) -> None:
    """Decode every frame; what Pillow cannot decode makes the file not well-formed."""
    fault = attempt(source, exam)
    if is_unknown(fault):
        exam.warn("DEEP-NO-DECODER", "not decoded: Pillow does not know this kind of image")
    elif fault:
        exam.broken("DEEP-DECODE", f"Pillow cannot decode it: {fault}")


def attempt(source: Source, exam: Examination) -> str:
    """Decode every frame and give what goes wrong; "" if nothing does."""
    data = source.data
    return decoded(io.BytesIO(data) if data is not None else source.path, exam)


def decoded(file: BinaryIO | str, exam: Examination | None = None) -> str:
    """Decode every frame of an image and give what goes wrong; "" if nothing does.

    Pillow's warnings are of tags, not of images. libtiff says on standard error what it repairs;
    that counts too.
    """
    from PIL import Image, PngImagePlugin, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the limits here are our own
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = _TEXTS
    lines: list[str] = []
    fault = ""
    try:
        with overheard(lines), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file) as image:
                _every_frame(image, exam)
    except UnidentifiedImageError:
        fault = _UNKNOWN[0]
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError) as error:
        fault = str(error) or type(error).__name__
    return "; ".join(filter(None, (fault, *dict.fromkeys(lines))))


def is_unknown(fault: str) -> bool:
    """Say whether Pillow does not know that kind of image: some codecs of TIFF, for one."""
    return any(word in fault for word in _UNKNOWN)


def _every_frame(image: "Image.Image", exam: Examination | None) -> None:
    for frame in range(min(getattr(image, "n_frames", 1), MOST_FRAMES)):
        image.seek(frame)
        if image.width * image.height > MOST_PIXELS:
            if exam is not None:
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
