"""Counts what a text is made of, a piece at a time."""

import codecs
import re

from avpres.adapters.validators.text_encoding import odd_controls

SAMPLE = 65_536  # bytes around the first one above 0x7F that are kept for a guess
_HIGH = re.compile(rb"[\x80-\xff]")
_PRINTABLE = re.compile(rb"[^\x00-\x20\x7f]")
_ODD = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
_DOS_END = b"\x1a"  # CP/M and DOS ended texts with it


class Tally:
    """Line ends, characters, controls and the first error of UTF-8; offsets are in the file."""

    def __init__(self, start: int) -> None:
        self.size = 0  # bytes
        self.characters = 0
        self.bad = 0  # places that are not UTF-8
        self.error: tuple[UnicodeDecodeError, int] | None = None
        self.is_ascii = True
        self.is_printable = False
        self.lost = 0
        self.odd = 0
        self.nulls = 0
        self.first_odd: int | None = None
        self.first_high: int | None = None
        self.sample = bytearray()
        self._start = start
        self._last = ""
        self._breaks = {"LF": 0, "CR": 0, "CR/LF": 0}
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._tail = b""

    def add(self, chunk: bytes) -> None:
        """Count one piece of a text of one byte a character, or UTF-8."""
        if not self.is_printable:
            self.is_printable = _PRINTABLE.search(chunk) is not None
        self._count_breaks(chunk.count(b"\n"), chunk.count(b"\r"), chunk.count(b"\r\n"))
        self._join(chunk[:1] == b"\n", chunk[-1:].decode("latin-1"))
        self._count_odd(chunk)
        if chunk.isascii() and not self._tail:
            self.characters += len(chunk)
        else:
            self._decode(chunk)
        self.size += len(chunk)

    def add_text(self, text: str) -> None:
        """Count one decoded piece of a text of two or four bytes a character."""
        if not text:
            return
        self.is_printable = self.is_printable or not text.isspace()
        self._count_breaks(text.count("\n"), text.count("\r"), text.count("\r\n"))
        self._join(text[0] == "\n", text[-1])
        self.lost += text.count("\ufffd")
        self.nulls += text.count("\0")
        self.odd += text.count("\0")
        self.characters += len(text)

    def finish(self) -> None:
        """Say what the end of the bytes says: a cut character, the end mark of DOS."""
        if self._tail:
            self._decode(b"", final=True)
        if self._last == "\x1a":
            self.odd -= 1

    @property
    def line_break(self) -> str:
        """The word of textMD, "" where there is no line end."""
        found = [word for word, count in self._breaks.items() if count]
        return found[0] if len(found) == 1 else "mixed" if found else ""

    @property
    def lines(self) -> int:
        """Lines, the last one too if it has no end."""
        return sum(self._breaks.values()) + (not self.ends_line)

    @property
    def ends_line(self) -> bool:
        """Say whether the last line has its end (or the end mark of DOS)."""
        return self._last in {"", "\n", "\r", "\x1a", "\f"}

    def _count_breaks(self, lf: int, cr: int, pairs: int) -> None:
        self._breaks["LF"] += lf - pairs
        self._breaks["CR"] += cr - pairs
        self._breaks["CR/LF"] += pairs

    def _join(self, begins_lf: bool, last: str) -> None:
        if begins_lf and self._last == "\r":
            self._breaks["LF"] -= 1
            self._breaks["CR"] -= 1
            self._breaks["CR/LF"] += 1
        self._last = last

    def _count_odd(self, chunk: bytes) -> None:
        odd = odd_controls(chunk)
        if not odd:
            return
        self.odd += len(odd)
        self.nulls += odd.count(0)
        found = _ODD.search(chunk)
        if self.first_odd is None and found:
            self.first_odd = self._start + self.size + found.start()

    def _decode(self, chunk: bytes, *, final: bool = False) -> None:
        self._keep(chunk)
        self.lost += chunk.count(b"\xef\xbf\xbd")
        tail = self._tail
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            self.error = (error, self._start + self.size - len(tail) + error.start)
            self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
            text = self._decoder.decode(tail + chunk, final)
        if self.error:
            self.bad += text.count("\ufffd")
        self.characters += len(text)
        self._tail = self._decoder.getstate()[0]

    def _keep(self, chunk: bytes) -> None:
        found = _HIGH.search(chunk)
        if found is None:
            return
        self.is_ascii = False
        if self.first_high is None:
            self.first_high = self._start + self.size + found.start()
        room = SAMPLE - len(self.sample)
        if room > 0:
            self.sample += chunk[max(0, found.start() - 64) : found.start() + room]
