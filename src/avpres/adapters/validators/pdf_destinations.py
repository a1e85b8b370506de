"""Destinations of links and outlines: pages, and names that stand for pages."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from avpres.adapters.validators.examination import Examination

if TYPE_CHECKING:
    import pikepdf

_MOST = 50_000  # nodes of a name tree
_TREE = "PDF-HUL-12"


class Destinations:
    """The named destinations of a document, and what it takes to be led to one."""

    def __init__(self, root: "pikepdf.Object", exam: Examination) -> None:
        self._exam = exam
        self._names = _named(root, exam)

    def check(self, target: Any, *, is_outline: bool = False) -> None:
        """Say where a link or an outline item leads to nothing."""
        import pikepdf

        if isinstance(target, pikepdf.String):
            if not is_outline:
                self._check_name(target)
        elif isinstance(target, pikepdf.Array):
            self._check_page(target)
        elif target is not None and not isinstance(target, pikepdf.Name):
            self._say("a link leads to no destination", "PDF-HUL-1")

    def _check_name(self, name: "pikepdf.String") -> None:
        import pikepdf

        if self._names is None:
            return
        label = str(name)[:40]
        if bytes(name) not in self._names:
            self._say(f"a link leads to a destination that is not there: {label}", "PDF-HUL-149")
            return
        found = self._names[bytes(name)]
        if isinstance(found, pikepdf.Dictionary):
            found = found.get("/D")
        if isinstance(found, pikepdf.Array):
            self._check_page(found)
        else:
            self._say(f"the destination {label} is no page", "PDF-HUL-2")

    def _check_page(self, target: "pikepdf.Array") -> None:
        import pikepdf

        if not len(target) or not isinstance(target[0], pikepdf.Dictionary):
            self._say("a link leads to no page", "PDF-HUL-2")

    def _say(self, text: str, jhove: str) -> None:
        self._exam.invalid("PDF-DESTINATION", text, jhove=jhove)


def _named(root: "pikepdf.Object", exam: Examination) -> dict[bytes, Any] | None:
    """Give the named destinations, None where the document has no tree of them."""
    import pikepdf

    names = root.get("/Names")
    old = root.get("/Dests")
    if old is not None and not isinstance(old, pikepdf.Dictionary):
        exam.invalid("PDF-DESTINATIONS", "destinations are no dictionary", jhove="PDF-HUL-91")
    if names is None:
        return None
    if not isinstance(names, pikepdf.Dictionary):
        exam.invalid("PDF-NAMES", "the names are no dictionary", jhove="PDF-HUL-89")
        return None
    tree = names.get("/Dests")
    if tree is None:
        return None
    if not isinstance(tree, pikepdf.Dictionary):
        exam.invalid("PDF-NAMES", "the named destinations are no tree", jhove="PDF-HUL-89")
        return None
    return _found(tree, exam)


def _found(tree: Any, exam: Examination) -> dict[bytes, Any]:
    """Gather the names that a search finds: in order, and within the limits of their nodes."""
    import pikepdf

    found: dict[bytes, Any] = {}
    for pairs, low, high in _leaves(tree, exam):
        last = low
        for key, value in zip(pairs[::2], pairs[1::2], strict=False):
            if not isinstance(key, pikepdf.String):
                continue
            name = bytes(key)
            if last <= name and (high is None or name <= high):
                last = name
                found.setdefault(name, value)
            last = max(last, name)
    return found


def _leaves(tree: Any, exam: Examination) -> Iterator[tuple[list[Any], bytes, bytes | None]]:
    """Give the pairs of each leaf of a name tree, and the limits of the names in it."""
    import pikepdf

    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[Any, bytes, bytes | None]] = [(tree, b"", None)]
    while waiting and len(seen) < _MOST:
        node, low, high = waiting.pop()
        if not isinstance(node, pikepdf.Dictionary) or node.objgen in seen:
            exam.invalid("PDF-TREE", "a node of a tree is missing or comes twice", jhove=_TREE)
            continue
        if node.is_indirect:
            seen.add(node.objgen)
        low, high = _limits(node, low, high)
        kids, pairs = node.get("/Kids"), node.get("/Names")
        if isinstance(pairs, pikepdf.Array):
            if len(pairs) % 2:
                exam.invalid("PDF-TREE", "a key without a value in a tree", jhove=_TREE)
            yield list(pairs), low, high
        elif isinstance(kids, pikepdf.Array):
            waiting += [(kid, low, high) for kid in reversed(list(kids))]


def _limits(node: Any, low: bytes, high: bytes | None) -> tuple[bytes, bytes | None]:
    import pikepdf

    limits = node.get("/Limits")
    if not isinstance(limits, pikepdf.Array) or len(limits) != 2:  # a pair
        return low, high
    if not all(isinstance(limit, pikepdf.String) for limit in limits):
        return low, high
    first, last = bytes(limits[0]), bytes(limits[1])
    return max(low, first), last if high is None else min(high, last)
