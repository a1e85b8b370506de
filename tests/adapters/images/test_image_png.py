"""PNG: every kind and depth comes back, chunks beside it are kept, and checksums count."""

import io
import struct
import subprocess
import zlib
from fractions import Fraction

import imagecodecs
import numpy as np
import pytest
from opened import outcome, pages_of, refusal, traits_of
from PIL import Image
from png_maker import CHANNELS, chunk, png

from avpres.adapters.images.limits import Limits
from avpres.domain.imaging import Alpha, Colour, Icc
from avpres.domain.migration import Reason

RANDOM = np.random.default_rng(11)
KINDS = [
    (kind, depth)
    for kind, depths in {
        0: (1, 2, 4, 8, 16),
        2: (8, 16),
        3: (1, 2, 4, 8),
        4: (8, 16),
        6: (8, 16),
    }.items()
    for depth in depths
]
SMALL = RANDOM.integers(0, 256, (6, 5, 3))


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (16, 17)])
@pytest.mark.parametrize(("kind", "depth"), KINDS)
def test_every_sample_comes_back(kind, depth, size, interlaced):
    samples = RANDOM.integers(0, 1 << depth, (*size, CHANNELS[kind]))
    palette = RANDOM.integers(0, 256, (1 << depth, 3)).astype(np.uint8)
    before = chunk(b"PLTE", palette.tobytes()) if kind == 3 else b""
    data = png(samples, depth, kind, interlaced=interlaced, before=before, filter="all")
    (page,) = pages_of(data)
    assert np.array_equal(page.raster.samples, samples)
    assert page.raster.bits == (depth,) * CHANNELS[kind] == traits_of(data).bits
    assert (page.raster.alpha is Alpha.UNASSOCIATED) == (kind in {4, 6})
    if kind == 3:
        assert np.array_equal(page.raster.palette.entries, palette)
    assert len(page.decoders) == 2


@pytest.mark.parametrize(("kind", "depth"), [each for each in KINDS if each[0] in {0, 2}])
def test_a_transparent_colour_becomes_a_channel_that_can_be_undone(kind, depth):
    samples = RANDOM.integers(0, min(4, 1 << depth), (9, 8, CHANNELS[kind]))
    hidden = samples[4, 4]
    data = png(samples, depth, kind, before=chunk(b"tRNS", hidden.astype(">u2").tobytes()))
    (page,) = pages_of(data)
    assert np.array_equal(page.raster.samples[:, :, :-1], samples)
    opacity = page.raster.samples[:, :, -1]
    assert set(np.unique(opacity)) <= {0, (1 << depth) - 1}
    assert np.array_equal(opacity == 0, (samples == hidden).all(axis=2))
    told = ",".join(str(each) for each in hidden)
    assert page.raster.notes == (f"transparent colour {told} as a channel of opacity",)


def test_a_transparent_colour_that_cannot_be_is_refused():
    for content in (b"\1\0\0\0\0\0", b"\0\0"):
        assert refusal(png(SMALL, 8, 2, before=chunk(b"tRNS", content))) is Reason.DAMAGED


def test_a_palette_that_is_only_suggested_is_kept_beside():
    (page,) = pages_of(png(SMALL, 8, 2, before=chunk(b"PLTE", b"abcdef")))
    assert page.raster.palette is None
    assert page.embedded.others == (("png:PLTE", b"abcdef"),)


def test_opacity_of_a_palette_is_its_fourth_column():
    palette = RANDOM.integers(0, 256, (4, 3)).astype(np.uint8)
    samples = RANDOM.integers(0, 4, (5, 6, 1))
    before = chunk(b"PLTE", palette.tobytes()) + chunk(b"tRNS", b"\x80\xff\0")
    (page,) = pages_of(png(samples, 2, 3, before=before))
    assert page.raster.alpha is Alpha.INDEX
    assert list(page.raster.palette.entries[:, 3]) == [0x80, 0xFF, 0, 0xFF]
    assert np.array_equal(page.raster.samples, samples)


def test_sixteen_bits_are_not_made_eight():
    samples = RANDOM.integers(0, 65536, (4, 4, 3))
    (page,) = pages_of(png(samples, 16, 2))
    assert page.raster.samples.dtype == np.uint16
    assert np.asarray(Image.open(io.BytesIO(png(samples, 16, 2)))).dtype == np.uint8


def test_an_index_beyond_the_palette_is_refused():
    data = png(np.full((2, 2, 1), 3), 2, 3, before=chunk(b"PLTE", bytes(9)))
    assert refusal(data) is Reason.DAMAGED


def test_chunks_beside_the_picture_are_kept():
    profile = imagecodecs.cms_profile("srgb")
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    exif = b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"
    before = (
        chunk(b"gAMA", struct.pack(">I", 45455))
        + chunk(b"iCCP", b"name\0\0" + zlib.compress(profile))
        + chunk(b"pHYs", struct.pack(">IIB", 11811, 5905, 1))
        + chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(packet))
        + chunk(b"tEXt", b"Title\0harbour")
    )
    data = png(SMALL, 8, 2, before=before, after=chunk(b"eXIf", exif)) + b"more"
    (page,) = pages_of(data)
    embedded = page.embedded
    assert (embedded.icc, embedded.xmp, embedded.exif) == (profile, packet, exif)
    assert embedded.resolution == (Fraction(11811), Fraction(5905))
    assert dict(embedded.others) == {
        "png:gAMA": struct.pack(">I", 45455),
        "png:tEXt": b"Title\0harbour",
        "trailing": b"more",
    }
    traits = traits_of(data)
    assert traits.metadata == {"exif", "xmp", "comment", "other"}
    assert (traits.icc, traits.orientation, page.orientation) == (Icc.RESTRICTED, 6, 6)


SRGB_POINTS = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
ADOBE_POINTS = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (b"gAMA", struct.pack(">I", 100_000)),
        (b"gAMA", struct.pack(">I", 55_556)),
        (b"cHRM", struct.pack(">8I", *ADOBE_POINTS)),
        (b"cICP", bytes((9, 16, 0, 1))),
    ],
)
def test_colours_that_would_be_shown_otherwise_are_refused(name, content):
    assert refusal(png(SMALL, 8, 2, before=chunk(name, content))) is Reason.METADATA_LOST


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (b"gAMA", struct.pack(">I", 45_000)),
        (b"cHRM", struct.pack(">8I", *SRGB_POINTS)),
    ],
)
def test_colours_near_those_of_srgb_are_kept_beside(name, content):
    (page,) = pages_of(png(SMALL, 8, 2, before=chunk(name, content)))
    assert dict(page.embedded.others)["png:" + name.decode()]


@pytest.mark.programs("exiftool")
def test_each_block_is_that_of_exiftool(tmp_path):
    path = tmp_path / "tagged.png"
    path.write_bytes(png(SMALL, 8, 2))
    tags = ("-EXIF:Artist=Rosa", "-XMP:Title=harbour", "-IPTC:Keywords=ships")
    _exiftool("-overwrite_original", *tags, str(path))
    (page,) = pages_of(path.read_bytes())
    for name in ("exif", "xmp", "iptc"):
        assert getattr(page.embedded, name) == _exiftool("-b", f"-{name}", str(path))


def test_profiles_of_imagemagick_are_taken_out_or_kept_as_they_are():
    exif = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"
    text = b"\nexif\n%8d\n%s\n" % (len(exif), exif.hex().encode())
    whole = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text))
    (page,) = pages_of(png(SMALL, 8, 2, before=whole))
    assert page.embedded.exif == exif[6:]
    assert page.embedded.others == ()
    for broken in (text[:-3], text.replace(b"  20", b"  21"), b"\nexif\n 1\nabc", b"nothing"):
        content = b"Raw profile type exif\0" + broken
        (page,) = pages_of(png(SMALL, 8, 2, before=chunk(b"tEXt", content)))
        assert page.embedded.exif is None
        assert page.embedded.others == (("png:tEXt", content),)


@pytest.mark.parametrize(
    ("mode", "disposal"),
    [("RGBA", 0), ("RGBA", 1), ("RGBA", 2), ("RGB", 0), ("RGB", 1), ("P", 0), ("L", 0)],
)
def test_frames_of_an_animation_are_given_as_they_are_seen(mode, disposal):
    frames = [_frame(number).convert(mode) for number in range(3)]
    file = io.BytesIO()
    options = {"disposal": disposal, "blend": 0, "duration": 100, "loop": 2}
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:], **options)
    data = file.getvalue()
    assert (traits_of(data).frames, "apng" in traits_of(data).flags) == (3, True)
    pages = pages_of(data)
    for page, frame in zip(pages, frames, strict=True):
        wanted = np.asarray(frame.convert("RGBA"))
        shown = wanted[:, :, 3] != 0
        assert np.array_equal(page.raster.samples[shown], wanted[shown])
    assert dict(pages[0].told)["loop"] == 2
    assert refusal(data, Limits(frames=2)) is Reason.FRAMES


def test_a_still_image_outside_of_its_animation_is_refused():
    file = io.BytesIO()
    still, *frames = [_frame(number) for number in range(3)]
    still.save(file, "PNG", save_all=True, append_images=frames, default_image=True)
    assert refusal(file.getvalue()) is Reason.DECODERS_DISAGREE


def test_any_byte_changed_is_told_or_changes_no_sample():
    data = png(SMALL, 8, 2, before=chunk(b"tEXt", b"Title\0harbour"), filter="all")
    sound = outcome(data)
    for place in range(len(data)):
        for value in (data[place] ^ 1, 0, 0xFF):
            changed = data[:place] + bytes([value]) + data[place + 1 :]
            assert changed == data or outcome(changed) in {
                Reason.DAMAGED,
                Reason.UNKNOWN_FORMAT,
                Reason.TOO_LARGE,
            }
    assert outcome(data + b"!") == sound
    assert {refusal(data[:end]) for end in range(1, len(data))} <= {
        Reason.DAMAGED,
        Reason.UNKNOWN_FORMAT,
    }


def test_bombs_and_claims_are_refused_early():
    def claim(width, height, raw):
        head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
        body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND")
        return b"\x89PNG\r\n\x1a\n" + body

    assert refusal(claim(65535, 65535, b""), Limits()) is Reason.TOO_LARGE
    assert refusal(claim(16000, 16000, bytes(1000)), Limits()) is Reason.DAMAGED
    long = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(bytes(80_000_000), 9))
    assert refusal(png(SMALL, 8, 2, before=long)) is Reason.TOO_LARGE
    assert traits_of(png(SMALL, 8, 0 + 2)).colour is Colour.RGB


def _frame(number):
    random = np.random.default_rng(number)
    pixels = random.integers(0, 256, (12, 15, 4)).astype(np.uint8)
    pixels[:, :, 3] = random.choice([0, 128, 255], (12, 15))
    return Image.fromarray(pixels, "RGBA")


def _exiftool(*arguments):
    return subprocess.run(["exiftool", *arguments], capture_output=True, check=True).stdout
