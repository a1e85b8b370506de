"""Quantisation and Huffman tables of a JPEG (ITU-T T.81, B.2.4): whole, possible, plausible.

A table with a damaged byte mostly names a symbol twice or one that cannot be: decoders go on, and
the picture is wrong.
"""

import struct
from dataclasses import dataclass, field

from avpres.adapters.validators.examination import Examination

DC, AC = 0, 1
_MOST_TABLES = 8  # of a segment: four of each class
_POSSIBLE_AC = frozenset(
    {0x00, 0xF0} | {run << 4 | size for run in range(16) for size in range(1, 11)}
)


@dataclass(frozen=True, slots=True)
class Huffman:
    """A Huffman table: what codes stand for, and where the table stands in the file."""

    symbols: bytes
    shortest: int  # bits
    place: int


@dataclass(slots=True)
class Tables:
    """The tables that are defined so far."""

    quantisation: dict[int, int] = field(default_factory=dict)  # number → bits an entry
    huffman: dict[tuple[int, int], Huffman] = field(default_factory=dict)  # (class, number)
    restart_interval: int = 0


def quantisation(exam: Examination, tables: Tables, data: bytes, place: int) -> None:
    """Read DQT."""
    at = 0
    while at < len(data):
        wide, number = data[at] >> 4, data[at] & 15
        size = 64 * (wide + 1)
        if wide > 1 or number > 3 or at + 1 + size > len(data):
            text = "a quantisation table has impossible values"
            exam.broken("JPEG-QUANTISATION", text, place + at)
            return
        values = struct.unpack_from(">64H" if wide else ">64B", data, at + 1)
        if 0 in values:
            exam.warn("JPEG-QUANTISATION-ZERO", "a quantisation table holds a 0", place + at)
        tables.quantisation[number] = 16 if wide else 8
        at += 1 + size


def huffman(exam: Examination, tables: Tables, data: bytes, place: int) -> None:
    """Read DHT."""
    at = 0
    for _ in range(_MOST_TABLES):
        if at >= len(data):
            return
        kind, number = data[at] >> 4, data[at] & 15
        counts = data[at + 1 : at + 17]
        symbols = data[at + 17 : at + 17 + sum(counts)]
        complete = len(counts) == 16 and len(symbols) == sum(counts)
        if kind > 1 or number > 3 or not complete or not _fits(counts):
            exam.broken("JPEG-HUFFMAN", "a Huffman table has impossible values", place + at)
            return
        if len(set(symbols)) != len(symbols):
            text = "a Huffman table gives two codes to one symbol"
            exam.invalid("JPEG-HUFFMAN-SYMBOLS", text, place + at)
        shortest = next((bits for bits, count in enumerate(counts, 1) if count), 1)
        tables.huffman[kind, number] = Huffman(symbols, shortest, place + at)
        at += 17 + len(symbols)
    if at < len(data):
        exam.broken("JPEG-HUFFMAN", "more Huffman tables than there can be", place + at)


def conditioning(exam: Examination, data: bytes, place: int) -> None:
    """Read DAC."""
    for at in range(0, len(data), 2):
        kind, number = data[at] >> 4, data[at] & 15
        if kind > 1 or number > 3 or at + 2 > len(data):
            text = "a table of arithmetic coding has impossible values"
            exam.broken("JPEG-CONDITIONING", text, place + at)
            return


def plausible(table: Huffman, kind: int, *, sequential: bool, lossless: bool, bits: int) -> bool:
    """Say whether a table holds symbols, all of which can occur in a scan of this kind."""
    if not table.symbols:
        return False
    if kind == DC:
        return max(table.symbols) <= (16 if lossless else 11 if bits == 8 else 15)
    return not sequential or bits > 8 or _POSSIBLE_AC.issuperset(table.symbols)


def _fits(counts: bytes) -> bool:
    """Say whether there can be so many codes of each length (Kraft); all ones is no code."""
    return sum(count << (16 - bits) for bits, count in enumerate(counts, 1)) < 1 << 16
