"""The tags, comments and document type of an HTML file, piece by piece in bounded memory."""

import re
from collections.abc import Callable

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.html_attributes import Attributes
from avpres.adapters.validators.html_doctype import is_html
from avpres.adapters.validators.html_steps import STEPS, Step
from avpres.adapters.validators.html_tree import Tree
from avpres.adapters.validators.html_words import PLAIN, RAW

_LONGEST = 8 * 1024 * 1024  # bytes of one tag: pictures stand in tags as data
_TITLE = 4096  # bytes of a title that are kept
_TOKEN = re.compile(
    rb"""<(?:
      (/?)([a-zA-Z][^\s/>]*+)((?>[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+'|(?!["']))|["'])*+)(>?)
    | (!--)
    | (!\[CDATA\[)
    | (!doctype)
    | ([!?/])
    | (?:<(?=<))*+)""",
    re.VERBOSE | re.IGNORECASE,
)
_ENDS = {
    "comment": re.compile(rb"--!?>"),
    "CDATA section": re.compile(rb"\]\]>"),
    **{
        name.decode(): re.compile(rb"</" + name + rb"(?=[\s/>])[^>]*+>", re.IGNORECASE)
        for name in RAW
    },
}
_ABRUPT = re.compile(rb"-?>")
_SHORT = 200  # bytes of a tag that may well come again
_REMEMBERED = 2_000  # tags
_ROOM = 64  # bytes that the beginning of an end tag may take at the end of a piece


class Walker:
    """Tells a tree of the tags as they come; what is cut in two waits for the next piece."""

    def __init__(self, exam: Examination) -> None:
        self.exam = exam
        self.tree = Tree(exam)
        self.doctype = b""
        self.title = b""
        self.exact = True  # offsets are those of the file: its pieces were not converted
        self._attributes = Attributes(exam)
        self._data = b""
        self._base = 0  # offset of _data in the file
        self._inside = ""  # what goes on beyond the piece: a comment, a script, a CDATA section
        self._since = 0  # where that began
        self._final = False
        self._has_doctype = False
        self._known: dict[bytes, tuple[bytes, Step]] = {}  # tags that were right, as they stand

    @property
    def language(self) -> bytes:
        """The language that the html element names."""
        return self._attributes.language

    def feed(self, piece: bytes) -> None:
        """Walk as far as the piece is clear."""
        self._data += piece
        place = self._walk()
        self._base += place
        self._data = self._data[place:]
        if len(self._data) > _LONGEST:
            self.exam.halt("HTML-ENDLESS-TAG", "a tag that has no end in 8 MiB", self._base)

    def finish(self) -> None:
        """Walk the rest; what is open now has no end in the file."""
        self._final = True
        place = self._walk()
        if self._inside and self._inside != PLAIN.decode():
            word = "comment" if self._inside == "comment" else "text"
            self.exam.broken(
                f"HTML-EOF-IN-{word.upper()}",
                f"the file ends inside of a {self._inside}",
                self._since if self.exact else None,
                jhove="HTML-HUL-18" if word == "comment" else None,
            )
        del place
        self.tree.finish(has_doctype=self._has_doctype)

    def _walk(self) -> int:
        """Walk `_data`; give where it stops being clear."""
        data, place, search = self._data, 0, _TOKEN.search
        tree, known = self.tree, self._known
        while True:
            if self._inside:
                place, found = self._skip(place)
                if not found:
                    return place
            token = search(data, place)
            if token is None:
                return len(data)
            seen = known.get(token[0])
            if seen is not None and tree.step(seen, self._base + token.start()):
                place = token.end()
                continue
            start = token.start()
            name = token[2]
            if name is None:
                place = self._special(token)
            elif token[4]:
                place = token.end()
                self._tag(token, name.lower(), start)
            else:
                place = self._unfinished("TAG", start)
            if place < 0:
                return start
            if place >= len(data):
                return place if not self._inside else len(data)

    def _tag(self, token: "re.Match[bytes]", name: bytes, start: int) -> None:
        offset = self._base + start
        said = token[3]
        if token[1]:
            self._remember(token[0], name, Step.END)
            self.tree.end(name, offset)
            return
        closed = said.endswith(b"/")
        if not said or self._attributes.check(name, said, offset, free=self.tree.is_foreign):
            step = STEPS.get(name)
            if step is not None and not (closed and step is not Step.NOTHING):
                self._remember(token[0], name, step)
        if self.tree.start(name, offset, closed=closed) and (name in RAW or name == PLAIN):
            self._enter(name.decode(), token.end())

    def _remember(self, tag: bytes, name: bytes, step: Step) -> None:
        if len(tag) < _SHORT and len(self._known) < _REMEMBERED:
            self._known[tag] = (name, step)

    def _enter(self, what: str, place: int) -> None:
        self._inside, self._since = what, self._base + place

    def _skip(self, place: int) -> tuple[int, bool]:
        pattern = _ENDS.get(self._inside)
        found = pattern.search(self._data, place) if pattern else None
        if found is None:
            rest = len(self._data) if self._final else max(place, len(self._data) - _ROOM)
            return rest, False
        if self._inside == "title" and not self.title:
            self.title = self._data[place : min(found.start(), place + _TITLE)]
        if self._inside in {"comment", "CDATA section"}:
            self._inside = ""
        else:
            name, self._inside = self._inside, ""
            self.tree.end(name.encode(), self._base + found.start())
        return found.end(), True

    def _special(self, token: "re.Match[bytes]") -> int:
        """Walk what is no tag; give where it ends, -1 where that is not clear yet."""
        start, end = token.span()
        if not (token[5] or token[6] or token[7] or token[8]):
            return self._stray(start, end)
        if token[5]:
            abrupt = _ABRUPT.match(self._data, end)
            if abrupt:
                self._invalid("HTML-COMMENT", "a comment that ends as it begins", start)
                return abrupt.end()
            self._enter("comment", end)
            return end
        if token[6] and self.tree.is_foreign:
            self._enter("CDATA section", end)
            return end
        stop = self._data.find(b">", end)
        if stop < 0:
            return self._unfinished("DOCTYPE" if token[7] else "COMMENT", start)
        handle: Callable[[int, int], None] = self._doctype if token[7] else self._bogus
        handle(start, stop)
        return stop + 1

    def _stray(self, start: int, end: int) -> int:
        if end >= len(self._data):
            return self._unfinished("TAG", start)
        if not self.tree.is_empty:
            self._invalid("HTML-STRAY-LESS-THAN", "a < that begins no tag", start, "HTML-HUL-18")
        return end

    def _doctype(self, start: int, stop: int) -> None:
        doctype = self._data[start + 9 : stop].strip()
        if self._has_doctype or not self.tree.is_empty:
            self._invalid("HTML-DOCTYPE-MISPLACED", "a document type after the beginning", start)
        elif not is_html(doctype):
            self.exam.broken(
                "HTML-DOCTYPE", "the document type is not html", start, jhove="HTML-HUL-15"
            )
        if not self._has_doctype:
            self.doctype, self._has_doctype = doctype[:400], True

    def _bogus(self, start: int, stop: int) -> None:
        said = self._data[start : stop + 1]
        if said.startswith(b"<?xml") and self.tree.is_empty:
            return
        self._invalid("HTML-BOGUS-COMMENT", "neither a tag nor a comment", start)

    def _unfinished(self, what: str, start: int) -> int:
        if not self._final and self._base + len(self._data) - start < self._base + _LONGEST * 2:
            return -1
        self.exam.broken(
            f"HTML-EOF-IN-{what}",
            f"the file ends inside of a {what.lower()}",
            self._base + start if self.exact else None,
            jhove="HTML-HUL-18",
        )
        return len(self._data)

    def _invalid(self, name: str, text: str, start: int, jhove: str | None = None) -> None:
        self.exam.invalid(name, text, self._base + start if self.exact else None, jhove=jhove)
