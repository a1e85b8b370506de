"""The header of a DPX file, field by field (SMPTE ST 268, versions 1.0 and 2.0)."""

import struct
from dataclasses import dataclass
from math import isfinite

UNDEFINED = 0xFFFFFFFF  # what is not known is filled with ones
GENERIC, INDUSTRY = 1664, 384  # bytes
_ELEMENTS, _ELEMENT = 780, 72  # where the first one stands, bytes of each

Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its offset, its type as `struct` writes it, the words for it."""

    offset: int
    code: str
    name: str


def _fields(*rows: tuple[int, str, str]) -> tuple[Field, ...]:
    return tuple(Field(*row) for row in rows)


FILE = _fields(
    (36, "100s", "file_name"),
    (136, "24s", "created"),
    (160, "100s", "creator"),
    (260, "200s", "project"),
    (460, "200s", "copyright"),
)
SOURCE = _fields(
    (1408, "I", "x_offset"),
    (1412, "I", "y_offset"),
    (1424, "I", "original_width"),
    (1428, "I", "original_height"),
    (1432, "100s", "source_file_name"),
    (1532, "24s", "source_created"),
    (1556, "32s", "input_device"),
    (1588, "32s", "input_device_serial_number"),
    (1628, "I", "pixel_aspect_horizontal"),
    (1632, "I", "pixel_aspect_vertical"),
)
FILM = _fields(
    (1664, "2s", "manufacturer"),
    (1666, "2s", "type"),
    (1668, "2s", "perforation_offset"),
    (1670, "6s", "prefix"),
    (1676, "4s", "count"),
    (1680, "32s", "format"),
    (1712, "I", "frame_position"),
    (1716, "I", "sequence_length"),
    (1720, "I", "held_count"),
    (1724, "f", "frame_rate"),
    (1728, "f", "shutter_angle"),
    (1732, "32s", "frame_identification"),
    (1764, "100s", "slate"),
)
TELEVISION = _fields(
    (1920, "I", "timecode"),
    (1924, "I", "user_bits"),
    (1928, "B", "interlace"),
    (1929, "B", "field_number"),
    (1930, "B", "video_signal"),
    (1932, "f", "horizontal_sampling_rate"),
    (1936, "f", "vertical_sampling_rate"),
    (1940, "f", "frame_rate"),
    (1944, "f", "time_offset"),
    (1948, "f", "gamma"),
    (1952, "f", "black_level"),
    (1956, "f", "black_gain"),
    (1960, "f", "breakpoint"),
    (1964, "f", "white_level"),
    (1968, "f", "integration_time"),
)


@dataclass(frozen=True, slots=True)
class Element:
    """One image element: a plane, or all components interleaved."""

    offset: int  # of its header
    sign: int
    descriptor: int
    transfer: int
    colorimetric: int
    bits: int
    packing: int
    encoding: int
    data: int  # offset
    line_padding: int  # bytes
    image_padding: int  # bytes
    description: str


def read(raw: bytes, order: str, field: Field) -> Value:
    """Give a field's value; None where it is undefined or lies behind the header."""
    size = struct.calcsize(field.code)
    part = raw[field.offset : field.offset + size]
    if len(part) < size or part == b"\xff" * size:
        return None
    if field.code.endswith("s"):
        return text(part) or None
    number: int | float = struct.unpack(order + field.code, part)[0]
    return number if isfinite(number) else None


def group(raw: bytes, order: str, fields: tuple[Field, ...]) -> dict[str, object]:
    """Give all fields of a group that say something."""
    found = ((field.name, read(raw, order, field)) for field in fields)
    return {name: value for name, value in found if value is not None}


def element(raw: bytes, order: str, index: int) -> Element:
    """Read one image element's header."""
    offset = _ELEMENTS + index * _ELEMENT
    sign, *_, descriptor, transfer, colorimetric, bits, packing, encoding, data, line, image = (
        struct.unpack_from(order + "IIfIfBBBBHHIII", raw, offset)
    )
    return Element(
        offset,
        sign,
        descriptor,
        transfer,
        colorimetric,
        bits,
        packing,
        encoding,
        data,
        0 if line == UNDEFINED else line,
        0 if image == UNDEFINED else image,
        text(raw[offset + 40 : offset + 72]),
    )


def text(part: bytes) -> str:
    """Give a text up to its first NUL or fill byte."""
    return part.split(b"\0")[0].split(b"\xff")[0].decode("latin-1").strip()


def timecode(value: object) -> str:
    """Write a SMPTE timecode, which stands in the file as binary coded decimals."""
    digits = f"{value:08x}" if isinstance(value, int) else ""
    return ":".join(digits[i : i + 2] for i in range(0, 8, 2)) if digits.isdigit() else ""


def keycode(film: dict[str, object]) -> str:
    """Write the edge code of the film: manufacturer, type, prefix, count, perforation."""
    names = ("manufacturer", "type", "prefix", "count", "perforation_offset")
    return " ".join(str(film[name]) for name in names if name in film)
