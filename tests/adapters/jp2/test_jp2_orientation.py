"""Pictures are turned upright without a sample changed, and Exif and XMP say so."""

import struct
from fractions import Fraction
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps

from avpres.adapters.images.raster import Embedded, Page, Raster
from avpres.adapters.jp2 import make
from avpres.adapters.jp2.orientation import oriented, upright, upright_exif, upright_xmp
from avpres.domain.imaging import Codestream, Colour
from avpres.domain.migration import Reason, Unmigratable

PICTURE = np.arange(6 * 4 * 3, dtype=np.uint8).reshape(4, 6, 3)
RASTER = Raster(PICTURE, (8, 8, 8), Colour.RGB)


def exif_of(orientation: int, order: str) -> bytes:
    exif = Image.Exif()
    exif.endian = order
    exif[0x0112], exif[0x010F] = orientation, "Maker"
    return exif.tobytes()[6:]


@pytest.mark.parametrize("number", range(1, 9))
def test_every_orientation_is_applied_as_pillow_does(number):
    exif = Image.Exif()
    exif[0x0112] = number
    stored = BytesIO()
    Image.fromarray(PICTURE).save(stored, "PNG", exif=exif)

    turned = oriented(RASTER, number)

    wanted = np.asarray(ImageOps.exif_transpose(Image.open(stored)))
    assert np.array_equal(turned.samples, wanted)
    assert turned.samples.flags.c_contiguous
    assert len(turned.notes) == int(number != 1)


@pytest.mark.parametrize("number", range(2, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_the_copied_exif_says_upright_and_nothing_else_changes(order, number):
    block = exif_of(number, order)

    changed = upright_exif(block)

    found = Image.Exif()
    found.load(b"Exif\0\0" + changed)
    assert (found[0x0112], found[0x010F]) == (1, "Maker")
    assert sum(one != other for one, other in zip(block, changed, strict=True)) == 1


@pytest.mark.parametrize(
    "block", [b"", b"II", b"II*\0\xff\xff\xff\x7f", b"MM\0*\0\0\0\x08\xff\xff"]
)
def test_damaged_exif_is_copied_as_it_is(block):
    assert upright_exif(block) == block


def test_xmp_says_upright_in_both_of_its_forms():
    one = b"<x tiff:Orientation='6' tiff:Make=\"6\"/>"
    other = b"<tiff:Orientation>8</tiff:Orientation>"

    assert upright_xmp(one) == b"<x tiff:Orientation='1' tiff:Make=\"6\"/>"
    assert upright_xmp(other) == b"<tiff:Orientation>1</tiff:Orientation>"


def test_a_turned_page_swaps_its_resolutions_and_tells_both_ways():
    embedded = Embedded(exif=exif_of(6, "<"), resolution=(Fraction(100), Fraction(200)))
    page = Page(RASTER, embedded, orientation=6)

    made, proof = make.proved(page, Codestream(levels=1))

    assert (made.raster.width, made.raster.height) == (4, 6)
    assert made.head.resolution == (200, 100)
    assert made.notes == (
        "turned by 90 degrees clockwise (orientation 6 applied, no sample changed)",
    )
    assert struct.pack("<HHIHH", 0x0112, 3, 1, 1, 0) in made.data
    assert proof.digest == oriented(RASTER, 6).digest()


def test_an_orientation_is_recorded_alone_or_refused():
    page = Page(RASTER, Embedded(exif=exif_of(3, "<")), orientation=3)

    kept = upright(page, "record")

    assert kept.raster.samples is PICTURE
    assert kept.embedded.exif == page.embedded.exif
    assert "not applied" in kept.raster.notes[0]
    with pytest.raises(Unmigratable) as caught:
        upright(page, "refuse")
    assert caught.value.reason is Reason.POLICY
