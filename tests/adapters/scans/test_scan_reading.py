"""Headers as scanners write them, and as nobody should."""

import contextlib
import io
import struct
import subprocess
import sys
import tracemalloc
from fractions import Fraction

import pytest
import scan_maker as make
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.scans import packing
from avpres.adapters.scans.arrays import check
from avpres.adapters.scans.rates import rate_of
from avpres.adapters.scans.reading import is_scan, read_scan
from avpres.domain.scan import ScanFormat, UncodableScan

UNDEFINED = 0xFFFFFFFF


def refused(data, size=None):
    with pytest.raises(UncodableScan) as caught:
        read_scan(data, size)
    assert str(caught.value) == caught.value.sentence
    return caught.value.code, caught.value.sentence


def patched(data, place, value, code=">I"):
    changed = bytearray(data)
    struct.pack_into(code, changed, place, value)
    return bytes(changed)


def window(*edges):
    return {"dataWindow": ("box2i", struct.pack("<4i", *edges))}


def differing(one, other):
    pairs = zip(read_scan(one).traits, read_scan(other).traits, strict=True)
    return {name for (name, a), (_, b) in pairs if a != b}


MADE = [
    (make.dpx(), ScanFormat.DPX, "DPX/Raw/RGB/10bit/U/BE/FilledA"),
    (make.dpx(order="<"), ScanFormat.DPX, "DPX/Raw/RGB/10bit/U/LE/FilledA"),
    (make.tiff(), ScanFormat.TIFF, "TIFF/Raw/RGB/16bit/U/LE"),
    (make.tiff(big=True, order=">"), ScanFormat.TIFF, "BigTIFF/Raw/RGB/16bit/U/BE"),
    (make.cineon(), ScanFormat.CINEON, "Cineon/Raw/RGB/10bit/U/BE/filled-a"),
    (make.exr(), ScanFormat.EXR, "EXR/Raw/RGB/16bit/F"),
]
HOSTILE = [*(data for data, _, _ in MADE), make.tiff(rows=2, gap=b"-", tile=None, pages=3)]
HOSTILE += [make.tiff(tile=(4, 4)), make.exr(shuffled=True), make.dpx(descriptors=(50, 4, 6))]


@pytest.mark.parametrize(("data", "kind", "flavour"), MADE, ids=[row[2] for row in MADE])
def test_a_scan_is_told_by_its_content(tmp_path, data, kind, flavour):
    path = tmp_path / "no-extension"
    path.write_bytes(data + b"trailer")
    with path.open("rb", buffering=0) as handle:
        scan = read_scan(handle, len(data) + 7)
        handle.seek(5)
        assert read_scan(handle) == scan
    assert (scan.format, scan.flavour) == (kind, flavour)
    assert (scan.array.width, scan.array.height, scan.size) == (16, 9, len(data) + 7)
    assert is_scan(data[:4])
    assert (
        read_scan(memoryview(data + b"trailer")) == scan == read_scan(io.BytesIO(data), scan.size)
    )


@pytest.mark.parametrize("data", [b"RIFF", b"\0", b"not a scan at all", b"SDP"])
def test_other_files_are_not_scans(data):
    assert refused(data)[0] == "UNKNOWN"
    assert not is_scan(data[:4])


def test_an_empty_file_is_said_to_be_empty():
    assert refused(b"") == ("EMPTY", "the file is empty")


@pytest.mark.parametrize("data", HOSTILE, ids=lambda data: read_scan(data).flavour)
def test_no_cut_of_a_file_is_taken_for_the_whole(data):
    whole = read_scan(data)
    end = max(sum(part) for part in whole.array.segments)
    for size in range(0, len(data), 37):
        try:
            scan = read_scan(data[:size])
        except UncodableScan:
            continue
        assert size >= end or scan.array != whole.array
        assert max(sum(part) for part in scan.array.segments) <= size


def test_what_is_missing_is_counted():
    data = make.dpx()
    code, sentence = refused(data[:-10])
    assert code == "TRUNCATED"
    assert sentence == (
        f"the picture needs the bytes up to {len(data)}, the file ends at {len(data) - 10}:"
        " 10 bytes are missing"
    )


@pytest.mark.parametrize("options", [{"bits": 8, "packing": 0, "width": 15}, {"descriptor": 6}])
def test_a_cut_row_is_not_taken_for_a_row_without_padding(options):
    whole, bare = make.dpx(**options), make.dpx(**options, size=0)
    assert refused(whole[:-1])[0] == "TRUNCATED"
    assert read_scan(bare[:-1]).array.stride != read_scan(bare).array.stride
    assert "row size" in differing(bare, bare[:-1])


@pytest.mark.parametrize(("bits", "filling"), [(10, "filled-a"), (12, "words")])
def test_samples_said_to_be_packed_are_seen_to_be_filled(bits, filling):
    data = patched(make.dpx(48, 36, bits=bits, packing=1), 804, 0, ">H")
    scan = read_scan(data)
    assert scan.array == read_scan(make.dpx(48, 36, bits=bits, packing=1)).array
    assert scan.array.packing == filling
    assert scan.why_not_rawcooked == "RAWcooked does not know this flavour"
    assert read_scan(make.dpx(48, 36, bits=bits, packing=0)).array.packing == "packed"


@pytest.mark.parametrize("start", [UNDEFINED, 0, 700, 1 << 20])
def test_a_dpx_whose_image_begins_nowhere_is_refused(start):
    data = patched(patched(make.dpx(), 4, start), 808, start)
    code, sentence = refused(data)
    assert (code, str(start) in sentence) == ("TRUNCATED", True)


def test_a_wrong_offset_of_one_kind_is_made_good_by_the_other():
    plain = read_scan(make.dpx())
    wrong_file, wrong_element = patched(make.dpx(), 4, UNDEFINED), make.dpx(data=1 << 30)
    assert read_scan(wrong_file).array == plain.array == read_scan(wrong_element).array
    assert read_scan(wrong_file).why_not_rawcooked
    assert read_scan(wrong_element).why_not_rawcooked == "its two offsets of the image differ"
    assert read_scan(make.dpx(data=0)).why_not_rawcooked == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, None),
        ({"size": 5}, 5),
        ({"size": 0}, None),
        ({"size": UNDEFINED}, None),
        ({"trailer": b"user data behind"}, None),
    ],
)
def test_the_size_that_a_header_claims_is_only_told(options, said):
    data = make.dpx(**options)
    scan = read_scan(data)
    expected = len(data) if not options or "trailer" in options else said
    assert (scan.claimed_size, scan.size) == (expected, len(data))
    assert scan.array == read_scan(make.dpx()).array


@pytest.mark.parametrize(
    ("film", "television", "rate"),
    [
        (24.0, None, 24),
        (None, 25.0, 25),
        (0.0, 25.0, 25),
        (18.0, 24.0, 18),
        (16.0, 0.0, 16),
        (23.976, None, Fraction(24000, 1001)),
        (23.98, None, Fraction(24000, 1001)),
        (29.97, None, Fraction(30000, 1001)),
        (16.6667, None, Fraction(50, 3)),
        (12.5, None, Fraction(25, 2)),
        (None, None, None),
        (0.0, 0.0, None),
        (-24.0, None, None),
        (float("inf"), None, None),
        (float("nan"), float("nan"), None),
        (1e-40, None, None),
        (1e30, None, None),
    ],
)
def test_rates_of_film_and_television(film, television, rate):
    for order in "<>":
        data = make.dpx(film_rate=film, television_rate=television, order=order)
        found = read_scan(data).rate
        assert found == rate or abs(found - rate) < Fraction(1, 1000)


def test_a_rate_near_none_of_the_known_ones_stays_what_it_is():
    assert rate_of(23.5) == Fraction(47, 2)
    assert rate_of(0.5) is None


def test_two_rates_that_differ_are_nothing_for_rawcooked():
    scan = read_scan(make.dpx(film_rate=24.0, television_rate=25.0))
    assert scan.why_not_rawcooked == "its frame rates of film and of television differ"
    assert read_scan(make.dpx(film_rate=24.0, television_rate=24.0)).why_not_rawcooked == ""
    assert read_scan(make.dpx(film_rate=0.0, television_rate=24.0)).why_not_rawcooked == ""


WHY_NOT = [
    (make.dpx(version=b"V9.9"), "no known version"),
    (make.dpx(version=b"v2.0"), ""),
    (make.dpx(key=1), "encryption key"),
    (make.dpx(key=0), ""),
    (make.dpx(descriptors=(1, 2, 3)), "3 image elements"),
    (make.dpx(sign=1), "signed"),
    (make.dpx(sign=UNDEFINED), "signed"),
    (make.dpx(orientation=2), "bottom to top"),
    (make.dpx(orientation=2, bits=12, packing=0), ""),
    (make.dpx(line_padding=4), "end-of-line padding"),
    (patched(make.dpx(), 812, UNDEFINED), "end-of-line padding"),
    (make.dpx(packing=2), "flavour"),
    (make.dpx(bits=12, packing=0, order="<"), "flavour"),
    (make.dpx(bits=12, packing=1, width=15), "end within a word"),
    (make.dpx(descriptor=51, width=16), "multiple of 3 pixels"),
    (make.dpx(descriptor=51, width=15), ""),
    (make.dpx(descriptor=51, width=15, device=b"Scanity", continuous=True), "words of 32 bits"),
    (make.dpx(descriptor=6, width=16, device=b"Scanity", continuous=True), ""),
    (make.dpx(bits=8, packing=0, width=15, row_end=1), "end within a word"),
    (make.dpx(bits=8, packing=0, width=15), "end within a word"),
    (make.dpx(bits=16, packing=0, width=15), "end within a word"),
    (make.dpx(bits=16, packing=0, width=15, descriptor=51), ""),
    (make.dpx(descriptor=100), "flavour"),
    (make.tiff(), ""),
    (make.tiff(tags={34675: (7, b"profile")}), "tag 34675"),
    (make.tiff(tags={700: (1, b"<xmp/>")}), "tag 700"),
    (make.tiff(tags={274: (3, b"\x08\0")}), "turned"),
    (make.tiff(tags={254: (4, b"\2\0\0\0")}), "one of several"),
    (make.tiff(big=True), "BigTIFF"),
    (make.tiff(planar=True), "planes"),
    (make.tiff(rows=2, gap=b"-"), "do not follow"),
    (make.tiff(rows=2), ""),
    (make.tiff(channels=4), "flavour"),
    (make.tiff(channels=4, extra=(1,)), "extra samples"),
    (make.tiff(channels=4, extra=(2,)), ""),
    (make.tiff(channels=4, extra=(2,), order=">"), "flavour"),
    (make.tiff(bits=8, order=">"), "flavour"),
    (make.tiff(pages=2), "2 pictures"),
    (make.tiff(leave_out=(259,)), "tag 259 is missing"),
    (make.tiff(bits=12), "flavour"),
    (make.tiff(sample_format=2), "unsigned"),
    (make.cineon(), "Cineon"),
    (make.exr(), ""),
    (make.exr(attributes={"own": ("int", bytes(4))}), "attribute own"),
    (make.exr(attributes={"arri.lens": ("string", b"x")}), ""),
    (make.exr(line_order=1), "lineOrder"),
    (make.exr(origin=(2, 0)), "windows"),
    (make.exr(channels=(("B", 2), ("G", 2), ("R", 2))), "flavour"),
    (make.exr(version=0x402), "features"),
]


@pytest.mark.parametrize(("data", "words"), WHY_NOT, ids=[row[1] or "yes" for row in WHY_NOT])
def test_what_rawcooked_restores_is_said(data, words):
    why = read_scan(data).why_not_rawcooked
    assert (words in why) if words else why == ""


def test_slices_that_rawcooked_cannot_cut_are_told():
    assert read_scan(make.dpx()).block == 1
    assert read_scan(make.dpx(descriptor=51, width=15)).block == 3
    assert read_scan(make.dpx(descriptor=51, bits=12, packing=0)).block == 2
    assert read_scan(make.dpx(bits=12, packing=0)).block == 8


@pytest.mark.parametrize(
    ("data", "since"),
    [
        (make.dpx(), "21.09"),
        (make.dpx(version=b"v1.0"), "21.09"),
        (make.dpx(version=b"v2.0"), "23.03"),
        (make.dpx(version=b"V2.0abcd"), "23.03"),
        (make.dpx(bits=12, packing=0), "21.09"),
        (make.dpx(bits=12, packing=0, width=15), "23.03"),
        (make.dpx(bits=12, packing=0, orientation=2), "23.03"),
        (make.dpx(bits=16, packing=0, descriptor=6), "21.09"),
        (make.dpx(descriptor=6), "23.12"),
        (make.dpx(descriptor=6, bits=12, packing=0), "23.12"),
        (make.tiff(bits=8, channels=1), "25.12"),
        (make.tiff(bits=8, channels=1, order=">"), "21.09"),
        (make.tiff(channels=1), "21.09"),
    ],
)
def test_the_first_version_of_rawcooked_that_restores_it_is_said(data, since):
    scan = read_scan(data)
    assert (scan.why_not_rawcooked, scan.rawcooked_since) == ("", since)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (make.dpx(encoding=1), "COMPRESSED"),
        (make.dpx()[:800], "HEADER"),
        (patched(make.dpx(), 770, 9, ">H"), "HEADER"),
        (patched(make.dpx(), 770, 0, ">H"), "HEADER"),
        (patched(make.dpx(), 772, 0), "GEOMETRY"),
        (patched(make.dpx(), 776, UNDEFINED), "GEOMETRY"),
        (patched(make.dpx(), 776, 100000), "TRUNCATED"),
        (patched(make.dpx(), 803, 11, ">B"), "FLAVOUR"),
        (patched(make.dpx(), 800, 200, ">B"), "FLAVOUR"),
        (patched(make.dpx(descriptors=(50, 50)), 880, 2048), "OVERLAP"),
        (patched(make.dpx(descriptors=(50, 50)), 880, UNDEFINED), "HEADER"),
        (make.dpx(15, descriptor=100), "GEOMETRY"),
        *((make.tiff(compression=method), "COMPRESSED") for method in (2, 5, 7, 8, 32773, 9999)),
        (make.tiff(leave_out=(256,)), "GEOMETRY"),
        (make.tiff(leave_out=(273,)), "HEADER"),
        (make.tiff(leave_out=(273, 278, 279), tags={322: (3, b"\0\0")}), "GEOMETRY"),
        (make.tiff(tags={277: (3, b"\0\0")}), "FLAVOUR"),
        (make.tiff(tags={258: (3, b"\x41\0")}), "FLAVOUR"),
        (make.tiff(tags={257: (4, b"\xff\xff\xff\0")}), "HEADER"),
        (make.tiff(tags={257: (4, b"\xff\xff\xff\0")}, leave_out=(278,)), "TRUNCATED"),
        (make.tiff(rows=3, tags={273: (4, struct.pack("<III", 8, 9, 10))}), "OVERLAP"),
        (make.tiff(bits=8, photometric=6, tags={530: (3, b"\x09\0\1\0")}), "FLAVOUR"),
        (make.tiff()[:8], "TRUNCATED"),
        (make.tiff()[:7], "HEADER"),
        (patched(make.tiff(), 4, 0), "HEADER"),
        (make.exr(compression=3), "COMPRESSED"),
        (make.exr(compression=77), "COMPRESSED"),
        (make.exr(version=0x202), "FLAVOUR"),
        (make.exr(version=0x1002), "FLAVOUR"),
        (make.exr(attributes={"channels": ("chlist", b"\0")}), "HEADER"),
        (make.exr(attributes={"channels": ("chlist", b"R\0\1\0")}), "HEADER"),
        (make.exr(attributes={"dataWindow": ("box2i", bytes(3))}), "HEADER"),
        (make.exr(attributes=window(0, 0, -1, 5)), "GEOMETRY"),
        (make.exr()[:40], "HEADER"),
        (make.cineon()[:900], "HEADER"),
        (patched(make.cineon(), 193, 0, "B"), "HEADER"),
        (patched(make.cineon(), 200, 0), "FLAVOUR"),
        (patched(make.cineon(channels=1), 200, 0), "GEOMETRY"),
    ],
)  # fmt: skip
def test_what_cannot_be_coded_is_refused_with_a_code(data, code):
    found, sentence = refused(data)
    assert found == code
    assert sentence[0].islower()
    assert not sentence.endswith(".")


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"number": 7, "seed": 7, "trailer": b"more"}, set()),
        ({"width": 17}, {"width", "row size"}),
        ({"height": 10}, {"height"}),
        ({"order": "<"}, {"byte order"}),
        ({"packing": 2}, {"packing"}),
        ({"descriptor": 51}, {"channels", "row size"}),
        ({"transfer": 2}, {"transfer"}),
        ({"colorimetric": 6}, {"colorimetric"}),
        ({"film_rate": 25.0}, {"rate"}),
        ({"orientation": 2}, {"orientation"}),
        ({"bits": 12, "packing": 1}, {"bits", "row size"}),
    ],
)
def test_traits_are_what_a_reel_must_share(options, names):
    assert differing(make.dpx(), make.dpx(**options)) == names


def test_a_frame_tells_its_number_and_timecode():
    scan = read_scan(make.dpx(number=49))
    assert (scan.number, scan.timecode) == (49, "01:01:02:01")
    unknown = patched(patched(make.dpx(), 1712, UNDEFINED), 1920, UNDEFINED)
    assert (read_scan(unknown).number, read_scan(unknown).timecode) == (None, None)
    assert read_scan(patched(make.dpx(), 1920, 0x99999999)).timecode is None


def test_a_generic_header_alone_says_nothing_of_film():
    scan = read_scan(make.dpx(start=1664))
    assert (scan.rate, scan.number, scan.timecode) == (None, None, None)
    assert scan.array.segments[0][0] == 1664
    assert "rates" in scan.why_not_rawcooked  # which reads them there all the same
    assert read_scan(patched(make.dpx(start=1664), 28, 0)).why_not_rawcooked == ""


def test_thumbnails_of_a_tiff_are_other_bytes():
    data = make.tiff(pages=2, tags={254: (4, b"\1\0\0\0")})
    scan = read_scan(data)
    assert scan.array.groups == ("RGB",)
    assert scan.array.segments[0][0] > 8 + 16 * 9 * 6 - 1
    assert scan.why_not_rawcooked == "its picture is not the first page"


def test_a_picture_below_its_thumbnail_is_found():
    picture = make.tiff(12, 8, channels=1)
    (below,) = struct.unpack_from("<I", picture, 4)
    data = bytearray(picture)
    thumbnail = {
        254: (4, 1),
        256: (3, 2),
        257: (3, 2),
        258: (3, 8),
        259: (3, 1),
        262: (3, 1),
        273: (4, len(data)),
        279: (4, 4),
        330: (4, below),
    }
    data += bytes(4)
    struct.pack_into("<I", data, 4, len(data))
    data += struct.pack("<H", len(thumbnail))
    for tag, (kind, value) in thumbnail.items():
        data += struct.pack("<HHII", tag, kind, 1, value)
    data += bytes(4)
    scan = read_scan(bytes(data))
    assert scan.array == read_scan(picture).array
    assert scan.why_not_rawcooked == "its picture is not the first page"


def test_a_damaged_second_page_is_kept_as_it_is():
    data = bytearray(make.tiff())
    plain = read_scan(bytes(data))
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    for offset in (len(data) - 1, 1 << 30, 2):
        struct.pack_into("<I", data, first + 2 + 12 * count, offset)
        assert read_scan(bytes(data)) == plain


def test_headers_are_read_without_numpy():
    code = "import sys, avpres.adapters.scans.reading as r; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_pages_in_a_loop_end():
    data = bytearray(make.tiff(pages=2))
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    (second,) = struct.unpack_from("<I", data, first + 2 + 12 * count)
    struct.pack_into("<I", data, second + 2 + 12 * count, first)
    assert read_scan(bytes(data)).array.groups == ("RGB", "RGB")


def safe(data, size):
    """Read and, if that is possible, unpack; give the code of a refusal: nothing else may come."""
    try:
        scan = read_scan(data, size)
        check(scan.array, size)
        planes = packing.allocate(packing.picture(scan.array))
    except UncodableScan as refusal:
        return refusal.code
    packing.unpack(scan.array, data, planes)
    assert len(packing.repack(scan.array, planes)) == scan.array.size
    assert sum(length for _, length in packing.others(scan.array, size)) == size - scan.array.size
    return ""


CODES = {"", "EMPTY", "UNKNOWN", "HEADER", "GEOMETRY", "COMPRESSED", "FLAVOUR", "OVERLAP"}
CODES |= {"TRUNCATED", "TOO-LARGE"}
EXTREMES = [0, 1, 2, 3, 4, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, UNDEFINED, 1 << 16]


@settings(max_examples=400, derandomize=True)
@given(st.sampled_from(HOSTILE), st.data())
def test_no_header_does_harm(data, chance):
    changed = bytearray(data)
    reach = len(data) if chance.draw(st.booleans()) else min(len(data), 900)
    for _ in range(chance.draw(st.integers(1, 4))):
        place = chance.draw(st.integers(0, reach - 4))
        value = chance.draw(st.sampled_from(EXTREMES) | st.integers(0, UNDEFINED))
        code = chance.draw(st.sampled_from(["<I", ">I", "<H", ">H", "B"]))
        bits = 8 * struct.calcsize(code)
        struct.pack_into(code, changed, place, value & ((1 << bits) - 1))
    changed[:4] = data[:4]
    size = chance.draw(st.sampled_from([len(data), len(data) // 2, 2048]))
    whole = bytes(changed[:size])
    assert safe(whole, len(whole)) in CODES


@settings(max_examples=200, derandomize=True)
@given(st.sampled_from([data[:4] for data in HOSTILE]), st.binary(max_size=300))
def test_no_bytes_at_all_do_harm(mark, data):
    assert safe(mark + data, 4 + len(data)) in CODES


TAGS = [254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 283, 284]
TAGS += [322, 323, 324, 325, 330, 332, 338, 339, 530, 51044]
NUMBERS = st.sampled_from([-1, 0, 1, 2, 3, 4, 5, 6, 8, 9, 12, 16, 32, 64, 100, 300, *EXTREMES])


@settings(max_examples=300, derandomize=True)
@given(
    st.dictionaries(
        st.sampled_from(TAGS),
        st.tuples(st.sampled_from([1, 3, 4, 5, 7, 8, 9, 10, 16]), st.lists(NUMBERS, max_size=6)),
        max_size=4,
    ),
    st.booleans(),
    st.sampled_from([(), (273,), (278,), (279,)]),
)
def test_no_tag_does_harm(tags, big, leave_out):
    sizes = {1: 1, 3: 2, 4: 4, 5: 4, 7: 1, 8: 2, 9: 4, 10: 4, 16: 8}
    made = {
        tag: (
            kind,
            b"".join((n % (1 << 8 * sizes[kind])).to_bytes(sizes[kind], "little") for n in found),
        )
        for tag, (kind, found) in tags.items()
        if len(found) % 2 == 0 or kind not in {5, 10}
    }
    data = make.tiff(12, 6, rows=2, big=big, tags=made, leave_out=leave_out)
    assert safe(data, len(data)) in CODES


@pytest.mark.parametrize(
    "data",
    [
        patched(make.dpx(), 772, (1 << 20) - 1),
        make.tiff(tags={273: (4, bytes(4 * 70000))}),
        make.tiff(tags={256: (4, b"\xff\xff\xff\0"), 257: (4, b"\xff\xff\xff\0")}),
        make.tiff(tags={322: (3, b"\1\0"), 323: (3, b"\1\0"), 324: (4, bytes(4))}),
        make.exr(attributes={"channels": ("chlist", b"R\0" + bytes(16)), "own": ("x", bytes(99))}),
        make.exr(attributes=window(0, 0, 65000, 65000)),
        b"\x76\x2f\x31\x01\2\0\0\0" + b"x\0y\0\xff\xff\xff\x7f" * 4,
    ],
)  # fmt: skip
def test_a_claim_allocates_nothing(data):
    tracemalloc.start()
    with contextlib.suppress(UncodableScan):
        read_scan(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024
