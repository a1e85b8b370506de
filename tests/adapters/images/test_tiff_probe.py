"""The directories of a TIFF tell its traits, in few and small reads."""

import io
import os
import struct
from pathlib import Path

import pytest
import tiff_maker as make

from avpres.adapters.images import tiff_library, tiff_opened, tiff_probe, tiff_words
from avpres.domain.imaging import Alpha, Colour, ImageFormat, SampleKind, Traits
from avpres.domain.migration import Reason, Unmigratable


def probed(data: bytes) -> Traits:
    return tiff_probe.probe(io.BytesIO(data), len(data))


class Counted(io.BytesIO):
    """Counts what is read of it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.taken = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.taken += len(found)
        return found


def test_a_plain_picture_tells_everything():
    samples = make.grain(5, 7, 4, 16)
    data = make.tiff(samples, order=">", big=True, extra=(2,), compression=5, predictor=2)
    assert probed(data) == Traits(
        format=ImageFormat.TIFF,
        colour=Colour.RGB,
        compression="LZW",
        bits=(16, 16, 16, 16),
        width=7,
        height=5,
        kind=SampleKind.UNSIGNED,
        alpha=Alpha.UNASSOCIATED,
        frames=1,
        flags=frozenset({"bigtiff", "predictor"}),
    )


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (1, "none"),
        (2, "CCITT RLE"),
        (3, "CCITT G3 1D"),
        (4, "CCITT G4"),
        (5, "LZW"),
        (7, "JPEG"),
        (8, "Deflate"),
        (32773, "PackBits"),
        (32946, "Deflate"),
        (32771, "CCITT RLEW"),
        (32766, "NeXT"),
        (32809, "ThunderScan"),
        (32909, "PixarLog"),
        (34661, "JBIG"),
        (34676, "SGILog"),
        (34712, "JPEG 2000"),
        (34925, "LZMA"),
        (50000, "Zstandard"),
        (50001, "WebP"),
        (60000, "compression 60000"),
    ],
)
def test_compressions_have_the_names_that_tables_say(code, name):
    assert probed(make.tiff(make.grain(4, 5), compression=code)).compression == name


def test_two_dimensions_of_fax_are_told():
    tags = {292: (make.LONG, b"\1\0\0\0")}
    assert (
        probed(make.tiff(make.grain(4, 5), compression=3, tags=tags)).compression == "CCITT G3 2D"
    )
    assert tiff_words.compression_name(4, 1) == "CCITT G4"


@pytest.mark.parametrize(
    ("form", "flag"),
    [
        ({"tile": (16, 16)}, "tiled"),
        ({"planar": True}, "planar"),
        ({"fill": 2}, "fill-order"),
        ({"photometric": 6}, "ycbcr"),
    ],
)
def test_layouts_are_told_by_flags(form, flag):
    assert probed(make.tiff(make.grain(5, 7, 3), **form)).flags == {flag}


def test_the_largest_page_is_the_one_that_is_told():
    pages = [
        make.page(make.grain(4, 5)),
        make.page(make.grain(9, 9, 3, 16)),
        make.page(make.grain(4, 5)),
    ]
    traits = probed(make.book(pages))
    assert (traits.frames, traits.width, traits.bits) == (3, 9, (16, 16, 16))
    assert traits.flags == {"mixed"}
    assert not probed(make.book(pages[:1] * 3)).flags


@pytest.mark.parametrize("number", range(1, 9))
def test_the_orientation_is_told(number):
    tags = {274: (make.SHORT, struct.pack("<H", number))}
    assert probed(make.tiff(make.grain(4, 5), tags=tags)).orientation == number


def test_reads_do_not_grow_with_the_picture(tmp_path: Path):
    head = make.tiff(make.grain(1, 1), tags={256: (4, struct.pack("<I", 30000))})
    head = head.replace(struct.pack("<HHII", 257, 4, 1, 1), struct.pack("<HHII", 257, 4, 1, 30000))
    path = tmp_path / "large.tif"
    path.write_bytes(head)
    os.truncate(path, 2 << 30)  # a hole behind the directory
    with path.open("rb") as file:
        traits = tiff_probe.probe(file, 2 << 30)
    assert traits.pixels == 900_000_000
    counted = Counted(make.tiff(make.grain(300, 300, 3), rows=1))
    tiff_probe.probe(counted, len(counted.getvalue()))
    assert counted.taken < 2000


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"GIF89a", Reason.UNKNOWN_FORMAT),
        (b"II*\0\x10\0\0\0CR\2\0" + bytes(20), Reason.RAW_CAMERA),
        (b"II*\0", Reason.DAMAGED),
    ],
)
def test_what_is_no_tiff_of_pictures_is_refused(data, reason):
    with pytest.raises(Unmigratable) as refused:
        probed(data)
    assert refused.value.reason is reason


def test_raw_samples_of_a_camera_are_known_wherever_they_stand():
    raw = make.page(make.grain(9, 9), photometric=32803)
    small = make.page(make.grain(4, 5, 3), tags={254: (make.LONG, b"\1\0\0\0")}, below=[raw])
    with pytest.raises(Unmigratable) as refused:
        probed(make.book([small]))
    assert refused.value.reason is Reason.RAW_CAMERA


def test_a_copy_of_libtiff_is_named_with_its_version():
    found = tiff_library.find()
    if found is None:
        pytest.skip("no libtiff can be called here")
    assert found.version >= tiff_library.LEAST
    assert found.name == "libtiff " + ".".join(map(str, found.version))
    assert tiff_library.find(12345) is None


def test_libtiff_says_why_it_does_not_read():
    found = tiff_library.find()
    if found is None:
        pytest.skip("no libtiff can be called here")
    with pytest.raises(tiff_opened.LibtiffError, match="Not a TIFF"):
        tiff_opened.Opened(found, memoryview(b"no TIFF, but long enough to be looked at"))
    data = memoryview(make.tiff(make.grain(4, 5)))
    with (
        tiff_opened.Opened(found, data) as opened,
        pytest.raises(tiff_opened.LibtiffError, match=r"directory|count"),
    ):
        opened.go(len(data) - 4)
