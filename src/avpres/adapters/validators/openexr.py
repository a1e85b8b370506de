"""OpenEXR 2: headers of all parts, offset tables, chunks.

A file whose writer was stopped has zeros in its offset table; one that is cut has offsets behind
its end; either is not well-formed.
"""

import struct
from math import isfinite

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.exif import iso_date
from avpres.adapters.validators.openexr_chunks import LINES, Chunks, chunk_count, window_of
from avpres.adapters.validators.openexr_header import (
    DEEP,
    LONG_NAMES,
    MULTI_PART,
    TILED,
    Part,
    read_parts,
)
from avpres.adapters.validators.source import Source
from avpres.domain.technical import Image, MediaKind

MAGIC = b"\x76\x2f\x31\x01"
_KNOWN_FLAGS = TILED | LONG_NAMES | DEEP | MULTI_PART
_COMPRESSIONS = (
    *("Uncompressed", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB"),
    *("HTJ2K256", "HTJ2K32", "LJ2K", "Zstandard"),
)
_TYPES = {"", "scanlineimage", "tiledimage", "deepscanline", "deeptile"}
_MOST_CHUNKS = 4_000_000
_SKIPPED = {"channels", "compression", "dataWindow", "displayWindow", "preview", "tiles"}


def validate(source: Source, exam: Examination) -> None:
    """Judge the structure of an OpenEXR file and describe its parts."""
    exam.technical.kind = MediaKind.IMAGE
    exam.mime = "image/x-exr"
    flags = _check_version(source, exam)
    parts, offset = read_parts(source, exam, flags)
    if not parts:
        exam.halt("OPENEXR-NO-PART", "the file has no image", 8)
    for part in parts:
        _check_values(part, exam)
        _describe(part, exam)
    exam.technical.properties |= _properties(parts, flags)
    _check_chunks(source, exam, parts, (offset, flags))


def _check_version(source: Source, exam: Examination) -> int:
    if source.peek(0, 4) != MAGIC:
        exam.halt("OPENEXR-MAGIC", "the file does not begin as OpenEXR does", 0)
    (word,) = struct.unpack("<I", source.read(4, 4))
    version, flags = word & 0xFF, int(word & ~0xFF)
    exam.version = str(version)
    if version != 2:
        exam.invalid("OPENEXR-VERSION", f"the version is {version}, not 2", 4)
    if flags & ~_KNOWN_FLAGS:
        exam.invalid("OPENEXR-FLAGS", f"the version has flags that do not exist: {flags:#x}", 4)
    if flags & TILED and flags & (DEEP | MULTI_PART):
        exam.invalid("OPENEXR-FLAGS", "the flag for single tiled images excludes others", 4)
    words = ((TILED, "tiled"), (DEEP, "deep"), (MULTI_PART, "multi-part"))
    exam.profile = ", ".join(name for flag, name in words if flags & flag) or "scan lines"
    return flags


def _check_values(part: Part, exam: Examination) -> None:
    for name, most in (("compression", len(_COMPRESSIONS) - 1), ("lineOrder", 2)):
        value = part.number(name)
        if value > most:
            exam.invalid(
                "OPENEXR-VALUE", f"{name} has the value {value}, which has no meaning", part.offset
            )
    if part.text("type") not in _TYPES:
        exam.invalid("OPENEXR-VALUE", f"the type {part.text('type')!r} does not exist", part.offset)
    ratio = part.numbers("pixelAspectRatio")
    if ratio and not (isfinite(ratio[0]) and ratio[0] > 0):
        exam.invalid("OPENEXR-VALUE", "the aspect ratio of the pixels is no ratio", part.offset)
    shown = part.numbers("displayWindow")
    if len(shown) == 4 and (shown[2] < shown[0] or shown[3] < shown[1]):
        exam.invalid("OPENEXR-WINDOW", "the display window has no pixels", part.offset)
    names = [channel.name for channel in part.channels]
    if names != sorted(names):
        exam.invalid("OPENEXR-CHANNELS", "the channels are not in alphabetical order", part.offset)


def _check_chunks(
    source: Source, exam: Examination, parts: list[Part], place: tuple[int, int]
) -> None:
    offset, flags = place
    tables = []
    for part in parts:
        window = window_of(part, exam)
        if window is None or part.number("compression") not in LINES:
            return
        tiled = part.text("type") in {"tiledimage", "deeptile"} or bool(flags & TILED)
        count = chunk_count(part, window, tiled=tiled)
        said = part.number("chunkCount", count)
        if said != count:
            exam.broken(
                "OPENEXR-CHUNK-COUNT",
                f"the part says it has {said} chunks, its pixels need {count}",
                part.offset,
            )
            return
        if offset + 8 * count > source.size or count > _MOST_CHUNKS:
            exam.halt(
                "OPENEXR-TABLE-OUTSIDE",
                f"the table of {count} chunks does not fit into the file",
                min(offset, source.size),
            )
        tables.append((part, window, struct.unpack(f"<{count}Q", source.read(offset, 8 * count))))
        offset += 8 * count
    chunks = Chunks(source, exam, flags)
    for part, window, table in tables:
        chunks.check(part, window, table, offset)
    chunks.finish(offset)


def _describe(part: Part, exam: Examination) -> None:
    window = part.numbers("dataWindow")
    names = {channel.name.rpartition(".")[2] for channel in part.channels}
    compression = part.number("compression")
    density = part.numbers("xDensity")
    image = Image(
        width=max(0, int(window[2] - window[0]) + 1) if window else None,
        height=max(0, int(window[3] - window[1]) + 1) if window else None,
        bits_per_sample=tuple(8 * channel.size for channel in part.channels[:64]),
        samples_per_pixel=len(part.channels),
        colour_space=_colour(names),
        compression=_COMPRESSIONS[compression] if compression < len(_COMPRESSIONS) else "",
        byte_order="little endian",
        has_alpha="A" in names,
        created=iso_date(part.text("capDate")),
        software=part.text("software"),
        artist=part.text("owner"),
        make=part.text("cameraMake"),
        model=part.text("cameraModel"),
    )
    if density and isfinite(density[0]) and density[0] > 0:
        image.x_resolution, image.resolution_unit = float(density[0]), "in."
        ratio = part.numbers("pixelAspectRatio")
        image.y_resolution = float(density[0]) * (float(ratio[0]) if ratio else 1.0)
    exam.technical.images.append(image)


def _colour(names: set[str]) -> str:
    if {"R", "G", "B"} <= names:
        return "RGB"
    if {"RY", "BY"} <= names:
        return "YCbCr"
    if {"X", "Y", "Z"} <= names:
        return "XYZ"
    return "BlackIsZero" if "Y" in names else ""


def _properties(parts: list[Part], flags: int) -> dict[str, object]:
    first = parts[0]
    given: dict[str, object] = {
        "parts": len(parts),
        "deep": bool(flags & DEEP),
        "channels": [
            f"{channel.name}:{('uint', 'half', 'float')[channel.kind]}"
            for channel in first.channels[:64]
        ],
    }
    for name in [name for name in first.attributes if name not in _SKIPPED][:200]:
        text = first.text(name)
        numbers = [number for number in first.numbers(name) if isfinite(number)]
        if text:
            given[name] = text[:1000]
        elif numbers:
            given[name] = numbers[0] if len(numbers) == 1 else numbers
    return given
