"""Images in boxes (HEIF, ISO/IEC 23008-12): which items there are, and where they lie."""

import struct

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.isobmff_boxes import Box, Boxes
from avpres.adapters.validators.piece import Piece
from avpres.domain.technical import Image, MediaKind

_MOST = 16 * 1024 * 1024  # bytes of a meta box that is read
_ITEMS = 100_000


def read_images(meta: Box, boxes: Boxes, piece: Piece, exam: Examination) -> None:
    """Read a `meta` box of images: its items must lie inside of the file."""
    if meta.end - meta.start > _MOST:
        exam.broken("HEIF-META", "box meta is longer than makes sense", meta.offset)
        return
    parts = _parts(meta.start + 4, meta.end, boxes)
    missing = [name for name in ("hdlr", "pitm", "iinf", "iloc") if name not in parts]
    for name in missing:
        text = f"box meta has no {name}, which is mandatory for images"
        exam.invalid("HEIF-MISSING", text, meta.offset)
    if "iloc" in parts:
        _check_places(boxes.content(parts["iloc"]), parts, piece, exam)
    exam.technical.kind = MediaKind.IMAGE
    if "iprp" in parts:
        exam.technical.images.append(_image(parts["iprp"], boxes))


def _parts(start: int, end: int, boxes: Boxes) -> dict[str, Box]:
    parts: dict[str, Box] = {}
    while start < end:
        box = boxes.head(start, end, "meta")
        parts.setdefault(box.type, box)
        start = box.end
    return parts


def _check_places(raw: bytes, parts: dict[str, Box], piece: Piece, exam: Examination) -> None:
    try:
        places = _places(raw)
    except (IndexError, struct.error):
        places = None
    if places is None:
        text = "the table of the places of images makes no sense"
        exam.broken("HEIF-ILOC", text, parts["iloc"].offset)
        return
    inner = parts.get("idat")
    for method, offset, length in places:
        limit = piece.size
        if method == 1:
            limit = inner.end - inner.start if inner is not None else 0
        if method < 2 and offset + length > limit:
            text = f"{length} bytes of an image at {offset} lie beyond the end"
            exam.broken("HEIF-CUT", text, parts["iloc"].offset)


def _places(raw: bytes) -> list[tuple[int, int, int]] | None:
    """Read method, offset and length of each extent of each item."""
    version, sizes = raw[0], struct.unpack_from(">H", raw, 4)[0]
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version in {1, 2} else 0
    wide = 4 if version == 2 else 2
    count, at = int.from_bytes(raw[6 : 6 + wide], "big"), 6 + wide
    found: list[tuple[int, int, int]] = []
    for _ in range(min(count, _ITEMS)):
        at += wide
        method = raw[at + 1] & 15 if version in {1, 2} else 0
        at += (2 if version in {1, 2} else 0) + 2
        base, at = int.from_bytes(raw[at : at + base_size], "big"), at + base_size
        (extents,) = struct.unpack_from(">H", raw, at)
        at += 2
        for _ in range(extents):
            at += index_size
            offset, at = int.from_bytes(raw[at : at + offset_size], "big"), at + offset_size
            length, at = int.from_bytes(raw[at : at + length_size], "big"), at + length_size
            found.append((method, base + offset, length))
        if at > len(raw):
            return None
    return found if at == len(raw) and version <= 2 else None


def _image(properties: Box, boxes: Boxes) -> Image:
    image = Image(compression="HEVC")
    for holder in _listed(properties.start, properties.end, boxes):
        if holder.type == "ipco":
            for box in _listed(holder.start, holder.end, boxes):
                _property(box, boxes.content(box, 64), image)
    return image


def _listed(start: int, end: int, boxes: Boxes) -> list[Box]:
    found = []
    while start < end:
        found.append(boxes.head(start, end, "meta"))
        start = found[-1].end
    return found


def _property(box: Box, raw: bytes, image: Image) -> None:
    if box.type == "ispe" and len(raw) >= 12:
        width, height = struct.unpack_from(">II", raw, 4)
        if width * height > (image.width or 0) * (image.height or 0):
            image.width, image.height = width, height
    elif box.type == "pixi" and len(raw) > 5 and not image.bits_per_sample:
        image.bits_per_sample = tuple(raw[5 : 5 + raw[4]])
        image.samples_per_pixel = raw[4]
    elif box.type == "colr" and raw[:4] in {b"prof", b"rICC"}:
        image.icc_profile = "embedded"
    elif box.type == "av1C":
        image.compression = "AV1"
    image.colour_space = image.colour_space or "YCbCr"
