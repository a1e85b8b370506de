"""The attributes of HTML tags."""

import re

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.html_words import ATTRIBUTES, FOREIGN, PREFIXES

_ATTRIBUTE = re.compile(
    rb"""([^\s/>][^\s/>=]*+)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>]*+))?+""", re.DOTALL
)
_WRONG = re.compile(rb"""["'<]""")
_REMEMBERED = 5_000  # attribute lists that were right and need no second look
_LOOKED_AT = 65_536  # bytes of one list
_SHORT = 400  # bytes of a list that may come again


class Attributes:
    """Checks attribute lists: names, and that none is there twice."""

    def __init__(self, exam: Examination) -> None:
        self.language = b""
        self._exam = exam
        self._right: set[bytes] = set()

    def check(self, element: bytes, said: bytes, offset: int, *, free: bool) -> bool:
        """Check what stands in one start tag after its name; say whether all of it is right.

        Inside of SVG and MathML (`free`) any name will do.
        """
        if said in self._right:
            return True
        pairs = _ATTRIBUTE.findall(said[:_LOOKED_AT])
        names = [name.lower() for name, _ in pairs]
        if element == b"html":
            self._note_language(names, pairs)
        unique = set(names)
        if len(unique) < len(names):
            self._say("HTML-DUPLICATE-ATTRIBUTE", "an attribute twice in one tag", offset)
        elif unique <= ATTRIBUTES:
            if len(self._right) < _REMEMBERED and len(said) < _SHORT and element != b"html":
                self._right.add(said)
            return True
        elif not free and b"-" not in element and element not in FOREIGN:
            self._check_names(unique - ATTRIBUTES, offset)
        return False

    def _check_names(self, unknown: set[bytes], offset: int) -> None:
        for name in sorted(unknown)[:5]:
            word = name[:40].decode("ascii", "replace")
            if _WRONG.search(name):
                self._say(
                    "HTML-ATTRIBUTE-CHARACTER",
                    f"a quote or < where a name should be: {word}",
                    offset,
                )
            elif not name.startswith(PREFIXES):
                self._say("HTML-UNKNOWN-ATTRIBUTE", f"unknown attribute {word}", offset)

    def _note_language(self, names: list[bytes], pairs: list[tuple[bytes, bytes]]) -> None:
        for name in (b"lang", b"xml:lang"):
            if name in names:
                self.language = pairs[names.index(name)][1].strip(b"\"'")[:35]
                return

    def _say(self, name: str, text: str, offset: int) -> None:
        jhove = "HTML-HUL-7" if name == "HTML-UNKNOWN-ATTRIBUTE" else None
        self._exam.invalid(name, text, offset, jhove=jhove)
