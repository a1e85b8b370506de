"""Manifests that came with a reel: what they list must be there, and be what they say."""

import hashlib
import os
from pathlib import Path

import pytest
from assess_cases import assess, facts
from cook_cases import FIRST, codes, frame, frames, messages, run

from avpres.domain.reel import ManifestUse


def manifest(reel: Path, path: Path, algorithm: str = "md5") -> Path:
    lines = [
        f"{hashlib.new(algorithm, each.read_bytes()).hexdigest()}  {each.relative_to(path.parent)}"
        for each in sorted(reel.rglob("*"))
        if each.is_file()
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("place", ["reel_manifest.md5", "reel/reel.md5"])
def test_a_frame_that_a_manifest_lists_and_is_not_there_is_named(tmp_path, place):
    reel = frames(tmp_path / "reel")
    manifest(reel, tmp_path / place)
    assert facts(assess(tmp_path, reel), reel)["listed_in_manifests"] == 6
    last = reel / f"scan_{FIRST + 5:07d}.dpx"
    last.unlink()
    report = assess(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (11, {"COK-MANIFEST"})
    assert f"{last}: is listed in" in messages(report, "COK-MANIFEST")
    assert facts(report, reel)["verdict"] == "can be cooked with --manifests ignore"
    assert assess(tmp_path, reel, manifests=ManifestUse.IGNORE).exit_code == 0


def test_frames_that_no_manifest_lists_are_told(tmp_path):
    reel = frames(tmp_path / "reel")
    manifest(reel, reel / "md5sums.txt")
    frame(reel, 6)
    report = assess(tmp_path, reel)
    assert report.exit_code == 0
    assert "in no manifest, though others are (1 frames" in messages(report, "COK-MANIFEST")


def test_sidecars_of_frames_that_are_lost_are_a_sign(tmp_path):
    reel = frames(tmp_path / "reel")
    for path in sorted(reel.iterdir()):
        digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        (reel / f"{path.name}.md5").write_text(f"{digest}  {path.name}\n")
    assert facts(assess(tmp_path, reel), reel)["listed_in_manifests"] == 6
    (reel / f"scan_{FIRST + 5:07d}.dpx").unlink()
    assert f"scan_{FIRST + 5:07d}.dpx: is listed" in messages(
        assess(tmp_path, reel), "COK-MANIFEST"
    )


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_digests_of_a_manifest_are_compared_while_the_reel_is_cooked(tmp_path, algorithm):
    reel = frames(tmp_path / "reel", 3)
    manifest(reel, tmp_path / f"reel_manifest.{algorithm}", algorithm)
    odd = frame(reel, 1)
    odd.write_bytes(odd.read_bytes()[:-1] + b"!")
    report = run(tmp_path, reel)
    assert report.exit_code == 10
    assert f"{odd}: is not what reel_manifest.{algorithm} says" in messages(report, "COK-MANIFEST")
    assert os.listdir(tmp_path / "out") == ["reel.failed"]
    again = run(tmp_path, reel, out="again", manifests=ManifestUse.IGNORE)
    assert again.exit_code == 0


def test_a_manifest_that_agrees_is_told(tmp_path):
    reel = frames(tmp_path / "reel", 3)
    manifest(reel, reel / "reel.md5")
    report = run(tmp_path, reel)
    assert report.exit_code == 0
    assert "3 digests of manifests" in messages(report, "COK-MANIFEST")


def test_digests_that_cannot_be_compared_are_told(tmp_path):
    reel = frames(tmp_path / "reel", 2)
    manifest(reel, tmp_path / "reel_manifest.sha1", "sha1")
    report = run(tmp_path, reel)
    assert report.exit_code == 0
    assert "has no MD5 or SHA-256 in its manifest" in messages(report, "COK-MANIFEST")


def test_sizes_that_a_manifest_holds_are_compared_before_the_work(tmp_path):
    reel = frames(tmp_path / "reel", 3)
    lines = ["%%%% HASHDEEP-1.0", "%%%% size,md5,filename"]
    for path in sorted(reel.iterdir()):
        digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        lines.append(f"{path.stat().st_size},{digest},reel/{path.name}")
    (tmp_path / "reel.hashdeep").write_text("\n".join(lines) + "\n")
    assert codes(assess(tmp_path, reel)) == set()
    odd = frame(reel, 1)
    odd.write_bytes(odd.read_bytes() + b"more")
    report = assess(tmp_path, reel)
    assert report.exit_code == 10
    assert f"{odd}: is not what reel.hashdeep says (8,196 bytes here, 8,192 there)" in messages(
        report, "COK-MANIFEST"
    )
