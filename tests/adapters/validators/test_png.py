"""PNG and APNG: checksums, order, content and image data."""

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from raster_files import (
    CUTS,
    chunks,
    examined,
    flipped,
    message,
    picture,
    png,
    profile,
    replaced,
    saved,
)

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.png_data import Header, Inflater
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import WHOLE, Source
from avpres.domain.formats import Format
from avpres.domain.validity import Status

BROKEN, INVALID, VALID = Status.NOT_WELL_FORMED, Status.NOT_VALID, Status.VALID
PLAIN = saved(picture(), "PNG")
PALETTE = saved(picture("P"), "PNG", transparency=3)
SMALL = saved(picture("L", (5, 4)), "PNG")
HEAD = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
BODY = (b"IDAT", zlib.compress(b"\0\x80"))
TAIL = (b"IEND", b"")
NAMES = (
    *("IHDR", "PLTE", "IDAT", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "hIST"),
    *("pHYs", "sPLT", "tIME", "eXIf", "tEXt", "zTXt", "iTXt", "acTL", "fcTL", "fdAT", "IEND"),
)
COLOURED = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 3, 0, 0, 0))
COLOURS = (b"PLTE", bytes(6))
FEW = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 1, 3, 0, 0, 0))


def head(width: int = 1, height: int = 1, *rest: int) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, *(rest or (8, 0, 0, 0, 0)))


def data(content: bytes) -> tuple[bytes, bytes]:
    return b"IDAT", zlib.compress(content)


def status(content: bytes) -> Status:
    return examined(Format.PNG, content).status


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_what_a_good_writer_makes_is_valid(mode):
    exam = examined(Format.PNG, saved(picture("L").convert(mode), "PNG"))
    assert (exam.status, exam.messages) == (VALID, [])


@pytest.mark.parametrize(
    ("mode", "bits", "space", "alpha"),
    [
        ("1", (1,), "BlackIsZero", False),
        ("LA", (8, 8), "BlackIsZero", True),
        ("P", (8,), "PaletteColor", False),
        ("RGB", (8, 8, 8), "RGB", False),
        ("RGBA", (8, 8, 8, 8), "RGB", True),
        ("I;16", (16,), "BlackIsZero", False),
    ],
)
def test_a_png_is_described_sample_by_sample(mode, bits, space, alpha):
    made = saved(picture().convert("L" if mode == "I;16" else "RGB").convert(mode), "PNG")
    (described,) = examined(Format.PNG, made).technical.images
    assert (described.width, described.height) == (60, 44)
    assert (described.bits_per_sample, described.samples_per_pixel) == (bits, len(bits))
    assert (described.colour_space, described.has_alpha) == (space, alpha)
    assert (described.compression, described.byte_order) == ("Deflate", "big endian")


def test_resolution_texts_profile_and_exif_are_read():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Software", "a scanner")
    texts.add_itxt("Author", "Zoë")
    texts.add_text("Comment", "long " * 40, zip=True)
    texts.add_text("Creation Time", "Tue, 06 Feb 2024 10:11:12 +0000")
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif[0x0112] = 6
    made = saved(picture(), "PNG", pnginfo=texts, dpi=(254, 254), icc_profile=profile(), exif=exif)
    exam = examined(Format.PNG, made)
    (described,) = exam.technical.images
    assert (exam.status, exam.messages) == (VALID, [])
    assert described.x_resolution == pytest.approx(100)
    assert described.resolution_unit == "cm"
    assert (described.software, described.artist) == ("a scanner", "Zoë")
    assert described.created == "2024-02-06T10:11:12+00:00"
    assert (described.make, described.orientation) == ("Maker", 6)
    assert "sRGB" in described.icc_profile


def test_every_cut_and_every_added_byte_is_not_well_formed():
    for end in range(8, len(SMALL)):
        assert status(SMALL[:end]) is BROKEN, end
    for share in CUTS:
        assert status(PLAIN[: int(len(PLAIN) * share)]) is BROKEN
    assert message(examined(Format.PNG, PLAIN + b"\0"), "PNG-TRAILING").jhove == "PNG-GDM-67"


def test_every_flipped_bit_is_found():
    for at in range(len(SMALL)):
        assert status(flipped(SMALL, at, at % 8)) is BROKEN, at


def test_a_wrong_checksum_is_reported_where_it_stands():
    exam = examined(Format.PNG, flipped(PLAIN, 20))
    said = message(exam, "PNG-CRC")
    assert (said.offset, said.jhove) == (29, "PNG-GDM-68")


@pytest.mark.parametrize(
    ("content", "id", "jhove", "wanted"),
    [
        (b"\x89PNG\n\x1a\n", "PNG-SIGNATURE", "PNG-GDM-66", BROKEN),
        (png(BODY, TAIL), "PNG-MISSING-CHUNK", "PNG-GDM-71", BROKEN),
        (png(HEAD, TAIL), "PNG-MISSING-CHUNK", "PNG-GDM-72", BROKEN),
        (png(HEAD, BODY), "PNG-MISSING-CHUNK", "PNG-GDM-73", BROKEN),
        (png((b"tIME", bytes(7)), HEAD, BODY, TAIL), "PNG-IHDR-NOT-FIRST", None, BROKEN),
        (png(HEAD, HEAD, BODY, TAIL), "PNG-CHUNK-TWICE", "PNG-GDM-22", BROKEN),
        (png((b"IHDR", bytes(12)), BODY, TAIL), "PNG-HEADER-SIZE", "PNG-GDM-24", BROKEN),
        (png(head(0), BODY, TAIL), "PNG-DIMENSIONS", None, BROKEN),
        (png(head(1, 1, 4, 2, 0, 0, 0), BODY, TAIL), "PNG-BIT-DEPTH", "PNG-GDM-26", BROKEN),
        (png(head(1, 1, 8, 5, 0, 0, 0), BODY, TAIL), "PNG-COLOUR-TYPE", "PNG-GDM-28", BROKEN),
        (png(head(1, 1, 8, 0, 1, 0, 0), BODY, TAIL), "PNG-METHOD", None, BROKEN),
        (png(head(1, 1, 8, 0, 0, 0, 2), BODY, TAIL), "PNG-METHOD", None, BROKEN),
        (png(COLOURED, BODY, TAIL), "PNG-NO-PALETTE", "PNG-GDM-74", BROKEN),
        (png(HEAD, COLOURS, BODY, TAIL), "PNG-PALETTE-FORBIDDEN", "PNG-GDM-75", BROKEN),
        (png(COLOURED, (b"PLTE", bytes(7)), BODY, TAIL), "PNG-PALETTE-SIZE", "PNG-GDM-36", BROKEN),
        (png(COLOURED, COLOURS, COLOURS, BODY, TAIL), "PNG-CHUNK-TWICE", "PNG-GDM-34", BROKEN),
        (png(HEAD, BODY, (b"tEXt", b"a\0b"), BODY, TAIL), "PNG-DATA-SCATTERED",
         "PNG-GDM-20", BROKEN),
        (png(HEAD, BODY, (b"gAMA", bytes(4)), TAIL), "PNG-ORDER", "PNG-GDM-7", BROKEN),
        (png(COLOURED, COLOURS, (b"sRGB", b"\0"), BODY, TAIL), "PNG-ORDER", "PNG-GDM-48", BROKEN),
        (png(HEAD, BODY, (b"pHYs", bytes(9)), TAIL), "PNG-ORDER", "PNG-GDM-31", BROKEN),
        (png(HEAD, (b"gAMA", bytes(5)), BODY, TAIL), "PNG-CHUNK-SIZE", "PNG-GDM-9", BROKEN),
        (png(HEAD, (b"sRGB", b"\4"), BODY, TAIL), "PNG-INTENT", "PNG-GDM-52", BROKEN),
        (png(HEAD, (b"sRGB", b"\0"), (b"sRGB", b"\0"), BODY, TAIL), "PNG-CHUNK-TWICE",
         "PNG-GDM-38", BROKEN),
        (png(HEAD, (b"iCCP", b"name"), BODY, TAIL), "PNG-ICC", "PNG-GDM-19", BROKEN),
        (png(HEAD, (b"sRGB", b"\0"), (b"iCCP", b"n\0\0x"), BODY, TAIL), "PNG-TWO-PROFILES",
         "PNG-GDM-17", BROKEN),
        (png(HEAD, (b"sBIT", bytes(5)), BODY, TAIL), "PNG-CHUNK-SIZE", "PNG-GDM-42", BROKEN),
        (png(HEAD, (b"hIST", bytes(2)), BODY, TAIL), "PNG-ORDER", "PNG-GDM-12", BROKEN),
        (png(HEAD, (b"bKGD", b"\0"), BODY, TAIL), "PNG-CHUNK-SIZE", "PNG-GDM-2", BROKEN),
        (png(HEAD, (b"tRNS", b"\0"), BODY, TAIL), "PNG-CHUNK-SIZE", "PNG-GDM-60", BROKEN),
        (png(HEAD, (b"cHRM", bytes(31)), BODY, TAIL), "PNG-CHUNK-SIZE", "PNG-GDM-6", BROKEN),
        (png(HEAD, (b"sPLT", b"a\0\7"), BODY, TAIL), "PNG-SUGGESTED", "PNG-GDM-46", BROKEN),
        (png(HEAD, (b"sPLT", b"a\0\x08abc"), BODY, TAIL), "PNG-SUGGESTED", "PNG-GDM-47", BROKEN),
        (png(HEAD, (b"tIME", bytes(7)), BODY, TAIL), "PNG-DATE", "PNG-GDM-58", INVALID),
        (png(HEAD, (b"tEXt", b"key\0a\0b"), BODY, TAIL), "PNG-TEXT-NULL", "PNG-GDM-54", BROKEN),
        (png(HEAD, (b"zTXt", b"key\0\1x"), BODY, TAIL), "PNG-TEXT-METHOD", "PNG-GDM-63", BROKEN),
        (png(HEAD, (b"zTXt", b"key\0\0x"), BODY, TAIL), "PNG-TEXT-DAMAGED", "PNG-GDM-65", BROKEN),
        (png(HEAD, (b"iTXt", b"key\0\0\0\0\0\xff"), BODY, TAIL), "PNG-TEXT-UTF8", None, VALID),
        (png(HEAD, (b"iTXt", b"key\0\0"), BODY, TAIL), "PNG-TEXT-FORM", None, BROKEN),
        (png(HEAD, (b"ABCD", b""), BODY, TAIL), "PNG-CRITICAL-CHUNK", None, INVALID),
        (png(HEAD, (b"ab1d", b""), BODY, TAIL), "PNG-CHUNK-NAME", None, BROKEN),
        (png(HEAD, data(b"\0"), TAIL), "PNG-IMAGE-DATA", None, BROKEN),
        (png(HEAD, data(b"\0\0\0"), TAIL), "PNG-EXTRA-DATA", None, VALID),
        (png(HEAD, data(b"\5\0"), TAIL), "PNG-IMAGE-DATA", None, BROKEN),
        (png(HEAD, (b"IDAT", BODY[1][:-1]), TAIL), "PNG-IMAGE-DATA", None, BROKEN),
        (png(HEAD, (b"IDAT", flipped(BODY[1], -1)), TAIL), "PNG-IMAGE-DATA", None, BROKEN),
        (png(HEAD, (b"IDAT", BODY[1] + b"more"), TAIL), "PNG-EXTRA-DATA", None, VALID),
        (png(HEAD, (b"IDAT", data(b"\0")[1] + b"more"), TAIL), "PNG-IMAGE-DATA", None, BROKEN),
        (png(HEAD, (b"eXIf", b"no"), BODY, TAIL), "PNG-EXIF", None, VALID),
        (png(HEAD, BODY, (b"IEND", b"x")), "PNG-END", "PNG-GDM-21", INVALID),
        (png(HEAD, (b"sPLT", 80 * b"n" + b"\0\x08"), BODY, TAIL), "PNG-SUGGESTED",
         "PNG-GDM-45", BROKEN),
        (png(HEAD, (b"pHYs", bytes(8)), BODY, TAIL), "PNG-CHUNK-SIZE", "PNG-GDM-32", BROKEN),
        (png(HEAD, (b"tIME", bytes(6)), BODY, TAIL), "PNG-CHUNK-SIZE", "PNG-GDM-56", BROKEN),
        (png(HEAD, (b"sRGB", b""), BODY, TAIL), "PNG-CHUNK-SIZE", "PNG-GDM-51", BROKEN),
        (png(HEAD, (b"sRGB", b"\0\0"), BODY, TAIL), "PNG-CHUNK-SIZE", None, VALID),
        (png(HEAD, (b"cHRM", bytes(33)), BODY, TAIL), "PNG-CHUNK-SIZE", None, VALID),
        (png(HEAD, (b"pHYs", bytes(10)), BODY, TAIL), "PNG-CHUNK-SIZE", None, VALID),
        (png(HEAD, (b"bKGD", bytes(3)), BODY, TAIL), "PNG-CHUNK-SIZE", None, VALID),
        (png(HEAD, (b"tRNS", bytes(3)), BODY, TAIL), "PNG-CHUNK-SIZE", None, VALID),
        (png(HEAD, (b"sBIT", bytes(3)), BODY, TAIL), "PNG-SIGNIFICANT", None, VALID),
        (png(COLOURED, COLOURS, (b"tRNS", bytes(3)), BODY, TAIL), "PNG-CHUNK-SIZE", None, VALID),
        (png(COLOURED, COLOURS, (b"hIST", bytes(2)), BODY, TAIL), "PNG-HISTOGRAM", None, VALID),
        (png(FEW, (b"PLTE", bytes(9)), BODY, TAIL), "PNG-PALETTE-SIZE", None, VALID),
        (png(COLOURED, (b"PLTE", bytes(771)), BODY, TAIL), "PNG-PALETTE-SIZE", None, BROKEN),
    ],
)  # fmt: skip
def test_each_rule_speaks_up(content, id, jhove, wanted):
    exam = examined(Format.PNG, content)
    assert message(exam, id).jhove == jhove
    assert exam.status is wanted


def test_interlaced_images_are_counted_pass_by_pass():
    for width, height in ((1, 1), (2, 9), (8, 8), (13, 5)):
        header = Header(width, height, 8, 0, interlaced=True)
        rows = header.rows(width, height)
        content = b"".join(bytes(length) * lines for length, lines in rows)
        made = png(head(width, height, 8, 0, 0, 0, 1), data(content), TAIL)
        assert sum((length - 1) * lines for length, lines in rows) == width * height
        assert status(made) is VALID
        assert status(png(head(width, height, 8, 0, 0, 0, 1), data(content[1:]), TAIL)) is BROKEN


def test_filters_are_looked_at_in_every_row_whatever_the_pieces():
    rows = [(1000, 700)]
    for bad in (0, 1, 262, 263, 699):
        content = bytearray(700_000)
        content[bad * 1000] = 5
        inflater = Inflater(rows)
        packed = zlib.compress(bytes(content))
        for at in range(0, len(packed), 50):
            inflater.feed(packed[at : at + 50])
        assert "filter" in inflater.fault


def test_a_bomb_is_defused():
    packed = zlib.compress(bytes(30_000_000), 9)
    exam = examined(Format.PNG, png(head(0x7FFFFFFF, 0x7FFFFFFF), (b"IDAT", packed), TAIL))
    assert "PNG-IMAGE-DATA" in exam.counts
    assert "PNG-EXTRA-DATA" in examined(Format.PNG, png(HEAD, (b"IDAT", packed), TAIL)).counts


def test_an_animation_is_described_and_a_missing_frame_is_mentioned():
    made = saved(picture(), "PNG", save_all=True, append_images=[picture().rotate(20)], loop=2)
    exam = examined(Format.PNG, made)
    assert (exam.status, exam.messages, exam.profile) == (VALID, [], "APNG")
    assert exam.technical.properties["frames"] == 2
    parts = [part for part in chunks(made) if part[0] != b"fdAT"]
    exam = examined(Format.PNG, png(*parts))
    assert exam.status is VALID
    assert "PNG-FRAME-DATA" in exam.counts


def test_a_file_too_large_to_hold_is_walked_the_same_way(tmp_path):
    packed = zlib.compress(b"\0" + b"\x80" * (WHOLE + 100), 0)
    made = png(head(WHOLE + 100, 1), (b"IDAT", packed), TAIL)
    for content, wanted in ((made, VALID), (flipped(made, WHOLE // 2), BROKEN)):
        target = tmp_path / "large.png"
        target.write_bytes(content)
        exam = Examination()
        with target.open("rb") as file:
            source = Source(file, str(target))
            assert source.data is None
            examine(source, Format.PNG, exam)
        assert exam.status is wanted


def test_endless_chunks_come_to_an_end():
    exam = examined(Format.PNG, png(HEAD) + png((b"teSt", b""))[8:] * 130_000)
    assert exam.status is Status.UNKNOWN


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    st.sampled_from([PLAIN, PALETTE, SMALL]),
    st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=6)), max_size=4),
)
def test_no_bytes_bring_it_down(content, wounds):
    for share, new in wounds:
        content = replaced(content, int(share * len(content)), new)
    assert status(content) in Status


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.binary(max_size=40),
        ),
        max_size=8,
    ),
    st.sampled_from([HEAD, COLOURED]),
)
def test_no_chunks_with_right_checksums_bring_it_down(parts, header):
    made = png(header, *((name.encode(), content) for name, content in parts))
    assert status(made) in Status
