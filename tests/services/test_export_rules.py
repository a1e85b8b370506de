"""A DIP in any form breaks none of the rules that `verify` asks, and keeps every folder."""

import pytest
from export_cases import Exporter, dip, packaged, unpacked
from fixity_cases import Runner

from avpres.domain.exit_codes import ExitCode

FORMS = ["aiht", "stanford", "e-ark", "bag"]


@pytest.fixture
def reel(tmp_path):
    return packaged(tmp_path, {b"a.txt": b"one\n", b"b/100% c.txt": b"two\n"})


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("chosen", [{}, {"exclude": ["b"]}])
def test_what_export_makes_breaks_no_rule(reel, tmp_path, form, chosen):
    made = Exporter(tmp_path / "state")(
        reel, tmp_path / "out", form=form, container="folder", **chosen
    )
    assert made.exit_code is ExitCode.OK
    report = Runner(tmp_path / "state").verify(dip(tmp_path / "out"))
    assert {f.code for f in report.findings if f.severity != "info"} == set()
    assert report.exit_code is ExitCode.OK
    assert "keeps its rules" in report.summary


def test_the_documentation_of_e_arks_form_says_that_nothing_was_left_out(reel, tmp_path):
    Exporter(tmp_path / "state")(reel, tmp_path / "out", form="e-ark")
    (heading,) = (dip(tmp_path / "out") / "documentation/left-out.csv").read_bytes().splitlines()
    assert b"path" in heading


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("container", ["folder", "tar"])
def test_folders_that_hold_nothing_are_in_it_where_they_were_chosen(tmp_path, form, container):
    for name in ("no clips/inner", "private/notes"):
        (tmp_path / "reel" / name).mkdir(parents=True)
    package = packaged(tmp_path, {b"a.txt": b"one\n"})
    Exporter(tmp_path / "state")(
        package, tmp_path / "out", form=form, container=container, exclude=["private"]
    )
    found = dip(tmp_path / "out")
    tree = found if found.is_dir() else unpacked(found, tmp_path / "unpacked")
    assert [path.parent.name for path in tree.rglob("inner")] == ["no clips"]
    assert list(tree.rglob("private")) == []
