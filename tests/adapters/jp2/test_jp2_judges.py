"""Others judge what was made: OpenJPEG's and Grok's programs, ffmpeg, exiftool, Pillow."""

import json
import shutil
import subprocess
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from jpylyzer import jpylyzer
from PIL import Image, ImageCms

from avpres.adapters.images.raster import Embedded, Page, Palette, Raster
from avpres.adapters.jp2 import make
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.domain.imaging import Alpha, Codestream, Colour

FORM = Codestream(tile=64, levels=3)
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="a plate"/></rdf:RDF></x:xmpmeta>'
)
IPTC = b"\x1c\x02\x00\x00\x02\x00\x04\x1c\x02\x78\x00\x05tower"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def raster(height: int, width: int, bits: tuple[int, ...]) -> Raster:
    kind = np.uint16 if max(bits) > 8 else np.uint8
    made = np.random.default_rng(5)
    planes = [made.integers(0, 2**each, (height, width)) for each in bits]
    colour = Colour.RGB if len(bits) > 2 else Colour.GREY
    alpha = Alpha.UNASSOCIATED if len(bits) in {2, 4} else Alpha.NONE
    return Raster(np.stack(planes, -1).astype(kind), bits, colour, alpha)


def thumbnailed_exif() -> bytes:
    """Make Exif with a JPEG inside, which must not be taken for the codestream."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Maker", 1
    small = BytesIO()
    Image.new("RGB", (8, 8)).save(small, "JPEG")
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + small.getvalue()
    return exif.tobytes()[6:]


FULL = Embedded(
    icc=PROFILE,
    exif=thumbnailed_exif(),
    xmp=XMP,
    iptc=IPTC,
    resolution=(Fraction(1500000, 127), Fraction(1500000, 127)),
)


def program(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"{name} is not here")


@pytest.fixture
def whole(tmp_path: Path) -> tuple[Path, Raster]:
    """Give a JP2 with all kinds of metadata, and a JPEG inside of it twice."""
    picture = raster(70, 90, (8, 8, 8))
    made, _ = make.proved(Page(picture, FULL), FORM, embed=b"\xff\xd8\xff\xe0" + bytes(100))
    path = tmp_path / "whole.jp2"
    path.write_bytes(made.data)
    return path, picture


@pytest.mark.parametrize(("entries", "columns"), [(1, 3), (2, 4), (4, 3), (7, 3), (8, 4)])
@pytest.mark.parametrize("decoder", ["opj_decompress", "grk_decompress"])
def test_programs_take_palettes_of_few_colours(tmp_path, decoder, entries, columns):
    decoder = program(decoder)
    colours = np.arange(60, 60 + entries * columns, dtype=np.uint8).reshape(entries, columns)
    samples = (np.arange(70 * 90) % entries).astype(np.uint8).reshape(70, 90, 1)
    alpha = Alpha.INDEX if columns == 4 else Alpha.NONE
    picture = Raster(samples, (3,), Colour.PALETTE, alpha, Palette(colours))
    made, _ = make.proved(Page(picture), FORM)
    (tmp_path / "a.jp2").write_bytes(made.data)

    run = [decoder, "-i", str(tmp_path / "a.jp2"), "-o", str(tmp_path / "a.png")]
    subprocess.run(run, check=True, capture_output=True)

    seen = np.asarray(Image.open(tmp_path / "a.png"))
    assert np.array_equal(seen, colours[samples[..., 0]])


@pytest.mark.parametrize("bits", [(1,), (4,), (12,), (16,), (8, 8, 8), (1, 1, 1), (16,) * 3])
@pytest.mark.parametrize("decoder", ["opj_decompress", "grk_decompress"])
def test_programs_decode_the_same_samples(tmp_path, decoder, bits):
    decoder = program(decoder)
    picture = raster(70, 90, bits)
    made, _ = make.proved(Page(picture), FORM)
    (tmp_path / "a.jp2").write_bytes(made.data)
    name = "a.ppm" if len(bits) == 3 else "a.pgm"

    subprocess.run(
        [decoder, "-i", tmp_path / "a.jp2", "-o", tmp_path / name], check=True, capture_output=True
    )

    assert np.array_equal(pnm(tmp_path / name), picture.samples)


def pnm(path: Path) -> np.ndarray:
    """Read a binary PGM or PPM."""
    data = path.read_bytes()
    fields, at = [], 0
    while len(fields) < 4:
        end = min(data.find(each, at) for each in (b" ", b"\n") if data.find(each, at) >= 0)
        if data[at : at + 1] == b"#":
            at = data.index(b"\n", at) + 1
            continue
        fields.append(data[at:end])
        at = end + 1
    width, height, most = map(int, fields[1:])
    kind = np.dtype(">u2" if most > 255 else "u1")
    flat = np.frombuffer(data, kind, offset=at)
    return flat.reshape(height, width, -1).astype(kind.newbyteorder("="))


def test_ffmpeg_decodes_a_file_that_holds_jpegs(whole):
    path, picture = whole
    ffmpeg = find_ffmpeg({}).path
    words = ["-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]

    answer = subprocess.run([ffmpeg, *words], check=True, capture_output=True)

    assert answer.stderr == b""
    assert answer.stdout == picture.samples.tobytes()


def test_pillow_decodes_it_and_jpylyzer_finds_it_valid(whole):
    path, picture = whole

    judged = jpylyzer.checkOneFile(str(path))

    assert judged.findtext("isValid") == "True"
    with Image.open(path) as opened:
        assert np.array_equal(np.asarray(opened), picture.samples)
        assert [round(dots) for dots in opened.info["dpi"]] == [300, 300]


def test_exiftool_reads_every_kind_of_metadata_back(whole):
    path, _ = whole
    program("exiftool")
    answer = subprocess.run(["exiftool", "-json", "-G", path], check=True, capture_output=True)
    told = json.loads(answer.stdout)[0]

    assert told["EXIF:Make"] == "Maker"
    assert told["XMP:Format"] == "a plate"
    assert told["IPTC:Caption-Abstract"] == "tower"
    assert told["ICC_Profile:ProfileClass"] == "Display Device Profile"
    assert told["Jpeg2000:CaptureXResolution"] == pytest.approx(118.1102)  # in a centimetre
    assert "ExifTool:Warning" not in told


@pytest.mark.parametrize("kind", ["-icc_profile", "-exif", "-xmp"])
def test_exiftool_gives_the_very_bytes_back(whole, kind):
    path, _ = whole
    program("exiftool")
    wanted = {"-icc_profile": PROFILE, "-exif": FULL.exif, "-xmp": XMP}[kind]

    answer = subprocess.run(["exiftool", "-b", kind, path], check=True, capture_output=True)

    assert answer.stdout.removeprefix(b"Exif\0\0") == wanted


def test_opj_decompress_looks_colours_of_a_palette_up(tmp_path):
    decoder = program("opj_decompress")
    made_by = np.random.default_rng(4)
    palette = Palette(made_by.integers(0, 256, (256, 3)).astype(np.uint8), 8)
    rows = made_by.integers(0, 256, (40, 50, 1)).astype(np.uint8)
    made, _ = make.proved(Page(Raster(rows, (8,), Colour.PALETTE, palette=palette)), FORM)
    (tmp_path / "a.jp2").write_bytes(made.data)

    subprocess.run(
        [decoder, "-i", tmp_path / "a.jp2", "-o", tmp_path / "a.ppm"],
        check=True,
        capture_output=True,
    )

    assert np.array_equal(pnm(tmp_path / "a.ppm"), palette.entries[rows[..., 0]])
