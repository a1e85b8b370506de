"""The pictures of a TIFF, each read by two decoders that must agree."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from avpres.adapters.images import tiff_sycc
from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.raster import ALONE, Page, Palette, Raster, Samples
from avpres.adapters.images.tiff_directory import Directory
from avpres.adapters.images.tiff_embedded import embedded_of, orientation
from avpres.adapters.images.tiff_layout import Layout, layout_of
from avpres.adapters.images.tiff_probe import Picture, pictures
from avpres.adapters.images.tiff_twice import decoded
from avpres.domain.imaging import Colour, SampleKind, Traits
from avpres.domain.migration import Reason, Unmigratable


def pages(
    data: memoryview, traits: Traits, limits: Limits, *, reduced: bool = False
) -> Iterator[Page]:
    """Give the pictures of a TIFF one after another: pages, then masks, numbered from 1 on.

    Smaller copies of pages are told with the first page, and given at the end if `reduced` asks
    for them. A single picture is of the kind "image".

    Raises:
        Unmigratable: one of them is damaged, is of a kind that is not decoded, or the two
            decoders do not give the same.
    """

    def window(offset: int, length: int) -> bytes:
        return bytes(data[offset : offset + length])

    limits.count(traits.frames)
    found = pictures(window, len(data))
    for number, picture in enumerate(found, 1):
        if picture.kind == "reduced" and not reduced:
            return
        page = _page(data, picture, limits)
        kind = "image" if picture.kind == "page" and traits.frames == 1 else picture.kind
        beside = _beside(found) if number == 1 else ()
        yield replace(page, kind=kind, number=number, told=page.told + beside)


_BYTES = 16  # of a pixel; as many as four channels of 32 bits take


def _page(data: memoryview, picture: Picture, limits: Limits) -> Page:
    page = picture.page
    layout = layout_of(page)
    limits.picture(layout.width, layout.height)
    if layout.size > limits.pixels * _BYTES:
        raise Unmigratable(Reason.TOO_LARGE, f"{layout.size:,} bytes of samples")
    _refuse(page, layout)
    samples, decoders = decoded(data, page, layout)
    raster = _raster(samples, page, layout).noted(*[ALONE] * (len(decoders) == 1))
    told: list[tuple[str, object]] = [("directory", page.offset)]
    if len(layout.extra) > 1:
        told.append(("extra_samples", list(layout.extra)))
    if layout.colour is Colour.LAB:  # three codings of it differ in what is signed
        told.append(("photometric", layout.photometric))
    return Page(
        raster,
        embedded_of(page),
        decoders=decoders,
        told=tuple(told),
        orientation=orientation(page),
    )


def _beside(found: list[Picture]) -> tuple[tuple[str, object], ...]:
    """Tell of the masks and reduced pictures of a file, decoded or not."""
    told = [
        {
            "kind": each.kind,
            "directory": each.page.offset,
            "width": each.page.number(words.WIDTH, 0),
            "height": each.page.number(words.HEIGHT, 0),
            "compression": words.compression_name(each.page.number(words.COMPRESSION, 1)),
        }
        for each in found
        if each.kind != "page"
    ]
    return (("beside", told),) if told else ()


def _refuse(page: Directory, layout: Layout) -> None:
    if layout.compression == words.OLD_JPEG:
        raise Unmigratable(Reason.OLD_JPEG)
    is_plain = layout.colour is Colour.YCBCR and not layout.is_jpeg_of_colours
    if is_plain and (why := tiff_sycc.why_not(page, layout)):
        raise Unmigratable(Reason.YCBCR, why)
    if layout.colour is Colour.LOGLUV:
        raise Unmigratable(Reason.FLOAT, "LogLuv")
    if layout.colour is Colour.OTHER:
        text = f"its PhotometricInterpretation is {layout.photometric}"
        raise Unmigratable(Reason.UNDEFINED_COLOUR, text)


def _raster(samples: Samples, page: Directory, layout: Layout) -> Raster:
    notes: list[str] = []
    if layout.photometric == words.WHITE_IS_ZERO:
        samples = _turned(samples, layout)
        notes.append("white was zero in the source; its samples were turned about")
    palette = _palette(page, layout, notes) if layout.colour is Colour.PALETTE else None
    colour = Colour.RGB if layout.is_jpeg_of_colours else layout.colour
    kept = np.ascontiguousarray(samples)
    return Raster(kept, layout.bits, colour, layout.alpha, palette, tuple(notes))


def _turned(samples: Samples, layout: Layout) -> Samples:
    """Make zero black; opacity and other channels stay as they are."""
    if layout.kind in {SampleKind.FLOAT, SampleKind.COMPLEX}:
        raise Unmigratable(Reason.FLOAT, "and its white is zero")
    found = samples.copy()
    top = -1 if layout.kind is SampleKind.SIGNED else (1 << layout.bits[0]) - 1
    found[:, :, 0] ^= found.dtype.type(top)
    return found


def _palette(page: Directory, layout: Layout, notes: list[str]) -> Palette:
    """Give the colour map at its 16 bits, or at 8 where writers left them in the low byte."""
    count = 1 << layout.bits[0] if layout.bits[0] <= 16 else 0
    found = page.numbers(words.COLOUR_MAP, 3 << 16)
    if not count or len(found) != 3 * count or layout.kind is not SampleKind.UNSIGNED:
        raise Unmigratable(Reason.DAMAGED, f"its colour map has {len(found)} values")
    entries = np.array(found, np.uint16).reshape(3, count).T.copy()
    if 0 < entries.max() < 256:
        notes.append("its colour map held 8 bits in the low byte of 16")
        return Palette(entries.astype(np.uint8), 8)
    return Palette(entries, 16)
