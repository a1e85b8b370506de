"""A package of each master that is proved, and never of another."""

import json
import os
import shutil
from pathlib import Path

import bagit
import pytest
from lxml import etree
from normalise_cases import codes, film, messages, run, sound
from packing_cases import DATE, ID, needs_schemas, only, schema, tree

from avpres.config.convert import ConvertOptions
from avpres.config.edit import EditOptions
from avpres.config.verify import VerifyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.domain.oais import Box, Layout
from avpres.services.context import Context
from avpres.services.convert import convert
from avpres.services.edit import edit
from avpres.services.packing.layouts import PLACES
from avpres.services.packing.opening import open_package
from avpres.services.verify import verify

PREMIS = "{http://www.loc.gov/premis/v3}"


@pytest.fixture(scope="module")
def tape(tmp_path_factory):
    path = tmp_path_factory.mktemp("tape") / "tape.mov"
    return film(path, "-c:v", "v210", "-c:a", "pcm_s24le", "-timecode", "10:00:00:00")


@pytest.fixture(scope="module")
def made(tape, tmp_path_factory):
    tmp = tmp_path_factory.mktemp("made")
    report = run(tmp, tape, package=True)
    return tmp, report, only(tmp / "out")


def verified(path: Path, tmp: Path):
    return verify(VerifyOptions(paths=(path,)), Context(state_dir=tmp / "state"))


def test_a_package_is_made_and_nothing_else_is_left(made):
    tmp, report, package = made
    assert report.exit_code is ExitCode.OK
    assert sorted(os.listdir(tmp / "out")) == sorted([package.name, "tape.package.json"])
    assert [each.kind for each in report.outputs if each.kind != "record"] == ["package"]
    assert "1 package made" in report.summary


def test_everything_lies_where_ifi_looks_for_it(made):
    _, _, package = made
    data = package / "data"
    names = {os.fsdecode(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}
    assert {"objects/tape.mkv", "objects/tape.stream2.bin"} <= names
    assert {"metadata/tape.framemd5", "metadata/tape.source.framemd5"} <= names
    assert {f"metadata/supplemental/tape.source.{x}.xml" for x in ("mediainfo", "mediatrace")} <= (
        names
    )
    assert "metadata/objects/tape.mkv_mediainfo.xml" in names
    assert "logs/tape.ffmpeg.log" in names
    assert not [name for name in names if name.endswith(("tape.md5", "events.jsonl.part"))]


def test_other_programs_find_the_package_whole(made):
    tmp, _, package = made
    assert bagit.Bag(str(package)).is_valid()
    report = verified(package, tmp)
    assert report.exit_code is ExitCode.OK


def test_the_master_can_be_proved_again_in_its_package(made):
    tmp, _, package = made
    asked = VerifyOptions(paths=(package,), decode=True)
    report = verify(asked, Context(state_dir=tmp / "state"))
    assert report.exit_code is ExitCode.OK
    assert "1 film or sound decoded and proved" in report.summary
    assert "frame digests" in report.summary


@pytest.mark.parametrize("layout", [Layout.CSIP, Layout.MM_BAG, Layout.BAG])
def test_convert_carries_all_of_it_over(made, tmp_path, layout):
    _, _, package = made
    asked = ConvertOptions(package=package, destination=tmp_path / "out", layout=layout)
    report = convert(asked, Context(state_dir=tmp_path / "state"))
    assert report.exit_code is ExitCode.OK
    assert "CNV-LEFT" not in codes(report)
    new, places = only(tmp_path / "out"), PLACES[layout]
    for folder, name in (
        (places.metadata, "tape.framemd5"),
        (places.metadata, "tape.source.framemd5"),
        (places.metadata, "tape.normalise.json"),
        (places.logs, "tape.ffmpeg.log"),
    ):
        old = next(package.rglob(name))
        assert (new / folder / name).read_bytes() == old.read_bytes()
    assert verified(new, tmp_path).exit_code is ExitCode.OK


@needs_schemas
def test_its_documents_are_valid(made):
    _, _, package = made
    judge = schema()
    for name in ("premis.xml", "mets.xml"):
        judge.assertValid(etree.parse(package / "data" / "metadata" / name))


def test_premis_tells_what_was_done_and_compared(made):
    tmp, _, package = made
    events = etree.parse(package / "data" / "metadata" / "premis.xml").findall(f"{PREMIS}event")
    told = [
        (each.findtext(f"{PREMIS}eventType"), each.findtext(f".//{PREMIS}eventDetail"))
        for each in events
    ]
    assert [kind for kind, _ in told] == [
        *("normalization", "message digest calculation", "validation"),
        *("message digest calculation", "format identification", "validation"),
        *("metadata extraction", "information package creation"),
    ]
    assert "lossless: output decoded and compared" in told[2][1]
    assert "stream 0 (video, v210): 6 frames are equal" in told[2][1]
    assert "destination=data/objects/tape.mkv" in told[0][1]
    assert str(tmp / "out") not in "".join(detail for _, detail in told)


def test_digests_are_those_of_the_proof(made):
    _, _, package = made
    record = json.loads((package / "data" / "metadata" / "tape.normalise.json").read_bytes())
    assert record["verdict"] == "lossless"
    opened = open_package(package)
    (master,) = [file for file in opened.files() if file.path.endswith(".mkv")]
    told = {each.algorithm.value: each.value for each in master.digests}
    assert told == record["output"]["digests"]
    assert set(told) == {"md5", "sha512"}


def test_the_log_names_files_as_the_package_does(made):
    tmp, _, package = made
    log = (package / "data" / "logs" / "tape.ffmpeg.log").read_text("utf-8")
    assert "to 'file:tape.mkv'" in log
    assert str(tmp / "out") not in log


def test_run_again_makes_nothing_anew(made, tape):
    tmp, _, package = made
    before = tree(tmp / "out")
    report = run(tmp, tape, package=True)
    assert report.exit_code is ExitCode.OK
    assert report.totals.already_there == 1
    assert tree(tmp / "out") == before
    assert only(tmp / "out") == package


def test_a_package_that_was_edited_since_is_still_the_one(tape, tmp_path):
    run(tmp_path, tape, package=True)
    package = only(tmp_path / "out")
    (tmp_path / "card.txt").write_text("reel 1 of 2", "utf-8")
    asked = EditOptions(package=package, supplement=(str(tmp_path / "card.txt"),))
    assert edit(asked, Context(state_dir=tmp_path / "state")).exit_code is ExitCode.OK
    assert (package / "data" / "metadata" / "tape.framemd5").is_file()
    assert verified(package, tmp_path).exit_code is ExitCode.OK
    report = run(tmp_path, tape, package=True)
    assert report.totals.already_there == 1
    assert only(tmp_path / "out") == package


def test_another_source_or_other_options_are_refused_while_the_package_is_there(made, tape):
    tmp, _, _ = made
    report = run(tmp, tape, package=True, layout=Layout.IFI)
    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert "tape.package.json" in messages(report, "NRM-EXISTS")


def test_a_package_that_was_taken_away_is_made_again(tape, tmp_path):
    run(tmp_path, tape, package=True)
    shutil.rmtree(only(tmp_path / "out"))
    report = run(tmp_path, tape, package=True)
    assert report.exit_code is ExitCode.OK
    assert only(tmp_path / "out").is_dir()


@pytest.mark.parametrize("layout", [each for each in Layout if each is not Layout.IFI_BAG])
def test_every_layout_holds_it(tmp_path, layout):
    source = sound(tmp_path / "song.wav")
    report = run(tmp_path, source, package=True, layout=layout)
    assert report.exit_code is ExitCode.OK
    package = only(tmp_path / "out")
    places = PLACES[layout]
    assert (package / places.objects / "song.flac").is_file()
    assert (package / places.metadata / "song.framemd5").is_file()
    assert (package / places.logs / "song.ffmpeg.log").is_file()
    assert (package / places.supplemental / "song.source.mediainfo.xml").is_file()
    assert verified(package, tmp_path).exit_code is ExitCode.OK


@pytest.mark.parametrize("box", [Box.TAR, Box.ZIP])
def test_a_container_holds_it(tmp_path, box):
    report = run(tmp_path, sound(tmp_path / "song.wav"), package=True, container=box)
    assert report.exit_code is ExitCode.OK
    (found,) = (tmp_path / "out").glob(f"*.{box}")
    assert verified(found, tmp_path).exit_code is ExitCode.OK
    again = run(tmp_path, tmp_path / "song.wav", package=True, container=box)
    assert again.totals.already_there == 1


def test_the_same_options_id_and_date_give_the_same_package(tape, tmp_path):
    trees = []
    for name in ("one", "other"):
        tmp = tmp_path / name
        tmp.mkdir()
        assert run(tmp, tape, package=True, package_id=ID, date=DATE).exit_code is ExitCode.OK
        trees.append(tree(only(tmp / "out")))
    assert trees[0] == trees[1]
