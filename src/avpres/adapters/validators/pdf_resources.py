"""Fonts, images and forms that the pages of a PDF file draw with."""

from typing import TYPE_CHECKING

from avpres.adapters.validators.examination import Examination

if TYPE_CHECKING:
    import pikepdf


class Resources:
    """Checks the resources of pages; what several pages share is checked once."""

    def __init__(self, exam: Examination) -> None:
        self._exam = exam
        self._seen: set[tuple[int, int]] = {(0, 0)}

    def check(self, page: "pikepdf.Dictionary") -> None:
        """Check what the resource dictionary of a page names."""
        import pikepdf

        resources = page.get("/Resources")
        number = page.objgen[0]
        if resources is None:
            return
        if not isinstance(resources, pikepdf.Dictionary):
            text = f"the resources of page object {number} are no dictionary"
            self._exam.invalid("PDF-RESOURCES", text, jhove="PDF-HUL-5")
        elif not self._is_known(resources):
            self._check_fonts(resources.get("/Font"), number)
            self._check_drawings(resources.get("/XObject"), number)

    def _check_fonts(self, fonts: object, number: int) -> None:
        import pikepdf

        if fonts is None or (isinstance(fonts, pikepdf.Dictionary) and self._is_known(fonts)):
            return
        if not isinstance(fonts, pikepdf.Dictionary):
            text = f"the fonts of page object {number} are no dictionary"
            self._exam.invalid("PDF-RESOURCES", text, jhove="PDF-HUL-6")
        elif not all(isinstance(font, pikepdf.Dictionary) for font in fonts.values()):
            text = f"a font of page object {number} cannot be found"
            self._exam.invalid("PDF-FONT", text, jhove="PDF-HUL-104")

    def _check_drawings(self, drawings: object, number: int) -> None:
        import pikepdf

        if drawings is None:
            return
        if not isinstance(drawings, pikepdf.Dictionary):
            text = f"the images and forms of page object {number} are no dictionary"
            self._exam.broken("PDF-RESOURCES", text, jhove="PDF-HUL-103")
            return
        for drawing in drawings.values():
            if isinstance(drawing, pikepdf.Stream) and not self._is_known(drawing):
                self._check_drawing(drawing)

    def _check_drawing(self, drawing: "pikepdf.Stream") -> None:
        number, kind = drawing.objgen[0], drawing.get("/Subtype")
        if kind is None:
            text = f"object {number} does not say whether it is an image or a form"
            self._exam.broken("PDF-IMAGE", text, jhove="PDF-HUL-103")
        elif kind == "/Image" and None in (drawing.get("/Width"), drawing.get("/Height")):
            text = f"the image in object {number} has no width or no height"
            self._exam.broken("PDF-IMAGE", text, jhove="PDF-HUL-103")

    def _is_known(self, thing: "pikepdf.Object") -> bool:
        known = thing.is_indirect and thing.objgen in self._seen
        self._seen.add(thing.objgen)
        return known
