import struct
import time

import pytest
from frame_samples import attribute, by_ffmpeg, exr, exr_attributes
from hypothesis import given, settings
from hypothesis import strategies as st
from image_samples import ids, verdict

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.openexr_chunks import Window, chunk_count
from avpres.adapters.validators.openexr_header import Part
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.validity import Status

NV, NWF, VALID = Status.NOT_VALID, Status.NOT_WELL_FORMED, Status.VALID


def look(tmp_path, data):
    return verdict(tmp_path, data, Format.OPENEXR)


def made(flags=0, **attributes):
    return exr(exr_attributes() | attributes, flags=flags)


def without(name):
    return exr({key: value for key, value in exr_attributes().items() if key != name})


def table_at(data):
    return data.index(b"04:05:06") + 9


@pytest.mark.parametrize("compression", ["none", "rle", "zip1", "zip16"])
@pytest.mark.parametrize("kind", ["half", "float"])
def test_ffmpegs_frames_are_valid(tmp_path, compression, kind):
    options = ["-pix_fmt", "gbrpf32le", "-compression", compression, "-format", kind]
    data = by_ffmpeg(tmp_path / "frame.exr", *options)
    exam = look(tmp_path, data)
    assert exam.status is VALID, exam.messages
    assert exam.technical.images[0].bits_per_sample == (16 if kind == "half" else 32,) * 3
    for percent in (1, 25, 50, 90, 99):
        assert look(tmp_path, data[: len(data) * percent // 100]).status is NWF


def test_no_cut_of_a_frame_is_called_sound(tmp_path):
    data = made()
    assert look(tmp_path, data).status is VALID
    for size in range(len(data)):
        assert look(tmp_path, data[:size]).status is NWF, size


def test_every_flipped_bit_in_zipped_pixels_is_found(tmp_path):
    data = made()
    first = struct.unpack_from("<Q", data, table_at(data))[0]
    for place in range(first, len(data) - 38):  # the last line is too short to be compressed
        damaged = bytearray(data)
        damaged[place] ^= 1
        assert not look(tmp_path, bytes(damaged)).status.is_sound, place


def test_a_frame_is_described(tmp_path):
    exam = look(tmp_path, made())
    (image,) = exam.technical.images
    assert (image.width, image.height, image.samples_per_pixel) == (5, 33, 3)
    assert (image.colour_space, image.compression) == ("RGB", "ZIP")
    assert image.created == "2024-02-03T04:05:06"
    assert exam.technical.properties["channels"] == ["B:half", "G:half", "R:half"]
    assert (exam.version, exam.profile) == ("2", "scan lines")


@pytest.mark.parametrize(
    ("data", "id", "status"),
    [
        (b"\x76\x2f\x31\x02" + made()[4:], "OPENEXR-MAGIC", NWF),
        (made()[:4] + b"\3" + made()[5:], "OPENEXR-VERSION", NV),
        (made(flags=0x4000), "OPENEXR-FLAGS", NV),
        (without("channels"), "OPENEXR-NO-ATTRIBUTE", NWF),
        (without("lineOrder"), "OPENEXR-NO-ATTRIBUTE", NWF),
        (made(lineOrder=attribute("lineOrder", "lineOrder", b"\7")), "OPENEXR-VALUE", NV),
        (made(lineOrder=attribute("lineOrder", "int", b"\0\0\0\0")), "OPENEXR-ATTRIBUTE-TYPE", NWF),
        (made(lineOrder=attribute("lineOrder", "lineOrder", b"")), "OPENEXR-ATTRIBUTE-SIZE", NWF),
        (made(more=attribute("a\x01b", "int", bytes(4))), "OPENEXR-NAME", NWF),
        (made(more=attribute("a" * 40, "int", bytes(4))), "OPENEXR-LONG-NAME", NV),
        (made(more=attribute("capDate", "int", bytes(4))), "OPENEXR-ATTRIBUTE-TWICE", NWF),
        (made(compression=attribute("compression", "compression", b"\x63")), "OPENEXR-VALUE", NV),
        (made(channels=attribute("channels", "chlist", b"\0")), "OPENEXR-NO-CHANNELS", NWF),
        (made(channels=attribute("channels", "chlist", b"R\0\1\0")), "OPENEXR-CHANNELS", NWF),
        (made(more=attribute("chunkCount", "int", b"\t\0\0\0")), "OPENEXR-CHUNK-COUNT", NWF),
        (made() + b"behind", "OPENEXR-TRAILING", VALID),
    ],
)
def test_a_broken_rule_is_named(tmp_path, data, id, status):
    exam = look(tmp_path, data)
    assert id in ids(exam), exam.messages
    assert exam.status is status


@pytest.mark.parametrize(
    ("offset", "id"),
    [(0, "OPENEXR-INCOMPLETE"), (9, "OPENEXR-CHUNK-OUTSIDE"), (1 << 40, "OPENEXR-CHUNK-OUTSIDE")],
)
def test_wrong_offsets_are_found(tmp_path, offset, id):
    data = bytearray(made())
    struct.pack_into("<Q", data, table_at(data) + 8, offset)
    exam = look(tmp_path, bytes(data))
    assert id in ids(exam)
    assert exam.status is NWF


def test_absurd_dimensions_are_done_with_at_once(tmp_path):
    window = struct.pack("<4i", 0, 0, 2**31 - 2, 2**31 - 2)
    started = time.process_time()
    exam = look(tmp_path, made(dataWindow=attribute("dataWindow", "box2i", window)))
    assert time.process_time() - started < 1
    assert ids(exam) == {"OPENEXR-TABLE-OUTSIDE"}


@pytest.mark.parametrize(("mode", "count"), [(0, 20), (1, 32), (2, 154), (0x11, 33), (0x12, 180)])
def test_tiles_are_counted_as_the_library_does(mode, count):
    """The counts are those of OpenEXR 3.5 for 101 by 77 pixels in tiles of 32 by 16."""
    part = Part(0, {"tiles": ("tiledesc", struct.pack("<IIB", 32, 16, mode), 0)})
    assert chunk_count(part, Window(0, 0, 101, 77), tiled=True) == count


SEED = made()


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6),
    flags=st.sampled_from([0, 2, 4, 8, 16, 24]),
    cut=st.integers(0, 1000),
)
def test_no_bytes_upset_the_validator(tmp_path_factory, changes, flags, cut):
    data = bytearray(SEED)
    data[5] = flags
    for place, value in changes:
        data[place % len(data)] = value
    path = tmp_path_factory.getbasetemp() / "mutated.exr"
    path.write_bytes(bytes(data[: cut or None]))
    exam = Examination()
    with path.open("rb") as file:
        examine(Source(file, str(path)), Format.OPENEXR, exam)
    assert exam.status in Status
