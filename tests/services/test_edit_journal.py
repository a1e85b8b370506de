"""A change that was cut short after any of its renames is brought to its end, or refused."""

import json
import os
import shutil

import pytest
from packing_cases import DATE, ID, Packer, tree

from avpres.config.edit import EditOptions
from avpres.domain.errors import DestinationExistsError, IncompleteError, NotConformantError
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.edit import edit
from avpres.services.edit.change import Change, prepare
from avpres.services.edit.deciding import decide
from avpres.services.edit.journal import Act, Base, Journal, Step
from avpres.services.edit.place import held_place
from avpres.services.edit.state import open_state
from avpres.services.edit.wishes import read_wishes

STRIDE = int(os.environ.get("AVPRES_STRIDE", "3"))  # renames between two interruptions
ASKED = {
    "rename": ["reel/one.txt=reel/two.txt", "reel/two.txt=reel/one.txt", "reel/a=reel/b/a"],
    "remove": ["reel/three.txt"],
    "date": DATE,
}


@pytest.fixture(scope="module", params=["ifi-bag", "ifi"])
def decided(request, tmp_path_factory):
    """A package with a change that is decided, and nothing of it done; and the same one done."""
    root = tmp_path_factory.mktemp("decided")
    (root / "reel" / "a").mkdir(parents=True)
    for name in ("one.txt", "two.txt", "three.txt", "a/four.txt"):
        (root / "reel" / name).write_text(f"{name}\n", "utf-8")
    (root / "new.txt").write_text("new\n", "utf-8")
    pack = Packer(root / "state")
    pack(root / "reel", root / "before", layout=request.param, package_id=ID, date=DATE)
    asked = {**ASKED, "add": [str(root / "new.txt")]}
    shutil.copytree(root / "before", root / "done")
    edit(EditOptions(package=root / "done" / ID, **asked), Context(state_dir=root / "state"))
    _decide(EditOptions(package=root / "before" / ID, **asked), root / "state")
    return root


def _decide(options, state_dir):
    context = Context(state_dir=state_dir)
    with held_place(options.package, context) as place, open_state(state_dir / "edit") as state:
        change = Change(place, options, context, context.report("edit"), state)
        assert prepare(change, read_wishes(options)) is not None
        assert decide(change)


def steps_of(journal):
    lines = (journal.stage / "journal.jsonl").read_bytes().splitlines()
    for line in lines:
        act, base, path, to_base, to_path = json.loads(line)
        yield Step(Act(act), Base(base), path, Base(to_base), to_path)


def do(journal, count):
    """Do the first renames of a change by hand, as a run does that is killed after them."""
    full = {
        Base.PACKAGE: journal.tree,
        Base.STAGE: journal.stage,
        Base.BESIDE: journal.stage.parent,
    }
    leaving = [step for step in steps_of(journal) if step.act is Act.LEAVE]
    coming = [step for step in steps_of(journal) if step.act in {Act.FOLDER, Act.ARRIVE}]
    for step in leaving[:count]:
        target = full[step.to_base] / step.to_path
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(full[step.base] / step.path, target)
    if count > len(leaving):
        (journal.stage / "left").write_bytes(b"")
    for step in coming[: max(0, count - len(leaving) - 1)]:
        if step.act is Act.FOLDER:
            (full[step.base] / step.path).mkdir(parents=True, exist_ok=True)
        else:
            target = full[step.to_base] / step.to_path
            target.parent.mkdir(parents=True, exist_ok=True)
            os.rename(full[step.base] / step.path, target)
    return len(leaving) + 1 + len(coming)


def journal_of(out):
    (stage,) = out.glob(".avpres-edit-*.part")
    return Journal(out / ID, stage)


def test_a_change_cut_short_after_any_rename_is_brought_to_its_end(decided, tmp_path):
    expected = tree(decided / "done")
    count, total = 0, 1
    while count <= total:
        out = tmp_path / f"{count}"
        shutil.copytree(decided / "before", out)
        total = do(journal_of(out), count)
        report = edit(EditOptions(package=out / ID), Context(state_dir=tmp_path / "state"))
        assert report.exit_code is ExitCode.OK
        assert report.finding_counts == {"EDIT-RESUMED": 1}
        assert tree(out) == expected, count
        shutil.rmtree(out)
        count += STRIDE
    assert total > 20


def test_the_same_command_finishes_it_and_finds_nothing_left_to_do(decided, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(decided / "before", out)
    do(journal_of(out), 5)
    asked = EditOptions(package=out / ID, **ASKED, add=[str(decided / "new.txt")])
    report = edit(asked, Context(state_dir=tmp_path / "state"))
    assert report.exit_code is ExitCode.OK
    assert tree(out) == tree(decided / "done")


def test_a_run_killed_while_it_clears_its_stage_is_not_done_twice(decided, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(decided / "before", out)
    journal_of(out).roll_forward()
    journal_of(out).close()
    asked = EditOptions(package=out / ID, **ASKED, add=[str(decided / "new.txt")])
    report = edit(asked, Context(state_dir=tmp_path / "state"))
    assert report.exit_code is ExitCode.OK
    assert tree(out) == tree(decided / "done")


def test_another_command_comes_after_what_was_decided(decided, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(decided / "before", out)
    do(journal_of(out), 5)
    asked = EditOptions(package=out / ID, describe=["label=Two"])
    report = edit(asked, Context(state_dir=tmp_path / "state"))
    assert report.exit_code is ExitCode.OK
    assert report.facts["generation"] == 2


def test_a_dry_run_finishes_nothing(decided, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(decided / "before", out)
    before = tree(out)
    asked = EditOptions(package=out / ID, describe=["label=Two"], dry_run=True)
    with pytest.raises(IncompleteError, match="cut short"):
        edit(asked, Context(state_dir=tmp_path / "state"))
    assert tree(out) == before


def test_what_came_into_the_way_is_not_replaced(decided, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(decided / "before", out)
    journal = journal_of(out)
    target = next(
        s for s in steps_of(journal) if s.act is Act.ARRIVE and s.path.endswith("new.txt")
    )
    (out / ID / target.to_path).write_text("somebody else's\n", "utf-8")
    with pytest.raises(DestinationExistsError, match="came into the way"):
        edit(EditOptions(package=out / ID), Context(state_dir=tmp_path / "state"))
    assert (out / ID / target.to_path).read_text("utf-8") == "somebody else's\n"
    (out / ID / target.to_path).unlink()
    edit(EditOptions(package=out / ID), Context(state_dir=tmp_path / "state"))
    assert tree(out) == tree(decided / "done")


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense\n",
        b'["leave", "package", "../../x", "stage", "y"]\n',
        b'["leave", "package", "/etc/x", "stage", "y"]\n',
        b'["leave", "nowhere", "x", "stage", "y"]\n',
        b"[1, 2, 3, 4, 5]\n",
    ],
)
def test_a_journal_that_is_none_moves_nothing(decided, tmp_path, line):
    out = tmp_path / "out"
    shutil.copytree(decided / "before", out)
    journal = journal_of(out)
    (journal.stage / "journal.jsonl").write_bytes(line)
    before = tree(out)
    with pytest.raises(NotConformantError, match="no step of a change"):
        edit(EditOptions(package=out / ID), Context(state_dir=tmp_path / "state"))
    assert tree(out) == before


def test_a_stage_that_was_not_decided_goes_with_the_next_change(decided, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(decided / "before", out)
    (journal_of(out).stage / "journal.jsonl").unlink()
    asked = EditOptions(package=out / ID, describe=["label=Two"])
    report = edit(asked, Context(state_dir=tmp_path / "state"))
    assert report.facts["generation"] == 1
    assert [path.name for path in out.glob(".avpres*")] == []


def test_a_proof_that_fails_keeps_what_was_in_the_place(decided, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(decided / "before", out)
    journal = journal_of(out)
    mets = next(journal.stage.glob("package/**/mets.xml"))
    mets.write_bytes(mets.read_bytes() + b"\n")
    report = edit(EditOptions(package=out / ID), Context(state_dir=tmp_path / "state"))
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert report.finding_counts["EDIT-CHANGED"] == 1
    assert next(journal.stage.glob("old/**/mets.xml")).is_file()


def test_what_a_killed_run_brought_is_not_read_from_its_source_again(tmp_path):
    (tmp_path / "reel").mkdir()
    (tmp_path / "reel" / "one.txt").write_text("one\n", "utf-8")
    (tmp_path / "new.txt").write_text("new\n", "utf-8")
    Packer(tmp_path / "state")(tmp_path / "reel", tmp_path / "out", package_id=ID, date=DATE)
    options = EditOptions(package=tmp_path / "out" / ID, add=[str(tmp_path / "new.txt")])
    _decide(options, tmp_path / "state")
    stage = journal_of(tmp_path / "out").stage
    (stage / "journal.jsonl").unlink()
    taken = tmp_path / "new.txt"
    found = taken.stat()
    taken.write_text("NEW\n", "utf-8")  # of the same size and time: only a reading could tell
    os.utime(taken, ns=(found.st_atime_ns, found.st_mtime_ns))
    report = edit(options, Context(state_dir=tmp_path / "state"))
    assert report.exit_code is ExitCode.OK
    there = tmp_path / "out" / ID / "data/objects/new.txt"
    assert there.read_text("utf-8") == "new\n"


def test_what_a_killed_run_brought_of_a_source_that_changed_is_brought_anew(tmp_path):
    (tmp_path / "reel").mkdir()
    (tmp_path / "reel" / "one.txt").write_text("one\n", "utf-8")
    (tmp_path / "new.txt").write_text("new\n", "utf-8")
    Packer(tmp_path / "state")(tmp_path / "reel", tmp_path / "out", package_id=ID, date=DATE)
    options = EditOptions(package=tmp_path / "out" / ID, add=[str(tmp_path / "new.txt")])
    _decide(options, tmp_path / "state")
    (journal_of(tmp_path / "out").stage / "journal.jsonl").unlink()
    (tmp_path / "new.txt").write_text("newer\n", "utf-8")
    edit(options, Context(state_dir=tmp_path / "state"))
    there = tmp_path / "out" / ID / "data/objects/new.txt"
    assert there.read_text("utf-8") == "newer\n"
