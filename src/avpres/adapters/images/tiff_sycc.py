"""YCbCr as TIFF stores it without JPEG, where it is what JP2 calls sYCC (ISO/IEC 15444-1, I.5.3.3).

That is Y, Cb, Cr of 8 bits with the coefficients of ITU-R BT.601 over the full range, as JPEG has
them too (TIFF 6.0, section 21); libtiff reads a file without these tags so. Samples go over as
they are; no other form has a place. Codecs of whole pictures have colours of their own, of which
programs take the tag's word or not: WebP gives RGB whatever is told.
"""

from fractions import Fraction

from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.tiff_directory import Directory
from avpres.adapters.images.tiff_layout import Layout
from avpres.domain.imaging import Colour, SampleKind

COEFFICIENTS, REFERENCE = 529, 532  # YCbCrCoefficients, ReferenceBlackWhite
_BT_601 = (Fraction(299, 1000), Fraction(587, 1000), Fraction(114, 1000))
_FULL = (0, 255, 128, 255, 128, 255)
_NEAR = Fraction(1, 1000)  # of a coefficient; writers round
_OF_PICTURES = {words.JPEG, words.JPEG_2000, words.WEBP}


def why_not(page: Directory, layout: Layout) -> str:
    """Say why samples of YCbCr have no exact place; empty where they have."""
    across, down = layout.subsampling
    for holds, text in (
        (layout.compression not in _OF_PICTURES, f"coded as {_name(layout)}"),
        ((across, down) == (1, 1), f"colours are sampled {across} x {down}"),
        (layout.bits == (8, 8, 8), f"samples of {layout.bits[0]} bits in {layout.channels}"),
        (layout.kind is SampleKind.UNSIGNED, f"samples are {layout.kind}"),
        (_are_near(page, COEFFICIENTS, _BT_601, _NEAR), "coefficients are not those of BT.601"),
        (_are_near(page, REFERENCE, _FULL, Fraction(0)), "its range is not the full one"),
    ):
        if not holds:
            return text
    return ""


def _name(layout: Layout) -> str:
    return words.compression_name(layout.compression) + " in planes" * layout.planar


def is_sycc(page: Directory, layout: Layout) -> bool:
    """Say whether a picture is of that form."""
    return layout.colour is Colour.YCBCR and not why_not(page, layout)


def _are_near(
    page: Directory, tag: int, wanted: tuple[Fraction | int, ...], near: Fraction
) -> bool:
    """Compare the numbers of a tag, whose default they are."""
    if tag not in page.entries:
        return True
    found = page.fractions(tag, len(wanted))
    if len(found) != len(wanted):
        return False
    return all(abs(one - other) <= near for one, other in zip(found, wanted, strict=True))
