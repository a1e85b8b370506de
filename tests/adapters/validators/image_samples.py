"""Images by real tools and by hand, and what a validator says of bytes."""

import io
import struct
from collections.abc import Sequence

from PIL import Image

from avpres.adapters.validators.examination import Examination, Rules
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format

Tag = tuple[int, int, int, bytes]
"""Tag, type, count and value; values that are too long for the entry stand behind the directory."""


def verdict(tmp_path, data: bytes, format: Format, *, strict: bool = False) -> Examination:
    path = tmp_path / "file"
    path.write_bytes(data)
    exam = Examination(rules=Rules(strict=strict))
    with path.open("rb") as file:
        examine(Source(file, str(path)), format, exam)
    return exam


def ids(exam: Examination) -> set[str]:
    return set(exam.counts)


def jhove(exam: Examination) -> set[str | None]:
    return {message.jhove for message in exam.messages}


def picture(mode: str = "RGB", size: tuple[int, int] = (61, 47)) -> Image.Image:
    gradient = Image.linear_gradient("L").resize(size)
    if mode in {"1", "L"}:
        return gradient.convert(mode)
    turned = gradient.transpose(Image.Transpose.ROTATE_90).resize(size)
    return Image.merge("RGB", (gradient, turned, gradient)).convert(mode)


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def short(tag: int, *values: int) -> Tag:
    return tag, 3, len(values), struct.pack(f"<{len(values)}H", *values)


def long(tag: int, *values: int) -> Tag:
    return tag, 4, len(values), struct.pack(f"<{len(values)}I", *values)


def ascii_(tag: int, text: bytes) -> Tag:
    return tag, 2, len(text), text


def grey_tags(width: int = 4, height: int = 4, offset: int = 8) -> list[Tag]:
    return [
        short(256, width),
        short(257, height),
        short(258, 8),
        short(259, 1),
        short(262, 1),
        long(273, offset),
        short(277, 1),
        short(278, height),
        long(279, width * height),
    ]


def tiff(tags: Sequence[Tag], pixels: bytes = bytes(16), then: bytes = b"") -> bytes:
    """Make a little-endian TIFF: header, pixels, one directory, values, and `then`."""
    start = 8 + len(pixels) + len(pixels) % 2
    room = start + 2 + 12 * len(tags) + 4
    table, values = b"", b""
    for tag, kind, count, value in tags:
        held = value.ljust(4, b"\0")
        if len(value) > 4:
            held = struct.pack("<I", room + len(values))
            values += value + bytes(len(value) % 2)
        table += struct.pack("<HHI", tag, kind, count) + held
    head = b"II*\0" + struct.pack("<I", start) + pixels + bytes(len(pixels) % 2)
    return head + struct.pack("<H", len(tags)) + table + bytes(4) + values + then


def with_tag(tags: Sequence[Tag], *added: Tag) -> list[Tag]:
    """Put tags in their places; one that is there already is replaced."""
    kept = {tag[0]: tag for tag in tags} | {tag[0]: tag for tag in added}
    return [kept[tag] for tag in sorted(kept)]


def without(tags: Sequence[Tag], *gone: int) -> list[Tag]:
    return [tag for tag in tags if tag[0] not in gone]
