"""Images made by a real writer, and what the tests of raster formats do to them."""

import io
import struct
import zlib
from functools import cache
from random import Random

from PIL import Image

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.validity import Message

CUTS = (0.01, 0.25, 0.5, 0.9)


def examined(format: Format, data: bytes) -> Examination:
    exam = Examination()
    examine(Source(io.BytesIO(data), "made", data), format, exam)
    return exam


def message(exam: Examination, id: str) -> Message:
    return next(said for said in exam.messages if said.id == id)


@cache
def picture(mode: str = "RGB", size: tuple[int, int] = (60, 44)) -> Image.Image:
    """Give a picture with slopes and noise, the same each time."""
    noise = Image.frombytes("L", (16, 16), Random(7).randbytes(256)).resize(size)  # noqa: S311
    slope = Image.radial_gradient("L").resize(size)
    return Image.merge("RGB", (slope, noise, slope.rotate(90).resize(size))).convert(mode)


def saved(picture: Image.Image, format: str, **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, format, **options)
    return target.getvalue()


def replaced(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def flipped(data: bytes, at: int, bit: int = 0) -> bytes:
    return replaced(data, at, bytes((data[at] ^ 1 << bit,)))


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """Build a PNG with right checksums."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Take a PNG apart."""
    found, place = [], 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        found.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    return found


def profile() -> bytes:
    """Give an sRGB profile as colour managers write it."""
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
