"""JPEG 2000: jpylyzer's verdict on JP2, JPH and bare codestreams, on any size of file.

jpylyzer is the reference for Part 1 (ISO/IEC 15444-1) and Part 15; it is given views of the file
rather than the file. The boxes of the file are walked here too, because jpylyzer does not mind a
last box that is cut. Parts that have no such validator (JPX, JPM, Motion JPEG 2000) are described
as far as they are alike; whether they are valid cannot be told.
"""

import struct
from collections.abc import Iterator
from types import ModuleType

from avpres.adapters.validators import jpeg2000_parts
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.jpeg2000_image import Tree, image_of, properties_of
from avpres.adapters.validators.jpeg2000_view import TooMuchWorkError, View, work_for
from avpres.adapters.validators.jpeg2000_words import is_structure, message_id, sentence
from avpres.adapters.validators.source import Source
from avpres.domain.technical import MediaKind

SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
_CODESTREAM = b"\xff\x4f\xff\x51"
_HIGH_THROUGHPUT = 0x4000  # of Rsiz: the codestream is one of Part 15
_MOST_BOXES = 10_000
_PRECINCT = 2**15  # pixels; none is larger
_BRANDS = {
    b"jp2 ": ("JP2", "jp2", "image/jp2"),
    b"jph ": ("JPH", "jph", "image/jph"),
    b"jpx ": ("JPX", "", "image/jpx"),
    b"jpm ": ("JPM", "", "image/jpm"),
    b"mjp2": ("Motion JPEG 2000", "", "video/mj2"),
}

Box = tuple[int, int, bytes, bool]
"""Offset, end, type, and whether it fits into the file."""


def validate(source: Source, exam: Examination) -> None:
    """Name the kind of JPEG 2000, have jpylyzer test it, and describe the image."""
    exam.technical.kind = MediaKind.IMAGE
    head = source.peek(0, 64)
    if head[:4] == _CODESTREAM:
        high = len(head) >= 8 and struct.unpack_from(">H", head, 6)[0] & _HIGH_THROUGHPUT
        exam.profile, kind = ("JHC", "jhc") if high else ("J2C", "j2c")
        exam.mime = "image/jphc" if high else "image/j2c"
        _examine(source, exam, kind, "contiguousCodestreamBox", {})
        return
    if head[:12] != SIGNATURE:
        exam.halt("JPEG2000-SIGNATURE", "the file does not begin as JPEG 2000 does", 0)
    brand = head[20:24] if head[16:20] == b"ftyp" else b"jp2 "
    exam.profile, kind, exam.mime = _BRANDS.get(brand, ("", "", ""))
    places = _check_boxes(source, exam)
    if kind:
        _examine(source, exam, kind, "JP2", places)
    else:
        _describe_only(source, exam, brand)


def _check_boxes(source: Source, exam: Examination) -> dict[str, int]:
    places: dict[str, int] = {}
    for offset, end, kind, fits in _boxes(source):
        if not fits:
            name = kind.decode("latin-1")
            exam.broken(
                "JPEG2000-BOX-OUTSIDE",
                f"the box {name!r} ends at byte {end}, behind the end of the file",
                offset,
            )
        elif not kind.isascii() or not kind.decode("ascii", "replace").isprintable():
            exam.invalid("JPEG2000-NO-BOX", "what stands here is no box of JPEG 2000", offset)
        places.setdefault(kind.decode("latin-1"), offset)
    return places


def _boxes(source: Source) -> Iterator[Box]:
    offset = 0
    for _ in range(_MOST_BOXES):
        if offset >= source.size:
            return
        head = source.peek(offset, 16).ljust(16, b"\0")
        length, kind, long = struct.unpack(">I4sQ", head)
        size = {0: source.size - offset, 1: long}.get(length, length)
        least = 16 if length == 1 else 8
        end = offset + size
        if size < least or end > source.size:
            yield offset, max(end, offset + least), kind, False
            return
        yield offset, end, kind, True
        offset = end


def _examine(
    source: Source, exam: Examination, kind: str, what: str, places: dict[str, int]
) -> None:
    """Run jpylyzer and say which of its tests failed."""
    try:
        result = _jpylyzer(source, kind, what)
    except TooMuchWorkError:
        _check_chain(source, exam, places)
        return
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - jpylyzer trips over damaged files in many ways
        exam.broken(
            "JPEG2000-UNREADABLE",
            f"the file is too damaged for jpylyzer to read ({type(error).__name__}: {error})",
        )
        return
    for test, path in _failed(result.tests):
        say = exam.broken if is_structure(test) else exam.invalid
        say(message_id(test), sentence(test, "/".join(path)), _place(path, test, places, source))
    for element in result.warnings.iter("warning"):
        exam.note("JPEG2000-NOTE", f"jpylyzer: {element.text}")
    _describe(exam, result.characteristics)
    _check_size(source, exam)


def _check_size(source: Source, exam: Examination) -> None:
    """Compare the size of the image with that of the file: each precinct takes a byte at least."""
    image = exam.technical.images[-1]
    precincts = -(-(image.width or 0) // _PRECINCT) * -(-(image.height or 0) // _PRECINCT)
    if precincts * (image.samples_per_pixel or 1) > source.size:
        text = f"the file is too short for {image.width} x {image.height} pixels"
        exam.broken("JPEG2000-DATA-SHORT", text)


def _check_chain(source: Source, exam: Examination, places: dict[str, int]) -> None:
    found = jpeg2000_parts.fault(source, places.get("jp2c", 0))
    if found is not None:
        exam.broken("JPEG2000-TILE-PARTS", *found)
        return
    exam.stop("JPEG2000-LIMIT", "the image has more tile-parts than are tested")


def _describe_only(source: Source, exam: Examination, brand: bytes) -> None:
    name = exam.profile or repr(brand.decode("latin-1"))
    exam.undetermined(
        "JPEG2000-PART", f"files of the brand {name} can be described, but not tested", 20
    )
    try:
        result = _jpylyzer(source, "jp2", "JP2")
    except Exception:  # noqa: BLE001 - it is made for another brand: what it finds is welcome
        return
    _describe(exam, result.characteristics)


def _describe(exam: Examination, found: Tree) -> None:
    exam.technical.images.append(image_of(found))
    exam.technical.properties |= properties_of(found)


def _jpylyzer(source: Source, kind: str, what: str) -> Tree:
    options = {
        "validationFormat": kind,
        "verboseFlag": False,
        "nullxmlFlag": False,
        "packetmarkersFlag": False,
    }
    view = View(source, 0, source.size, work_for(source.size))
    return _module().BoxValidator(options, what, view).validate()


def _module() -> ModuleType:
    from jpylyzer import boxvalidator, shared

    shared.printWarning = _silent  # it writes to stderr what the result holds as well
    module: ModuleType = boxvalidator
    return module


def _silent(_text: str) -> None:
    """Say nothing."""


def _failed(tests: Tree, path: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    for element in tests:
        if element.text is False:
            yield element.tag, path
        yield from _failed(element, (*path, element.tag))


def _place(path: tuple[str, ...], test: str, places: dict[str, int], source: Source) -> int | None:
    if test == "foundEOCMarker":
        return source.size
    kinds = {
        "fileTypeBox": "ftyp",
        "jp2HeaderBox": "jp2h",
        "contiguousCodestreamBox": "jp2c",
        "xmlBox": "xml ",
        "uuidBox": "uuid",
        "uuidInfoBox": "uinf",
        "signatureBox": "jP  ",
    }
    if not path:
        return None if places else 0
    return places.get(kinds.get(path[0], ""))
