"""What streams a file has, by ffmpeg's own heading: no ffprobe comes with the wheel.

Values of tags cannot be taken for the heading: ffmpeg begins each of their lines with a colon.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from avpres.adapters.tools.aliases import Aliases
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch, Word, numbers, transcode, url
from avpres.domain.errors import NotConformantError
from avpres.domain.media import Kind, MediaFile, MediaStream

STALL_S = 120.0  # seconds that ffmpeg may look at a file in silence

WRAPPERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,avi,mxf,matroska,webm,wav,w64,aiff,caf,dv,flac,nut,gxf,mpeg,mpegts"
)
"""Formats that are read, by ffmpeg's names. No playlist is among them: it could name any file."""

READING = ("-format_whitelist", WRAPPERS, "-protocol_whitelist", "file,pipe")
"""Options before an input: nothing but the file that was named is ever opened."""

CROPPING = (7, 1)  # the first version that crops what a wrapper calls clean


def whole_picture(ffmpeg: Ffmpeg) -> tuple[str, ...]:
    """Give options before an input that keep every picture as it is stored.

    Otherwise ffmpeg turns it as the wrapper says, leaves out what lies outside of its clean
    aperture, and makes pictures that change their size or pixels like the first, in silence.
    """
    number = numbers(ffmpeg.version)
    crops = number is None or number >= CROPPING
    return (
        "-noautorotate",
        "-reinit_filter",
        "0",
        *(("-apply_cropping", "codec") if crops else ()),
    )


_NO_REASON = (
    "Error opening",
    "-progress period",
    "misdetection",
)  # lines that say nothing of the file

_INPUT = re.compile(r"^Input #0, (\S+), from '")
_DURATION = re.compile(r"^  Duration: (?:(\d+):(\d\d):(\d\d(?:\.\d+)?)|N/A)")
_STREAM = re.compile(r"^ {2,6}Stream #0:(\d+)(?:\[0x[0-9a-f]+\])?(?:\(([^)]*)\))?: (\w+): (.*)$")
_CHAPTER = re.compile(r"^ {4}Chapter #0:\d+: ")
_TAG = re.compile(r"^( +)([^:]*?) *: (.*)$")
_DISPOSITION = re.compile(r" \(([a-z][a-z ]*)\)$")
_SIZE = re.compile(r"^(\d+)x(\d+)")
_SAR = re.compile(r"SAR (\d+):(\d+)")
_CODEC = re.compile(r"^(\S+)(?: \(([^()/]*)\))?(?: \((.*?) / 0x[0-9A-Fa-f]+\))?")
_BITS = re.compile(r"^(\w+) \((\d+) bit\)$")
_NTSC = {23.98: Fraction(24000, 1001), 29.97: Fraction(30000, 1001), 59.94: Fraction(60000, 1001)}


def probe(
    ffmpeg: Ffmpeg,
    path: bytes,
    reading: Sequence[str] = READING,
    kinds: Sequence[Kind] = tuple(Kind),
) -> MediaFile:
    """Tell the streams of a file.

    Args:
        ffmpeg: who looks at it.
        path: of the file.
        reading: options before the input.
        kinds: a stream of one of them must be there.

    Raises:
        NotConformantError: ffmpeg cannot read it, or finds nothing in it.
        FfmpegStalledError: it does not come to an end.
    """
    lines: list[str] = []

    def note(line: bytes) -> None:
        lines.append(line.decode("utf-8", "surrogateescape"))

    with Aliases() as alias:
        words: list[Word] = ["-v", "info", *reading, "-i", url(alias(path))]
        ended = transcode(ffmpeg, words, Watch(on_line=note, stall_s=STALL_S))
    file = parse(lines)
    if file is None:
        said = (line for line in ended.last_lines if not any(word in line for word in _NO_REASON))
        raise NotConformantError(f"{_NOTHING} ({_plain(next(said, ended.said))}); {_ASK}")
    if not file.of(*kinds):
        raise NotConformantError(f"{_NOTHING}; {_ASK}")
    return file


_NOTHING = "ffmpeg finds no film or sound in it"
_ASK = "`avpres characterise` says what it is, and whether it is cut short"
_PLACE = re.compile(r"^\[[^\]]*\] |^Error opening input files?: ")  # of a line, no reason


def _plain(line: str) -> str:
    return _PLACE.sub("", re.sub(r" @ 0x[0-9a-f]+", "", line)).rstrip(".")


def parse(lines: Sequence[str]) -> MediaFile | None:
    """Read the heading that `ffmpeg -i` writes; None when there is none.

    Raises:
        NotConformantError: the streams do not count from 0 upwards.
    """
    wrapper, seconds, chapters = "", None, 0
    general: dict[str, str] = {}
    found: list[tuple[re.Match[str], dict[str, str]]] = []
    tags: dict[str, str] | None = None
    for line in lines:
        if match := _INPUT.match(line):
            wrapper, tags = match[1].rstrip(","), general
        elif not wrapper:
            continue
        elif match := _DURATION.match(line):
            seconds = _seconds(match)
        elif match := _STREAM.match(line):
            tags = {}
            found.append((match, tags))
        elif _CHAPTER.match(line):
            chapters, tags = chapters + 1, None
        elif tags is not None:
            _take_tag(line, tags)
    if not wrapper:
        return None
    streams = sorted((_stream(*each) for each in found), key=lambda stream: stream.index)
    if [stream.index for stream in streams] != list(range(len(streams))):
        raise NotConformantError("its streams cannot be told apart: a tag looks like one of them")
    return MediaFile(wrapper, seconds, tuple(streams), general, chapters)


def _seconds(match: re.Match[str]) -> float | None:
    return None if match[1] is None else int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])


def _take_tag(line: str, tags: dict[str, str]) -> None:
    match = _TAG.match(line)
    if match is None:
        return
    if match[2]:
        tags[match[2].lower()] = match[3]
    elif tags:
        last = next(reversed(tags))
        tags[last] += "\n" + match[3]


def _stream(match: re.Match[str], tags: dict[str, str]) -> MediaStream:
    text, dispositions = _dispositions(match[4])
    parts = list(_parts(text))
    codec = _CODEC.match(parts[0]) if parts else None
    kind = match[3].lower()
    known = Kind(kind) if kind in set(Kind) else Kind.UNKNOWN
    plain = MediaStream(
        index=int(match[1]),
        kind=known,
        codec=codec[1] if codec else "",
        profile=(codec[2] or "") if codec else "",
        tag=(codec[3] or "") if codec else "",
        language=match[2] or "",
        dispositions=dispositions,
        metadata=tags,
    )
    more = {Kind.VIDEO: _film, Kind.AUDIO: _sound}.get(known)
    return plain if more is None else more(plain, parts[1:])


def _dispositions(text: str) -> tuple[str, frozenset[str]]:
    found: set[str] = set()
    while match := _DISPOSITION.search(text):
        found.add(match[1])
        text = text[: match.start()]
    return text, frozenset(found)


def _parts(text: str) -> Iterator[str]:
    """Split at commas that stand in no brackets."""
    depth, begin = 0, 0
    for at, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if character == "," and not depth:
            yield text[begin:at].strip()
            begin = at + 1
    yield text[begin:].strip()


def _film(stream: MediaStream, parts: Sequence[str]) -> MediaStream:
    first = parts[0] if parts else ""
    size = next((match for part in parts if (match := _SIZE.match(part))), None)
    aspect = next((match for part in parts if (match := _SAR.search(part))), None)
    rate = next((part for part in parts if part.endswith(" fps")), "")
    name, _, colour = first.partition("(")
    return replace(
        stream,
        pixel_format="" if _SIZE.match(first) or name == "none" else name,
        colour=colour.removesuffix(")"),
        width=int(size[1]) if size else 0,
        height=int(size[2]) if size else 0,
        sar=Fraction(int(aspect[1]), int(aspect[2])) if aspect and int(aspect[2]) else None,
        rate=_rate(rate.removesuffix(" fps")),
    )


def _rate(text: str) -> Fraction | None:
    try:
        number = float(text.removesuffix("k")) * (1000 if text.endswith("k") else 1)
    except ValueError:
        return None
    return _NTSC.get(number, Fraction(text) if not text.endswith("k") else Fraction(number))


def _sound(stream: MediaStream, parts: Sequence[str]) -> MediaStream:
    rate = next((part for part in parts if part.endswith(" Hz")), "0 Hz")
    at = parts.index(rate) if rate in parts else -1
    rest = list(parts[at + 1 :])
    layout = rest[0] if rest else ""
    form = rest[1] if len(rest) > 1 else ""
    bits = _BITS.match(form)
    return replace(
        stream,
        sample_rate=int(rate.split()[0]),
        layout=layout,
        sample_format=bits[1] if bits else form.split(" ")[0],
        bits=int(bits[2]) if bits else 0,
    )
