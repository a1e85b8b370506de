"""TIFF 4.0 to 6.0 and BigTIFF: header, directories, tags, strips and tiles.

The rules are JHOVE's (TIFF-hul), with these differences:

- Values and directories at odd bytes (TIFF-HUL-4, TIFF-HUL-59), which FFmpeg and others write, are
  against TIFF 6.0 and make the file not valid; JHOVE calls it not well-formed. Everything that
  reads TIFF reads them.
- More than 50 directories (TIFF-HUL-60) are a warning, or not valid with `rules.strict`: scanned
  volumes have more pages. Loops are found for what they are.
- BigTIFF, which JHOVE does not know, is judged by the same rules.
- Data that lie outside of the file or are shorter than the pixels need are not well-formed.
- Deflate, LZW and PackBits data are followed as far as that is cheap.
"""

import struct
from collections.abc import Iterator

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.tiff_extents import check_extents
from avpres.adapters.validators.tiff_image import image_of, properties_of
from avpres.adapters.validators.tiff_layout import Pieces
from avpres.adapters.validators.tiff_pages import check_page
from avpres.adapters.validators.tiff_reader import Directory, Reader, check_ranges
from avpres.adapters.validators.tiff_tags import EXIF_TAGS, GPS_TAGS, OTHER_TAGS, TAGS, Rule
from avpres.domain.technical import Image, MediaKind

KEPT_IMAGES = 100  # that are described one by one; beyond them only the count grows
_JHOVE_LIMIT = 50  # directories
_ORDERS = {b"II": "<", b"MM": ">"}
_CLASSIC, _BIG = 42, 43
_SUB_IFDS, _EXIF_IFD, _GPS_IFD, _INTEROPERABILITY_IFD, _GLOBAL_IFD = 330, 34665, 34853, 40965, 400


def validate(source: Source, exam: Examination) -> None:
    """Walk all directories of a TIFF, judge them and describe the images."""
    exam.technical.kind = MediaKind.IMAGE
    exam.mime = "image/tiff"
    order, big, first = _header(source, exam)
    reader = Reader(source, exam, order, big)
    walk = _Walk(reader)
    walk.chain(first)
    if not reader.seen:
        exam.halt("TIFF-NO-DIRECTORY", "there is no image in the file", 4, jhove="TIFF-HUL-58")
    check_extents(reader, walk.data)
    walk.finish()


class _Walk:
    """Goes along the directories and gathers what they describe."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.exam = reader.exam
        self.data: list[tuple[int, int]] = []  # extents of strips and tiles
        self.images: list[tuple[bool, Image]] = []  # whether reduced
        self.pages = 0
        self.below = 0
        self.path: set[int] = set()  # directories on the way to where the walk is
        self.version = 4

    def chain(self, offset: int, depth: int = 0) -> None:
        """Follow directories from one to the next, and those below each of them."""
        passed: list[int] = []
        while offset:
            found = self._enter(offset, TAGS, "directory")
            if found is None:
                break
            if depth:
                self.below += 1
            else:
                self.pages += 1
            passed.append(offset)
            self.path.add(offset)
            self._page(found, depth)
            offset = found.next
        self.path.difference_update(passed)

    def finish(self) -> None:
        """Write down what all directories say together."""
        count = len(self.reader.seen)
        technical = self.exam.technical
        self.exam.version = f"{self.version}.0"
        self.exam.profile = self._profile()
        self.images.sort(key=lambda pair: pair[0])
        technical.images = [image for _, image in self.images]
        technical.properties |= {
            "pages": self.pages,
            "directories": count,
            "sub_images": self.below,
        }
        if count > _JHOVE_LIMIT:
            say = self.exam.invalid if self.exam.rules.strict else self.exam.warn
            say("TIFF-MANY-DIRECTORIES", f"there are {count} directories", jhove="TIFF-HUL-60")
        if self.reader.unknown:
            tags = sorted(self.reader.unknown)
            technical.properties["unknown_tags"] = tags[:100]
            self.exam.note(
                "TIFF-UNKNOWN-TAGS",
                f"{len(tags)} tags are not known here: {', '.join(map(str, tags[:10]))}",
                jhove="TIFF-HUL-12",
            )

    def _page(self, found: Directory, depth: int) -> None:
        self.version = max(self.version, found.version)
        pieces = check_page(found)
        if pieces is not None:
            self.data.extend(_extents(pieces))
        exif = self._exif(found)
        reduced = bool((found.whole(254, 0) or 0) & 1)
        if len(self.images) < KEPT_IMAGES and not (depth and reduced):
            self.images.append((reduced, image_of(found, exif)))
        if not self.exam.technical.properties:
            self.exam.technical.properties |= properties_of(found, exif, pieces)
        for offset in found.numbers(_SUB_IFDS):
            if depth < 4:
                self.chain(int(offset), depth + 1)
        self._others(found)

    def _exif(self, found: Directory) -> Directory | None:
        offset = found.whole(_EXIF_IFD)
        if offset is None:
            return None
        exif = self._enter(offset, EXIF_TAGS, "Exif directory")
        if exif is not None:
            check_ranges(exif, EXIF_TAGS, exif=True)
            self._below(exif, _INTEROPERABILITY_IFD, OTHER_TAGS, "interoperability directory")
        return exif

    def _others(self, found: Directory) -> None:
        self._below(found, _GPS_IFD, GPS_TAGS, "GPS directory")
        self._below(found, _INTEROPERABILITY_IFD, OTHER_TAGS, "interoperability directory")
        self._below(found, _GLOBAL_IFD, OTHER_TAGS, "directory of fax parameters")

    def _below(self, found: Directory, tag: int, table: dict[int, Rule], what: str) -> None:
        offset = found.whole(tag)
        if offset is not None:
            self._enter(offset, table, what)

    def _enter(self, offset: int, table: dict[int, Rule], what: str) -> Directory | None:
        reader = self.reader
        if offset in self.path:
            self.exam.broken(
                "TIFF-LOOP",
                f"the {what} at byte {offset} leads back to itself: the directories form a loop",
                offset,
                jhove="TIFF-HUL-60",
            )
            return None
        if offset in reader.seen:
            return None  # shared: what it holds is judged already
        reader.seen.add(offset)
        if offset & 1:
            reader.unaligned(
                "TIFF-DIRECTORY-UNALIGNED",
                f"the {what} begins at the odd byte {offset}",
                offset,
                "TIFF-HUL-59",
            )
        return reader.directory(offset, table, what)

    def _profile(self) -> str:
        names = self.exam.technical.properties
        if self.reader.big:
            return "BigTIFF"
        if "dng_version" in names:
            return "DNG"
        return "GeoTIFF" if "geo_keys" in names else ""


def _extents(pieces: Pieces) -> Iterator[tuple[int, int]]:
    for offset, count in zip(pieces.offsets, pieces.counts, strict=False):
        if count:
            yield offset, offset + count


def _header(source: Source, exam: Examination) -> tuple[str, bool, int]:
    raw = source.peek(0, 16)
    if len(raw) < 8:
        exam.halt("TIFF-SHORT", "the file is too short for a TIFF", 0, jhove="TIFF-HUL-67")
    order = _ORDERS.get(raw[:2])
    if order is None:
        exam.halt("TIFF-HEADER", "the file does not begin with II or MM", 0, jhove="TIFF-HUL-20")
    magic, first = struct.unpack(order + "HI", raw[2:8])
    if magic == _CLASSIC:
        return order, False, first
    if magic != _BIG:
        exam.halt("TIFF-MAGIC", f"the magic number is {magic}, not 42", 2, jhove="TIFF-HUL-21")
    if len(raw) < 16:
        exam.halt("TIFF-SHORT", "the file is too short for a BigTIFF", 0)
    width, zero, first = struct.unpack(order + "HHQ", raw[4:16])
    if width != 8 or zero:
        exam.halt("TIFF-BIG-HEADER", "the header of the BigTIFF is damaged", 4)
    return order, True, first
