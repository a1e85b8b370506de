"""Lists of a source and of a master, in packages of several kinds."""

import shutil
from hashlib import md5
from pathlib import Path

import pytest
from decode_cases import (
    CHECKED,
    codes,
    counted,
    ffmpeg,
    flip,
    framemd5,
    records,
    run,
    said,
)
from normalise_cases import film, sound

from avpres.config.package import PackageOptions
from avpres.domain.exit_codes import ExitCode
from avpres.domain.severity import Severity
from avpres.services.context import Context
from avpres.services.package import package

UUID = "0f3a1c2e-6d8b-4a53-9b7a-3c1de55a0d11"
PACKED = ("-c:v", "rawvideo", "-pix_fmt", "uyvy422", "-c:a", "pcm_s16le")


def ifi_package(folder: Path, *source: str) -> Path:
    """Do what IFIscripts' normalise does, and lay it as its sipcreator does."""
    home = folder / "package" / UUID
    for name in ("objects", "metadata", "logs"):
        (home / name).mkdir(parents=True)
    tape = film(folder / "tape.mov", *(source or PACKED))
    master = home / "objects" / f"{UUID}.mkv"
    ffmpeg("-i", tape, *CHECKED, "-c:a", "copy", "-map", "0", "-dn", master)
    framemd5(tape, home / "metadata" / "tape.mov_source.framemd5", "-an")
    framemd5(master, home / "metadata" / f"{UUID}.framemd5", "-an")
    return home


def test_a_list_of_a_packed_source_is_compared_with_its_planes(tmp_path):
    """A comparison of uyvy422 with yuv422p as they are fails, though all pixels are equal."""
    home = ifi_package(tmp_path)
    report = run(tmp_path, home)
    assert (codes(report), counted(report)["proved"]) == (set(), 1)
    assert counted(report)["by"] == {"FFV1 slice CRCs": 1, "Matroska CRCs": 1, "frame digests": 1}
    [record] = [each for each in records(report) if '"decoded' in each or "held against" in each]
    assert "tape.mov_source.framemd5" in record
    assert f"{UUID}.framemd5" in record


def test_damage_in_a_package_is_found_by_all_that_is_listed(tmp_path):
    home = ifi_package(tmp_path)
    flip(home / "objects" / f"{UUID}.mkv", 0.7, bits=64)
    report = run(tmp_path, home)
    assert {"DEC-DAMAGED", "DEC-MISMATCH"} <= codes(report)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert "tape.mov_source.framemd5" in said(report, "DEC-MISMATCH")


def test_a_part_of_a_package_finds_the_lists_in_its_metadata(tmp_path):
    home = ifi_package(tmp_path)
    for part in (home / "objects", home / "objects" / f"{UUID}.mkv"):
        assert counted(run(tmp_path, part))["by"]["frame digests"] == 1


def test_a_part_that_only_a_manifest_further_up_speaks_of_is_decoded(tmp_path):
    top = tmp_path / "top"
    (top / "reel").mkdir(parents=True)
    made = film(top / "reel" / "a.mkv", *CHECKED, "-c:a", "flac")
    digest = md5(made.read_bytes(), usedforsecurity=False).hexdigest()
    (top / "checksums.md5").write_text(f"{digest}  reel/a.mkv\n")
    report = run(tmp_path, top / "reel")
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, 1)
    assert counted(report)["proved"] == 1
    assert {line.split('"outcome": "')[1].split('"')[0] for line in records(report)} == {
        *("verified", "proved")
    }


def test_a_list_in_another_pixel_format_cannot_be_compared_and_is_no_mismatch(tmp_path):
    """A source of ten bits and a master of eight: nothing gives the one from the other."""
    home = ifi_package(tmp_path)
    tape = film(tmp_path / "deep.mov", "-c:v", "v210", "-c:a", "pcm_s16le")
    (home / "metadata" / "tape.mov_source.framemd5").unlink()
    framemd5(tape, home / "metadata" / "deep.mov_source.framemd5", "-an")
    report = run(tmp_path, home)
    found = [each for each in report.findings if each.code == "DEC-UNCOMPARED"]
    assert len(found) == 1
    assert "because its frames have 12,288 bytes and those of stream 0" in found[0].message
    assert "DEC-MISMATCH" not in codes(report)


def test_it_is_a_remark_when_everything_is_proved_otherwise(tmp_path):
    made = film(tmp_path / "a.mkv", *CHECKED, "-pix_fmt", "yuv420p", "-c:a", "flac")
    deep = film(tmp_path / "deep.mov", "-c:v", "v210", "-c:a", "pcm_s16le")
    framemd5(deep, tmp_path / "a.source.framemd5", "-an")
    report = run(tmp_path, made)
    [only] = [each for each in report.findings if each.code == "DEC-UNCOMPARED"]
    assert only.severity is Severity.WARNING
    assert report.exit_code is ExitCode.OK


def test_another_film_of_the_same_size_is_no_proof(tmp_path):
    made = film(tmp_path / "a.mkv", *CHECKED, "-pix_fmt", "yuv422p", "-c:a", "flac")
    other = tmp_path / "b.mkv"
    ffmpeg("-f", "lavfi", "-i", "mandelbrot=s=64x48:r=25", "-t", "0.24", *CHECKED, other)
    framemd5(other, tmp_path / "a.source.framemd5", "-pix_fmt", "uyvy422")
    other.unlink()
    report = run(tmp_path, made)
    assert "not one frame of stream 0" in said(report, "DEC-UNCOMPARED")
    assert "frame digests" not in counted(report)["by"]
    shutil.move(tmp_path / "a.source.framemd5", tmp_path / "a.framemd5")
    assert codes(run(tmp_path, made)) & {"DEC-UNCOMPARED", "DEC-MISMATCH"}


@pytest.mark.parametrize("layout", ["ifi", "bag", "mm-bag", "csip"])
def test_packages_of_our_own_are_proved(tmp_path, layout):
    source = tmp_path / "source"
    source.mkdir()
    made = film(source / "a.mkv", *CHECKED, "-c:a", "flac")
    framemd5(made, source / "a.framemd5", "-map", "0")
    options = PackageOptions(sources=(source,), destination=tmp_path / "out", layout=layout)
    report = package(options, Context(state_dir=tmp_path / "state"))
    assert report.exit_code is ExitCode.OK
    [home] = [each for each in (tmp_path / "out").iterdir() if each.is_dir()]
    report = run(tmp_path, home)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    assert counted(report)["by"]["frame digests"] == 1


def test_films_in_a_container_are_told_to_be_left(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    sound(source / "a.flac")
    shutil.make_archive(str(tmp_path / "box"), "tar", source)
    report = run(tmp_path, tmp_path / "box.tar")
    assert codes(report) == {"DEC-BOXED"}
    assert report.exit_code is ExitCode.INCOMPLETE
