"""Which elements of an HTML file are open, and whether they close as they should."""

from collections import defaultdict

from avpres.adapters.validators.examination import Examination, HaltError
from avpres.adapters.validators.html_steps import STRUCTURE, Step
from avpres.adapters.validators.html_words import (
    CLOSES,
    FOREIGN,
    KNOWN,
    NEEDS,
    NOT_INSIDE_ITSELF,
    ONCE,
    OPTIONAL_END,
    VOID,
)

_SEEN = 200  # open elements that an end tag looks back over
_DEEPEST = 5_000  # open elements; browsers stop at 512
_SCOPE = frozenset(b"table td th caption object button applet marquee template".split())
_PARTS = frozenset(b"table thead tbody tfoot tr td th caption colgroup".split())
_LIMITS = frozenset((b"table", b"template"))
_NOTHING: frozenset[bytes] = frozenset()
_HEAD = frozenset((b"head",))
_MOST = 2_000  # errors; a file with more is left alone


class Tree:
    """The stack of open elements. Errors are those of the HTML Living Standard §13.2."""

    def __init__(self, exam: Examination) -> None:
        self._exam = exam
        self._names: list[bytes] = []
        self._places: list[int] = []
        self._open: defaultdict[bytes, int] = defaultdict(int)
        self._seen: dict[bytes, int] = {}  # offset of the first html, head, body …
        self._ended: set[bytes] = set()
        self._foreign = 0
        self._count = 0
        self._errors = 0
        self._is_calm = True  # inside of the document, outside of SVG and MathML

    @property
    def is_empty(self) -> bool:
        """Say whether no tag has come yet."""
        return self._count == 0

    @property
    def is_foreign(self) -> bool:
        """Say whether the place is inside of SVG or MathML."""
        return self._foreign > 0

    def step(self, seen: tuple[bytes, Step], offset: int) -> bool:
        """Take a tag that was right before; say no where it needs a closer look."""
        name, step = seen
        names = self._names
        if step is Step.END:
            if not names or names[-1] != name or name in ONCE or self._foreign:
                return False
            del names[-1], self._places[-1]
            self._open[name] -= 1
            return True
        if not self._is_calm or len(names) >= _DEEPEST:
            return False
        if step is Step.NOTHING or (step is Step.OPEN and not self._make_room(name)):
            return step is Step.NOTHING
        names.append(name)
        self._places.append(offset)
        self._open[name] += 1
        return True

    def _make_room(self, name: bytes) -> bool:
        """Close what the start of an element closes; say whether it may then stand there."""
        names, opened = self._names, self._open
        closes = CLOSES.get(name, _NOTHING)
        while names and names[-1] in closes:
            opened[names.pop()] -= 1
            del self._places[-1]
        return not (opened[b"p"] and b"p" in closes) and self._fits(name)

    def _fits(self, name: bytes) -> bool:
        needs = NEEDS.get(name)
        if needs is None:
            return True
        opened = self._open
        for around in needs:  # noqa: SIM110 - any() takes twice as long, for every cell
            if opened[around]:
                return True
        return False

    def start(self, name: bytes, offset: int, *, closed: bool = False) -> bool:
        """Open an element; say whether its content is to be read as HTML reads that element."""
        self._count += 1
        if self._foreign:
            if not closed:
                self._push(name, offset)
            return False
        closes = CLOSES.get(name)
        if closes is not None:
            self._close_before(closes, offset)
        if name in VOID:
            if name in NEEDS:
                self._check_place(name, offset)
            return False
        if not self._may_open(name, offset):
            return False
        if closed and name not in FOREIGN:
            text = f"<{_word(name)}/> does not close itself in HTML"
            self._say("HTML-SELF-CLOSED", text, offset, "HTML-HUL-1")
            return False
        if not closed:
            self._push(name, offset)
        return True

    def end(self, name: bytes, offset: int) -> None:
        """Close an element, and with it what was left open inside of it."""
        self._count += 1
        names = self._names
        if names and names[-1] == name:
            self._pop()
            if name in ONCE:
                self._ended.add(name)
                self._is_calm = self._is_calm and name == b"head"
        elif name == b"body" or name == b"html":  # noqa: PLR1714 - twice as fast
            self._end_all(name, offset)
        elif not self._open.get(name) or not self._close_to(name, offset):
            self._say(
                "HTML-STRAY-END-TAG", f"</{_word(name)}> closes nothing", offset, "HTML-HUL-10"
            )

    def finish(self, *, has_doctype: bool) -> None:
        """Say what has no end at the end of the file, and what it does not have at all."""
        if not any(name in self._seen for name in STRUCTURE):
            text = "no html, head, title or body element: cut short, or no HTML"
            self._exam.broken("HTML-NO-ELEMENTS", text, 0, jhove="HTML-HUL-17")
        if not has_doctype:
            self._say("HTML-NO-DOCTYPE", "there is no document type", 0, "HTML-HUL-16")
        for name, place in zip(reversed(self._names), reversed(self._places), strict=True):
            if name in KNOWN and name not in OPTIONAL_END:
                text = f"<{_word(name)}> is never closed: the file is cut short or careless"
                self._exam.broken("HTML-UNCLOSED-AT-END", text, place)
        self._check_end()

    def _check_end(self) -> None:
        if b"html" in self._ended:
            return
        for name in (b"html", b"body"):
            if name in self._seen:
                if name in self._ended:
                    return
                text = f"</{_word(name)}> is missing: the file is cut short, or leaves it out"
                self._exam.broken("HTML-END-MISSING", text, self._seen[name])
                return

    def _may_open(self, name: bytes, offset: int) -> bool:
        if name in STRUCTURE:
            if name in ONCE and name in self._seen:
                self._say("HTML-TWICE", f"a second <{_word(name)}>", offset, "HTML-HUL-4")
                return False
            self._seen.setdefault(name, offset)
        if name not in KNOWN and b"-" not in name and b":" not in name:
            text = f"there is no element {_word(name)} in HTML"
            self._say("HTML-UNKNOWN-ELEMENT", text, offset, "HTML-HUL-6")
        if not self._ended <= _HEAD:
            text = f"<{_word(name)}> after the end of the document"
            self._say("HTML-AFTER-END", text, offset, "HTML-HUL-4")
        if name in NEEDS:
            self._check_place(name, offset)
        if name in NOT_INSIDE_ITSELF and self._open.get(name):
            text = f"<{_word(name)}> inside of another"
            self._say("HTML-NESTED", text, offset, "HTML-HUL-4")
            return name != b"form" and self._forget(name)
        return True

    def _check_place(self, name: bytes, offset: int) -> None:
        if not self._fits(name):
            text = f"<{_word(name)}> where it cannot stand"
            self._say("HTML-MISPLACED", text, offset, "HTML-HUL-4")

    def _close_before(self, closes: frozenset[bytes], offset: int) -> None:
        names = self._names
        while names and names[-1] in closes:
            self._pop()
        if b"p" in closes and self._open.get(b"p"):
            for place in range(len(names) - 1, max(-1, len(names) - _SEEN), -1):
                if names[place] in _SCOPE:
                    return
                if names[place] == b"p":
                    text = f"<{_word(names[-1])}> is open where the paragraph around it ends"
                    self._say("HTML-UNCLOSED-ELEMENT", text, offset)
                    self._forget(b"p")
                    return

    def _close_to(self, name: bytes, offset: int) -> bool:
        """Close everything down to `name`; say whether it could be reached."""
        names = self._names
        limits = _LIMITS if name in _PARTS else _SCOPE
        limits = _NOTHING if self._foreign else limits
        for place in range(len(names) - 1, max(-1, len(names) - _SEEN), -1):
            here = names[place]
            if here == name:
                self._drop_to(place, offset)
                return True
            if here in limits:
                return False
        return False

    def _drop_to(self, place: int, offset: int) -> None:
        while len(self._names) > place + 1:
            self._complain(self._names[-1], offset)
            self._pop()
        self._pop()

    def _end_all(self, name: bytes, offset: int) -> None:
        if name in self._ended:
            self._say("HTML-STRAY-END-TAG", f"a second </{_word(name)}>", offset, "HTML-HUL-10")
        while self._names and self._names[-1] != name:
            if name == b"body" and self._names[-1] == b"html":
                break
            self._complain(self._names[-1], offset)
            self._pop()
        if self._names and self._names[-1] == name:
            self._pop()
        self._ended.add(name)
        self._is_calm = False

    def _complain(self, name: bytes, offset: int) -> None:
        if name in KNOWN and name not in OPTIONAL_END:
            text = f"<{_word(name)}> is not closed before what is around it ends"
            self._say("HTML-UNCLOSED-ELEMENT", text, offset)

    def _push(self, name: bytes, offset: int) -> None:
        self._names.append(name)
        self._places.append(offset)
        self._open[name] += 1
        if name in FOREIGN:
            self._foreign += 1
            self._is_calm = False
        if len(self._names) > _DEEPEST:
            self._exam.halt(
                "HTML-DEPTH", f"more than {_DEEPEST} elements inside of each other", offset
            )

    def _pop(self) -> None:
        name = self._names.pop()
        self._places.pop()
        self._open[name] -= 1
        if name in FOREIGN:
            self._foreign -= 1
            self._is_calm = not self._foreign and self._ended <= _HEAD

    def _forget(self, name: bytes) -> bool:
        """Take the innermost `name` off the stack and leave what is inside of it open."""
        names = self._names
        for place in range(len(names) - 1, max(-1, len(names) - _SEEN), -1):
            if names[place] == name:
                del names[place], self._places[place]
                self._open[name] -= 1
                return True
        return True

    def _say(self, id: str, text: str, offset: int, jhove: str | None = None) -> None:
        self._exam.invalid(id, text, offset, jhove=jhove)
        self._errors += 1
        if self._errors > _MOST:
            text = f"more than {_MOST} errors; the rest was not read"
            self._exam.invalid("HTML-TOO-MANY", text, offset)
            raise HaltError


def _word(name: bytes) -> str:
    return name[:40].decode("ascii", "replace")
