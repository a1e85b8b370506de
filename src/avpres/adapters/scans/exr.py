"""OpenEXR without compression: scan lines of half, float or unsigned samples.

Each line stands in a chunk of its own, behind its number and size. Both are part of the array, as
they are for RAWcooked: they are made again from the lines' order.
"""

import struct
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from avpres.adapters.scans import rawcooked
from avpres.adapters.scans.arrays import check
from avpres.adapters.scans.exr_header import Attribute, Channel, channels_of, read_header
from avpres.adapters.scans.rates import aspect_of, rate_from
from avpres.adapters.scans.window import Window
from avpres.domain.scan import Packing, SampleArray, Scan, ScanFormat, Trait, UncodableScan

_COMPRESSIONS = ("none", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB")
_SIZES = {0: 4, 1: 2, 2: 4}  # bytes of an unsigned, half, float sample
_KINDS = {0: "U", 1: "F", 2: "F"}
_HEAD = 8  # bytes of a line's number and size
_TILED, _DEEP, _PARTS = 0x200, 0x800, 0x1000
_SIDE = 1 << 16  # pixels

Attributes = dict[bytes, Attribute]


def read(window: Window) -> Scan:
    """Read the header of an OpenEXR file.

    Raises:
        UncodableScan: what it describes cannot be coded.
    """
    version = _version(window)
    attributes, behind = read_header(window)
    compression = _byte(attributes, b"compression")
    if compression:
        known = compression < len(_COMPRESSIONS)
        name = _COMPRESSIONS[compression] if known else f"method {compression}"
        raise UncodableScan("COMPRESSED", f"its samples are compressed ({name})")
    channels = channels_of(_value(attributes, b"channels"))
    left, top, right, bottom = _box(attributes)
    width, height = right - left + 1, bottom - top + 1
    if not 0 < width <= _SIDE or not 0 < height <= _SIDE:
        raise UncodableScan("GEOMETRY", f"the picture is {width} by {height} pixels large")
    array = _array(window, channels, (width, height, left, top), behind)
    rate = _rate(attributes)
    return Scan(
        format=ScanFormat.EXR,
        flavour=_flavour(channels, array),
        array=array,
        size=window.size,
        claimed_size=None,
        rate=rate,
        aspect=_aspect(attributes),
        transfer="linear",
        colorimetric=None,
        number=None,
        timecode=_timecode(attributes),
        why_not_rawcooked=rawcooked.why_not_exr(version, attributes, channels, array),
        block=1,
        traits=_traits(attributes, channels, (width, height), rate),
    )


def _version(window: Window) -> int:
    raw = window.read(0, _HEAD)
    if len(raw) < _HEAD:
        raise UncodableScan("HEADER", f"the file ends within the header, at byte {len(raw)}")
    version = int.from_bytes(raw[4:8], "little")
    for flag, what in ((_TILED, "tiles"), (_DEEP, "deep samples"), (_PARTS, "several parts")):
        if version & flag:
            raise UncodableScan("FLAVOUR", f"{what} of OpenEXR are not known")
    return version


def _value(attributes: Attributes, name: bytes) -> bytes:
    if name not in attributes:
        raise UncodableScan("HEADER", f"the attribute {name.decode('latin-1')} is missing")
    return attributes[name].value


def _byte(attributes: Attributes, name: bytes) -> int:
    found = _value(attributes, name)
    return found[0] if len(found) == 1 else 255


def _box(attributes: Attributes) -> tuple[int, int, int, int]:
    raw = _value(attributes, b"dataWindow")
    if len(raw) != 16:
        raise UncodableScan("HEADER", "the data window is damaged")
    return struct.unpack("<4i", raw)


def _array(
    window: Window, channels: list[Channel], box: tuple[int, int, int, int], behind: int
) -> SampleArray:
    width, height, left, top = box
    row = sum(_row(channel, width, left) for channel in channels)
    chunk = _HEAD + row
    start = behind + 8 * height
    kinds = {channel.kind for channel in channels}
    plain = len(kinds) == 1 and all(channel.across == 1 for channel in channels)
    bits = 8 * _SIZES[kinds.pop()] if plain else 16
    array = SampleArray(
        width=width if plain else row // 2,
        height=height,
        groups=("".join(map(_letter, channels)) if plain else "X",),
        bits=bits,
        word=bits,
        packing=Packing.WORDS,
        strides=(chunk,),
        segments=((start, chunk * height),),
        lead=_HEAD,
        first_line=top,
        by_line=plain and len(channels) > 1,
    )
    check(array, window.size)
    return _ordered(array, window.read(behind, 8 * height), window.size)


def _row(channel: Channel, width: int, left: int) -> int:
    """Count the bytes of a channel in a line."""
    size = _SIZES.get(channel.kind)
    if size is None or channel.across < 1 or channel.down != 1:
        raise UncodableScan("FLAVOUR", f"the channel {channel.name!r} is of a form not known")
    last, first = left + width - 1, left
    return size * (last // channel.across - -(-first // channel.across) + 1)


def _letter(channel: Channel) -> str:
    last = channel.name.rpartition(".")[2]
    return last if last in {"R", "G", "B", "A", "Y"} else "X"


def _ordered(array: SampleArray, table: bytes, size: int) -> SampleArray:
    """Follow the table of lines, if it leads to them."""
    start, chunk = array.segments[0][0], array.stride
    if table == _table(start, chunk, array.height):
        return array
    places = struct.unpack(f"<{array.height}Q", table)
    if places[::-1] == tuple(range(start, start + chunk * array.height, chunk)):
        return replace(array, bottom_up=True)
    try:
        return check(replace(array, segments=tuple((place, chunk) for place in places)), size)
    except UncodableScan:
        return array  # a table that was never written: the lines stand in their order


@lru_cache(maxsize=4)
def _table(start: int, chunk: int, height: int) -> bytes:
    return struct.pack(f"<{height}Q", *range(start, start + chunk * height, chunk))


def _rate(attributes: Attributes) -> Fraction | None:
    for name in (b"framesPerSecond", b"captureRate"):
        found = attributes.get(name)
        if found is not None and len(found.value) == 8:
            return rate_from(*struct.unpack("<iI", found.value))
    return None


def _aspect(attributes: Attributes) -> Fraction | None:
    found = attributes.get(b"pixelAspectRatio")
    if found is None or len(found.value) != 4:
        return None
    (value,) = struct.unpack("<f", found.value)
    if not 0 < value < 100:
        return None
    form = Fraction(value).limit_denominator(1000)
    return aspect_of(form.numerator, form.denominator)


def _timecode(attributes: Attributes) -> str | None:
    """Write a timecode, which stands as binary coded decimals with flags between (ST 12-1)."""
    found = attributes.get(b"timeCode")
    if found is None or len(found.value) != 8:
        return None
    (value,) = struct.unpack_from("<I", found.value)
    parts = [(value >> 24 & 0x3F), (value >> 16 & 0x7F), (value >> 8 & 0x7F), (value & 0x3F)]
    digits = [f"{part:02x}" for part in parts]
    return ":".join(digits) if "".join(digits).isdigit() else None


def _flavour(channels: list[Channel], array: SampleArray) -> str:
    names = "".join(sorted(array.channels, key="RGBAYX".index)) if array.by_line else ""
    names = names or ",".join(channel.name for channel in channels[:8])
    return f"EXR/Raw/{names}/{array.bits}bit/{_KINDS[channels[0].kind]}"


def _traits(
    attributes: Attributes,
    channels: list[Channel],
    extent: tuple[int, int],
    rate: Fraction | None,
) -> tuple[Trait, ...]:
    return (
        ("format", "OpenEXR"),
        ("width", str(extent[0])),
        ("height", str(extent[1])),
        ("channels", " ".join(channel.name for channel in channels)),
        ("bits", " ".join(str(8 * _SIZES[channel.kind]) for channel in channels)),
        ("sample type", " ".join(_KINDS[channel.kind] for channel in channels)),
        ("line order", str(_byte(attributes, b"lineOrder") if b"lineOrder" in attributes else 0)),
        ("rate", str(rate or "")),
        ("pixel aspect", str(_aspect(attributes) or "")),
    )
