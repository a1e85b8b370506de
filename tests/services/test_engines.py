"""Judges from outside: what becomes of descriptions, and what is said of that."""

import os
import signal
import subprocess
import sys
import threading
import time

import imageio_ffmpeg
import pytest
from jhove_fake import install

from avpres.adapters.formats.description_json import from_line, to_line
from avpres.adapters.tools.epubcheck import find_epubcheck
from avpres.adapters.tools.vnu import find_vnu
from avpres.config.characterise import CharacteriseOptions
from avpres.config.site import Site, ToolPaths
from avpres.domain.description import Description
from avpres.domain.errors import ToolMissingError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.formats import Engine
from avpres.domain.severity import Severity
from avpres.domain.technical import Technical, Text
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


def test_files_keep_their_order_over_formats_and_groups(judge, described, programs):
    files = [
        described(f"{number}.{kind.lower()}", "VALID", format=kind)
        for number in range(1050)
        for kind in ("TIFF", "GIF")
    ]
    found, _ = judge(files, engine=Engine.JHOVE)
    assert [each.item for each in found] == [each.item for each in files]
    assert {each.description.status for each in found} == {Status.VALID}
    assert runs(programs) == 6  # two formats of each group of a thousand


@pytest.mark.parametrize("files", [1, 1000])
def test_a_run_that_is_interrupted_waits_for_nobody(described, context, holding, files, programs):
    hanging = [described(f"{number}.tif", "HANG") for number in range(files)]
    options = CharacteriseOptions(paths=(holding,), engine=Engine.JHOVE)
    me = threading.get_ident()

    def interrupt():
        while not runs(programs):
            time.sleep(0.05)
        signal.pthread_kill(me, signal.SIGINT)

    def files_to_come():
        yield from hanging
        if files == 1000:  # a group is on its way, and more are being described
            time.sleep(30)

    threading.Thread(target=interrupt, daemon=True).start()
    began = time.monotonic()
    with open_engines(options, context, []) as engines, pytest.raises(KeyboardInterrupt):
        list(with_engines(files_to_come(), engines))
    assert time.monotonic() - began < 15


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


def test_a_page_of_html5_is_decided_by_vnu(judge, described):
    try:
        find_vnu()
    except ToolMissingError as error:
        pytest.skip(str(error))
    open_question = Message(
        "HTML-NOT-CHECKED", Severity.WARNING, "only its structure", None, None, Impact.UNDETERMINED
    )
    fields = {
        "format": "HTML",
        "version": "5",
        "status": Status.WELL_FORMED,
        "messages": [open_question],
        "counts": {"HTML-NOT-CHECKED": 1},
    }
    sound = '<!DOCTYPE html><html lang="en"><head><title>1</title></head><body></body></html>'
    old = '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN"><html><head><title>1</title></head>'
    technical = Technical(text=Text(doctype='HTML PUBLIC "-//W3C//DTD HTML 4.01//EN"'))
    files = [
        described("sound.html", sound, **fields),
        described("amiss.html", sound.replace("<body>", "<body><foo>"), **fields),
        described("old.html", old, **fields | {"version": "4.01", "technical": technical}),
    ]
    found, _ = judge(files)
    assert [each.description.status for each in found] == [
        Status.VALID,
        Status.NOT_VALID,
        Status.WELL_FORMED,
    ]
    assert found[0].description.messages == []
    assert found[0].description.validator.startswith("avpres 1.0, vnu ")
    assert "VNU-ELEMENT-NOT-ALLOWED-AS-CHILD-OF-ELEMENT" in found[1].description.counts
    assert found[2].description == files[2].description


def test_a_book_is_decided_by_epubcheck(judge, described):
    try:
        find_epubcheck()
    except ToolMissingError as error:
        pytest.skip(str(error))
    ((after,), _) = judge([described("a.epub", "no book at all", format="EPUB")])
    assert after.description.status is Status.NOT_WELL_FORMED
    assert "EPUBCHECK-PKG-008" in after.description.counts


@pytest.fixture
def film(described, holding):
    pytest.importorskip("mediaconch", reason="pip install mediaconch")
    before = described("film.mkv", "", format="Matroska")
    source = ("-f", "lavfi", "-i", "testsrc=s=64x48:d=0.2")
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run(
        [ffmpeg, "-v", "error", "-y", *source, "-c:v", "ffv1", holding / "film.mkv"], check=True
    )
    return before


def policy(folder, asked: str):
    path = folder / f"{asked}.xml"
    path.write_text(
        f'<policy type="and" name="ours"><rule name="codec" value="Format" tracktype="Video"'
        f' operator="=">{asked}</rule></policy>'
    )
    return path


def test_a_film_that_fails_a_policy_is_not_conformant(judge, film, tmp_path):
    rules = (policy(tmp_path, "FFV1"), policy(tmp_path, "JPEG 2000"))
    ((after,), engines) = judge([film], policy=rules)
    assert after.description.status is Status.VALID
    (finding,) = findings_of(after.description, "film.mkv")
    assert (finding.code, finding.exit_code) == ("CHR-POLICY", ExitCode.NOT_CONFORMANT)
    assert "must be JPEG 2000, found FFV1" in finding.message
    assert engines.facts == {"policy_failed": 1}
    assert engines.sentence == "1 fails a policy"


def test_a_film_that_passes_a_policy_is_as_it_was(judge, film, tmp_path, described):
    picture = described("a.tif", "x")
    found, engines = judge([film, picture], policy=(policy(tmp_path, "FFV1"),))
    assert found == [film, picture]
    assert engines.facts == {"policy_failed": 0}


def test_a_policy_that_cannot_be_applied_is_no_pass(judge, film, holding, tmp_path):
    (holding / "film.mkv").unlink()
    ((after,), _) = judge([film], policy=(policy(tmp_path, "FFV1"),))
    (finding,) = findings_of(after.description, "film.mkv")
    assert (finding.code, finding.exit_code) == ("CHR-POLICY-UNKNOWN", ExitCode.INCOMPLETE)


def test_what_is_no_policy_stops_the_run(judge, tmp_path):
    path = tmp_path / "rules.xml"
    path.write_text("<xsl/>")
    with pytest.raises(UsageError, match="is no MediaConch policy"):
        judge([], policy=(path,))
