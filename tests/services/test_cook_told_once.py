"""What many files have in common is told once, and says what can be done."""

import scan_maker
from cook_cases import codes, frames, messages, run, sound

from avpres.domain.reel import Misfits


def compressed(reel, count):
    reel.mkdir(exist_ok=True)
    for number in range(count):
        data = scan_maker.exr(16, 9, seed=number, compression=3)
        (reel / f"frame_{number:04d}.exr").write_bytes(data)
    return reel


def told(report, code):
    return [each for each in report.findings if each.code == code]


def test_a_folder_of_compressed_pictures_is_told_once(tmp_path):
    report = run(tmp_path, compressed(tmp_path / "reel", 30))
    assert report.exit_code == 13
    (finding,) = told(report, "COK-UNCODABLE")
    assert finding.path.endswith("frame_0000.exr")
    assert "so are 29 more files of this folder, the last is frame_0029.exr" in finding.message
    assert "store it uncompressed" in finding.message
    assert "none of its 30 pictures and sounds can be coded" in messages(report, "COK-NOTHING")


def test_few_are_named_one_by_one(tmp_path):
    report = run(tmp_path, compressed(frames(tmp_path / "reel"), 2))
    assert len(told(report, "COK-UNCODABLE")) == 2


def test_folders_are_told_apart_and_attached_as_asked(tmp_path):
    reel = frames(tmp_path / "reel")
    for name in ("a", "b"):
        compressed(reel / name, 5)
    report = run(tmp_path, reel, uncodable=Misfits.ATTACH)
    assert report.exit_code == 0
    assert len(told(report, "COK-UNCODABLE")) == 2
    assert "attached as it is" in messages(report, "COK-UNCODABLE")


def test_what_is_not_compressed_is_not_told_to_be_stored_otherwise(tmp_path):
    reel = frames(tmp_path / "reel")
    (reel / "tiled.exr").write_bytes(scan_maker.exr(16, 9, version=2 | 0x200))
    report = run(tmp_path, reel)
    assert "tiles" in messages(report, "COK-UNCODABLE")
    assert "uncompressed" not in messages(report, "COK-UNCODABLE")


def test_sounds_that_are_equally_long_are_told_once(tmp_path):
    reel = frames(tmp_path / "reel")
    for name in ("L", "R", "C", "LFE"):
        sound(reel / f"{name}.wav", 96_000)
    sound(reel / "other.wav", 192_000)
    report = run(tmp_path, reel)
    assert report.exit_code == 0
    assert len(told(report, "COK-LENGTH")) == 2
    assert "and so do 3 other sounds" in messages(report, "COK-LENGTH")
    assert "COK-SOUND" in codes(report)
