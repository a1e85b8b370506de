"""PBM, PGM, PPM and PAM: values as they stand, one picture or several behind each other."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from avpres import __version__
from avpres.adapters.images import pillow, pnm_header, remains
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.pnm_header import Header
from avpres.adapters.images.raster import Embedded, Page, Raster, Samples
from avpres.adapters.images.window import Window
from avpres.domain.imaging import Alpha, ImageFormat, Traits
from avpres.domain.migration import Reason, Unmigratable

_NAMES = {1: "PBM plain", 2: "PGM plain", 3: "PPM plain", 4: "PBM", 5: "PGM", 6: "PPM", 7: "PAM"}
_CODECS = {4: "pbm", 5: "pgm", 6: "ppm", 7: "pam"}
_MOST_PICTURES = 100_000
_FIGURES = b"0123456789 \t\n\v\f\r"
_LONG = re.compile(rb"[0-9]{6}")  # figures; 65535 is the largest value

Values = np.ndarray[Any, np.dtype[Any]]


def probe(window: Window) -> Traits:
    """Tell what the first picture is, and how many there are."""
    headers = list(_headers(window))
    header = max(headers, key=lambda each: each.width * each.height)
    metadata = {"comment"} if any(each.comments for each in headers) else set()
    if not header.is_plain and _end(headers[-1]) < window.size:
        metadata.add("other")
    return Traits(
        ImageFormat.PNM,
        header.colour,
        "none",
        (header.bits,) * header.channels,
        header.width,
        header.height,
        alpha=header.alpha,
        frames=len(headers),
        metadata=frozenset(metadata),
        flags=frozenset({_NAMES[header.kind].lower()}),
    )


def pages(data: memoryview, traits: Traits, limits: Limits) -> Iterator[Page]:
    """Give each picture.

    Raises:
        Unmigratable: it is cut short, or read differently by two decoders.
    """
    window = Window.over(data)
    headers = list(_headers(window))
    limits.count(max(len(headers), traits.frames))
    starts = [0, *(_end(each) for each in headers[:-1])]
    for number, (header, start) in enumerate(zip(headers, starts, strict=True), 1):
        limits.picture(header.width, header.height)
        samples, end = _plain(header, data) if header.is_plain else _binary(header, window)
        bits = (header.bits,) * header.channels
        raster = Raster(samples, bits, header.colour, header.alpha)
        if header.kind in {1, 4}:
            raster = raster.noted("white-is-zero turned about")
        second = _agree(bytes(data[start:end]), header, samples)
        others = [("comment", each) for each in header.comments]
        if number == len(headers):
            row = header.length // header.height
            rest = remains.behind(window, end, window.size, row)
            others += [("trailing", rest)] if rest else []
        ours = f"avpres {__version__} (PNM)"
        yield Page(raster, Embedded(others=tuple(others)), number, decoders=(ours, second))


def _headers(window: Window) -> Iterator[Header]:
    """Give the headers of all pictures; a plain file holds one alone."""
    place = 0
    for _ in range(_MOST_PICTURES):
        header = pnm_header.read(window, place)
        yield header
        if header.is_plain:
            return
        place = _end(header)
        mark = window.peek(place, 3)
        if len(mark) < 3 or mark[:1] != b"P" or mark[1:2] not in b"4567" or not mark[2:].isspace():
            return
    raise Unmigratable(Reason.FRAMES, f"more than {_MOST_PICTURES:,}")


def _end(header: Header) -> int:
    return header.pixels + header.length


def _binary(header: Header, window: Window) -> tuple[Samples, int]:
    raw = window.read(header.pixels, header.length)
    shape = (header.height, header.width, header.channels)
    if header.kind == 4:
        rows = np.frombuffer(raw, np.uint8).reshape(header.height, -1)
        bits = np.unpackbits(rows, axis=1)[:, : header.width]
        return np.ascontiguousarray(1 - bits).reshape(shape), _end(header)
    kind = ">u2" if header.most > 255 else np.uint8
    words = np.frombuffer(raw, kind).reshape(shape)
    samples = words.astype(np.uint16 if header.most > 255 else np.uint8)
    if int(samples.max()) > header.most:
        raise Unmigratable(Reason.DAMAGED, "a value beyond its scale")
    return samples, _end(header)


def _plain(header: Header, data: memoryview) -> tuple[Samples, int]:
    """Read values in figures; bits of PBM need no space between them."""
    text = bytes(data[header.pixels :])
    if b"#" in text:
        raise Unmigratable(Reason.DECODER_ERROR, "a comment stands between its values")
    count = header.width * header.height * header.channels
    if header.kind == 1:
        digits = text.translate(None, b" \t\n\v\f\r")
        values: Values = np.frombuffer(digits[:count], np.uint8) - np.uint8(48)
        rest = digits[count:]
    else:
        values, rest = _numbers(text, count), b""
    if rest or len(values) != count or int(values.max()) > header.most:
        raise Unmigratable(Reason.DAMAGED, "values that are not those of its pixels")
    values = 1 - values if header.kind == 1 else values
    kind = np.uint16 if header.most > 255 else np.uint8
    shape = (header.height, header.width, header.channels)
    return values.astype(kind).reshape(shape), len(data)


def _numbers(text: bytes, count: int) -> Values:
    """Give values in figures; none where they are too few or too long for any."""
    text = text.strip()
    if len(text) + 1 < 2 * count or text.translate(None, _FIGURES) or _LONG.search(text):
        return np.zeros(0, np.int32)
    return np.fromstring(text.decode("ascii"), np.int32, sep=" ")


def _agree(one: bytes, header: Header, samples: Samples) -> str:
    """Have FFmpeg or Pillow read the picture; the latter stretches odd depths."""
    found, name = _by_ffmpeg(one, header)
    wanted = samples
    if found is None:
        found, name = _by_pillow(_as_ppm(one, header))
        most = 65535 if found.dtype != np.uint8 else 255
        wanted = np.floor(samples * (most / header.most) + 0.5).astype(np.int64)
    if found.size != wanted.size or not np.array_equal(found.reshape(wanted.shape), wanted):
        raise Unmigratable(Reason.DECODERS_DISAGREE, name)
    return name


def _as_ppm(one: bytes, header: Header) -> bytes:
    """Give a PAM the header of PGM or PPM, whose pixels are coded alike; Pillow reads no PAM."""
    if header.kind != 7 or header.alpha is not Alpha.NONE:
        return one
    kind = 6 if header.channels == 3 else 5
    head = b"P%d %d %d %d\n" % (kind, header.width, header.height, header.most)
    return head + one[-header.length :]


def _by_ffmpeg(one: bytes, header: Header) -> tuple[Any, str]:
    """Give the samples of full depths; None for others, and where FFmpeg reads nothing."""
    import av
    from av.error import FFmpegError

    name = f"FFmpeg pnm ({'.'.join(map(str, av.library_versions['libavcodec']))})"
    if header.is_plain or (header.kind != 4 and header.most not in {255, 65535}):
        return None, name
    try:
        context: Any = av.CodecContext.create(_CODECS[header.kind], "r")
        frames: list[Any] = [*context.decode(av.Packet(one)), *context.decode(None)]
    except (FFmpegError, ValueError):
        return None, name
    if len(frames) != 1 or (frames[0].width, frames[0].height) != (header.width, header.height):
        return None, name
    plane = frames[0].planes[0]
    rows: Any = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    if header.kind == 4:
        return 1 - np.unpackbits(rows, axis=1)[:, : header.width], name
    if header.most == 255:
        return rows[:, : header.width * header.channels], name
    big = frames[0].format.name.endswith("be")
    length = 2 * header.width * header.channels
    return np.ascontiguousarray(rows[:, :length]).view(">u2" if big else "<u2"), name


def _by_pillow(one: bytes) -> tuple[Any, str]:
    try:
        with pillow.opened(one, "PPM") as image:
            if image.mode == "1":
                return np.asarray(image.convert("L")), pillow.name()
            return np.asarray(image), pillow.name()
    except pillow.FAULTS as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"Pillow: {error}") from error
