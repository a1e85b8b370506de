"""Judges from outside: what becomes of descriptions, and what is said of that."""

import os
import sys

import pytest
from jhove_fake import install

from avpres.adapters.formats.description_json import from_line, to_line
from avpres.config.characterise import CharacteriseOptions
from avpres.config.site import Site, ToolPaths
from avpres.domain.description import Description
from avpres.domain.errors import ToolMissingError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.formats import Engine
from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Message, Status
from avpres.services.characterise.engines import open_engines, with_engines
from avpres.services.characterise.opinions import findings_of
from avpres.services.context import Context
from avpres.services.describing import Described, Item

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
OLD = 1_600_000_000_000_000_000  # ns; what is known is not believed of files of just now


@pytest.fixture
def holding(tmp_path):
    folder = tmp_path / "holding"
    folder.mkdir()
    return folder


@pytest.fixture
def described(holding):
    """Describes files as our own validators would have, without running them."""

    def make(name: str, order: str, **fields) -> Described:
        path = holding / name
        path.write_text(f"{order}\n")
        os.utime(path, ns=(OLD, OLD))
        found = Description(
            name,
            str(holding),
            path.stat().st_size,
            OLD,
            **{"format": "TIFF", "status": Status.VALID, "validator": "avpres 1.0"} | fields,
        )
        signature = (found.size, OLD, OLD, 1)
        item = Item(
            os.fsencode(path), os.fsencode(holding), os.fsencode(name), found.size, signature
        )
        return Described(item, found, to_line(found))

    return make


@pytest.fixture
def programs(tmp_path):
    return tmp_path / "programs"


@pytest.fixture
def context(tmp_path, programs):
    site = Site(tools=ToolPaths(jhove=install(programs)))
    return Context(state_dir=tmp_path / "state", site=site)


@pytest.fixture
def judge(context, holding):
    """Has descriptions judged, and gives them with the engines that did it."""

    def run(files, **options):
        chosen = CharacteriseOptions(paths=(holding,), **options)
        with open_engines(chosen, context, [b"key"]) as engines:
            return list(with_engines(iter(files), engines)), engines

    return run


def runs(programs) -> int:
    path = programs / "runs"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_without_judges_descriptions_pass_as_they_are(judge, described, programs):
    files = [described("a.tif", "BROKEN")]
    found, engines = judge(files)
    assert found == files
    assert (engines.facts, engines.sentence, runs(programs)) == ({}, "", 0)


def test_jhove_takes_our_place_when_it_is_asked_for(judge, described):
    own = Message("TIFF-CUT", Severity.ERROR, "cut", 8, None, Impact.NOT_WELL_FORMED)
    hint = Message("CHR-IDENTIFICATION", Severity.WARNING, "its name says otherwise")
    before = described(
        "a.tif",
        "INVALID error,TIFF-HUL-2,178",
        status=Status.NOT_WELL_FORMED,
        messages=[own, hint],
        counts={"TIFF-CUT": 1, "CHR-IDENTIFICATION": 1},
    )
    ((after,), _) = judge([before], engine=Engine.JHOVE)
    found = after.description
    assert (found.status, found.validator) == (
        Status.NOT_VALID,
        "JHOVE 1.33.0 TIFF-hul 1.9.5",
    )
    assert [message.id for message in found.messages] == ["CHR-IDENTIFICATION", "TIFF-HUL-2"]
    assert found.counts == {"CHR-IDENTIFICATION": 1, "TIFF-HUL-2": 1}
    assert from_line(after.line) == found
    assert before.description.status is Status.NOT_WELL_FORMED


def test_what_is_beyond_jhove_is_unknown_and_not_judged_by_us(judge, described):
    film = described("a.mkv", "x", format="Matroska")
    ((after,), _) = judge([film], engine=Engine.JHOVE)
    assert (after.description.status, after.description.validator) == (Status.UNKNOWN, "")
    assert after.description.messages[-1].text == "JHOVE has no module for Matroska"


def test_unreadable_and_empty_files_are_nobodys(judge, described, programs):
    gone = described("gone.tif", "VALID", error="it is gone")
    empty = described("empty.tif", "VALID")
    empty.description.size = 0
    found, _ = judge([gone, empty], engine=Engine.JHOVE)
    assert found == [gone, empty]
    assert runs(programs) == 0


def test_both_keep_our_verdict_and_tell_each_disagreement(judge, described):
    files = [
        described("agreed.tif", "VALID"),
        described("disputed.tif", "BROKEN error,TIFF-HUL-22,1000"),
        described("other word.tif", "WELL"),
        described("unknown.tif", "ELSE"),
        described("film.mkv", "x", format="Matroska"),
    ]
    found, engines = judge(files, engine=Engine.BOTH)
    assert [each.description.status for each in found] == [Status.VALID] * 5
    assert [each.description.messages[-1].id for each in found] == [
        "CHR-ENGINES-AGREE",
        "CHR-ENGINES-DISAGREE",
        "CHR-ENGINES-AGREE",
        "CHR-ENGINES-NOT-COMPARED",
        "CHR-ENGINES-NOT-COMPARED",
    ]
    assert found[1].description.messages[-1].text == (
        'JHOVE 1.33.0 TIFF-hul 1.9.5 says "Not well-formed" (TIFF-HUL-22: said of it: detail at'
        ' byte 1,000); avpres 1.0 says "Well-Formed and valid"'
    )
    assert engines.facts == {"engine": "both", "agreed": 2, "disagreed": 1, "not_compared": 2}
    assert engines.sentence == "JHOVE disagrees on 1 of 3 files"


def test_a_disagreement_is_a_warning(judge, described):
    found, _ = judge([described("a.tif", "BROKEN error,TIFF-HUL-22,0")], engine=Engine.BOTH)
    (finding,) = findings_of(found[0].description, "a.tif")
    assert (finding.code, finding.severity) == ("CHR-ENGINES-DISAGREE", Severity.WARNING)
    assert finding.exit_code is ExitCode.OK


def test_files_keep_their_order_over_groups(judge, described, programs):
    files = [
        described(f"{number}.{kind}", "VALID", format=kind.upper())
        for number in range(6)
        for kind in ("tif", "gif")
    ]
    for each in files:
        if each.description.format == "TIF":
            each.description.format = "TIFF"
    found, _ = judge(files, engine=Engine.JHOVE)
    assert [each.item for each in found] == [each.item for each in files]
    assert runs(programs) == 2


def test_what_jhove_has_judged_is_not_judged_again(judge, described, programs):
    files = [described("a.tif", "VALID"), described("b.tif", "BROKEN error,TIFF-HUL-22,0")]
    first, _ = judge(files, engine=Engine.BOTH)
    second, engines = judge(files, engine=Engine.BOTH)
    assert runs(programs) == 1
    assert [each.line for each in second] == [each.line for each in first]
    assert engines.facts["disagreed"] == 1
    judge(files, engine=Engine.BOTH, restart=True)
    assert runs(programs) == 2


def test_what_came_to_no_end_is_judged_again(judge, described, programs):
    files = [described("a.tif", "STACK")]
    ((first,), _) = judge(files, engine=Engine.JHOVE)
    assert first.description.status is Status.UNKNOWN
    judge(files, engine=Engine.JHOVE)
    assert runs(programs) == 2


@pytest.mark.parametrize("engine", [Engine.JHOVE, Engine.BOTH])
def test_a_jhove_that_is_not_there_is_an_error(tmp_path, monkeypatch, holding, engine):
    monkeypatch.setenv("PATH", str(tmp_path))
    options = CharacteriseOptions(paths=(holding,), engine=engine)
    context = Context(state_dir=tmp_path / "state")
    with (
        pytest.raises(ToolMissingError, match="jhove is not installed"),
        open_engines(options, context, []),
    ):
        pass


def test_a_checker_that_the_settings_name_must_be_there(tmp_path, holding):
    site = Site(tools=ToolPaths(vnu=tmp_path / "vnu.jar"))
    context = Context(state_dir=tmp_path / "state", site=site)
    with (
        pytest.raises(ToolMissingError, match="is configured as vnu but is not there"),
        open_engines(CharacteriseOptions(paths=(holding,)), context, []),
    ):
        pass


def test_decoding_is_not_for_jhove(judge):
    with pytest.raises(UsageError, match="--engine both"):
        judge([], engine=Engine.JHOVE, deep=True)
