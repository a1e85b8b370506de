"""Nothing of a picture is left out, turned or made like another in silence."""

import shutil
import subprocess
from pathlib import Path

import pytest
from normalise_cases import FFMPEG, codes, film, messages, run

from avpres.config.verify import VerifyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.verify import verify

PARENTS = (b"stsd", b"stbl", b"minf", b"mdia", b"trak", b"moov")


def with_clean_aperture(path: Path, width: int, height: int) -> Path:
    """Put a `clap` into the description of a film's only track (ISO/IEC 14496-12, 12.1.4)."""
    content = bytearray(path.read_bytes())
    entry = content.index(b"v210", content.index(b"stsd")) - 4
    numbers = (width, 1, height, 1, 0, 1, 0, 1)
    box = (40).to_bytes(4, "big") + b"clap" + b"".join(n.to_bytes(4, "big") for n in numbers)
    size = int.from_bytes(content[entry : entry + 4], "big")
    content[entry + size : entry + size] = box
    for at in (entry, *(content.rindex(name, 0, entry) - 4 for name in PARENTS)):
        whole = int.from_bytes(content[at : at + 4], "big") + len(box)
        content[at : at + 4] = whole.to_bytes(4, "big")
    path.write_bytes(content)
    return path


def pictures(path: Path, *words: str) -> bytes:
    command = [FFMPEG, "-v", "error", *words, "-i", path, "-map", "0:v", "-f", "rawvideo", "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_lines_outside_of_the_clean_aperture_are_kept(tmp_path):
    plain = film(tmp_path / "plain.mov", "-c:v", "v210", sound=())
    stored = pictures(plain)
    source = with_clean_aperture(plain.rename(tmp_path / "a.mov"), 60, 40)
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    assert "clean aperture" in messages(report, "NRM-LOST")
    assert "NRM-CHANGED" not in codes(report)
    assert pictures(tmp_path / "out/a/a.mkv") == stored


def test_pictures_with_a_clean_aperture_are_proved_years_later(tmp_path):
    plain = film(tmp_path / "plain.mov", "-c:v", "v210", sound=())
    source = with_clean_aperture(plain.rename(tmp_path / "a.mov"), 60, 40)
    run(tmp_path, source)
    shutil.copy(tmp_path / "out/a/a.source.framemd5", tmp_path / "a.framemd5")
    options = VerifyOptions(paths=(source,), decode=True)
    report = verify(options, Context(state_dir=tmp_path / "state"))
    assert "DEC-MISMATCH" not in codes(report)
    assert report.facts["decoding"]["proved"] == 1


def test_a_picture_that_is_to_be_turned_is_stored_as_it_lies(tmp_path):
    plain = film(tmp_path / "plain.mov", "-c:v", "v210", sound=())
    turn = ("-display_rotation", "90", "-i", plain, "-c", "copy", tmp_path / "a.mov")
    if subprocess.run([FFMPEG, "-v", "quiet", *turn], check=False).returncode:
        pytest.skip("this ffmpeg cannot write a rotation")
    report = run(tmp_path, tmp_path / "a.mov")
    assert report.exit_code is ExitCode.OK
    assert "rotation" in messages(report, "NRM-LOST")
    assert pictures(tmp_path / "out/a/a.mkv", "-noautorotate") == pictures(plain)


@pytest.mark.parametrize(
    ("source", "form", "said"),
    [
        ("testsrc2=s=96x48", "rgb24", "from 64x48 to 96x48"),
        ("testsrc2=s=64x48", "rgba", "from pixel format"),
        ("testsrc2=s=64x48", "rgb48be", "from pixel format"),
    ],
    ids=["size", "transparency", "depth"],
)
def test_a_film_whose_frames_change_is_never_called_lossless(tmp_path, source, form, said):
    frames = [("testsrc2=s=64x48", "rgb24")] * 3 + [(source, form)] * 3
    stills = b""
    for picture, pixels in frames:
        words = ["-f", "lavfi", "-i", picture, "-frames:v", "1", "-pix_fmt", pixels]
        command = [FFMPEG, "-v", "error", *words, "-c:v", "png", "-f", "image2pipe", "-"]
        stills += subprocess.run(command, check=True, capture_output=True).stdout
    words = ["-f", "image2pipe", "-c:v", "png", "-r", "25", "-i", "-", "-c", "copy"]
    subprocess.run([FFMPEG, "-v", "error", *words, tmp_path / "a.mov"], check=True, input=stills)
    report = run(tmp_path, tmp_path / "a.mov")
    assert report.exit_code is not ExitCode.OK
    assert said in messages(report, "NRM-MIXED")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.failed"]


@pytest.mark.parametrize("name", ["tv", "pc"])
def test_range_and_colours_of_wide_gamut_survive(tmp_path, name):
    tags = f"setparams=range={name}:color_primaries=bt2020:color_trc=arib-std-b67"
    words = ("-vf", f"{tags}:colorspace=bt2020nc,setsar=12/11", "-c:v", "ffv1")
    source = film(tmp_path / "a.mkv", *words, "-pix_fmt", "yuv422p10le", sound=())
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    assert codes(report) == set()
    text = (tmp_path / "out/a/a.mediainfo.xml").read_text()
    for said in ("BT.2020<", "HLG<", "BT.2020 non-constant<", "PixelAspectRatio>1.091<"):
        assert said in text
