"""Films as RAWcooked makes them: proved by their MD5s in both layouts, and never without."""

from pathlib import Path

import pytest
from cook_cases import codes, messages
from test_uncook_rawcooked import muxed, pictures, samples_of

from avpres.adapters.matroska.reading import open_matroska
from avpres.config.repair import RepairOptions
from avpres.config.verify import VerifyOptions
from avpres.services.context import Context
from avpres.services.repair import repair
from avpres.services.verify import verify


def check(tmp: Path, film: Path, **options):
    return verify(VerifyOptions(paths=(film,), **options), Context(state_dir=tmp / "state"))


def film(tmp: Path, layout: int = 1, *, hashed: bool = True) -> Path:
    files, kept = pictures("dpx", 2048, samples_of("10 filled"), bits=10)
    if not hashed:
        for each in kept:
            each.pop("md5")
    return muxed(tmp, files, [kept], data_at=layout)


def flip(path: Path, offset: int, target: Path | None = None) -> Path:
    data = bytearray(path.read_bytes())
    data[offset] ^= 0x10
    target = target or path
    target.write_bytes(data)
    return target


@pytest.mark.parametrize("layout", [1, 2])
@pytest.mark.parametrize("decode", [False, True], ids=["named", "decode"])
def test_a_film_of_rawcooked_is_proved_by_its_digests(tmp_path, layout, decode):
    report = check(tmp_path, film(tmp_path, layout), decode=decode)
    assert report.exit_code == 0, report.findings
    assert "reversible" in report.summary or "source files restored" in report.summary


@pytest.mark.parametrize("layout", [1, 2])
def test_its_damaged_frame_is_named(tmp_path, layout):
    made = film(tmp_path, layout)
    with made.open("rb") as handle:
        block = list(open_matroska(handle).blocks())[3]
    report = check(tmp_path, flip(made, block.offset + block.size - 40))
    assert report.exit_code == 10
    assert "scan_00004.dpx (frame 3 of track 1)" in messages(report, "REV-DAMAGED")
    assert "slice 4 of 4 (32 x 24 pixels at x 32, y 24)" in messages(report, "REV-DAMAGED")


def test_without_digests_nothing_is_proved(tmp_path):
    report = check(tmp_path, film(tmp_path, hashed=False))
    assert report.exit_code == 11
    assert "5 of 5 files can be restored" in messages(report, "REV-UNPROVED")
    assert "reversible" not in report.summary


def test_without_digests_decoding_proves_the_film_and_not_its_files(tmp_path):
    report = check(tmp_path, film(tmp_path, hashed=False), decode=True)
    assert report.exit_code == 0
    assert "source files restored" not in report.summary
    assert "FFV1 slice CRCs" in report.summary


@pytest.mark.parametrize("layout", [1, 2])
def test_copies_that_are_damaged_in_frames_and_data_make_a_whole_film(tmp_path, layout):
    made = film(tmp_path, layout)
    whole = made.read_bytes()
    with made.open("rb") as handle:
        opened = open_matroska(handle)
        block = list(opened.blocks())[2]
        data = opened.tail + 300 if layout == 2 else opened.attachments[0].offset + 300
    other = flip(made, block.offset + 100, tmp_path / "b.mkv")
    flip(made, data)
    wanted = RepairOptions(film=made, copies=(other,))
    report = repair(wanted, Context(state_dir=tmp_path / "state"))
    assert report.exit_code == 0, (codes(report), report.findings)
    assert made.with_name("reel.repaired.mkv").read_bytes() == whole
