"""Outlines, named destinations, annotations and page labels of a PDF file."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.pdf_pages import is_rectangle

if TYPE_CHECKING:
    import pikepdf

_MOST = 50_000  # nodes of outlines, of a name tree, of a number tree
_PAGES = 2_000  # pages whose annotations are looked at
_ANNOTATIONS = 20_000


def check_navigation(pdf: "pikepdf.Pdf", exam: Examination, pages: list[tuple[int, int]]) -> None:
    """Check whatever leads a reader through the document."""
    root = pdf.Root
    names = _named(root, exam)
    _check_annotations(pdf, exam, pages, names)
    _check_outlines(root.get("/Outlines"), exam)
    _check_labels(root.get("/PageLabels"), exam)


def _named(root: "pikepdf.Object", exam: Examination) -> set[bytes] | None:
    """Give the names of destinations, None where the document has no tree of them."""
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
    return {
        bytes(key) for key, _ in _leaves(tree, "/Names", exam) if isinstance(key, pikepdf.String)
    }


def _leaves(tree: Any, list_key: str, exam: Examination) -> Iterator[tuple[Any, Any]]:
    """Give keys and values of a name or number tree, each node once."""
    import pikepdf

    seen: set[tuple[int, int]] = set()
    waiting = [tree]
    while waiting and len(seen) < _MOST:
        node = waiting.pop()
        if not isinstance(node, pikepdf.Dictionary) or node.objgen in seen:
            exam.invalid(
                "PDF-TREE", "a node of a tree is missing or comes twice", jhove="PDF-HUL-12"
            )
            continue
        if node.objgen != (0, 0):
            seen.add(node.objgen)
        kids, pairs = node.get("/Kids"), node.get(list_key)
        if isinstance(kids, pikepdf.Array):
            waiting += list(kids)
        if isinstance(pairs, pikepdf.Array):
            if len(pairs) % 2:
                exam.invalid("PDF-TREE", "a key without a value in a tree", jhove="PDF-HUL-12")
            yield from zip(list(pairs)[::2], list(pairs)[1::2], strict=False)


def _check_annotations(
    pdf: "pikepdf.Pdf",
    exam: Examination,
    pages: list[tuple[int, int]],
    names: set[bytes] | None,
) -> None:
    import pikepdf

    left = _ANNOTATIONS
    for page in pages[:_PAGES]:
        annotations = pdf.get_object(page).get("/Annots")
        if annotations is None:
            continue
        if not isinstance(annotations, pikepdf.Array):
            exam.invalid("PDF-ANNOTATIONS", "annotations are no array", jhove="PDF-HUL-21")
            continue
        for annotation in annotations:
            left -= 1
            if left > 0:
                _check_annotation(annotation, exam, names)


def _check_annotation(annotation: Any, exam: Examination, names: set[bytes] | None) -> None:
    import pikepdf

    if not isinstance(annotation, pikepdf.Dictionary):
        exam.invalid("PDF-ANNOTATION", "an annotation cannot be found", jhove="PDF-HUL-114")
        return
    if annotation.get("/Subtype") is None or not is_rectangle(annotation.get("/Rect")):
        text = f"annotation {annotation.objgen[0]} has no subtype or no rectangle"
        exam.broken("PDF-ANNOTATION", text, jhove="PDF-HUL-121")
    action = annotation.get("/A")
    if isinstance(action, pikepdf.Dictionary):
        kind = action.get("/S")
        if kind is None:
            exam.broken("PDF-ACTION", "an action has no type", jhove="PDF-HUL-120")
        elif kind == "/GoTo":
            _check_destination(action.get("/D"), exam, names)
    _check_destination(annotation.get("/Dest"), exam, names)


def _check_destination(target: Any, exam: Examination, names: set[bytes] | None) -> None:
    import pikepdf

    if isinstance(target, pikepdf.String):
        if names is not None and bytes(target) not in names:
            text = f"a link leads to a destination that is not there: {str(target)[:40]}"
            exam.invalid("PDF-DESTINATION", text, jhove="PDF-HUL-149")
    elif isinstance(target, pikepdf.Array):
        if not len(target) or not isinstance(target[0], pikepdf.Dictionary | int | None):
            exam.invalid("PDF-DESTINATION", "a link leads to no page", jhove="PDF-HUL-2")
    elif target is not None and not isinstance(target, pikepdf.Name):
        exam.invalid("PDF-DESTINATION", "a link leads to no destination", jhove="PDF-HUL-1")


def _check_outlines(outlines: Any, exam: Examination) -> None:
    import pikepdf

    if not isinstance(outlines, pikepdf.Dictionary):
        return
    seen: set[tuple[int, int]] = set()
    waiting = [outlines.get("/First")]
    while waiting and len(seen) < _MOST:
        item = waiting.pop()
        if item is None:
            continue
        if not isinstance(item, pikepdf.Dictionary):
            exam.broken("PDF-OUTLINES", "an outline item is no dictionary", jhove="PDF-HUL-124")
            continue
        if item.objgen in seen:
            exam.note("PDF-OUTLINE-LOOP", "outlines lead back to themselves", jhove="PDF-HUL-128")
            continue
        seen.add(item.objgen)
        _check_item(item, exam)
        waiting += [item.get("/Next"), item.get("/First")]


def _check_item(item: "pikepdf.Dictionary", exam: Examination) -> None:
    import pikepdf

    number = item.objgen[0]
    if not isinstance(item.get("/Title"), pikepdf.String):
        exam.invalid("PDF-OUTLINE", f"outline item {number} has no title", jhove="PDF-HUL-125")
    if item.get("/Parent") is None:
        exam.invalid("PDF-OUTLINE", f"outline item {number} has no parent", jhove="PDF-HUL-126")
    if not isinstance(item.get("/Count", 0), int | Decimal):
        exam.invalid("PDF-OUTLINE", f"outline item {number} has no count", jhove="PDF-HUL-127")
    _check_destination(item.get("/Dest"), exam, None)


def _check_labels(labels: Any, exam: Examination) -> None:
    import pikepdf

    if labels is None:
        return
    if not isinstance(labels, pikepdf.Dictionary):
        exam.broken("PDF-PAGE-LABELS", "page labels are no dictionary", jhove="PDF-HUL-20")
        return
    for key, value in _leaves(labels, "/Nums", exam):
        if not isinstance(key, int) or not isinstance(value, pikepdf.Dictionary):
            exam.broken("PDF-PAGE-LABELS", "a page label has no number", jhove="PDF-HUL-20")
            return
