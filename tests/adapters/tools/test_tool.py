"""Finding programs and judging their versions."""

import os
import platform
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avpres.adapters.tools import tool as module
from avpres.adapters.tools.tool import Origin, Tool, VersionRange, find, survey
from avpres.domain.errors import ToolMissingError

BAD = VersionRange("2.1", "2.3.1", "https://example.org/bug", "loses the last frame")
SCANNER = Tool(
    name="scanner",
    programs=("scanner", "scanner3"),
    version_pattern=r"^scanner v?(\d+(?:\.\d+)+)",
    least="1.10",
    broken=(BAD,),
    advice={sys.platform: "apt install scanner"},
)


def program(folder: Path, answer: str, name: str = "scanner", status: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(
        f"#!/bin/sh\necho >> {folder}/asked\ncat <<'END'\n{answer}\nEND\nexit {status}\n"
    )
    path.chmod(0o755)
    return path


@pytest.fixture
def on_path(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return folder


def test_a_program_on_path_is_found_with_its_version(on_path):
    path = program(on_path, "copyright\nscanner v1.10.2 (2024)")
    found = find(SCANNER)
    assert (found.path, found.version, found.origin) == (path, "1.10.2", Origin.PATH)
    assert found.agent.model_dump(exclude_none=True) == {
        "name": "scanner",
        "type": "software",
        "version": "1.10.2",
        "note": str(path),
    }


def test_other_names_of_a_program_are_tried_in_order(on_path):
    path = program(on_path, "scanner 1.11", name="scanner3")
    assert find(SCANNER).path == path


def test_a_configured_path_goes_before_path(on_path, tmp_path):
    program(on_path, "scanner 1.11")
    own = program(tmp_path / "own", "scanner 1.12")
    found = find(SCANNER, {"scanner": own})
    assert (found.version, found.origin) == ("1.12", Origin.CONFIGURED)


def test_a_configured_path_that_is_no_program_is_not_replaced_by_another(on_path, tmp_path):
    program(on_path, "scanner 1.11")
    for wrong in (tmp_path / "nothing", tmp_path):
        with pytest.raises(ToolMissingError, match="configured as scanner but is no program"):
            find(SCANNER, {"scanner": wrong})


def test_a_bundled_program_is_the_last_resort(on_path, tmp_path):
    own = program(tmp_path / "wheel", "scanner 1.12")
    bundled = Tool("scanner", ("scanner",), bundled=lambda: own)
    assert find(bundled).origin is Origin.BUNDLED
    program(on_path, "scanner 1.11")
    assert find(bundled).origin is Origin.PATH


def test_a_missing_program_comes_with_advice_for_this_system(on_path):
    assert not list(on_path.iterdir())
    with pytest.raises(ToolMissingError, match="scanner is not installed; apt install scanner"):
        find(SCANNER)
    with pytest.raises(ToolMissingError, match="install other or configure its path"):
        find(Tool("other", ("other",)))


def test_another_program_of_the_same_name_is_not_taken(on_path):
    program(on_path, "BusyBox v1.35")
    with pytest.raises(ToolMissingError, match=r"is not the scanner needed: BusyBox v1\.35"):
        find(SCANNER)


def test_a_program_that_is_too_old_is_refused(on_path):
    program(on_path, "scanner 1.9.9")
    with pytest.raises(ToolMissingError, match=r"scanner 1\.9\.9, 1\.10 is needed; apt install"):
        find(SCANNER)


@pytest.mark.parametrize("version", ["2.1", "2.2.7", "2.3.1"])
def test_a_version_known_to_be_broken_is_refused_with_the_reason(on_path, version):
    program(on_path, f"scanner {version}")
    with pytest.raises(ToolMissingError, match=r"loses the last frame \(https://example.org/bug\)"):
        find(SCANNER)


@pytest.mark.parametrize("version", ["2.0.9", "2.3.2", "2.10"])
def test_versions_beside_a_broken_range_are_taken(on_path, version):
    program(on_path, f"scanner {version}")
    assert find(SCANNER).version == version


def test_a_program_that_fails_to_tell_its_version_is_refused(on_path):
    program(on_path, "scanner 1.11", status=4)
    with pytest.raises(ToolMissingError, match="does not tell its version"):
        find(SCANNER)
    odd = Tool("scanner", ("scanner",), version_status=(4,))
    assert find(odd).version == "1.11"


def test_a_program_that_hangs_on_the_question_is_refused(on_path, monkeypatch):
    monkeypatch.setattr(module, "PROBE_S", 0.3)
    path = on_path / "scanner"
    path.write_text("#!/bin/sh\nexec sleep 60\n")
    path.chmod(0o755)
    with pytest.raises(ToolMissingError, match="did not end within"):
        find(SCANNER)


def test_a_program_is_asked_once_as_long_as_it_stays_the_same(on_path):
    path = program(on_path, "scanner 1.11")
    assert find(SCANNER).version == find(SCANNER).version == "1.11"
    assert (on_path / "asked").read_text() == "\n"
    program(on_path, "scanner 1.12.1")
    os.utime(path, ns=(1, 1))
    assert find(SCANNER).version == "1.12.1"


def test_a_part_of_the_system_has_the_version_of_the_system(on_path):
    program(on_path, "no answer", name="ditto")
    found = find(Tool("ditto", ("ditto",), version_args=()))
    assert found.version.startswith(platform.system())
    assert not (on_path / "asked").exists()


def test_a_survey_keeps_what_is_wrong(on_path):
    program(on_path, "scanner 1.11")
    found = survey((SCANNER, Tool("absent", ("absent",))))
    assert found["scanner"].version == "1.11"
    assert isinstance(found["absent"], ToolMissingError)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=4))
def test_a_range_holds_its_own_ends(parts):
    version = ".".join(map(str, parts))
    assert VersionRange(version, version, "", "").holds(version)
    assert not VersionRange(version, version, "", "").holds(f"{version}.1")
