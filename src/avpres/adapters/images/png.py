"""PNG: samples as they are stored, at their own depth; a transparent colour becomes a channel."""

from collections.abc import Iterator

import numpy as np

from avpres.adapters.images import (
    exif,
    icc,
    png_animation,
    png_colours,
    png_decoding,
    png_parts,
)
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.png_parts import Parts
from avpres.adapters.images.raster import Embedded, Page, Palette, Raster, Samples
from avpres.adapters.images.window import Window
from avpres.adapters.validators import png
from avpres.adapters.validators.examination import Examination, HaltError
from avpres.adapters.validators.source import CutError, Source
from avpres.domain.imaging import Alpha, Colour, Icc, ImageFormat, Traits
from avpres.domain.migration import Reason, Unmigratable
from avpres.domain.severity import Severity

_COLOURS = {
    0: Colour.GREY,
    2: Colour.RGB,
    3: Colour.PALETTE,
    4: Colour.GREY,
    6: Colour.RGB,
}
_HARMLESS = {  # of chunks that no decoder needs for the picture; they are kept as they are
    "PNG-TEXT-DAMAGED",
    "PNG-TEXT-FORM",
    "PNG-TEXT-METHOD",
    "PNG-TEXT-NULL",
    "PNG-TRAILING",
}
_OF_FRAMES = {"PNG-ANIMATION", "PNG-FRAMES", "PNG-FRAME-DATA", "PNG-SEQUENCE"}


def probe(window: Window) -> Traits:
    """Tell what a PNG is from its chunks; the image data are passed over."""
    parts = png_parts.read(window)
    colour = _COLOURS[parts.kind]
    names = {name for name, _ in parts.others}
    told = {
        "exif": parts.exif is not None,
        "xmp": parts.xmp is not None,
        "iptc": parts.iptc is not None,
        "comment": bool(names & _TEXTS),
        "other": bool(names - _TEXTS) or parts.end < window.size,
    }
    return Traits(
        ImageFormat.PNG,
        colour,
        "Deflate",
        (parts.depth,) * parts.channels,
        parts.width,
        parts.height,
        alpha=_alpha(parts),
        frames=parts.frames,
        orientation=_orientation(parts),
        resolution=parts.resolution or (exif.resolution(parts.exif) if parts.exif else None),
        icc=icc.judge(parts.icc, colour) if parts.icc is not None else Icc.NONE,
        metadata=frozenset(name for name, is_so in told.items() if is_so),
        flags=_flags(parts),
    )


_TEXTS = {"png:tEXt", "png:zTXt", "png:iTXt"}


def pages(data: memoryview, traits: Traits, limits: Limits) -> Iterator[Page]:
    """Give the picture.

    Raises:
        Unmigratable: it is damaged, an animation, or read differently by two decoders.
    """
    window = Window.over(data)
    parts = png_parts.read(window)
    limits.picture(parts.width, parts.height)
    limits.count(max(parts.frames, traits.frames))
    _check(bytes(data), is_animated=parts.frames > 1)
    png_colours.check(parts)
    trailing = window.peek(parts.end, window.size - parts.end)
    if parts.frames > 1 or parts.has_still:
        for number, (raster, told) in enumerate(
            png_animation.frames(bytes(data[: parts.end]), parts), 1
        ):
            is_first = number == 1
            embedded = _embedded(parts, trailing) if is_first else Embedded(icc=parts.icc)
            yield Page(raster, embedded, number, "frame", png_decoding.names(), told)
        return
    bare = png_parts.bare(window, parts)
    samples, first = png_decoding.by_ffmpeg(bare, parts)
    other, second = png_decoding.by_another(bare, parts)
    if not np.array_equal(samples, other):
        raise Unmigratable(Reason.DECODERS_DISAGREE, f"{first} and {second}")
    embedded = _embedded(parts, trailing)
    orientation = _orientation(parts)
    decoders = (first, second)
    raster = _raster(parts, samples)
    yield Page(raster, embedded, decoders=decoders, orientation=orientation)


def _orientation(parts: Parts) -> int:
    return exif.orientation(parts.exif) if parts.exif else 1


def _check(data: bytes, *, is_animated: bool) -> None:
    """Refuse what the strict reader finds broken: checksums, order, amount of data."""
    exam = Examination()
    try:
        png.validate(Source(None, "", data), exam)  # type: ignore[arg-type] # held whole
    except (HaltError, CutError) as error:
        text = exam.messages[-1].text if exam.messages else str(error)
        raise Unmigratable(Reason.DAMAGED, text) from error
    for message in exam.messages:
        of_frames = is_animated and message.id in _OF_FRAMES
        if of_frames or (message.severity is Severity.ERROR and message.id not in _HARMLESS):
            raise Unmigratable(Reason.DAMAGED, message.text)
    if exam.stopped:
        raise Unmigratable(Reason.TOO_LARGE, exam.messages[-1].text)


def _alpha(parts: Parts) -> Alpha:
    if parts.kind == 3:
        hidden = parts.transparency is not None and bool(parts.transparency.strip(b"\xff"))
        return Alpha.INDEX if hidden else Alpha.NONE
    has_channel = parts.kind in {4, 6} or parts.transparency is not None
    return Alpha.UNASSOCIATED if has_channel else Alpha.NONE


def _flags(parts: Parts) -> frozenset[str]:
    told = {
        "interlaced": parts.interlaced,
        "apng": parts.frames > 1,
        "transparent-colour": parts.kind in {0, 2} and parts.transparency is not None,
    }
    return frozenset(name for name, is_so in told.items() if is_so)


def _raster(parts: Parts, samples: Samples) -> Raster:
    bits = (parts.depth,) * parts.channels
    alpha = _alpha(parts)
    if parts.kind == 3:
        palette = _palette(parts, int(samples.max()))
        return Raster(samples, bits, Colour.PALETTE, alpha, palette)
    if parts.transparency is None or parts.kind not in {0, 2}:
        return Raster(samples, bits, _COLOURS[parts.kind], alpha)
    hidden = np.frombuffer(parts.transparency, ">u2")
    if len(hidden) != parts.channels or int(hidden.max()) >> parts.depth:
        raise Unmigratable(Reason.DAMAGED, "its transparent colour is not one")
    opacity = (samples != hidden).any(axis=2, keepdims=True) * np.uint16((1 << parts.depth) - 1)
    full = np.concatenate([samples, opacity.astype(samples.dtype)], axis=2)
    told = ",".join(str(each) for each in hidden)
    raster = Raster(full, (*bits, parts.depth), _COLOURS[parts.kind], alpha)
    return raster.noted(f"transparent colour {told} as a channel of opacity")


def _palette(parts: Parts, most: int) -> Palette:
    entries = np.frombuffer(parts.palette, np.uint8).reshape(-1, 3)
    if most >= len(entries):
        raise Unmigratable(Reason.DAMAGED, "an index lies beyond the palette")
    if _alpha(parts) is not Alpha.INDEX:
        return Palette(entries.copy())
    opacity = np.full((len(entries), 1), 255, np.uint8)
    told = np.frombuffer(parts.transparency or b"", np.uint8)[: len(entries)]
    opacity[: len(told), 0] = told
    return Palette(np.concatenate([entries, opacity], axis=1))


def _embedded(parts: Parts, trailing: bytes) -> Embedded:
    others = [*parts.others, *([("trailing", trailing)] if trailing else [])]
    return Embedded(
        icc=parts.icc,
        exif=parts.exif,
        xmp=parts.xmp,
        iptc=parts.iptc,
        resolution=parts.resolution or (exif.resolution(parts.exif) if parts.exif else None),
        others=tuple(others),
    )
