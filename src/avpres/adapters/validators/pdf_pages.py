"""Catalogue, page tree and pages of a PDF file, by the rules of JHOVE's PDF-hul."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.pdf_resources import Resources

if TYPE_CHECKING:
    import pikepdf

_MOST = 1_000_000  # nodes of a page tree
_LOOKED_AT = 5_000  # pages that are looked at one by one
_BOXES = (
    ("/MediaBox", "PDF-HUL-7"),
    ("/ArtBox", "PDF-HUL-23"),
    ("/TrimBox", "PDF-HUL-24"),
    ("/BleedBox", "PDF-HUL-25"),
    ("/CropBox", None),
)


def check_pages(pdf: "pikepdf.Pdf", exam: Examination) -> "list[tuple[int, int]]":
    """Walk from the catalogue to every page; give the pages' numbers as objects, in order."""
    import pikepdf

    _check_trailer(pdf, exam)
    root = pdf.trailer.get("/Root")
    if not isinstance(root, pikepdf.Dictionary):
        exam.halt("PDF-CATALOGUE", "there is no catalogue", jhove="PDF-HUL-86")
    _check_type(root, "/Catalog", exam, ("PDF-HUL-141", "PDF-HUL-142"))
    _check_extensions(root.get("/Extensions"), exam)
    tree = root.get("/Pages")
    if tree is None:
        exam.halt("PDF-PAGES", "there is no page tree", jhove="PDF-HUL-95")
    if not isinstance(tree, pikepdf.Dictionary):
        exam.halt("PDF-PAGES", "the page tree is no dictionary", jhove="PDF-HUL-97")
    _check_type(tree, "/Pages", exam, ("PDF-HUL-146", "PDF-HUL-144"))
    walk = PageWalk(exam)
    walk.go(tree)
    return walk.pages


class PageWalk:
    """Walks a page tree, each node once."""

    def __init__(self, exam: Examination) -> None:
        self.pages: list[tuple[int, int]] = []
        self._exam = exam
        self._seen: set[tuple[int, int]] = set()
        self._resources = Resources(exam)

    def go(self, root: "pikepdf.Dictionary") -> None:
        """Walk down from the root; a node that comes twice is the end of sense."""
        self._seen.add(root.objgen)
        waiting: list[Any] = [root]
        while waiting and len(self._seen) < _MOST:
            waiting += reversed(self._kids(waiting.pop()))
        count = root.get("/Count")
        if count != len(self.pages):
            text = f"the page tree says {count} pages, {len(self.pages)} were found"
            self._exam.invalid("PDF-PAGE-COUNT", text)

    def _kids(self, node: "pikepdf.Dictionary") -> list[Any]:
        import pikepdf

        kids = node.get("/Kids")
        if not isinstance(kids, pikepdf.Array):
            self._exam.invalid("PDF-PAGE-TREE", "a page tree node has no kids", jhove="PDF-HUL-29")
            return []
        nodes = []
        for kid in kids:
            if not isinstance(kid, pikepdf.Dictionary):
                text = "a page that is listed cannot be found"
                self._exam.broken("PDF-PAGE-MISSING", text, jhove="PDF-HUL-29")
            elif kid.objgen in self._seen and kid.objgen != (0, 0):
                text = f"object {kid.objgen[0]} comes twice in the page tree"
                self._exam.broken("PDF-PAGE-LOOP", text, jhove="PDF-HUL-30")
            else:
                self._seen.add(kid.objgen)
                nodes += self._sort(kid)
        return nodes

    def _sort(self, kid: "pikepdf.Dictionary") -> "list[pikepdf.Dictionary]":
        kind = str(kid.get("/Type", ""))
        if kind == "/Pages":
            return [kid]
        if kind != "/Page":
            text = f"object {kid.objgen[0]} in the page tree is no page"
            self._exam.invalid("PDF-PAGE-TREE", text, jhove="PDF-HUL-29")
            return []
        self.pages.append(kid.objgen)
        if len(self.pages) <= _LOOKED_AT:
            check_page(kid, self._exam)
            self._resources.check(kid)
        return []


def check_page(page: "pikepdf.Dictionary", exam: Examination) -> None:
    """Check content, boxes and rotation of one page."""
    import pikepdf

    number = page.objgen[0]
    contents = page.get("/Contents")
    parts = contents if isinstance(contents, pikepdf.Array) else [contents]
    if contents is not None and not all(isinstance(part, pikepdf.Stream) for part in parts):
        text = f"the content of page object {number} cannot be found"
        exam.invalid("PDF-PAGE-CONTENT", text, jhove="PDF-HUL-27")
    for key, jhove in _BOXES:
        box = page.get(key)
        if box is not None and not is_rectangle(box):
            text = f"{key[1:]} of page object {number} is no rectangle"
            exam.invalid("PDF-PAGE-BOX", text, jhove=jhove)
    rotation = page.get("/Rotate", 0)
    if not isinstance(rotation, int | Decimal) or int(rotation) % 90:
        exam.invalid("PDF-PAGE-ROTATION", f"rotation of page object {number} is {rotation}")


def is_rectangle(box: object) -> bool:
    """Say whether a box is made of four numbers."""
    import pikepdf

    return (
        isinstance(box, pikepdf.Array)
        and len(box) == 4
        and all(isinstance(side, int | Decimal) for side in box)
    )


def _check_type(
    thing: "pikepdf.Dictionary", wanted: str, exam: Examination, jhove: tuple[str, str]
) -> None:
    found = thing.get("/Type")
    if found is None:
        exam.broken("PDF-TYPE", f"the type {wanted} is missing", jhove=jhove[1])
    elif str(found) != wanted:
        exam.broken("PDF-TYPE", f"{found} stands where {wanted} should", jhove=jhove[0])


def _check_extensions(extensions: object, exam: Examination) -> None:
    import pikepdf

    if not isinstance(extensions, pikepdf.Dictionary):
        return
    for key, extension in extensions.items():
        if isinstance(extension, pikepdf.Dictionary) and extension.is_indirect:
            text = f"the extension {key[1:]} stands outside of the catalogue"
            exam.broken("PDF-EXTENSION", text, jhove="PDF-HUL-156")


def _check_trailer(pdf: "pikepdf.Pdf", exam: Examination) -> None:
    import pikepdf

    trailer = pdf.trailer
    marks = trailer.get("/ID")
    if marks is not None and not (
        isinstance(marks, pikepdf.Array)
        and len(marks) == 2
        and all(isinstance(mark, pikepdf.String) for mark in marks)
    ):
        exam.invalid("PDF-ID", "the file identifier is not two strings", jhove="PDF-HUL-77")
    info = trailer.get("/Info")
    if isinstance(info, pikepdf.Object) and not info.is_indirect:
        text = "the information dictionary stands inside of the trailer"
        exam.invalid("PDF-INFO", text, jhove="PDF-HUL-76")
