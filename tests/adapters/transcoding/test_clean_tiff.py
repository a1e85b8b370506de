"""A clean TIFF: every depth and colour, proved by two decoders and judged by other programs."""

import io
import struct
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from avpres.adapters.images import tiff_pages, tiff_probe
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.raster import Embedded, Page, Palette, Raster
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.adapters.transcoding import tiff
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.imaging import Alpha, Colour, ImageFormat, Traits
from avpres.domain.migration import Reason, Unmigratable
from avpres.domain.validity import Status

HEIGHT, WIDTH = 37, 53
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
IPTC = b"\x1c\x02\x19\0\x05crane"
METRE = (Fraction(300 * 10000, 254), Fraction(150 * 10000, 254))


def raster(
    kind: str,
    bits: int = 0,
    colour: Colour = Colour.GREY,
    alpha: Alpha = Alpha.NONE,
    *,
    channels: int = 0,
    palette: Palette | None = None,
) -> Raster:
    dtype = np.dtype(kind)
    bits = bits or dtype.itemsize * 8
    count = channels or {Colour.RGB: 3, Colour.LAB: 3, Colour.CMYK: 4}.get(colour, 1)
    count += alpha is not Alpha.NONE and not channels
    random = np.random.default_rng(bits)
    shape = (HEIGHT, WIDTH, count)
    if dtype.kind in "fc":
        samples = random.normal(0, 1e3, shape).astype(dtype)
    elif dtype.kind == "i":
        samples = random.integers(-(1 << bits - 1), (1 << bits - 1) - 1, shape, endpoint=True)
    else:
        samples = random.integers(0, (1 << bits) - 1, shape, np.uint64, endpoint=True)
    return Raster(samples.astype(dtype), (bits,) * count, colour, alpha, palette)


def map_of(entries: int, bits: int = 8) -> Palette:
    kind = np.uint8 if bits == 8 else np.uint16
    random = np.random.default_rng(entries)
    return Palette(
        random.integers(0, (1 << bits) - 1, (entries, 3), endpoint=True).astype(kind), bits
    )


def word(bits: int) -> str:
    return next(f"u{size}" for size in (1, 2, 4, 8) if bits <= 8 * size)


PICTURES = {
    **{f"grey, {n} bits": raster(word(n), n) for n in (1, 2, 3, 4, 7, 8, 10, 12, 16, 24, 31, 32)},
    **{f"RGB, {n} bits": raster(word(n), n, Colour.RGB) for n in (1, 4, 5, 8, 12, 16, 24, 32)},
    **{f"signed, {n} bits": raster(f"i{n // 8}") for n in (8, 16, 32, 64)},
    **{f"float, {n} bits": raster(f"f{n // 8}") for n in (16, 32, 64)},
    "float RGB": raster("f4", colour=Colour.RGB),
    "complex": raster("c8"),
    "CMYK": raster("u1", colour=Colour.CMYK),
    "CMYK, 16 bits": raster("u2", colour=Colour.CMYK),
    "CMYK and opacity": raster("u1", colour=Colour.CMYK, alpha=Alpha.UNASSOCIATED),
    "CIELAB": raster("u1", colour=Colour.LAB),
    "CIELAB, 16 bits": raster("u2", colour=Colour.LAB),
    "RGBA": raster("u1", colour=Colour.RGB, alpha=Alpha.UNASSOCIATED),
    "RGBA, associated": raster("u2", colour=Colour.RGB, alpha=Alpha.ASSOCIATED),
    "grey and opacity": raster("u2", alpha=Alpha.UNASSOCIATED),
    "seven channels": raster("u1", colour=Colour.RGB, alpha=Alpha.UNSPECIFIED, channels=7),
    "palette, 1 bit": raster("u1", 1, Colour.PALETTE, palette=map_of(2)),
    "palette, 4 bits": raster("u1", 4, Colour.PALETTE, palette=map_of(16)),
    "palette, 8 bits": raster("u1", 8, Colour.PALETTE, palette=map_of(256, 16)),
}
WAYS = [("none", False), ("deflate", False), ("deflate", True)]


def made(folder: Path, *pages: Page, **options: object) -> tuple[Path, tuple[tiff.Written, ...]]:
    path = folder / "a.tif"
    with path.open("w+b") as handle:
        return path, tiff.write(pages, handle, **options)


@pytest.mark.parametrize(("compression", "big"), WAYS)
@pytest.mark.parametrize("name", PICTURES)
def test_two_decoders_read_what_was_written(name: str, compression: str, big: bool, tmp_path: Path):
    path, written = made(tmp_path, Page(PICTURES[name]), compression=compression, big=big)

    proved = tiff.prove(path, written)

    assert len(proved.decoders) == 2
    assert proved.digests == (written[0].digest,)


@pytest.mark.parametrize("name", PICTURES)
def test_our_own_validator_finds_it_valid(name: str, tmp_path: Path):
    path, _ = made(tmp_path, Page(PICTURES[name], everything()))

    exam = Examination()
    with path.open("rb") as handle:
        examine(Source(handle, "a.tif"), Format.TIFF, exam)

    assert (exam.status, dict(exam.counts)) == (Status.VALID, {})


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.programs("tiffinfo")
def test_tiffinfo_has_no_complaint(name: str, tmp_path: Path):
    path, _ = made(tmp_path, Page(PICTURES[name], everything()))

    said = subprocess.run(["tiffinfo", "-D", str(path)], capture_output=True, text=True, check=True)

    assert said.stderr == ""


TIFFFILE = [name for name in PICTURES if "24 bits" not in name]  # it swaps their bytes wrongly


@pytest.mark.parametrize("compression", ["none", "deflate"])
@pytest.mark.parametrize("name", TIFFFILE)
def test_tifffile_reads_the_same(name: str, compression: str, tmp_path: Path):
    path, _ = made(tmp_path, Page(PICTURES[name]), compression=compression)

    found = tifffile.imread(path)

    wanted = PICTURES[name].samples
    assert np.array_equal(found.reshape(wanted.shape), wanted)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("grey, 8 bits", "L"),
        ("grey, 16 bits", "I;16"),
        ("RGB, 8 bits", "RGB"),
        ("RGBA", "RGBA"),
        ("CMYK", "CMYK"),
        ("float, 32 bits", "F"),
        ("palette, 8 bits", "P"),
    ],
)
def test_pillow_reads_the_same(name: str, mode: str, tmp_path: Path):
    path, _ = made(tmp_path, Page(PICTURES[name], everything()))

    with Image.open(path) as image:
        found, about = np.asarray(image), image.info

    assert image.mode == mode
    assert np.array_equal(found.reshape(PICTURES[name].samples.shape), PICTURES[name].samples)
    assert about["icc_profile"] == ICC
    assert about["dpi"] == (300, 150)


@pytest.mark.parametrize(
    ("name", "form"),
    [("grey, 8 bits", "gray"), ("RGB, 8 bits", "rgb24"), ("RGB, 16 bits", "rgb48le")],
)
def test_ffmpeg_reads_the_same(name: str, form: str, tmp_path: Path):
    path, _ = made(tmp_path, Page(PICTURES[name]))
    program = str(find_ffmpeg().path)

    words = [program, "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", form, "-"]
    said = subprocess.run(words, capture_output=True, check=True)

    assert said.stdout == PICTURES[name].samples.tobytes()


def exif_block(order: str = "<") -> bytes:
    """A block with texts, a date below Exif, and a latitude below GPS."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    pack = lambda form, *numbers: struct.pack(order + form, *numbers)  # noqa: E731 - short
    first, exif, gps, heap = 8, 8 + 2 + 48 + 4, 8 + 2 + 48 + 4 + 30, 8 + 2 + 48 + 4 + 30 + 18
    date = b"2026:11:22 10:00:00\0"
    maker = pack("HHHH", 1, 2, 3, 4)
    return b"".join(
        (
            mark + pack("I", first),
            pack("H", 4),
            pack("HHI", 0x010E, 2, 4) + b"abc\0",
            pack("HHI", 0x0112, 3, 1) + pack("HH", 6, 0),
            pack("HHII", 0x8769, 4, 1, exif),
            pack("HHII", 0x8825, 4, 1, gps),
            pack("I", 0),
            pack("H", 2),
            pack("HHII", 0x9003, 2, len(date), heap),
            pack("HHII", 0x927C, 7, len(maker), heap + len(date)),
            pack("I", 0),
            pack("H", 1),
            pack("HHI", 1, 2, 2) + b"N\0\0\0",
            pack("I", 0),
            date + maker,
        )
    )


def everything(order: str = "<") -> Embedded:
    texts = (
        ("tiff:Software", b"a scanner\0"),
        ("tiff:Artist", b"A. Person"),
        ("comment", b"not here"),
    )
    exif = exif_block(order)
    return Embedded(icc=ICC, exif=exif, xmp=XMP, iptc=IPTC, resolution=METRE, others=texts)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("name", ["RGB, 8 bits", "RGB, 24 bits", "grey, 12 bits", "float RGB"])
def test_metadata_come_back_in_either_byte_order(name: str, order: str, big: bool, tmp_path: Path):
    page = Page(PICTURES[name], everything(order), orientation=6)
    path, written = made(tmp_path, page, big=big)

    tiff.prove(path, written)

    assert path.read_bytes()[:2] == (b"II" if order == "<" else b"MM")


@pytest.mark.programs("exiftool")
def test_exiftool_reads_the_metadata(tmp_path: Path):
    path, _ = made(tmp_path, Page(PICTURES["RGB, 8 bits"], everything(">"), orientation=6))

    words = ["ImageDescription", "Software", "Artist", "Orientation#", "XResolution"]
    words += ["YResolution", "DateTimeOriginal", "GPSLatitudeRef#", "Keywords"]
    words += ["ICC_Profile:ProfileDescription", "Warning"]
    command = ["exiftool", "-s3", "-f", *(f"-{each}" for each in words), str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    assert said[:6] == ["abc", "a scanner", "A. Person", "6", "300", "150"]
    assert said[6:9] == ["2026:11:22 10:00:00", "N", "crane"]
    assert said[9] == "sRGB built-in"


@pytest.mark.parametrize("what", ["icc", "xmp", "iptc", "exif", "resolution", "others"])
def test_metadata_that_do_not_come_back_are_found(what: str, tmp_path: Path):
    picture, less = PICTURES["RGB, 8 bits"], {what: () if what == "others" else None}
    path, _ = made(tmp_path, Page(picture, replace(everything(), **less)))
    _, written = made_in_memory(Page(picture, everything()))

    with pytest.raises(Unmigratable) as caught:
        tiff.prove(path, written)

    assert caught.value.reason is Reason.METADATA_LOST


def test_an_orientation_that_does_not_come_back_is_found(tmp_path: Path):
    path, _ = made(tmp_path, Page(PICTURES["RGB, 8 bits"]))
    _, written = made_in_memory(Page(PICTURES["RGB, 8 bits"], orientation=3))

    with pytest.raises(Unmigratable, match="orientation"):
        tiff.prove(path, written)


def made_in_memory(*pages: Page) -> tuple[bytes, tuple[tiff.Written, ...]]:
    into = io.BytesIO()
    written = tiff.write(pages, into)
    return into.getvalue(), written


def test_other_samples_are_found(tmp_path: Path):
    other = PICTURES["RGB, 8 bits"].samples.copy()
    other[3, 4, 1] ^= 1
    path, _ = made(tmp_path, Page(replace(PICTURES["RGB, 8 bits"], samples=other)))
    _, written = made_in_memory(Page(PICTURES["RGB, 8 bits"]))

    with pytest.raises(Unmigratable, match="page 1 has other samples") as caught:
        tiff.prove(path, written)

    assert caught.value.reason is Reason.QA_DIFFERENCE


def test_pages_stay_in_their_order_and_kind(tmp_path: Path):
    kinds = [("page", 1), ("page", 2), ("mask", 1), ("reduced", 1)]
    names = ["RGB, 16 bits", "float, 32 bits", "grey, 1 bits", "grey, 8 bits"]
    pages = [
        Page(PICTURES[name], number=number, kind=kind)
        for name, (kind, number) in zip(names, kinds, strict=True)
    ]
    small = replace(pages[3].raster, samples=pages[3].raster.samples[:9, :9])
    pages[3] = replace(pages[3], raster=small)
    path, written = made(tmp_path, *pages)

    proved = tiff.prove(path, written)

    with tifffile.TiffFile(path) as file:
        found = [int(page.tags[254].value) for page in file.pages]
    assert found == [2, 2, 4, 1]
    assert len(proved.digests) == 4


def test_a_missing_page_is_found(tmp_path: Path):
    page = Page(PICTURES["grey, 8 bits"])
    path, _ = made(tmp_path, page)
    _, written = made_in_memory(page, page)

    with pytest.raises(Unmigratable, match="1 pages came back of 2"):
        tiff.prove(path, written)


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (Page(raster("u1", colour=Colour.YCBCR, channels=3)), Reason.YCBCR),
        (Page(raster("u1", colour=Colour.YCCK, channels=4)), Reason.YCCK),
        (Page(raster("u1", colour=Colour.OTHER, channels=3)), Reason.UNDEFINED_COLOUR),
        (Page(raster("u1", colour=Colour.RGB, channels=2)), Reason.UNDEFINED_COLOUR),
        (
            Page(
                raster(
                    *("u1", 8, Colour.PALETTE, Alpha.INDEX),
                    channels=1,
                    palette=Palette(np.zeros((9, 4), np.uint8)),
                )
            ),
            Reason.METADATA_LOST,
        ),
        (
            Page(
                PICTURES["grey, 8 bits"],
                Embedded(resolution=(Fraction(10**12, 10**11 + 3), Fraction(1))),
            ),
            Reason.METADATA_LOST,
        ),
        (Page(PICTURES["grey, 8 bits"], Embedded(exif=b"II*\0\x08\0\0\0")), Reason.METADATA_LOST),
    ],
    ids=["YCbCr", "YCCK", "other", "too few", "opacity of a palette", "resolution", "Exif"],
)
def test_what_tiff_does_not_hold_is_refused(page: Page, reason: Reason):
    with pytest.raises(Unmigratable) as caught:
        made_in_memory(page)

    assert caught.value.reason is reason


@settings(max_examples=300, deadline=None, derandomize=True)
@given(at=st.integers(0, 200), value=st.sampled_from([0, 1, 8, 62, 255]), cut=st.integers(0, 180))
def test_damaged_exif_is_refused_or_comes_back(at: int, value: int, cut: int, tmp_path_factory):
    exif = bytearray(exif_block())
    exif[at % len(exif)] = value
    page = Page(PICTURES["grey, 8 bits"], Embedded(exif=bytes(exif[: len(exif) - cut])))
    found = made_or_refused(tmp_path_factory.mktemp("exif"), page)

    assert found is None or tiff.prove(*found).digests


def made_or_refused(folder: Path, page: Page) -> tuple[Path, tuple[tiff.Written, ...]] | None:
    try:
        return made(folder, page)
    except Unmigratable:
        return None


def test_exif_that_leads_back_to_itself_is_refused():
    exif = bytearray(exif_block())
    struct.pack_into("<HHII", exif, 62 + 2, 0x8769, 4, 1, 62)

    with pytest.raises(Unmigratable, match="loop"):
        made_in_memory(Page(PICTURES["grey, 8 bits"], Embedded(exif=bytes(exif))))


def test_no_page_is_refused():
    with pytest.raises(Unmigratable) as caught:
        made_in_memory()

    assert caught.value.reason is Reason.EMPTY


def test_strips_have_a_megabyte_at_most(tmp_path: Path):
    samples = np.zeros((3000, 1000, 3), np.uint8)
    path, written = made(tmp_path, Page(Raster(samples, (8, 8, 8), Colour.RGB)))

    with tifffile.TiffFile(path) as file:
        rows = file.pages[0].rowsperstrip
    assert rows * 3000 <= 1 << 20 < (rows + 1) * 3000
    tiff.prove(path, written)


@pytest.mark.parametrize(("side", "big"), [(30_000, False), (40_000, True)])
def test_only_what_needs_it_is_a_bigtiff(side: int, big: bool):
    traits = Traits(ImageFormat.TIFF, Colour.RGB, "none", (8, 8, 8), side, side)

    assert tiff.is_big(traits) is big


def test_what_told_the_colours_goes_into_the_file(tmp_path: Path):
    lab = Page(PICTURES["CIELAB"], told=(("photometric", 9),))
    seven = Page(PICTURES["seven channels"], told=(("extra_samples", (2, 0, 0, 1)),))
    path, _ = made(tmp_path, lab, seven)

    with tifffile.TiffFile(path) as file:
        found = file.pages[0].tags[262].value, file.pages[1].tags[338].value
    assert (int(found[0]), tuple(map(int, found[1]))) == (9, (2, 0, 0, 1))


def test_a_source_of_tiff_keeps_all_that_it_says(tmp_path: Path):
    source = tmp_path / "source.tif"
    tags = [(297, "H", 2, (0, 2), True), (274, "H", 1, 1, True), (40961, "H", 1, 1, True)]
    with tifffile.TiffWriter(source, byteorder=">") as file:
        for _ in range(2):
            file.write(
                PICTURES["float RGB"].samples,
                photometric="rgb",
                tile=(16, 16),
                description="a crane",
                software="a scanner",
                metadata=None,
                extratags=tags,
            )
    before = pages_of(source)
    path, written = made(tmp_path, *before)
    tiff.prove(path, written)

    assert [each.embedded for each in pages_of(path)] == [each.embedded for each in before]
    assert before[0].embedded.exif


def pages_of(path: Path) -> list[Page]:
    data = path.read_bytes()
    traits = tiff_probe.probe(io.BytesIO(data), len(data))
    return list(tiff_pages.pages(memoryview(data), traits, Limits()))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.data())
def test_any_depth_of_any_channels_comes_back(data: st.DataObject, tmp_path_factory):
    bits = tuple(data.draw(st.lists(st.integers(1, 16), min_size=3, max_size=5)))
    high, wide = data.draw(st.integers(1, 20)), data.draw(st.integers(1, 20))
    samples = np.random.default_rng(wide).integers(0, 1 << 16, (high, wide, len(bits)), np.uint16)
    samples &= np.array([(1 << each) - 1 for each in bits], np.uint16)
    if max(bits) <= 8:
        samples = samples.astype(np.uint8)
    alpha = Alpha.UNSPECIFIED if len(bits) > 3 else Alpha.NONE
    page = Page(Raster(samples, bits, Colour.RGB, alpha))

    path, written = made(tmp_path_factory.mktemp("tiff"), page)

    assert tiff.prove(path, written).digests == (written[0].digest,)
