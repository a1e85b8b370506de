"""Decoding everything: damage that structure does not show, and sound files of all kinds."""

import io
from pathlib import Path
from random import Random

import imageio_ffmpeg
import pikepdf
import pytest
from av_files import PICTURE, SOUND, flipped, made
from PIL import Image
from raster_files import picture, saved

from avpres.adapters.validators.deep import decode
from avpres.adapters.validators.examination import Examination, Rules
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.validity import Status

FFMPEG = Path(imageio_ffmpeg.get_ffmpeg_exe())
STUFFED = ("-b:v", "9M", "-minrate", "9M", "-maxrate", "9M", "-bufsize", "4M")
NOISE = ("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=0.2,noise=alls=20:allf=t:all_seed=7")
TONE = ("-c:a", "libopus")


def decoded(tmp_path, data, format, ffmpeg=FFMPEG):
    path = tmp_path / "file"
    path.write_bytes(data)
    exam = Examination(rules=Rules(deep=True))
    with path.open("rb") as file:
        source = Source(file, str(path))
        examine(source, format, exam)
        decode(source, format, exam, ffmpeg)
    return exam


def large(mode="RGB"):
    """Give a picture whose compressed form is beyond what is followed by default."""
    noise = Random(5).randbytes(320 * 240)  # noqa: S311 - a sample
    grain = Image.frombytes("L", (320, 240), noise).convert("RGB")
    return Image.blend(picture("RGB", (320, 240)), grain, 0.2).convert(mode)


STILLS = {
    "gif": (Format.GIF, lambda: saved(large("P"), "GIF")),
    "jpeg": (Format.JPEG, lambda: saved(large(), "JPEG", quality=85)),
    "progressive": (Format.JPEG, lambda: saved(large(), "JPEG", progressive=True)),
    "jp2": (Format.JPEG2000, lambda: saved(large(), "JPEG2000")),
    "lossy jp2": (
        Format.JPEG2000,
        lambda: saved(large(), "JPEG2000", irreversible=True, quality_layers=[30, 10]),
    ),
    "png": (Format.PNG, lambda: saved(large(), "PNG")),
    "lzw": (Format.TIFF, lambda: saved(large(), "TIFF", compression="tiff_lzw")),
    "fax": (Format.TIFF, lambda: saved(large("1"), "TIFF", compression="group4")),
    "jpeg tiff": (Format.TIFF, lambda: saved(large(), "TIFF", compression="jpeg")),
    "raw tiff": (Format.TIFF, lambda: saved(large(), "TIFF")),
}
FILMS = {
    "vp9.webm": (Format.MATROSKA, (*PICTURE, *SOUND, "-c:v", "libvpx-vp9", *TONE)),
    "noise.webm": (Format.MATROSKA, (*NOISE, "-c:v", "libvpx-vp9")),
    "vp8.webm": (Format.MATROSKA, (*PICTURE, *SOUND, "-c:v", "libvpx", *TONE)),
    "h264.mp4": (Format.MP4, (*PICTURE, *SOUND, "-c:v", "libx264", "-c:a", "aac")),
    "prores.mov": (Format.MOV, (*PICTURE, "-c:v", "prores_ks")),
    "stuffed.mxf": (
        Format.MXF,
        (*PICTURE, "-c:v", "mpeg2video", "-s", "128x96", *STUFFED),
    ),
    "ffv1.mkv": (Format.MATROSKA, (*PICTURE, "-c:v", "ffv1", "-level", "3")),
    "sound.flac": (Format.FLAC, (*SOUND,)),
    "odd.wav": (Format.WAVE, (*SOUND, "-c:a", "pcm_u8")),
}


@pytest.mark.parametrize("name", STILLS)
def test_sound_images_have_nothing_held_against_them(name, tmp_path):
    format, make = STILLS[name]

    exam = decoded(tmp_path, make(), format)

    assert exam.status is Status.VALID
    assert not [id for id in exam.counts if id.startswith("DEEP")]


@pytest.mark.parametrize("name", FILMS)
def test_sound_films_have_nothing_held_against_them(name, tmp_path):
    format, how = FILMS[name]

    exam = decoded(tmp_path, made(name, *how), format)

    assert not [id for id in exam.counts if id.startswith("DEEP")]
    assert exam.status.is_sound


def seen(tmp_path, data, format, tries, start=0.1):
    """Give the share of flipped bits after which a file is not sound."""
    draw = Random(3)  # noqa: S311 - a sample
    places = [draw.randrange(int(len(data) * start), len(data)) for _ in range(tries)]
    flags = [
        not decoded(tmp_path, flipped(data, place, 1 << draw.randrange(8)), format).status.is_sound
        for place in places
    ]
    return sum(flags) / tries


@pytest.mark.parametrize(
    ("name", "least"), [("gif", 0.4), ("fax", 0.9), ("jp2", 0.7), ("jpeg", 0.1), ("jpeg tiff", 0.1)]
)
def test_flipped_bits_in_images_are_found(name, least, tmp_path):
    format, make = STILLS[name]

    assert seen(tmp_path, make(), format, 20) >= least


@pytest.mark.parametrize(
    ("name", "least"), [("noise.webm", 0.8), ("ffv1.mkv", 1), ("sound.flac", 1)]
)
def test_flipped_bits_in_films_are_found(name, least, tmp_path):
    format, how = FILMS[name]

    assert seen(tmp_path, made(name, *how), format, 10, start=0.3) >= least


def test_damaged_scans_in_a_pdf_are_found(tmp_path):
    book = pikepdf.new()
    sheet, scan = io.BytesIO(), large("1")
    scan.save(sheet, "PDF")
    book = pikepdf.open(sheet)
    data = io.BytesIO()
    book.save(data)
    whole = data.getvalue()
    start = whole.find(b"stream") + 2000

    assert decoded(tmp_path, whole, Format.PDF).status is Status.VALID
    assert not decoded(tmp_path, flipped(whole, start), Format.PDF).status.is_sound


def test_what_no_decoder_knows_is_told_and_not_held_against_it(tmp_path):
    content = made("odd.wav", *SOUND, "-c:a", "pcm_s32le")
    fmt = content.find(b"fmt ") + 8
    odd = content[: fmt + 14] + (27).to_bytes(2, "little") + content[fmt + 16 :]

    exam = decoded(tmp_path, odd, Format.WAVE)

    assert "DEEP-DECODE" not in exam.counts


def test_without_ffmpeg_films_are_not_decoded_and_it_is_said(tmp_path):
    exam = decoded(tmp_path, made("sound.flac", *SOUND), Format.FLAC, ffmpeg=None)

    assert exam.counts["DEEP-NO-FFMPEG"] == 1
    assert exam.status is Status.VALID


def test_what_libraries_write_to_standard_error_is_not_shown(tmp_path, capfd):
    format, make = STILLS["fax"]
    data = make()

    exam = decoded(tmp_path, flipped(data, len(data) // 2), format)

    assert exam.counts["DEEP-DECODE"]
    assert capfd.readouterr().err == ""
