"""GIF: one frame that fills the screen keeps its indices; others are composited as they are seen.

The first decoder is our own. giflib, within imagecodecs, reads the indices again, or FFmpeg
composites the frames again; both are given the frames alone.
"""

from collections.abc import Iterator

import numpy as np

from avpres import __version__
from avpres.adapters.images import gif_lzw, icc
from avpres.adapters.images.gif_blocks import Blocks, Frame, bare, joined, read
from avpres.adapters.images.gif_canvas import BACKGROUND, PREVIOUS, Canvas, Picture
from avpres.adapters.images.gif_second import Composed, agree_on_indices
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.raster import Embedded, Page, Palette, Raster
from avpres.adapters.images.window import Window
from avpres.domain.imaging import Alpha, Colour, Icc, ImageFormat, Traits
from avpres.domain.migration import Reason, Unmigratable

_LARGE, _FAR = 1 << 22, 16  # pixels of a screen; times what is painted on it
_OURS = f"avpres {__version__} (GIF)"


def probe(window: Window) -> Traits:
    """Tell what a GIF is from its blocks; the image data are passed over."""
    blocks = read(window)
    if not blocks.count:
        raise Unmigratable(Reason.EMPTY, "it holds no image")
    colours = max(blocks.colours, *(each.colours for each in blocks.frames))
    trailing = window.size - blocks.end
    return Traits(
        ImageFormat.GIF,
        Colour.PALETTE,
        "LZW",
        (max(1, (colours - 1).bit_length()),),
        blocks.width,
        blocks.height,
        alpha=Alpha.INDEX if _shows_through(blocks) else Alpha.NONE,
        frames=blocks.count,
        icc=icc.judge(blocks.icc, Colour.RGB) if blocks.icc is not None else Icc.NONE,
        metadata=_metadata(blocks, trailing),
        flags=_flags(blocks),
    )


def pages(data: memoryview, traits: Traits, limits: Limits) -> Iterator[Page]:
    """Give the one picture with its palette, or each frame as it is seen.

    Raises:
        Unmigratable: a frame is damaged, has no colours, or is read differently by two decoders.
    """
    window = Window.over(data)
    blocks = read(window)
    limits.count(max(blocks.count, traits.frames))
    limits.picture(blocks.width, blocks.height)
    for frame in blocks.frames:
        _check(blocks, frame)
    _check_screen(blocks)
    alone = bare(window, blocks)
    if blocks.count == 1 and _fills(blocks, blocks.frames[0]):
        yield _single(window, blocks, alone)
    else:
        yield from _frames(window, blocks, alone)


def _check(blocks: Blocks, frame: Frame) -> None:
    """Refuse what decoders show differently, or not at all."""
    if not frame.width or not frame.height:
        raise Unmigratable(Reason.DAMAGED, f"a frame of {frame.width} x {frame.height} pixels")
    right, bottom = frame.left + frame.width, frame.top + frame.height
    if right > blocks.width or bottom > blocks.height:
        raise Unmigratable(Reason.DAMAGED, "a frame reaches beyond the logical screen")
    if not (frame.colours or blocks.colours):
        raise Unmigratable(Reason.UNDEFINED_COLOUR, "a frame has no colour table")


def _check_screen(blocks: Blocks) -> None:
    """Refuse a screen that is far larger than what is painted on it."""
    screen = blocks.width * blocks.height
    painted = sum(each.width * each.height for each in blocks.frames)
    if screen > _LARGE and screen > _FAR * painted:
        raise Unmigratable(Reason.TOO_LARGE, f"a screen of {screen:,} pixels, {painted:,} painted")


def _fills(blocks: Blocks, frame: Frame) -> bool:
    return (frame.width, frame.height) == (blocks.width, blocks.height)


def _shows_through(blocks: Blocks) -> bool:
    """Say whether the screen may be seen: by an index, a smaller frame, or what is taken away."""
    first, following = blocks.frames[0], blocks.frames[1:]
    return (
        any(each.control.transparent is not None for each in blocks.frames)
        or not _fills(blocks, first)
        or (bool(following) and first.control.disposal == PREVIOUS)
        or any(each.control.disposal == BACKGROUND for each in blocks.frames[:-1])
    )


def _metadata(blocks: Blocks, trailing: int) -> frozenset[str]:
    names = {name for name, _ in blocks.others}
    found = {"comment"} if "comment" in names else set()
    if trailing or names - {"comment"}:
        found.add("other")
    return frozenset(found | ({"xmp"} if blocks.xmp is not None else set()))


def _flags(blocks: Blocks) -> frozenset[str]:
    told = {
        "animated": blocks.count > 1,
        "interlaced": any(each.interlaced for each in blocks.frames),
        "local-palette": any(each.colours for each in blocks.frames),
        "partial": any(not _fills(blocks, each) for each in blocks.frames),
        "loop": blocks.loops is not None,
        "disposal": any(each.control.disposal > 1 for each in blocks.frames),
    }
    return frozenset(name for name, is_so in told.items() if is_so)


def _table(window: Window, blocks: Blocks, frame: Frame) -> Picture:
    """Give the entries of the table that a frame is painted from: R, G, B and opacity."""
    start, count = (frame.table, frame.colours) if frame.colours else (13, blocks.colours)
    colours = np.frombuffer(window.read(start, 3 * count), np.uint8).reshape(count, 3)
    opacity = np.full((count, 1), 255, np.uint8)
    hidden = frame.control.transparent
    if hidden is not None and hidden < count:
        opacity[hidden] = 0
    return np.concatenate([colours, opacity], axis=1)


def _indices(window: Window, frame: Frame, entries: Picture) -> gif_lzw.Indices:
    data = joined(window, frame.data + 1)
    size = (frame.width, frame.height)
    found = gif_lzw.indices(window.byte(frame.data), data, size, interlaced=frame.interlaced)
    if int(found.max()) >= len(entries):
        raise Unmigratable(Reason.DAMAGED, "an index lies beyond the colour table")
    return found


def _single(window: Window, blocks: Blocks, data: bytes) -> Page:
    frame = blocks.frames[0]
    entries = _table(window, blocks, frame)
    found = _indices(window, frame, entries)
    decoders = (_OURS, agree_on_indices(data, found))
    transparent = frame.control.transparent is not None and not entries[:, 3].all()
    palette = Palette(entries if transparent else np.ascontiguousarray(entries[:, :3]))
    bits = (len(entries) - 1).bit_length()
    raster = Raster(
        np.ascontiguousarray(found[:, :, np.newaxis]),
        (bits,),
        Colour.PALETTE,
        Alpha.INDEX if transparent else Alpha.NONE,
        palette,
    )
    return Page(raster, _embedded(window, blocks, 1), 1, "image", decoders, _told(blocks, 0))


def _frames(window: Window, blocks: Blocks, data: bytes) -> Iterator[Page]:
    """Paint frame after frame; the screen begins transparent (as every viewer shows it)."""
    canvas = Canvas(blocks.width, blocks.height)
    through = _shows_through(blocks)
    second = Composed(data, _background(window, blocks))
    for number, frame in enumerate(blocks.frames, 1):
        entries = _table(window, blocks, frame)
        canvas.paint(frame, entries[_indices(window, frame, entries)])
        seen = canvas.seen()
        second.agree(number, seen)
        through |= not seen[:, :, 3].all()
        samples = seen if through else np.ascontiguousarray(seen[:, :, :3])
        alpha = Alpha.UNASSOCIATED if through else Alpha.NONE
        raster = Raster(samples, (8,) * samples.shape[2], Colour.RGB, alpha).noted("composited")
        embedded = _embedded(window, blocks, number)
        kind = "frame" if blocks.count > 1 else "image"
        decoders = (_OURS, second.name)
        yield Page(raster, embedded, number, kind, decoders, _told(blocks, number - 1))
        canvas.dispose(frame)
    second.end()


def _background(window: Window, blocks: Blocks) -> Picture | None:
    if blocks.background >= blocks.colours:
        return None
    return np.frombuffer(window.read(13 + 3 * blocks.background, 3), np.uint8)


def _embedded(window: Window, blocks: Blocks, number: int) -> Embedded:
    """Give what belongs to the file with its first picture; the colour profile with each."""
    if number > 1:
        return Embedded(icc=blocks.icc)
    others = list(blocks.others)
    if blocks.end < window.size:
        others.append(("trailing", window.peek(blocks.end, window.size - blocks.end)))
    return Embedded(icc=blocks.icc, xmp=blocks.xmp, others=tuple(others))


def _told(blocks: Blocks, number: int) -> tuple[tuple[str, object], ...]:
    """Give what a target has no field for."""
    frame = blocks.frames[number]
    told: list[tuple[str, object]] = [
        ("offset", (frame.left, frame.top)),
        ("size", (frame.width, frame.height)),
        ("delay", frame.control.delay),
        ("disposal", frame.control.disposal),
        ("transparent", frame.control.transparent),
        ("local-palette", bool(frame.colours)),
        ("interlaced", frame.interlaced),
    ]
    if not number:
        told += [("loop", blocks.loops), ("background", blocks.background)]
        told.append(("aspect", blocks.aspect))
    return tuple(told)
