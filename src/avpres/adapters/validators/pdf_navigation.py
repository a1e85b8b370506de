"""Outlines, named destinations, annotations and page labels of a PDF file."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.pdf_destinations import Destinations
from avpres.adapters.validators.pdf_pages import is_rectangle

if TYPE_CHECKING:
    import pikepdf

_MOST = 50_000  # nodes of outlines, of a number tree
_NEIGHBOURS = ("/Prev", "/Next", "/First", "/Last")  # of an outline item
_PAGES = 2_000  # pages whose annotations are looked at
_ANNOTATIONS = 20_000


def check_navigation(pdf: "pikepdf.Pdf", exam: Examination, pages: list[tuple[int, int]]) -> None:
    """Check whatever leads a reader through the document."""
    root = pdf.Root
    destinations = Destinations(root, exam)
    _check_annotations(pdf, exam, pages, destinations)
    _check_outlines(root.get("/Outlines"), exam, destinations)
    _check_labels(root.get("/PageLabels"), exam, len(pages))


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
    destinations: Destinations,
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
                _check_annotation(annotation, exam, destinations)


def _check_annotation(annotation: Any, exam: Examination, destinations: Destinations) -> None:
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
            destinations.check(action.get("/D"))
    elif action is not None:
        exam.broken("PDF-ACTION", "an action is no dictionary", jhove="PDF-HUL-121")
    destinations.check(annotation.get("/Dest"))


def _check_outlines(outlines: Any, exam: Examination, destinations: Destinations) -> None:
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
        _check_item(item, exam, destinations)
        waiting += [item.get("/Next"), item.get("/First")]


def _check_item(item: "pikepdf.Dictionary", exam: Examination, destinations: Destinations) -> None:
    import pikepdf

    number = item.objgen[0]
    if not isinstance(item.get("/Title"), pikepdf.String):
        exam.invalid("PDF-OUTLINE", f"outline item {number} has no title", jhove="PDF-HUL-125")
    if item.get("/Parent") is None:
        exam.invalid("PDF-OUTLINE", f"outline item {number} has no parent", jhove="PDF-HUL-126")
    if not isinstance(item.get("/Count", 0), int | Decimal):
        exam.invalid("PDF-OUTLINE", f"outline item {number} has no count", jhove="PDF-HUL-127")
    if any(not item[key].is_indirect for key in _NEIGHBOURS if _is_object(item.get(key))):
        text = f"what outline item {number} leads to stands inside of it"
        exam.invalid("PDF-OUTLINE", text, jhove="PDF-HUL-130")
    destinations.check(item.get("/Dest"), is_outline=True)


def _is_object(thing: Any) -> bool:
    import pikepdf

    return isinstance(thing, pikepdf.Object)


def _check_labels(labels: Any, exam: Examination, pages: int) -> None:
    import pikepdf

    if labels is None:
        return
    if not isinstance(labels, pikepdf.Dictionary):
        exam.broken("PDF-PAGE-LABELS", "page labels are no dictionary", jhove="PDF-HUL-20")
        return
    pairs = list(_leaves(labels, "/Nums", exam))
    for key, value in pairs:
        if not isinstance(key, int) or not isinstance(value, pikepdf.Dictionary):
            exam.broken("PDF-PAGE-LABELS", "a page label has no number", jhove="PDF-HUL-20")
            return
        start = value.get("/St", 1)
        if key < pages and (not isinstance(start, int) or start < 1):
            text = f"the labels from page {key + 1} on do not begin with 1 or more"
            exam.broken("PDF-PAGE-LABELS", text, jhove="PDF-HUL-119")
    if not pairs or min(key for key, _ in pairs) > 0:
        exam.invalid("PDF-PAGE-LABELS", "the first page has no label", jhove="PDF-HUL-119")
