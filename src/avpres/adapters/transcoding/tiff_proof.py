"""Hold a TIFF that was written against what was to be written: samples, and every metadatum."""

import mmap
import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from avpres.adapters.images import tiff_pages, tiff_probe
from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.raster import Embedded
from avpres.adapters.images.tiff_directory import Directory, Reader
from avpres.adapters.transcoding.tiff_exif import BELOW, values_of
from avpres.adapters.transcoding.tiff_page import PER_METRE, settled
from avpres.adapters.transcoding.tiff_texts import texts_of
from avpres.domain.migration import Reason, Unmigratable

UNLIMITED = 1 << 62  # pixels
POINTERS = {4, 13, 16, 18}  # types: LONG, IFD, and those of BigTIFF
Values = dict[tuple[int, int], tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class Written:
    """What a page must be when it is read again: its pixel digest, and its metadata."""

    digest: str
    embedded: Embedded
    orientation: int


@dataclass(frozen=True, slots=True)
class Proved:
    """Who read the same samples, and the pixel digest of each page."""

    decoders: tuple[str, ...]
    digests: tuple[str, ...]


def prove(path: Path, pages: Sequence[Written]) -> Proved:
    """Read a TIFF with two decoders and compare it with what was to be written.

    Raises:
        Unmigratable: another number of pages, other samples or other metadata came back.
    """
    with path.open("rb") as handle:
        traits = tiff_probe.probe(handle, os.fstat(handle.fileno()).st_size)
        view = memoryview(mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ))
    digests: list[str] = []
    decoders: dict[str, None] = {}
    limits = Limits(UNLIMITED, len(pages))
    for page in tiff_pages.pages(view, traits, limits, reduced=True):
        digests.append(page.raster.digest())
        decoders |= dict.fromkeys(page.decoders)
    wanted = [each.digest for each in pages]
    if digests != wanted:
        pairs = enumerate(zip(digests, wanted, strict=False), 1)
        other = next((number for number, (one, two) in pairs if one != two), 0)
        counts = f"{len(digests)} pages came back of {len(wanted)}"
        said = f"page {other} has other samples" if other else counts
        raise Unmigratable(Reason.QA_DIFFERENCE, said)
    _metadata(view, pages)
    return Proved(tuple(decoders), tuple(digests))


def _metadata(view: memoryview, pages: Sequence[Written]) -> None:
    def window(offset: int, length: int) -> bytes:
        return bytes(view[offset : offset + length])

    reader = Reader.opened(window, len(view))
    for number, (page, wanted) in enumerate(zip(reader.chain(reader.first), pages, strict=True), 1):
        lost = _lost(reader, page, wanted)
        if lost:
            raise Unmigratable(Reason.METADATA_LOST, f"page {number}: {lost}")


def _lost(reader: Reader, page: Directory, wanted: Written) -> str:
    """Name what does not come back as it was; empty: all does."""
    embedded = wanted.embedded
    blocks = {words.XMP: embedded.xmp, words.IPTC: embedded.iptc, words.ICC: embedded.icc}
    for tag, block in blocks.items():
        if page.raw(tag) != (block or b""):
            return f"tag {tag}"
    if embedded.resolution and _resolution(page) != embedded.resolution:
        return "resolution"
    if page.number(words.ORIENTATION, 1) != wanted.orientation:
        return "orientation"
    for text in texts_of(embedded):
        if page.raw(text.tag) != text.value:
            return f"tag {text.tag}"
    told = settled(embedded)
    asked = values_of(embedded.exif) if embedded.exif else {}
    asked = {at: each for at, each in asked.items() if at[0] or at[1] not in told}
    found = _values(reader, page)
    return next((f"Exif tag {at[1]}" for at, each in asked.items() if found.get(at) != each), "")


def _resolution(page: Directory) -> tuple[Fraction, Fraction] | None:
    across, down = page.fraction(words.X_RESOLUTION), page.fraction(words.Y_RESOLUTION)
    if across is None or down is None:
        return None
    above, below = PER_METRE[page.number(words.RESOLUTION_UNIT, 0)]
    return across * below / above, down * below / above


def _values(reader: Reader, page: Directory) -> Values:
    """Give the values of a directory and of Exif's below it, by directory and tag."""
    found: Values = {}
    waiting = [(0, page)]
    while waiting:
        name, directory = waiting.pop()
        for tag, entry in directory.entries.items():
            if tag in BELOW and entry.kind in POINTERS and entry.count == 1:
                waiting.append((tag, reader.directory(directory.number(tag, 0))))
            else:
                found[name, tag] = (entry.kind, directory.raw(tag))
    return found
