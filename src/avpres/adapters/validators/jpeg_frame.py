"""Frames and scans of a JPEG (ITU-T T.81, B.2.2 and B.2.3): do they fit each other?"""

from dataclasses import dataclass, field

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.jpeg_tables import AC, DC, Tables, plausible

_ENCODINGS = {
    0xC0: "baseline DCT",
    0xC1: "extended sequential DCT",
    0xC2: "progressive DCT",
    0xC3: "lossless",
    0xC5: "differential sequential DCT",
    0xC6: "differential progressive DCT",
    0xC7: "differential lossless",
    0xC9: "extended sequential DCT, arithmetic coding",
    0xCA: "progressive DCT, arithmetic coding",
    0xCB: "lossless, arithmetic coding",
    0xCD: "differential sequential DCT, arithmetic coding",
    0xCE: "differential progressive DCT, arithmetic coding",
    0xCF: "differential lossless, arithmetic coding",
    0xF7: "JPEG-LS",
}
FRAMES = frozenset(_ENCODINGS)
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF, 0xF7})
_NAMES = 256  # numbers of colours in a file are below
_UNKNOWN = -1  # bits of a coefficient of which nothing has come yet


@dataclass(slots=True)
class Component:
    """One colour of a frame."""

    across: int  # sampling factors
    down: int
    quantisation: int
    coded: bool = False
    bits: list[int] = field(default_factory=lambda: [_UNKNOWN] * 64)  # lowest bit that has come


@dataclass(slots=True)
class Frame:
    """One SOF segment."""

    marker: int
    precision: int
    height: int
    width: int
    components: dict[int, Component] = field(default_factory=dict)
    ambiguous: bool = False  # two colours bear one number: scans cannot be told apart by it

    @property
    def encoding(self) -> str:
        """How the frame is coded, in words."""
        return _ENCODINGS[self.marker]

    @property
    def progressive(self) -> bool:
        """Say whether its scans refine each other."""
        return self.marker in _PROGRESSIVE

    @property
    def lossless(self) -> bool:
        """Say whether it predicts samples in place of transforming blocks."""
        return self.marker in _LOSSLESS

    @property
    def huffman(self) -> bool:
        """Say whether it needs Huffman tables."""
        return self.marker < 0xC8

    def units(self, chosen: list[Component]) -> int:
        """Count the MCUs of a scan."""
        side = 1 if self.lossless else 8
        most_across = max(part.across for part in self.components.values())
        most_down = max(part.down for part in self.components.values())
        if len(chosen) > 1:
            across, down = side * most_across, side * most_down
            return -(-self.width // across) * -(-self.height // down)
        part = chosen[0]
        columns = -(-self.width * part.across // most_across)
        rows = -(-self.height * part.down // most_down)
        return -(-columns // side) * -(-rows // side)


@dataclass(slots=True)
class Scan:
    """One SOS segment."""

    parts: list[Component]
    units: int
    least_bits: int  # of a unit; nothing can be shorter


def read_frame(exam: Examination, marker: int, data: bytes, place: int) -> Frame | None:
    """Read SOF; None if it is of no use."""
    if len(data) < 6 or len(data) != 6 + 3 * data[5] or not data[5]:
        exam.broken("JPEG-FRAME-SIZE", "the frame header has an impossible length", place)
        return None
    frame = Frame(
        marker, data[0], int.from_bytes(data[1:3], "big"), int.from_bytes(data[3:5], "big")
    )
    for at in range(6, len(data), 3):
        part = Component(data[at + 1] >> 4, data[at + 1] & 15, data[at + 2])
        name = data[at]
        if name in frame.components:
            exam.warn("JPEG-COMPONENT-TWICE", "two colours have the same number", place + at)
            frame.ambiguous = True
            name = _NAMES + at
        if not (1 <= part.across <= 4 and 1 <= part.down <= 4) or part.quantisation > 3:
            exam.broken("JPEG-COMPONENT", "a colour has impossible values", place + at)
            return None
        frame.components[name] = part
    _check_frame(exam, frame, data[5], place)
    return frame


def _check_frame(exam: Examination, frame: Frame, count: int, place: int) -> None:
    if not frame.width:
        exam.broken("JPEG-DIMENSIONS", "the image is 0 pixels wide", place + 3)
    if count not in {1, 3, 4}:
        text = f"{count} colours, which no colour space has"
        exam.invalid("JPEG-COLOURS", text, place + 5, jhove="JPEG-HUL-13")
    if frame.lossless:
        possible = 2 <= frame.precision <= 16
    else:
        possible = frame.precision == 8 or (frame.precision == 12 and frame.marker != 0xC0)
    if not possible:
        text = f"{frame.precision} bits a sample are not possible: {frame.encoding}"
        exam.broken("JPEG-PRECISION", text, place)


def read_scan(
    exam: Examination, frame: Frame, tables: Tables, data: bytes, place: int
) -> Scan | None:
    """Read SOS and hold it against frame and tables; None if it is of no use."""
    count = data[0] if data else 0
    if not 1 <= count <= 4 or len(data) != 4 + 2 * count:
        exam.broken("JPEG-SCAN-SIZE", "the header of a scan has an impossible length", place)
        return None
    names = data[1 : 1 + 2 * count : 2]
    known = [frame.components[name] for name in names if name in frame.components]
    if len(known) != count or (len(set(names)) != count and not frame.ambiguous):
        exam.broken("JPEG-SCAN-COLOUR", "a scan has a colour that the frame has not", place)
        return None
    if frame.ambiguous:
        for part in frame.components.values():
            part.coded = True
        return None
    first, last, high, low = data[-3], data[-2], data[-1] >> 4, data[-1] & 15
    _check_selection(exam, frame, (first, last, high, low), place + len(data) - 3)
    if frame.progressive:
        _refine(exam, known, (first, last, high, low), place)
    elif any(part.coded for part in known):
        exam.invalid("JPEG-SCAN-TWICE", "a colour is coded twice", place)
    for part in known:
        part.coded = part.coded or first == 0 or not frame.progressive
    numbers = [data[at] for at in range(2, 2 + 2 * count, 2)]
    classes = _classes(frame, (first, last, high, low))
    bits = _check_tables(exam, frame, tables, (known, numbers, classes), place)
    return Scan(known, frame.units(known), bits)


def _check_selection(
    exam: Examination, frame: Frame, selection: tuple[int, int, int, int], place: int
) -> None:
    first, last, high, low = selection
    if frame.lossless:
        return
    if frame.progressive:
        good = last < 64 and (last == 0 if first == 0 else first <= last)
        good = good and low <= 13 and (high in {0, low + 1})
    else:
        good = (first, last, high, low) == (0, 63, 0, 0)
    if not good:
        text = f"a scan has the impossible selection {first}-{last}, {high}-{low}"
        say = exam.invalid if frame.progressive else exam.warn  # decoders need it there alone
        say("JPEG-SELECTION", text, place)


def _refine(
    exam: Examination,
    parts: list[Component],
    selection: tuple[int, int, int, int],
    place: int,
) -> None:
    """Follow which bits of which coefficients have come (T.81, G.1.1.1)."""
    first, last, high, low = selection
    if first and len(parts) > 1:
        exam.invalid("JPEG-SELECTION", "a scan of details with more than one colour", place)
    for part in parts:
        wanted = high or _UNKNOWN  # a first scan finds nothing, a later one what was left
        if first and part.bits[0] == _UNKNOWN:
            exam.invalid("JPEG-PROGRESSION", "details come before what they belong to", place)
        if any(bits != wanted for bits in part.bits[first : last + 1]):
            exam.invalid("JPEG-PROGRESSION", "scans do not continue each other", place)
        for at in range(first, min(last, 63) + 1):
            part.bits[at] = low


def _classes(frame: Frame, selection: tuple[int, int, int, int]) -> tuple[int, ...]:
    """Say which classes of Huffman tables a scan needs."""
    first, _, high, _ = selection
    if not frame.huffman:
        return ()
    if frame.lossless:
        return (DC,)
    if frame.progressive:
        return (AC,) if first else () if high else (DC,)
    return (DC, AC)


def _check_tables(
    exam: Examination,
    frame: Frame,
    tables: Tables,
    wanted: tuple[list[Component], list[int], tuple[int, ...]],
    place: int,
) -> int:
    """Check the tables of a scan; give the fewest bits that a unit can have."""
    parts, numbers, classes = wanted
    bits = 0
    for part, number in zip(parts, numbers, strict=True):
        if not frame.lossless and part.quantisation not in tables.quantisation:
            text = f"the quantisation table {part.quantisation} is missing"
            exam.broken("JPEG-NO-QUANTISATION", text, place)
        least = 0
        for kind in classes:
            least += _check_huffman(exam, frame, tables, (kind, number), place)
        bits += least * (part.across * part.down if len(parts) > 1 else 1)
    return 0 if frame.progressive and AC in classes else bits


def _check_huffman(
    exam: Examination, frame: Frame, tables: Tables, wanted: tuple[int, int], place: int
) -> int:
    kind, pair = wanted
    number = pair & 15 if kind == AC else pair >> 4
    table = tables.huffman.get((kind, number))
    if table is None:
        exam.invalid("JPEG-NO-HUFFMAN", f"the Huffman table {number} is missing", place)
        return 0
    sequential = not frame.progressive
    good = plausible(
        table, kind, sequential=sequential, lossless=frame.lossless, bits=frame.precision
    )
    if not good:
        text = "a Huffman table holds symbols that cannot occur"
        exam.invalid("JPEG-HUFFMAN-SYMBOLS", text, table.place)
    return table.shortest
