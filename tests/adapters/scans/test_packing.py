"""Samples to planes and back, judged by FFmpeg's decoders and by equality of bytes."""

import subprocess
from dataclasses import replace
from fractions import Fraction

import av
import imageio_ffmpeg
import numpy as np
import pytest
import scan_maker as make
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from avpres.adapters.scans import arrays, packing
from avpres.adapters.scans.pictures import shapes
from avpres.adapters.scans.reading import read_scan
from avpres.domain.scan import Packing, SampleArray, UncodableScan

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
PLAIN, A, B = make.PACKED, make.FILLED_A, make.FILLED_B
DPX_OF_RAWCOOKED = [
    {"descriptor": descriptor, "bits": bits, "packing": filling, "order": order}
    for descriptor, bits, filling, orders in (
        (make.RGB, 8, PLAIN, "<>"),
        (make.RGB, 10, A, "<>"),
        (make.RGB, 12, A, "<>"),
        (make.RGB, 12, PLAIN, ">"),
        (make.RGB, 16, PLAIN, "<>"),
        (make.RGBA, 8, PLAIN, "<>"),
        (make.RGBA, 10, A, "<>"),
        (make.RGBA, 12, A, "<>"),
        (make.RGBA, 12, PLAIN, ">"),
        (make.RGBA, 16, PLAIN, "<>"),
        (make.LUMA, 8, PLAIN, "<>"),
        (make.LUMA, 10, A, ">"),
        (make.LUMA, 10, B, ">"),
        (make.LUMA, 12, PLAIN, ">"),
        (make.LUMA, 16, PLAIN, "<>"),
    )
    for order in orders
]
DPX_OF_FFMPEG = [  # that RAWcooked does not know
    *(
        {"descriptor": descriptor, "bits": bits, "packing": filling, "order": order}
        for descriptor, bits, filling in (
            (make.RGB, 10, B),
            (make.RGBA, 10, B),
            (make.RGB, 12, B),
            (make.RGBA, 12, B),
            (make.LUMA, 12, A),
            (make.LUMA, 12, B),
            (make.ABGR, 8, PLAIN),
        )
        for order in "<>"
    ),
    *({"descriptor": code, "bits": 12, "packing": PLAIN, "order": "<"} for code in (50, 51, 6)),
    {"descriptor": make.LUMA, "bits": 10, "packing": A, "order": "<"},
    {"descriptor": make.LUMA, "bits": 10, "packing": B, "order": "<"},
    {"descriptor": make.CBYCRY, "bits": 8, "packing": PLAIN, "order": ">"},
    {"descriptor": make.CBYCR, "bits": 8, "packing": PLAIN, "order": ">"},
    {"descriptor": make.CBYCRA, "bits": 8, "packing": PLAIN, "order": ">"},
    *({"descriptor": code, "bits": 8, "packing": PLAIN} for code in (1, 2, 3, 4)),
]
ROWS = [  # that end anywhere
    *({"width": width, "bits": 8, "packing": PLAIN, "row_end": 1} for width in (13, 14, 15)),
    {"width": 13, "bits": 16, "packing": PLAIN, "row_end": 2},
    {"width": 13, "bits": 16, "packing": PLAIN, "row_end": 4},
    {"width": 13, "bits": 8, "packing": PLAIN},
    {"width": 13, "bits": 12, "packing": PLAIN},
    {"width": 13, "bits": 12, "packing": A},
    *(
        {"width": width, "descriptor": make.LUMA, "creator": b"Lasergraphics Inc."}
        | {"continuous": True, "row_end": 1}
        for width in (13, 14, 15)
    ),
    {"width": 13, "descriptor": make.RGBA, "device": b"Scanity", "continuous": True},
    {"width": 13, "descriptor": make.RGB, "device": b"Scanity"},
]
TIFF_OF_RAWCOOKED = [
    {"channels": channels, "bits": bits, "order": order, "extra": (2,) * (channels == 4)}
    for channels, bits, orders in (
        (3, 8, "<"),
        (3, 16, "<>"),
        (4, 8, "<"),
        (4, 16, "<"),
        (1, 8, "<>"),
        (1, 16, "<>"),
    )
    for order in orders
]
TIFF_OF_FFMPEG = [
    {"channels": 3, "bits": 8, "order": ">"},
    {"channels": 3, "bits": 8, "tags": {34675: (7, b"a profile")}},
    {"channels": 3, "bits": 16, "rows": 2, "gap": b"between", "before": b"ahead"},
    {"channels": 3, "bits": 16, "planar": True, "rows": 3},
    {"channels": 4, "bits": 16, "order": ">", "extra": (2,)},
    {"channels": 4, "bits": 8, "planar": True, "extra": (2,)},
]


def pictured(data):
    scan = read_scan(data)
    planes = packing.allocate(packing.picture(scan.array))
    packing.unpack(scan.array, data, planes)
    return scan, planes


def difference(scan, data, planes):
    return packing.gather(scan.array, data) ^ packing.repack(scan.array, planes)


def raw_planes(planes, pix_fmt):
    """Give planes as FFmpeg's rawvideo has them; the fourth byte of bgr0 means nothing."""
    if pix_fmt == "bgr0":
        return planes[0][..., :3].tobytes()
    return b"".join(plane.tobytes() for plane in planes)


def decoded(path, pix_fmt):
    wanted = "bgr24" if pix_fmt == "bgr0" else pix_fmt
    command = [FFMPEG, "-v", "error", "-i", str(path), "-f", "rawvideo"]
    done = subprocess.run([*command, "-pix_fmt", wanted, "-"], capture_output=True, check=True)
    return done.stdout


def judged(path, data):
    path.write_bytes(data)
    scan, planes = pictured(data)
    pix_fmt = packing.picture(scan.array).pix_fmt
    assert raw_planes(planes, pix_fmt) == decoded(path, pix_fmt)
    assert not difference(scan, data, planes).any()
    return scan


def named(form):
    return " ".join(str(value) for value in form.values())


@pytest.mark.parametrize("form", DPX_OF_RAWCOOKED, ids=named)
def test_what_rawcooked_knows_of_dpx_is_unpacked_as_ffmpeg_does(tmp_path, form):
    scan = judged(tmp_path / "frame.dpx", make.dpx(24, 7, **form))
    assert scan.why_not_rawcooked == ""


@pytest.mark.parametrize("form", DPX_OF_FFMPEG, ids=named)
def test_other_dpx_is_unpacked_as_ffmpeg_does(tmp_path, form):
    scan = judged(tmp_path / "frame.dpx", make.dpx(24, 7, **form))
    assert scan.why_not_rawcooked == "RAWcooked does not know this flavour"


@pytest.mark.parametrize("form", ROWS, ids=named)
def test_rows_that_end_anywhere_are_unpacked_as_ffmpeg_does(tmp_path, form):
    judged(tmp_path / "frame.dpx", make.dpx(**{"height": 7, **form}))


@pytest.mark.parametrize("form", TIFF_OF_RAWCOOKED, ids=named)
def test_what_rawcooked_knows_of_tiff_is_unpacked_as_ffmpeg_does(tmp_path, form):
    scan = judged(tmp_path / "frame.tif", make.tiff(32, 16, rows=5, trailer=b"behind", **form))
    assert scan.why_not_rawcooked == ""


@pytest.mark.parametrize("form", TIFF_OF_FFMPEG, ids=named)
def test_other_tiff_is_unpacked_as_ffmpeg_does(tmp_path, form):
    assert judged(tmp_path / "frame.tif", make.tiff(32, 16, **form)).why_not_rawcooked


@pytest.mark.parametrize("extent", [(32, 16), (40, 20)])
@pytest.mark.parametrize("form", [{"channels": 3, "bits": 8}, {"channels": 1, "bits": 16}])
def test_tiles_are_put_together_as_pillow_does(tmp_path, form, extent):
    data = make.tiff(*extent, tile=(16, 16), **form)
    path = tmp_path / "frame.tif"
    path.write_bytes(data)
    _, planes = pictured(data)
    with Image.open(path) as image:
        found = np.asarray(image)
    shown = planes[0][: extent[1], : extent[0]]
    assert np.array_equal(shown[..., 2::-1] if form["bits"] == 8 else shown, found)


def test_plain_openexr_keeps_the_samples_that_ffmpeg_decodes(tmp_path):
    data = make.exr(24, 7, channels=(("B", 2), ("G", 2), ("R", 2)))
    path = tmp_path / "frame.exr"
    path.write_bytes(data)
    scan, planes = pictured(data)
    raw = np.frombuffer(decoded(path, "gbrpf32le"), "<u4").reshape(3, 7, 24)
    numbers = ~np.isnan(raw.view("<f4"))  # FFmpeg makes all that are none alike
    for plane, expected, known in zip(planes, raw, numbers, strict=True):
        found = plane[:7].astype(np.uint32) << 16 | plane[7:]
        assert np.array_equal(found[known], expected[known])
    assert not difference(scan, data, planes).any()


def test_only_padding_is_left_over():
    plain, padded = make.dpx(), make.dpx(padding=-1, trailer=b"behind")
    scan, planes = pictured(padded)
    left = difference(scan, padded, planes)
    assert left.reshape(-1, 4).max(axis=0).tolist() == [0, 0, 0, 3]
    assert all(np.array_equal(a, b) for a, b in zip(planes, pictured(plain)[1], strict=True))
    assert packing.others(scan.array, len(padded)) == ((0, 2048), (len(padded) - 6, 6))


ALL = [
    *(
        make.dpx(14, 5, order=order, bits=bits, packing=filling, descriptor=code)
        for order in "<>"
        for bits, filling in ((1, 0), (8, 0), (10, 0), (10, 1), (10, 2), (12, 0), (12, 1), (12, 2))
        for code in (6, 7, 50, 51, 52, 100, 101, 102, 103, 152, 156)
    ),
    *(make.dpx(14, 5, bits=bits, packing=0, order="<") for bits in (16, 32)),
    make.dpx(descriptors=(1, 2, 3)),
    make.dpx(descriptors=(50, 4)),
    make.dpx(descriptors=(1, 2, 3, 4), bits=16, packing=0),
    make.dpx(descriptors=(50, 9), bits=16, packing=0, order="<"),
    make.dpx(bits=12, packing=0, orientation=2),
    make.dpx(line_padding=8),
    make.dpx(bits=16, packing=0, sign=1),
    *(
        make.tiff(bits=bits, channels=channels, order=order, rows=4)
        for bits in (*range(1, 18), 20, 24, 31, 32, 33, 48, 63, 64)
        for channels, order in ((1, "<"), (3, ">"))
    ),
    *(make.tiff(channels=channels, rows=2, gap=b"-") for channels in (2, 4, 5, 6, 7, 9)),
    *(make.tiff(channels=channels, planar=True) for channels in (2, 3, 5)),
    *(make.tiff(tile=tile, planar=planar, bits=bits) for tile in ((5, 4), (16, 16), (32, 2))
      for planar in (False, True) for bits in (8, 12, 32)),
    *(make.tiff(big=True, order=order) for order in "<>"),
    make.tiff(channels=4, photometric=5),
    make.tiff(channels=5, photometric=5, extra=(1,)),
    make.tiff(channels=3, photometric=8, bits=8),
    make.tiff(channels=1, photometric=3, bits=8),
    make.tiff(channels=1, photometric=0, bits=1),
    make.tiff(channels=1, bits=1, turned=True),
    make.tiff(channels=3, bits=12, turned=True),
    make.tiff(channels=3, bits=12, word=16),
    make.tiff(sample_format=2),
    make.tiff(sample_format=3, bits=32),
    make.tiff(pages=2),
    make.tiff(bits=8, photometric=6, tags={530: (3, b"\2\0\1\0")}),
    make.tiff(bits=8, photometric=6, tags={530: (3, b"\1\0\1\0")}),
    make.tiff(16, 8, bits=8, photometric=6, body=bytes(range(192)),
              tags={530: (3, b"\2\0\2\0")}),
    make.tiff(16, 9, depths=(5, 6, 5), body=bytes(range(144)) * 2),
    *(make.cineon(bits=bits, packing=filling, interleave=kind, order=order)
      for bits, filling in ((10, 5), (10, 6), (8, 0), (12, 3), (12, 4), (16, 0), (8, 1))
      for kind in (0, 1, 2) for order in "<>"),
    make.cineon(channels=1),
    make.cineon(interleave=2, channel_padding=8),
    make.cineon(line_padding=8),
    make.exr(),
    make.exr(line_order=1),
    make.exr(shuffled=True),
    make.exr(table=False),
    make.exr(origin=(-3, 5)),
    make.exr(channels=(("Y", 0),)),
    make.exr(channels=(("A", 2), ("B", 2), ("G", 2), ("R", 2))),
    make.exr(channels=(("B", 1), ("G", 1), ("R", 1), ("Z", 2))),
    make.exr(channels=(("A", 1), ("B", 1), ("G", 1), ("R", 1), ("Z", 1), ("mask", 1))),
]  # fmt: skip


@pytest.mark.parametrize("data", ALL, ids=lambda data: read_scan(data).flavour)
def test_every_flavour_is_given_back(data):
    scan, planes = pictured(data)
    assert not difference(scan, data, planes).any()
    used = np.full(scan.array.size, 255, np.uint8)
    assert packing.repack(scan.array, planes, used) is used
    assert np.array_equal(used, packing.repack(scan.array, planes))
    held = bytearray(len(data))
    for offset, size in packing.others(scan.array, len(data)):
        held[offset : offset + size] = data[offset : offset + size]
    flat, at = packing.repack(scan.array, planes).tobytes(), 0
    for offset, size in scan.array.segments:
        held[offset : offset + size] = flat[at : at + size]
        at += size
    assert held == data


@pytest.mark.parametrize("data", ALL[::7], ids=lambda data: read_scan(data).flavour)
def test_ffv1_holds_every_picture_exactly(data):
    scan, planes = pictured(data)
    shape = packing.picture(scan.array)
    assert not difference(scan, data, through_ffv1(shape, planes)).any()


def through_ffv1(shape, planes):
    encoder = av.CodecContext.create("ffv1", "w")
    encoder.width, encoder.height, encoder.pix_fmt = shape.width, shape.height, shape.pix_fmt
    encoder.time_base = Fraction(1, 24)
    encoder.options = {"level": "3", "slices": "4", "slicecrc": "1"}
    frame = av.VideoFrame(shape.width, shape.height, shape.pix_fmt)
    for target, plane in zip(frame.planes, planes, strict=True):
        np.copyto(view(target, plane), plane)
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    decoder = av.CodecContext.create("ffv1", "r")
    decoder.extradata = encoder.extradata
    decoder.width, decoder.height = shape.width, shape.height
    (found,) = [image for packet in packets for image in decoder.decode(packet)]
    found = found.reformat(format=shape.pix_fmt)
    return [view(plane, like) for plane, like in zip(found.planes, planes, strict=True)]


def view(plane, like):
    rows = np.frombuffer(plane, like.dtype).reshape(len(like), -1)
    wide = like.shape[1] * (like.shape[2] if like.ndim == 3 else 1)
    return rows[:, :wide].reshape(like.shape)


@st.composite
def sample_arrays(draw):
    """Give arrays of any geometry, whether a format has it or not."""
    filling = draw(st.sampled_from(Packing))
    filled = filling in {Packing.FILLED_A, Packing.FILLED_B}
    word = 32
    bits = 10 if filled else draw(st.integers(1, 64))
    if filling is Packing.WORDS:
        word = draw(st.sampled_from([8, 16, 24, 32, 64]))
        bits = min(bits, word)
    if filling is Packing.PACKED:
        bits = min(bits, 32)
    kind = draw(st.sampled_from(["plain", "tile", "line", "continuous", "pair", "numbered"]))
    width, height = draw(st.integers(1, 9)) * 2, draw(st.integers(1, 5))
    groups = draw(st.sampled_from([("Y",), ("RGB",), ("RGBA",), ("R", "G", "B"), ("XX", "X")]))
    tile = (draw(st.integers(1, 9)), draw(st.integers(1, 4))) if kind == "tile" else None
    if kind in {"pair", "numbered"}:
        groups = ("UYVY",) if kind == "pair" else groups[:1]
    form = {
        "big_endian": draw(st.booleans()),
        "high": draw(st.booleans()),
        "low_first": draw(st.booleans()),
        "bottom_up": draw(st.booleans()),
        "mask": draw(st.integers(0, (1 << bits) - 1)),
        "lead": 8 if kind == "numbered" else 0,
        "span": 2 if kind == "pair" else 1,
        "by_line": kind == "line",
        "continuous": kind == "continuous",
        "tile": tile,
    }
    array = SampleArray(width, height, groups, bits, word, filling, (0,) * len(groups), (), **form)
    pad = 0 if kind == "continuous" else draw(st.integers(0, 5))
    found = list(arrays.sections(array))
    strides = tuple(
        form["lead"] + pad + arrays.row_size(filling, bits, word, section.samples)
        for section in found
    )
    sizes = [stride * section.rows for stride, section in zip(strides, found, strict=True)]
    total = sum(sizes)
    cut = draw(st.integers(1, total))
    parts = ((3, cut), (3 + cut + 2, total - cut)) if cut < total else ((3, total),)
    return SampleArray(width, height, groups, bits, word, filling, strides, parts, **form)


@settings(max_examples=300, derandomize=True)
@given(sample_arrays(), st.integers(0, 2**32))
def test_packing_again_gives_all_samples_of_any_array(array, seed):
    size = max(sum(part) for part in array.segments)
    data = np.random.default_rng(seed).integers(0, 256, size, np.uint8)
    arrays.check(array, size)
    planes = packing.allocate(packing.picture(array))
    packing.unpack(array, data, planes)
    made = packing.repack(array, planes)
    again = packing.allocate(packing.picture(array))
    whole = np.zeros(size, np.uint8)
    at = 0
    for offset, length in array.segments:
        whole[offset : offset + length] = made[at : at + length]
        at += length
    packing.unpack(array, whole, again)
    assert all(np.array_equal(a, b) for a, b in zip(planes, again, strict=True))
    used = np.full(array.size, 255, np.uint8)
    assert np.array_equal(packing.repack(array, again, used), made)
    samples = sum(section.rows * section.samples for section in arrays.sections(array))
    kept = np.unpackbits(packing.gather(array, data) ^ made).sum()
    assert kept <= array.size * 8 - samples * array.bits


@settings(max_examples=150, derandomize=True)
@given(sample_arrays(), st.data())
def test_a_description_that_lies_is_refused_or_harmless(array, data):
    found = array.as_dict()
    name = data.draw(st.sampled_from(sorted(found)))
    found[name] = data.draw(
        st.sampled_from([0, -1, 1, 2**31, 2**63, "", "X", None, [], [0], [[0, 0]], [[0, 2**40]]])
    )
    try:
        changed = arrays.check(SampleArray.from_dict(found), 1 << 16)
        shape = packing.picture(changed)
    except UncodableScan:
        return
    planes = packing.allocate(shape)
    packing.unpack(changed, bytes(1 << 16), planes)
    assert len(packing.repack(changed, planes)) == changed.size


def test_a_row_of_padding_alone_is_refused():
    array = replace(read_scan(make.dpx()).array, strides=(1 << 40,), segments=((0, 9 << 40),))
    with pytest.raises(UncodableScan, match="contradicts itself"):
        arrays.check(array, 1 << 60)


def test_views_of_wider_rows_do_as_planes():
    data = make.dpx()
    scan, planes = pictured(data)
    shape = packing.picture(scan.array)
    wide = [np.zeros((form[0], form[1] + 5), np.uint16)[:, : form[1]] for form in shapes(shape)]
    packing.unpack(scan.array, memoryview(data), wide)
    assert all(np.array_equal(a, b) for a, b in zip(planes, wide, strict=True))
    assert np.array_equal(packing.repack(scan.array, wide), packing.repack(scan.array, planes))


def written(path, pix_fmt, *options):
    command = [FFMPEG, "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=35x7:d=1"]
    command += ["-frames:v", "1", "-pix_fmt", pix_fmt, *options, str(path)]
    subprocess.run(command, check=True)
    return path.read_bytes()


@pytest.mark.parametrize(
    "pix_fmt",
    [
        "gray",
        "rgb24",
        "rgba",
        "abgr",
        "gray10le",
        "gray10be",
        "gray12le",
        "gray12be",
        "gray16be",
        "gbrp10le",
        "gbrp10be",
        "gbrp12le",
        "gbrp12be",
        "rgb48le",
        "rgb48be",
        "rgba64be",
        "gbrap10be",
        "gbrap12le",
    ],
)
def test_dpx_that_ffmpeg_writes(tmp_path, pix_fmt):
    data = written(tmp_path / "made.dpx", pix_fmt)
    judged(tmp_path / "frame.dpx", data)


@pytest.mark.parametrize("pix_fmt", ["gray", "gray16le", "rgb24", "rgb48le", "rgba", "rgba64le"])
def test_tiff_that_ffmpeg_writes(tmp_path, pix_fmt):
    data = written(tmp_path / "made.tif", pix_fmt, "-compression_algo", "raw")
    assert judged(tmp_path / "frame.tif", data).format == "TIFF"


@pytest.mark.parametrize("kind", ["halfs", "float"])
@pytest.mark.parametrize("pix_fmt", ["gbrpf32le", "gbrapf32le", "grayf32le"])
def test_openexr_that_ffmpeg_writes(tmp_path, pix_fmt, kind):
    options = ("-compression", "none", "-format", "half" if kind == "halfs" else "float")
    data = written(tmp_path / "made.exr", pix_fmt, *options)
    scan, planes = pictured(data)
    assert not difference(scan, data, planes).any()
    assert scan.array.bits == (16 if kind == "halfs" else 32)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "LAB", "I;16", "I", "F"])
def test_tiff_that_pillow_writes(tmp_path, mode):
    path = tmp_path / "made.tif"
    Image.effect_noise((35, 7), 60).convert(mode).save(path, compression=None)
    data = path.read_bytes()
    scan, planes = pictured(data)
    assert not difference(scan, data, planes).any()
    with Image.open(path) as image:
        pixels = np.asarray(image)
    if mode in {"L", "P", "I;16"}:
        assert np.array_equal(planes[0], pixels)
    if mode in {"RGB", "RGBA"}:
        assert np.array_equal(planes[0][..., 2::-1], pixels[..., :3])
    if mode in {"I", "F"}:
        whole = planes[0][:7].astype(np.uint32) << 16 | planes[0][7:]
        assert np.array_equal(whole ^ np.uint32(scan.array.mask), pixels.view(np.uint32))
    if mode == "LAB":
        assert np.array_equal(np.stack(planes, axis=2), pixels)
