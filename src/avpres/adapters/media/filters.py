"""The filter graph of an access copy, piece by piece: chains of ffmpeg filters as text.

A copy has one graph, whatever is done in it: of two `-filter_complex` ffmpeg makes two films.
"""

from collections.abc import Sequence
from fractions import Fraction
from os import fsdecode, fspath
from pathlib import Path

from avpres.domain.access import SAMPLE_RATE, Deinterlace, FieldOrder
from avpres.domain.picture import Box, Size
from avpres.domain.timecode import Counting
from avpres.domain.trimming import Cut

_SEEK_BACK = 2  # seconds before a cut at which reading begins; the filters cut to the frame
_LEVELS = ("\\':", "\\'[],;")  # what means something inside an option, and between filters
_SIXTY = 60


def quoted(value: str) -> str:
    """Write a value so that no character of it means anything to a filter graph.

    ffmpeg reads it twice: once between filters and links, once between options.
    """
    for special in _LEVELS:
        value = "".join(f"\\{each}" if each in special else each for each in value)
    return value


def seek(cut: Cut) -> int:
    """Give the whole second from which a source is read for a cut."""
    return max(0, int(cut.first) - _SEEK_BACK) if cut.seeks else 0


def trimmed(cut: Cut, *, rate: Fraction | None = None) -> list[str]:
    """Cut to the frame (`rate` given) or to the sample, and let time begin at the cut.

    Frames are told apart a quarter of a frame before their times, which containers round. Half a
    frame would be rounded either way by `trim`, which counts in frames where the container does.
    """
    if cut.is_whole:
        return []
    slack = Fraction(0) if rate is None else 1 / rate / 4
    begin = cut.first - seek(cut)
    ends = "" if cut.beyond is None else f":end={_number(cut.beyond - seek(cut) - slack)}"
    first = _number(max(begin - slack, Fraction(0)))
    kind = "a" if rate is None else ""
    return [f"{kind}trim=start={first}{ends}", f"{kind}setpts=PTS-{_number(begin)}/TB"]


def deinterlaced(mode: Deinterlace, order: FieldOrder) -> list[str]:
    """Make frames of fields, all of them: a flag of single frames decides nothing."""
    if order is FieldOrder.PROGRESSIVE:
        return [] if mode is Deinterlace.OFF else ["setfield=prog"]
    fields = [f"setfield={order.value}"]
    if mode is Deinterlace.OFF:
        return fields
    if mode is Deinterlace.IVTC:
        matched = f"fieldmatch=order={order.value}:combmatch=full"
        return [*fields, matched, "bwdif=mode=send_frame:deint=interlaced", "decimate"]
    send = "send_field" if mode is Deinterlace.FIELD else "send_frame"
    return [*fields, f"bwdif=mode={send}:deint=all"]


def scaled(
    size: Size, *, interlaced: bool = False, source: str | None = None, matrix: str | None = None
) -> list[str]:
    """Bring a picture to a size; matrices are named where they change, or where RGB had none."""
    more = ":interl=1" if interlaced else ""
    more += f":in_color_matrix={source}" if source else ""
    more += f":out_color_matrix={matrix}" if matrix else ""
    return [f"scale={size.width}:{size.height}:flags=lanczos:out_range=tv{more}"]


def padded(box: Box, frame: Size) -> list[str]:
    """Fill up a frame around a picture with black."""
    if box.size == frame:
        return []
    return [f"pad={frame.width}:{frame.height}:{box.x}:{box.y}"]


def marked(box: Box, opacity: float, *, picture: str, mark: str) -> str:
    """Lay an image over the picture: two chains, joined; both labels are inputs."""
    prepared = f"format=rgba,scale={box.size.width}:{box.size.height}:flags=lanczos"
    faded = f"{prepared},colorchannelmixer=aa={opacity:g}"
    return f"{mark}{faded}[mark];{picture}[mark]overlay=x={box.x}:y={box.y}:format=auto"


def written(text: str, font: Path, size: int, opacity: float, at: tuple[str, str]) -> str:
    """Write a text over the picture, letter by letter as it is."""
    return ":".join(
        (
            f"drawtext=fontfile={quoted(fspath(font))}",
            f"text={quoted(text)}",
            "expansion=none",
            f"fontsize={size}",
            f"fontcolor=white@{opacity:g}",
            f"x={at[0]}",
            f"y={at[1]}",
        )
    )


def counted(
    counting: Counting, first: int, font: Path, frame: Size, late: Fraction = Fraction(0)
) -> str:
    """Write each frame's timecode over the picture, in a box, low and in the middle.

    It is worked out from the time of the frame and not counted, so that it is the source's also
    where frames are doubled, taken out, or unevenly spaced; `late` is the time of the first.
    """
    size = max(10, frame.height // 12)
    return ":".join(
        (
            f"drawtext=fontfile={quoted(fspath(font))}",
            f"text={quoted(_clock(counting, first, late))}",
            f"fontsize={size}",
            "fontcolor=white",
            "box=1",
            "boxcolor=black@0.6",
            f"boxborderw={max(2, size // 6)}",
            "x=(w-tw)/2",
            f"y=h-{size}*2",
        )
    )


def captioned(path: bytes, place: int, *, fonts: Path, family: str) -> str:
    """Write subtitles of a file over the picture, the `place`-th from 0, in one font."""
    return ":".join(
        (
            f"subtitles=filename={quoted(fsdecode(b'file:' + path))}",
            f"si={place}",
            f"fontsdir={quoted(fspath(fonts))}",
            f"force_style={quoted(f'FontName={family}')}",
        )
    )


def at_time(first: Fraction, work: str) -> list[str]:
    """Let a filter that goes by the source's own time see it, in a copy that begins at `first`."""
    if not first:
        return [work]
    moved = _number(first)
    return [f"setpts=PTS+{moved}/TB", work, f"setpts=PTS-{moved}/TB"]


def resampled() -> list[str]:
    """Give sound its rate again, of which limiters see four times as much."""
    return [f"aresample={SAMPLE_RATE}"]


def aligned() -> list[str]:
    """Fill with silence what a track lacks at its beginning, and its gaps: it stays with the film.

    `amix` adds up what comes, whenever it was, and MXF cannot say that a track begins late.
    """
    return [f"aresample={SAMPLE_RATE}:async=1:first_pts=0"]


def lasting(seconds: Fraction) -> list[str]:
    """Make sound as long as its film: MXF leaves out the frames that have none.

    A part without sound would have no track at all.
    """
    return [f"apad=whole_dur={_number(seconds)}", f"atrim=end={_number(seconds)}"]


def chain(source: str, filters: Sequence[str], to: str) -> str:
    """Write filters between two labels; none at all pass everything on."""
    return f"{source}{','.join(filters) or 'null'}{to}"


def sound_chain(source: str, filters: Sequence[str], to: str) -> str:
    """Write filters of sound between two labels."""
    return f"{source}{','.join(filters) or 'anull'}{to}"


def _number(value: Fraction) -> str:
    return f"{float(value):.9f}".rstrip("0").rstrip(".") or "0"


def _clock(counting: Counting, first: int, late: Fraction) -> str:
    """Write the text that drawtext turns into a timecode, `%{eif:…}` for each pair of digits."""
    rate = counting.rate
    nominal = round(rate)
    origin = counting.origin.number(rate) + first
    time = f"(t-{_number(late)})" if late else "t"
    number = f"(floor({time}*{rate.numerator}/{rate.denominator}+0.01)+{origin})"
    if counting.origin.drops:
        number = _undropped(number, nominal)
    pairs = (
        f"mod(floor({number}/{nominal * _SIXTY * _SIXTY}),24)",
        f"mod(floor({number}/{nominal * _SIXTY}),{_SIXTY})",
        f"mod(floor({number}/{nominal}),{_SIXTY})",
        f"mod({number},{nominal})",
    )
    digits = [f"%{{eif:{pair}:d:2}}" for pair in pairs]
    mark = ";" if counting.origin.drops else "\\:"
    return "\\:".join(digits[:3]) + mark + digits[3]


def _undropped(number: str, nominal: int) -> str:
    """Count the numbers in that drop frame timecode leaves out."""
    dropped = nominal // 15
    minute = nominal * _SIXTY - dropped
    ten = nominal * _SIXTY * 10 - 9 * dropped
    minutes = f"max(0,floor((mod({number},{ten})-{dropped})/{minute}))"
    return f"({number}+{9 * dropped}*floor({number}/{ten})+{dropped}*{minutes})"
