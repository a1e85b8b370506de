"""What the directories of a TIFF tell of its pictures, without decoding any."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from avpres.adapters.images import tiff_embedded as embedded
from avpres.adapters.images import tiff_sycc
from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.tiff_directory import SUB_IFDS, Directory, Reader, Window
from avpres.adapters.images.tiff_layout import Layout, is_mask, is_reduced, layout_of
from avpres.adapters.images.tiff_stacks import refuse_stack
from avpres.domain.imaging import Colour, ImageFormat, Traits
from avpres.domain.migration import Reason, Unmigratable


@dataclass(frozen=True, slots=True)
class Picture:
    """One directory that holds a picture, and what kind of picture it is."""

    page: Directory
    kind: str  # page, reduced, mask
    below: bool  # stands in a SubIFD, not in the chain

    @property
    def pixels(self) -> int:
        """Count its pixels, as far as it tells them."""
        return self.page.number(words.WIDTH, 0) * self.page.number(words.HEIGHT, 0)


def probe(file: BinaryIO, size: int) -> Traits:
    """Read the directories of a TIFF and tell what it holds.

    Samples are not read. Frames are pages and masks; smaller copies of pages do not count. Width,
    height, depth and compression are those of the largest page; `mixed` among the flags tells that
    pages differ.

    Raises:
        Unmigratable: it is damaged, holds raw samples of a camera, or is no TIFF.
    """

    def window(offset: int, length: int) -> bytes:
        if offset >= size:
            return b""
        file.seek(offset)
        return file.read(min(length, size - offset))

    return traits_of(pictures(window, size))


def pictures(window: Window, size: int) -> list[Picture]:
    """Find the pictures of a TIFF: the pages in their order, then what belongs to them.

    Raises:
        Unmigratable: a directory is damaged, or none holds a picture.
    """
    reader = Reader.opened(window, size)
    found = list(_walk(reader))
    if any(_is_camera(each.page) for each in found):
        raise Unmigratable(Reason.RAW_CAMERA)
    if not found:
        raise Unmigratable(Reason.DAMAGED, "it holds no directory")
    found = _ranked(found)
    refuse_stack(found[0].page, sum(each.kind == "page" for each in found))
    order = {"page": 0, "mask": 1, "reduced": 2}
    return sorted(found, key=lambda each: order[each.kind])


def traits_of(found: list[Picture]) -> Traits:
    """Tell the traits of the pictures of one file."""
    pages = [each for each in found if each.kind == "page"]
    main = max(pages, key=lambda each: each.pixels)  # the first of the largest
    layout = layout_of(main.page)
    if layout.compression == words.OLD_JPEG:
        raise Unmigratable(Reason.OLD_JPEG)
    coded = layout.compression == words.JPEG and layout.colour is Colour.YCBCR
    return Traits(
        format=ImageFormat.TIFF,
        colour=Colour.RGB if coded else layout.colour,
        compression=words.compression_name(layout.compression, layout.fax_options),
        bits=layout.bits,
        width=layout.width,
        height=layout.height,
        kind=layout.kind,
        alpha=layout.alpha,
        frames=sum(each.kind != "reduced" for each in found),
        orientation=embedded.orientation(main.page),
        resolution=embedded.resolution(main.page),
        icc=embedded.judged(main.page, layout),
        metadata=frozenset().union(*(embedded.kinds(each.page) for each in pages)),
        flags=_flags(found, main, layout),
    )


def _ranked(found: list[Picture]) -> list[Picture]:
    """Take for pages what is not smaller than they are, whatever it says of itself."""
    pages = [each.pixels for each in found if each.kind == "page"]
    largest = max(pages, default=0)
    masks_alone = all(each.kind == "mask" for each in found)
    return [
        replace(each, kind="page")
        if (each.kind == "reduced" and each.pixels >= largest) or masks_alone
        else each
        for each in found
    ]


def _walk(reader: Reader) -> Iterator[Picture]:
    """Go along the pages; what stands below one of them may be listed, chained, or both."""
    for page in reader.chain(reader.first):
        yield Picture(page, _kind(page), below=False)
        waiting = [*page.numbers(SUB_IFDS)]
        while waiting:
            offset = waiting.pop(0)
            if not offset or offset in reader.seen:
                continue
            found = reader.directory(offset)
            yield Picture(found, _kind(found), below=True)
            waiting += [*found.numbers(SUB_IFDS), found.next]


def _kind(page: Directory) -> str:
    is_thumbnail = words.WIDTH not in page.entries and words.JPEG_PLACE in page.entries
    if is_thumbnail or is_reduced(page):
        return "reduced"
    return "mask" if is_mask(page) else "page"


def _is_camera(page: Directory) -> bool:
    return (
        words.DNG_VERSION in page.entries
        or words.CFA_PATTERN in page.entries
        or page.number(words.PHOTOMETRIC, -1) in words.CAMERAS
        or page.number(words.COMPRESSION, 1) in words.CAMERA_COMPRESSIONS
    )


def _flags(found: list[Picture], main: Picture, layout: Layout) -> frozenset[str]:
    pages = [each for each in found if each.kind == "page"]
    told = {
        "bigtiff": main.page.big,
        "tiled": layout.tile is not None,
        "planar": layout.planar,
        "predictor": layout.predictor > 1,
        "fill-order": layout.fill_order == 2,
        "min-is-white": layout.photometric == words.WHITE_IS_ZERO,
        "ycbcr": layout.colour is Colour.YCBCR,
        "sycc": tiff_sycc.is_sycc(main.page, layout),
        "extra-channels": len(layout.extra) > 1,
        "reduced": any(each.kind == "reduced" for each in found),
        "mask": any(each.kind == "mask" for each in found),
        "sub-ifds": any(each.below for each in found),
        "mixed": len({_form(each) for each in pages}) > 1,
    }
    return frozenset(name for name, holds in told.items() if holds)


def _form(picture: Picture) -> tuple[object, ...]:
    layout = layout_of(picture.page)
    return layout.width, layout.height, layout.bits, layout.colour, layout.kind, layout.compression
