"""`inspect`: what packages of every kind say of themselves, and that nothing was verified."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from bag_cases import FILES, make_bag
from fixity_cases import context, make_tree, snapshot
from mets_cases import make_eark, make_mets
from packing_cases import DATE, ID, Packer

from avpres.adapters.formats.report_json import to_json
from avpres.config.inspect import InspectOptions
from avpres.domain.errors import NotConformantError, SourceUnreadableError
from avpres.domain.exit_codes import ExitCode
from avpres.services.inspect import inspect


@pytest.fixture
def look(tmp_path):
    def run(path: Path, *, files: bool = False):
        report = inspect(InspectOptions(package=path, files=files), context(tmp_path / "state"))
        assert "nothing was verified" in report.summary
        return report

    return run


def tar(folder: Path) -> Path:
    path = folder.with_name("box.tar")
    with tarfile.open(path, "w") as archive:
        archive.add(folder, folder.name)
    return path


@pytest.fixture
def ours(tmp_path):
    reel = make_tree(tmp_path / "reel", {"a.txt": b"one\n", "b/c.txt": b"two\n"})
    report = Packer(tmp_path / "packing")(reel, tmp_path / "out", package_id=ID, date=DATE)
    assert report.exit_code is ExitCode.OK
    return tmp_path / "out" / ID


@pytest.mark.parametrize("boxed", [False, True], ids=["folder", "tar"])
def test_a_package_of_ours_tells_all_that_it_knows(look, ours, boxed):
    said = look(tar(ours) if boxed else ours).facts["package"]
    assert (said["form"], said["layout"], said["id"], said["kind"]) == (
        "avpres",
        "ifi-bag",
        ID,
        "SIP",
    )
    assert said["label"] == "reel"
    assert said["container"] == ("tar" if boxed else "")
    assert said["roles"]["object"] == {"files": 2, "size": 8}
    assert any("x-fmt/111" in name for name in said["formats"])
    assert "information package creation" in {event["type"] for event in said["events"]}
    assert {"manifest-md5.txt", "manifest-sha512.txt"} <= {m["path"] for m in said["manifests"]}
    assert said["verified"] is False
    assert any(maker.startswith("avpres") for maker in said["made_by"])


@pytest.mark.parametrize("boxed", [False, True], ids=["folder", "tar"])
@pytest.mark.parametrize(
    "told",
    [(make_bag, "bag", 2 + 4), (make_eark, "e-ark", 8), (make_mets, "mets", 3)],
    ids=["bag", "e-ark", "mets"],
)
def test_packages_of_others_are_told_by_their_form(look, tmp_path, told, boxed):
    make, form, files = told
    package = make(tmp_path / "one")
    said = look(tar(package) if boxed else package).facts["package"]
    assert said["form"] == form
    assert said["present"]["files"] == files


def test_events_of_premis_in_a_mets_are_told(look, tmp_path):
    said = look(make_mets(tmp_path / "one")).facts["package"]
    assert [(e["type"], e["outcome"]) for e in said["events"]] == [("fixity check", "success")]


def test_nothing_is_changed_beside_or_in_the_package_and_nothing_is_left(look, tmp_path, ours):
    before = snapshot(ours)
    box = tar(ours)
    look(ours, files=True)
    look(box)
    assert snapshot(ours) == before
    assert os.listdir(tmp_path / "state" / "inspect") == []


def test_files_are_listed_as_a_tree(look, tmp_path):
    report = look(make_bag(tmp_path / "one"), files=True)
    assert {each["path"] for each in report.facts["package"]["files"]} >= set(FILES)
    at = report.lines.index("data/")
    assert report.lines[at + 1 : at + 3] == ["  dir/", "    scan.dpx  150 Bytes"]


def test_a_damaged_package_is_called_nothing_but_shown(look, tmp_path):
    bag = make_bag(tmp_path / "one")
    (bag / "data/text-file.txt").write_bytes(b"changed")
    report = look(bag)
    assert report.exit_code is ExitCode.OK
    assert "valid" not in report.summary.replace("verified", "")


def test_a_container_that_is_cut_short_is_told(look, tmp_path):
    box = tar(make_bag(tmp_path / "one"))
    os.truncate(box, 4000)
    report = look(box)
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert set(report.finding_counts) == {"INS-DAMAGED"}


def test_members_that_lead_out_are_told_and_not_made(look, tmp_path):
    box = tar(make_bag(tmp_path / "one"))
    with tarfile.open(box, "a") as archive:
        archive.addfile(tarfile.TarInfo("../../outside/manifest-md5.txt"))
    assert look(box).finding_counts["INS-DAMAGED"] == 1
    assert list(tmp_path.rglob("outside")) == []


def test_names_that_are_not_utf_8_are_exact_in_json(look, tmp_path):
    bag = make_bag(tmp_path / "one")
    with open(os.path.join(os.fsencode(bag), b"data", b"\xff.mov"), "wb") as handle:
        handle.write(b"x")
    report = look(bag, files=True)
    assert json.loads(to_json(report))["facts"]["package"]["files"]
    assert any("\\xff.mov" in line for line in report.lines)


def test_what_is_no_package_is_refused_with_a_reason(look, tmp_path):
    with pytest.raises(SourceUnreadableError, match="not there"):
        look(tmp_path / "gone")
    (tmp_path / "a.txt").write_text("a")
    with pytest.raises(NotConformantError, match="no container"):
        look(tmp_path / "a.txt")


def test_the_command_shows_it_and_gives_all_as_json(tmp_path):
    bag = make_bag(tmp_path / "one")
    program = [sys.executable, "-m", "avpres", "inspect", str(bag)]
    environment = os.environ | {"AVPRES_STATE_DIR": str(tmp_path / "state")}
    shown = subprocess.run(program, env=environment, check=True, capture_output=True, text=True)
    assert "form        bag" in shown.stdout
    asked = subprocess.run(
        [*program, "--json", "--files"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    said = json.loads(asked.stdout)
    assert said["facts"]["package"]["form"] == "bag"
    assert len(said["facts"]["package"]["files"]) == 6
