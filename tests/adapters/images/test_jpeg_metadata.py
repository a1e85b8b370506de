"""What writers leave beside a JPEG: exiftool, which wrote it, reads the same bytes as we take."""

import struct
import subprocess
from fractions import Fraction

import imagecodecs
import numpy as np
import pytest
from jpeg_maker import jpeg, photo, segment, with_segments
from opened import pages_of, refusal, traits_of
from PIL import Image

from avpres.domain.imaging import Icc
from avpres.domain.migration import Reason

PICTURE = photo(33, 21)
ICC = imagecodecs.cms_profile("srgb")


@pytest.fixture
def tagged(tmp_path):
    """Give a JPEG that exiftool has filled."""
    path = tmp_path / "tagged.jpg"
    path.write_bytes(jpeg(PICTURE, dpi=(300, 150), icc_profile=ICC, comment=b"seen from the tower"))
    _exiftool(
        *("-overwrite_original", "-EXIF:Orientation#=6", "-EXIF:Artist=Rosa Jæger"),
        *("-IPTC:Caption-Abstract=harbour", "-IPTC:Keywords=ships", "-XMP:Title=The harbour"),
        str(path),
    )
    return path


@pytest.mark.programs("exiftool")
@pytest.mark.parametrize("name", ["exif", "xmp", "iptc", "icc"])
def test_each_block_is_that_of_exiftool(tagged, name):
    tag = {"icc": "icc_profile"}.get(name, name)
    (page,) = pages_of(tagged.read_bytes())
    wanted = _exiftool("-b", f"-{tag}", str(tagged))
    assert wanted
    assert getattr(page.embedded, name) == wanted


@pytest.mark.programs("exiftool")
def test_the_rest_is_told(tagged):
    data = tagged.read_bytes()
    traits = traits_of(data)
    (page,) = pages_of(data)
    assert traits.orientation == page.orientation == 6
    assert traits.metadata >= {"exif", "xmp", "iptc", "comment"}
    assert traits.icc is Icc.RESTRICTED
    assert page.embedded.resolution == (Fraction(3000000, 254), Fraction(1500000, 254))
    assert dict(page.embedded.others)["comment"] == b"seen from the tower"


@pytest.mark.programs("exiftool")
def test_a_large_profile_comes_in_parts_and_is_whole(tmp_path):
    profile = _large_profile()
    data = jpeg(PICTURE, icc_profile=profile)
    assert data.count(b"ICC_PROFILE\0") > 2
    (page,) = pages_of(data)
    assert page.embedded.icc == profile
    path = tmp_path / "large.jpg"
    path.write_bytes(data)
    assert _exiftool("-b", "-icc_profile", str(path)) == profile


def test_a_profile_with_a_missing_part_is_refused():
    data = jpeg(PICTURE, icc_profile=_large_profile())
    place = data.index(b"ICC_PROFILE\0") - 4
    length = int.from_bytes(data[place + 2 : place + 4], "big") + 2
    cut = data[:place] + data[place + length :]
    assert traits_of(cut).icc is Icc.DAMAGED
    assert refusal(cut) is Reason.ICC_DAMAGED


def test_a_profile_that_is_there_twice_is_one():
    part = segment(0xE2, b"ICC_PROFILE\0\1\1" + ICC)
    (page,) = pages_of(with_segments(jpeg(PICTURE), part, part))
    assert page.embedded.icc == ICC


def test_extended_xmp_is_put_together_and_kept():
    main, long = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", bytes(range(65, 90)) * 5000
    parts = [segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + main)]
    for place in (60_000, 0, 120_000):
        head = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32
        content = long[place : place + 60_000]
        parts.append(segment(0xE1, head + struct.pack(">II", len(long), place) + content))
    (page,) = pages_of(with_segments(jpeg(PICTURE), *parts))
    assert page.embedded.xmp == main
    assert dict(page.embedded.others)["xmp:extended"] == long


def test_nothing_that_is_unknown_or_there_twice_is_lost():
    exif = segment(0xE1, b"Exif\0\0" + b"II*\0\x08\0\0\0\0\0\0\0\0\0")
    odd = [segment(0xE7, b"what is this"), exif, exif, segment(0xED, b"Photoshop 3.0\0broken")]
    data = with_segments(jpeg(PICTURE), *odd) + b"film behind it"
    (page,) = pages_of(data)
    names = [name for name, _ in page.embedded.others]
    assert page.embedded.exif == b"II*\0\x08\0\0\0\0\0\0\0\0\0"
    assert sorted(names) == ["jpeg:APP1", "jpeg:APP7", "photoshop", "trailing"]
    assert dict(page.embedded.others)["trailing"] == b"film behind it"


def test_records_beside_other_resources_are_taken_and_the_resources_kept():
    iptc = b"\x1c\x02\x78\0\7harbour"
    records = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc
    other = b"8BIM\x04\x25\0\0" + struct.pack(">I", 3) + b"abc\0"
    alone = with_segments(jpeg(PICTURE), segment(0xED, b"Photoshop 3.0\0" + records))
    both = with_segments(jpeg(PICTURE), segment(0xED, b"Photoshop 3.0\0" + records + other))
    (page,) = pages_of(alone)
    assert (page.embedded.iptc, page.embedded.others) == (iptc, ())
    (page,) = pages_of(both)
    assert page.embedded.iptc == iptc
    assert dict(page.embedded.others)["photoshop"] == records + other


def test_resolution_of_exif_counts_where_jfif_has_no_unit():
    exif = Image.Exif()
    exif[282], exif[283], exif[296] = 118.11, 59.05, 3
    data = jpeg(PICTURE, exif=exif.tobytes())
    assert traits_of(data).resolution == (Fraction(11811), Fraction(5905))
    place = data.index(b"JFIF\0") + 7
    both = data[:place] + b"\1\0\x48\0\x48" + data[place + 5 :]
    assert traits_of(both).resolution == (Fraction(720000, 254), Fraction(720000, 254))
    aspect = data[:place] + b"\0\0\2\0\1" + data[place + 5 :]
    assert dict(pages_of(aspect)[0].told)["aspect"] == (2, 1)


def test_the_picture_is_the_same_with_and_without_all_of_it():
    plain, full = jpeg(PICTURE), jpeg(PICTURE, icc_profile=ICC, comment=b"x", dpi=(72, 72))
    assert np.array_equal(pages_of(plain)[0].raster.samples, pages_of(full)[0].raster.samples)


def _large_profile():
    """Give a whole profile of more than two segments: a private tag makes it long."""
    count = int.from_bytes(ICC[128:132], "big")
    table, rest = ICC[132 : 132 + 12 * count], ICC[132 + 12 * count :]
    tags = [
        name + struct.pack(">II", place + 12, size)
        for name, place, size in struct.iter_unpack(">4sII", table)
    ]
    private = b"data\0\0\0\0" + bytes(range(256)) * 600
    tags.append(b"priv" + struct.pack(">II", len(ICC) + 12, len(private)))
    whole = ICC[:128] + struct.pack(">I", count + 1) + b"".join(tags) + rest + private
    return struct.pack(">I", len(whole)) + whole[4:]


def _exiftool(*arguments):
    done = subprocess.run(["exiftool", *arguments], capture_output=True, check=True)
    return done.stdout
