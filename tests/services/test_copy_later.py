"""What a copy knows of earlier runs: proofs, contradictions, and volumes that are not there."""

import os
import subprocess
from pathlib import Path

import pytest

from avpres.config.copy import CopyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.copy import copy


@pytest.fixture
def reel(tmp_path):
    folder = tmp_path / "reel"
    folder.mkdir()
    for number in range(3):
        (folder / f"f{number}.dpx").write_bytes(bytes([number]) * 5000)
    return folder


@pytest.fixture
def again(reel, tmp_path):
    """Copy the reel, as often as wanted, with one memory."""

    def run(**more):
        options = CopyOptions(sources=(reel,), destination=tmp_path / "shelf", **more)
        return copy(options, Context(state_dir=tmp_path / "state"))

    return run


def change(path: Path):
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)


def message(report, code):
    return next(f.message for f in report.findings if f.code == code)


def test_a_manifest_that_contradicts_is_not_forgotten(again, reel):
    assert again().exit_code is ExitCode.OK
    change(reel / "f1.dpx")
    assert again(replace=True).exit_code is ExitCode.FIXITY_MISMATCH
    for _ in range(2):
        assert again().exit_code is ExitCode.FIXITY_MISMATCH


def test_copy_says_that_the_source_was_changed_since_the_proof(again, reel):
    again()
    change(reel / "f1.dpx")
    report = again()
    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert "source was changed" in message(report, "COPY-EXISTS")


def test_copy_says_that_the_copy_was_changed_since_the_proof(again, tmp_path):
    again()
    change(tmp_path / "shelf/reel/f1.dpx")
    report = again()
    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert "copy was changed" in message(report, "COPY-EXISTS")


def test_other_content_that_was_never_proved_is_just_another_file(again, tmp_path):
    (tmp_path / "shelf/reel").mkdir(parents=True)
    (tmp_path / "shelf/reel/f1.dpx").write_bytes(b"x" * 5000)
    assert message(again(), "COPY-EXISTS").startswith("the destination holds another file")


@pytest.mark.mount
def test_copy_refuses_the_mount_point_of_a_volume_that_is_gone(again, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "none", shelf], check=False)
    if mounted.returncode:
        pytest.skip("mounting needs root")
    try:
        assert again().exit_code is ExitCode.OK
    finally:
        subprocess.run(["umount", shelf], check=True)
    report = again()
    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert "nothing is mounted there" in message(report, "COPY-REFUSED")
    assert not list(shelf.iterdir())


def test_a_file_that_is_there_already_gets_the_source_s_time_to_the_nanosecond(
    again, reel, tmp_path
):
    again()
    there = tmp_path / "shelf/reel/f0.dpx"
    time = (reel / "f0.dpx").stat().st_mtime_ns
    os.utime(there, ns=(time, time - 1000))
    assert again().exit_code is ExitCode.OK
    assert there.stat().st_mtime_ns == time
