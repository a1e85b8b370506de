"""What earlier runs did to a path, as their records tell it."""

import json
import os
from pathlib import Path

import pytest
from packing_cases import Packer, only

from avpres.config.copy import CopyOptions
from avpres.config.verify import VerifyOptions
from avpres.services.context import Context
from avpres.services.copy import copy
from avpres.services.packing.opening import open_package
from avpres.services.record import history
from avpres.services.verify import verify


@pytest.fixture
def shelf(tmp_path):
    """Two reels, copied to a disk and verified there."""
    for reel in ("one", "two"):
        (tmp_path / "card" / reel).mkdir(parents=True)
        (tmp_path / "card" / reel / "frame").write_text(reel, "utf-8")
    context = Context(state_dir=tmp_path / "state", operator="Ada")
    copy(CopyOptions(sources=[tmp_path / "card"], destination=tmp_path / "disk"), context)
    verified = VerifyOptions(paths=[tmp_path / "disk" / "card"])
    verify(verified, Context(state_dir=tmp_path / "state"))
    return tmp_path


def told(path: Path, root: Path) -> list[str]:
    return [event.type.value for event in history(path, root / "state")]


COPIED = ["replication", "message digest calculation", "fixity check"]


def test_what_a_copy_made_has_the_history_of_the_copy(shelf):
    assert told(shelf / "disk" / "card", shelf) == [*COPIED, "fixity check"]


def test_a_part_of_what_was_copied_has_it_too(shelf):
    assert told(shelf / "disk" / "card" / "one", shelf) == [*COPIED, "fixity check"]
    assert told(shelf / "disk" / "card" / "one" / "frame", shelf) == [*COPIED, "fixity check"]


def test_what_came_later_into_a_copied_folder_has_none(shelf):
    (shelf / "disk" / "card" / "three").mkdir()
    (shelf / "disk" / "card" / "three" / "frame").write_text("3", "utf-8")
    assert told(shelf / "disk" / "card" / "three", shelf) == []


def test_a_neighbour_and_the_source_have_none(shelf):
    (shelf / "disk" / "card-2").mkdir()
    assert told(shelf / "disk" / "card-2", shelf) == []
    assert told(shelf / "card", shelf) == []


def test_a_run_that_was_cut_short_and_a_broken_line_are_passed_over(shelf):
    runs = sorted((shelf / "state" / "runs").iterdir())
    copied = next(run for run in runs if "_copy_" in run.name)
    (copied / "report.json").unlink()
    verified = next(run for run in runs if "_verify_" in run.name)
    with (verified / "events.jsonl").open("ab") as handle:
        handle.write(b"{not json\n")
    assert told(shelf / "disk" / "card", shelf) == ["fixity check"]


def test_a_package_tells_what_happened_to_its_sources_before(shelf):
    pack = Packer(shelf / "state")
    pack(shelf / "disk" / "card", shelf / "out")
    events = open_package(only(shelf / "out")).package.events
    before = list(history(shelf / "disk" / "card", shelf / "state"))
    assert len(before) == 4
    assert [event for event in events if event.id in {each.id for each in before}] == before
    assert "Ada" in {agent.name for agent in events[0].agents}
    record = next(run for run in (shelf / "state" / "runs").iterdir() if "_package_" in run.name)
    own = (record / "events.jsonl").read_text("utf-8").splitlines()
    assert not {str(each.id) for each in before} & {json.loads(line)["id"] for line in own}


def test_odd_names_keep_their_history(tmp_path):
    folder = os.path.join(os.fsencode(tmp_path), b"not \xff utf-8")
    os.mkdir(folder)
    Path(os.fsdecode(folder), "frame").write_text("1", "utf-8")
    asked = CopyOptions(sources=[Path(os.fsdecode(folder))], destination=tmp_path / "disk")
    copy(asked, Context(state_dir=tmp_path / "state"))
    inner = tmp_path / "disk" / os.fsdecode(b"not \xff utf-8") / "frame"
    assert told(inner, tmp_path) == COPIED
