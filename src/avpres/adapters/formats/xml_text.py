"""XML in and out, a file at a time: pull parsing for reading, plain text for writing.

A pull parser holds one file's element at a time: three million take 17 MB. Text emission is 16 to
27 times faster than lxml's incremental writer.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from avpres.adapters.formats import names
from avpres.adapters.formats.manifest_file import Origin
from avpres.adapters.formats.xml_escape import escape, quoteattr
from avpres.domain.errors import NotConformantError

if TYPE_CHECKING:
    from lxml import etree

    Element: TypeAlias = etree._Element  # noqa: SLF001 - the only name that lxml gives its type
else:
    Element = object  # lxml takes a while to load, and many runs read no XML

ENCODED = "avpres: the name is percent-encoded UTF-8"
"""Comment inside an entry whose name XML cannot hold as it is. Schemas allow it anywhere."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATES = (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))


def elements(handle: BinaryIO, origin: Origin, wanted: Iterable[str]) -> Iterator[Element]:
    """Yield whole elements of the wanted local names, and comments that stand between them.

    Each is emptied when the next is asked for. Nothing outside the file is fetched, and the
    parser's own limits (10 MB a name, entity amplification) stay on: `huge_tree` is not needed.

    Raises:
        NotConformantError: it is not well-formed, named with the line.
    """
    from lxml import etree

    try:
        for _, element in etree.iterparse(
            _Nameless(handle),
            events=("end", "comment"),
            tag=tuple(f"{{*}}{name}" for name in wanted),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
        ):
            if is_comment(element) and not _stands_between_entries(element):
                continue
            yield element
            _forget(element)
    except etree.XMLSyntaxError as error:
        raise origin.malformed(error.lineno, f"not well-formed XML ({error.msg})") from None


class _Nameless:
    """A file without its name: lxml takes the name for a URL, and fails if it is not UTF-8."""

    def __init__(self, handle: BinaryIO) -> None:
        self.read = handle.read


def is_comment(element: Element) -> bool:
    """Say whether a node is a comment."""
    return local(element) == ""


def _parent(element: Element) -> Element | None:
    return element.getparent()


def _stands_between_entries(comment: Element) -> bool:
    parent = _parent(comment)
    return parent is not None and _parent(parent) is None


def _forget(element: Element) -> None:
    parent = _parent(element)
    if not is_comment(element):
        element.clear()
    if parent is not None:
        while (earlier := element.getprevious()) is not None:
            parent.remove(earlier)


def line(element: Element) -> int | None:
    """Give the line that an element stands on."""
    number: object = element.sourceline  # the stubs say that it may be a word
    return number if isinstance(number, int) else None


def local(element: Element) -> str:
    """Give the name of an element without its namespace; nothing for comments."""
    tag: object = element.tag  # a function for comments, which the stubs do not say
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child_text(element: Element, name: str) -> str | None:
    """Give the text of the first child of a local name; None when there is none."""
    return next((child.text or "" for child in element if local(child) == name), None)


def path_in(entry: Element, name: str) -> str:
    """Read the path in an entry's child, decoded when the entry says that it is encoded.

    Raises:
        NotConformantError: there is none, or no file could have it.
    """
    text = child_text(entry, name)
    if text is None:
        raise NotConformantError(f"an entry without a <{name}>")
    if is_encoded(entry):
        text = names.xml_decode(text)
    return names.checked(text)


def is_encoded(entry: Element) -> bool:
    """Say whether an entry's path is percent-encoded."""
    return any(is_comment(child) and (child.text or "").strip() == ENCODED for child in entry)


def path_text(path: str, *, also: str = "") -> tuple[str, str]:
    """Give a path as escaped XML text, and the comment that must stand beside it, if any.

    Characters in `also` are encoded too, where a format's readers misread them.
    """
    text, encoded = names.xml_encode(path, also=also)
    return escape(text), f"<!-- {ENCODED} -->" if encoded else ""


def text(value: str) -> str:
    """Escape free text; what XML cannot hold is percent-encoded."""
    return escape(names.xml_encode(value)[0])


def attribute(value: str) -> str:
    """Quote and escape an attribute's value."""
    return quoteattr(names.xml_encode(value)[0])


def size_of(written: str | None) -> int | None:
    """Read a size in bytes.

    Raises:
        NotConformantError: it is no number of bytes.
    """
    if written is None or not written.strip():
        return None
    digits = written.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20):  # noqa: PLR2004 - 2**64
        raise NotConformantError("a size that is no number of bytes")
    return int(digits)


def time_of(written: str | None) -> int | None:
    """Read a date as nanoseconds since 1970; None when it is none or has no time zone."""
    try:
        moment = datetime.fromisoformat((written or "").strip())
        if moment.tzinfo is None:
            return None
        return (moment - _EPOCH) // timedelta(microseconds=1) * 1000
    except (ValueError, OverflowError):
        return None


def date(mtime_ns: int) -> str:
    """Write nanoseconds since 1970 as xs:dateTime in UTC, to the second, as other tools do."""
    try:
        moment = _EPOCH + timedelta(seconds=mtime_ns // 1_000_000_000)
    except OverflowError:
        moment = _DATES[0] if mtime_ns < 0 else _DATES[1]
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def stamp(moment: datetime) -> str:
    """Write a moment as xs:dateTime in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
