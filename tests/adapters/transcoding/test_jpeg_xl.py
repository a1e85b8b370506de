"""JPEG as JPEG XL: the same bytes come back, or it is refused for a reason that is true."""

import io
import subprocess
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from avpres.adapters.images.probing import probe
from avpres.adapters.transcoding import jxl
from avpres.adapters.transcoding.jxl_boxes import boxes
from avpres.domain.migration import Reason, Unmigratable

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


def picture(mode: str = "RGB", size: tuple[int, int] = (70, 50)) -> Image.Image:
    channels = {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    down, across = np.mgrid[: size[1], : size[0]]
    planes = [(across * 3 + down * each) % 230 for each in range(channels)]
    samples = np.stack(planes, -1).astype(np.uint8)
    return Image.fromarray(samples[..., 0] if channels == 1 else samples, mode)


def jpeg(image: Image.Image | None = None, **options: object) -> bytes:
    into = io.BytesIO()
    (image or picture()).save(into, "JPEG", **options)
    return into.getvalue()


def with_metadata() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a crane"
    return jpeg(exif=exif, xmp=XMP, comment=b"a word", icc_profile=SRGB)


SAMPLES = np.random.default_rng(1).integers(0, 4096, (50, 70, 3)).astype(np.uint16)
TAKEN = {
    "4:2:0": jpeg(),
    "4:2:2": jpeg(subsampling=1),
    "4:4:4": jpeg(subsampling=0),
    "4:4:0": imagecodecs.jpeg_encode(np.asarray(picture()), subsampling="440"),
    "progressive": jpeg(progressive=True),
    "grey": jpeg(picture("L")),
    "grey with a profile for colours": jpeg(picture("L"), icc_profile=SRGB),
    "one pixel": jpeg(picture(size=(1, 1))),
    "restart markers": jpeg(restart_marker_blocks=2),
    "metadata": with_metadata(),
    "bytes after its end": jpeg() + b"what a camera wrote\0" * 99,
    "fill bytes": jpeg().replace(b"\xff\xda", b"\xff\xff\xff\xda", 1),
    "RGB": imagecodecs.jpeg_encode(SAMPLES.astype(np.uint8), colorspace="RGB", outcolorspace="RGB"),
}
REFUSED = {
    "nothing": (b"", Reason.EMPTY),
    "CMYK": (jpeg(picture("CMYK")), Reason.CMYK),
    "12 bits": (imagecodecs.jpeg8_encode(SAMPLES, bitspersample=12), Reason.BITS),
    "lossless": (imagecodecs.ljpeg_encode(SAMPLES[..., 0], bitspersample=12), Reason.LOSSLESS_JPEG),
    "cut": (jpeg()[:900], Reason.DAMAGED),
    "no end": (jpeg()[:-2], Reason.DAMAGED),
    "something before it": (b"\0\0" + jpeg(), Reason.DAMAGED),
    "a long tail": (jpeg() + bytes(20_000_000), Reason.NOT_REVERSIBLE),
    "not a JPEG": (bytes(range(256)), Reason.DAMAGED),
    "arithmetic": (jpeg().replace(b"\xff\xc0", b"\xff\xc9", 1), Reason.ARITHMETIC),
    "hierarchical": (jpeg().replace(b"\xff\xc0", b"\xff\xc5", 1), Reason.NOT_REVERSIBLE),
}


@pytest.mark.parametrize("name", TAKEN)
def test_the_same_bytes_come_back(name: str):
    made = jxl.transcode(TAKEN[name])

    assert jxl.restore(made) == TAKEN[name]
    assert {b"jbrd"} < {each for each, _ in boxes(made)}


@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.programs("djxl")
def test_djxl_gives_the_same_bytes(name: str, tmp_path: Path):
    (tmp_path / "a.jxl").write_bytes(jxl.transcode(TAKEN[name]))

    subprocess.run(["djxl", "a.jxl", "b.jpg"], cwd=tmp_path, check=True, capture_output=True)

    assert (tmp_path / "b.jpg").read_bytes() == TAKEN[name]


@pytest.mark.parametrize("name", TAKEN)
def test_both_decoders_show_the_same_picture(name: str):
    assert jxl.check_looks(jxl.transcode(TAKEN[name]), TAKEN[name]) < 2


def test_another_picture_is_told_apart():
    turned = jpeg(Image.fromarray(255 - np.asarray(picture())))

    with pytest.raises(Unmigratable, match="mean difference") as caught:
        jxl.check_looks(jxl.transcode(jpeg()), turned)

    assert caught.value.reason is Reason.QA_DIFFERENCE


def test_colours_that_a_profile_for_grey_would_hide_are_refused():
    grey = imagecodecs.cms_profile("gray", gamma=2.2, whitepoint=[0.3127, 0.329, 1.0])
    hidden = jpeg(icc_profile=grey)

    with pytest.raises(Unmigratable) as caught:
        jxl.check_looks(jxl.transcode(hidden), hidden)

    assert caught.value.reason is Reason.ICC_SPACE_MISMATCH


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_come_back_is_refused_by_reason(name: str):
    data, reason = REFUSED[name]

    with pytest.raises(Unmigratable) as caught:
        jxl.transcode(data)

    assert caught.value.reason is reason


@pytest.mark.programs("cjpeg")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-sample", "4x1"), "colours sampled as 4x1, 1x1, 1x1"),
        (("-sample", "4x2"), "colours sampled as 4x2, 1x1, 1x1"),
        (("-rgb", "-sample", "2x2"), "RGB only where all colours have one"),
        (("-progressive", "-restart", "1"), "its scans restart every 5 and 9 units"),
    ],
    ids=str,
)
def test_forms_that_jpeg_xl_does_not_have_are_named(options, words):
    ppm = io.BytesIO()
    picture().save(ppm, "PPM")
    coded = subprocess.run(["cjpeg", *options], input=ppm.getvalue(), stdout=-1, check=True).stdout

    with pytest.raises(Unmigratable) as caught:
        jxl.transcode(coded)

    assert caught.value.reason is Reason.NOT_REVERSIBLE
    assert words in str(caught.value)
    flags = probe(io.BytesIO(coded), len(coded)).flags
    assert ("odd-sampling" in flags) == ("-sample" in options)


def test_a_ycck_jpeg_is_told_from_cmyk():
    cmyk = jpeg(picture("CMYK"))
    at = cmyk.index(b"Adobe") + 11
    ycck = cmyk[:at] + b"\x02" + cmyk[at + 1 :]

    with pytest.raises(Unmigratable) as caught:
        jxl.transcode(ycck)

    assert caught.value.reason is Reason.YCCK


def test_a_claim_of_too_many_pixels_is_refused_before_decoding():
    with pytest.raises(Unmigratable) as caught:
        jxl.transcode(jpeg(), most_pixels=70 * 50 - 1)

    assert caught.value.reason is Reason.TOO_LARGE


def test_metadata_stand_in_boxes_that_need_no_brotli():
    found = dict(boxes(jxl.transcode(with_metadata())))

    assert b"a crane" in found[b"Exif"]
    assert found[b"xml "] == XMP
    assert b"brob" not in found


@pytest.mark.programs("exiftool")
def test_exiftool_sees_the_metadata(tmp_path: Path):
    target = tmp_path / "a.jxl"
    target.write_bytes(jxl.transcode(with_metadata()))

    words = ["exiftool", "-s3", "-ImageDescription", "-Orientation#", str(target)]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout

    assert said.split("\n")[:2] == ["a crane", "6"]


@pytest.mark.parametrize("damage", ["cut", "no JPEG inside", "nothing"])
def test_a_jpeg_xl_without_a_jpeg_is_refused(damage: str):
    made = jxl.transcode(jpeg())
    data = {
        "cut": made[:-50],
        "no JPEG inside": imagecodecs.jpegxl_encode(np.zeros((9, 9, 3), np.uint8)),
        "nothing": b"",
    }[damage]

    with pytest.raises(Unmigratable):
        jxl.restore(data)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(at=st.integers(0, 1200), byte=st.integers(0, 255), cut=st.integers(0, 400))
def test_a_damaged_jpeg_comes_back_or_is_refused(at: int, byte: int, cut: int):
    data = bytearray(jpeg())
    data[at % len(data)] = byte
    damaged = bytes(data[: len(data) - cut])
    try:
        made = jxl.transcode(damaged)
    except Unmigratable:
        return
    assert jxl.restore(made) == damaged


def test_the_library_names_its_version():
    assert jxl.version().startswith("libjxl ")
