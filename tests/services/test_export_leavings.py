"""What a failed export leaves is for the same command, until another one has made the DIP."""

import os

import pytest
from access_cases import ffmpeg
from export_access_cases import SINE
from export_cases import Exporter, packaged

from avpres.domain.dissemination import DipForm
from avpres.domain.exit_codes import ExitCode


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A sound, and one that breaks off."""
    root = tmp_path_factory.mktemp("package")
    (root / "reel").mkdir()
    ffmpeg(*SINE, "-t", "0.4", str(root / "reel/whole.flac"))
    ffmpeg(*SINE, "-t", "2", str(root / "reel/cut.aiff"))
    os.truncate(root / "reel/cut.aiff", 50_000)
    return packaged(root, {})


def hidden(folder):
    return [path for path in folder.iterdir() if path.name.startswith(".")]


def failed(export, package, out):
    report = export(package, out, form=DipForm.BAG, access=("mp3",))
    assert report.summary.startswith("no DIP was made")
    (stage,) = hidden(out)
    assert list(stage.rglob("whole_mp3.mp3"))
    return stage


def test_another_command_that_makes_the_dip_removes_what_a_failed_one_left(package, tmp_path):
    export, out = Exporter(tmp_path / "state"), tmp_path / "out"
    failed(export, package, out)
    report = export(package, out, form=DipForm.BAG, access=("mp3",), exclude=("cut.aiff",))
    assert report.exit_code is ExitCode.OK
    assert hidden(out) == []


def test_what_a_killed_run_left_stays_for_the_same_command(package, tmp_path):
    export, out = Exporter(tmp_path / "state"), tmp_path / "out"
    stage = failed(export, package, out)
    (stage / "failed").unlink()
    assert export(package, out, form=DipForm.BAG).exit_code is ExitCode.OK
    assert hidden(out) == [stage]


def test_what_was_left_of_other_packages_stays(package, tmp_path):
    export, out = Exporter(tmp_path / "state"), tmp_path / "out"
    stage = failed(export, package, out)
    other = packaged(tmp_path, {b"note.txt": b"note\n"})
    assert export(other, out, form=DipForm.BAG).exit_code is ExitCode.OK
    assert hidden(out) == [stage]
