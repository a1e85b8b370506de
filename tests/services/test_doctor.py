import os
import sys

import pytest
from noise import noise

from avpres.config.doctor import DoctorOptions
from avpres.config.site import Site
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm
from avpres.services.context import Context
from avpres.services.doctor import doctor


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A PATH that holds only the programs that a test writes."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def write(name, answer):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{answer}'\n")
        program.chmod(0o755)
        return program

    return write


def examined(tmp_path, *, site=None, **options):
    context = Context(state_dir=tmp_path / "state", site=site or Site())
    report = doctor(DoctorOptions(**options), context)
    return report, {check["name"]: check for check in report.facts["checks"]}


def test_all_that_is_needed_is_here(tmp_path):
    report, checks = examined(tmp_path)
    assert report.exit_code is ExitCode.OK
    assert report.summary == "everything that avpres needs is here."
    assert checks["lxml"]["needed"]
    assert checks["native"]["state"] == "here"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="programs of Linux")
def test_programs_are_named_with_version_and_place(tmp_path, programs):
    cp = programs("cp", "cp (GNU coreutils) 9.4")
    checks = examined(tmp_path)[1]
    assert checks["cp"]["state"] == "here"
    assert checks["cp"]["value"] == f"9.4, {cp} (path)"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="programs of Linux")
def test_a_missing_program_comes_with_advice_and_is_no_failure(tmp_path, programs):
    report, checks = examined(tmp_path)
    assert checks["rsync"]["state"] == "missing"
    assert "apt install rsync" in checks["rsync"]["advice"]
    assert report.exit_code is ExitCode.OK
    assert programs


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="programs of Linux")
def test_a_program_of_the_same_name_is_unfit(tmp_path, programs):
    programs("rsync", "openrsync: protocol version 29")
    checks = examined(tmp_path)[1]
    assert checks["rsync"]["state"] == "unfit"
    assert "is not the rsync needed" in checks["rsync"]["advice"]


def test_a_program_that_the_settings_name_must_be_there(tmp_path):
    site = Site(tools={"rsync": tmp_path / "none"})
    report, checks = examined(tmp_path, site=site)
    assert report.exit_code is ExitCode.TOOL_MISSING
    assert [finding.code for finding in report.findings] == ["DOC-UNFIT"]
    assert str(tmp_path / "none") in checks["rsync"]["advice"]
    assert report.summary == "avpres cannot do all its work here: rsync."


def test_programs_of_other_systems_are_told_apart(tmp_path):
    other = "ditto" if sys.platform != "darwin" else "robocopy"
    assert examined(tmp_path)[1][other]["state"] == "other systems"


def test_a_state_folder_that_cannot_be_made_is_a_failure(tmp_path):
    (tmp_path / "state").touch()
    report, checks = examined(tmp_path)
    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert "set AVPRES_STATE_DIR" in checks["state folder"]["advice"]


def test_abilities_are_tried_on_a_file_that_is_there(tmp_path):
    folder = tmp_path / "reels"
    folder.mkdir()
    assert examined(tmp_path, folder=folder)[1]["direct reads"]["value"].startswith("not known")
    (folder / "a.dpx").write_bytes(noise(8192))
    before = (folder / "a.dpx").stat()
    checks = examined(tmp_path, folder=folder)[1]
    assert checks["direct reads"]["value"] in {"yes", "no"}
    assert checks["pages dropped and counted"]["value"] in {"yes", "no"}
    assert os.listdir(folder) == ["a.dpx"]
    assert (folder / "a.dpx").stat().st_mtime_ns == before.st_mtime_ns


def test_a_folder_that_is_not_there_is_a_failure(tmp_path):
    report, checks = examined(tmp_path, folder=tmp_path / "none")
    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert "none" in checks["volume"]["advice"]


def test_speed_is_measured_for_every_digest_on_request(tmp_path):
    assert "md5" not in examined(tmp_path)[1]
    checks = examined(tmp_path, speed=True)[1]
    for algorithm in Algorithm:
        assert float(checks[algorithm]["value"].split()[0].replace(",", "")) > 0


def test_engines_of_wheels_tell_their_own_version(tmp_path):
    pymediainfo = pytest.importorskip("pymediainfo")
    found = examined(tmp_path)[1]["MediaInfo"]
    assert found["state"] == "here"
    assert found["value"].endswith(f"from pymediainfo {pymediainfo.__version__}")
    assert not found["value"].startswith(pymediainfo.__version__)
