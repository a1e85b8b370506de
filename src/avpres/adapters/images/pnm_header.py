"""Headers of PBM, PGM, PPM and PAM (Netpbm), with what their comments say."""

from dataclasses import dataclass

from avpres.adapters.images.window import Window
from avpres.domain.imaging import Alpha, Colour
from avpres.domain.migration import Reason, Unmigratable

_CHANNELS = {1: 1, 2: 1, 3: 3, 4: 1, 5: 1, 6: 3}
_TYPES = {  # of PAM: colour, alpha, channels
    b"BLACKANDWHITE": (Colour.GREY, Alpha.NONE, 1),
    b"GRAYSCALE": (Colour.GREY, Alpha.NONE, 1),
    b"RGB": (Colour.RGB, Alpha.NONE, 3),
    b"BLACKANDWHITE_ALPHA": (Colour.GREY, Alpha.UNASSOCIATED, 2),
    b"GRAYSCALE_ALPHA": (Colour.GREY, Alpha.UNASSOCIATED, 2),
    b"RGB_ALPHA": (Colour.RGB, Alpha.UNASSOCIATED, 4),
}
_MOST_HEADER = 64 * 1024  # bytes, comments among them
_USUAL_HEADER = 256  # bytes, without comments
_SPACES = b" \t\n\v\f\r"
_LONGEST = 10  # digits of a number


@dataclass(frozen=True, slots=True)
class Header:
    """One picture of a file of them."""

    kind: int  # the digit behind P
    width: int
    height: int
    most: int  # the value of full light
    channels: int
    colour: Colour
    alpha: Alpha
    comments: tuple[bytes, ...]
    pixels: int  # offset

    @property
    def is_plain(self) -> bool:
        """Say whether its values are written in figures."""
        return self.kind <= 3

    @property
    def bits(self) -> int:
        """Count the bits of a sample."""
        return self.most.bit_length()

    @property
    def length(self) -> int:
        """Count the bytes of the pixels, if they are not written in figures."""
        if self.kind == 4:
            return (self.width + 7) // 8 * self.height
        return self.width * self.height * self.channels * (2 if self.most > 255 else 1)


def read(window: Window, start: int = 0) -> Header:
    """Read one header.

    Raises:
        Unmigratable: it is no whole header, or its scale fills no number of bits.
    """
    kind = window.read(start, 2)[1] - 48
    if kind == 7:
        header = _pam(window, start)
    else:
        numbers, comments, place = _numbers(window, start + 2, 2 if kind in {1, 4} else 3)
        width, height, most = (*numbers, 1)[:3]
        channels = _CHANNELS[kind]
        colour = Colour.RGB if channels == 3 else Colour.GREY
        shape = (kind, width, height, most, channels)
        header = Header(*shape, colour, Alpha.NONE, comments, place)
    if not header.width or not header.height or not 0 < header.most < 65536:
        raise Unmigratable(Reason.DAMAGED, f"{header.width} x {header.height}, {header.most}")
    if header.most & (header.most + 1):
        raise Unmigratable(Reason.UNDEFINED_COLOUR, f"a scale that ends at {header.most}")
    return header


def _numbers(window: Window, place: int, count: int) -> tuple[list[int], tuple[bytes, ...], int]:
    """Give so many numbers, the comments between them, and the offset behind one last space."""
    raw = window.peek(place, _USUAL_HEADER)
    if b"#" in raw:
        raw = window.peek(place, _MOST_HEADER)
    found: list[int] = []
    comments = []
    at = 0
    while len(found) < count:
        letter = raw[at : at + 1]
        if letter == b"#":
            text = raw[at + 1 :].partition(b"\n")[0]
            comments.append(text.strip())
            at += len(text) + 2
        elif letter in _SPACES and letter:
            at += 1
        else:
            digits = raw[at : at + _LONGEST + 1]
            length = len(digits) - len(digits.lstrip(b"0123456789"))
            if not 0 < length <= _LONGEST or at + length >= len(raw):
                raise Unmigratable(Reason.DAMAGED, "its header is not one")
            found.append(int(digits[:length]))
            at += length
    if raw[at : at + 1] not in _SPACES:
        raise Unmigratable(Reason.DAMAGED, "no space stands behind its header")
    return found, tuple(each for each in comments if each), place + at + 1


def _pam(window: Window, start: int) -> Header:
    raw = window.peek(start, _MOST_HEADER)
    end = raw.find(b"\nENDHDR\n")
    if end < 0:
        raise Unmigratable(Reason.DAMAGED, "its header has no end")
    lines = raw[3:end].split(b"\n")
    comments = tuple(line[1:].strip() for line in lines if line.startswith(b"#"))
    pairs = [line.split(None, 1) for line in lines if line.strip() and not line.startswith(b"#")]
    fields = {pair[0]: pair[1].strip() for pair in pairs if len(pair) == 2}
    names = (b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL")
    values = [fields.get(name, b"") for name in names]
    if len(fields) != len(pairs) or not all(v.isdigit() and len(v) <= _LONGEST for v in values):
        raise Unmigratable(Reason.DAMAGED, "its header is not one")
    width, height, depth, most = map(int, values)
    meaning = _TYPES.get(fields.get(b"TUPLTYPE", b""))
    if meaning is None or meaning[2] != depth:
        raise Unmigratable(Reason.UNDEFINED_COLOUR, f"{depth} channels of an unknown type")
    shape = (7, width, height, most, depth)
    return Header(*shape, meaning[0], meaning[1], comments, start + end + 8)
