"""A package of each film that gives its reel back, and never of another."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import bagit
import pytest
from cook_cases import back, codes, frame, frames, messages, sound, whole_reel
from cook_cases import run as cooked
from cook_cases import tree as dressed
from lxml import etree
from packing_cases import DATE, ID, needs_schemas, only, schema, tree

from avpres.adapters.formats import dfxml
from avpres.adapters.formats.manifest_file import Origin
from avpres.config.cook import CookOptions
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Box, Layout
from avpres.services.context import Context
from avpres.services.packing import result_package
from avpres.services.packing.layouts import PLACES
from avpres.services.verify import verify

PREMIS = "{http://www.loc.gov/premis/v3}"
INFO = "{https://mediaarea.net/mediainfo}"


@pytest.fixture(scope="module")
def reel(tmp_path_factory):
    return whole_reel(tmp_path_factory.mktemp("reel"))


@pytest.fixture(scope="module")
def made(reel, tmp_path_factory):
    tmp = tmp_path_factory.mktemp("made")
    report = run(tmp, reel, package=True)
    assert report.exit_code is ExitCode.OK, report.findings
    return tmp, report, only(tmp / "out")


def run(tmp: Path, *reels: Path, **options):
    """Cook without a trial, which has tests of its own."""
    return cooked(tmp, *reels, context=0, slices=4, **options)


def verified(path: Path, tmp: Path, **options):
    return verify(VerifyOptions(paths=(path,), **options), Context(state_dir=tmp / "state"))


def test_a_package_is_made_and_nothing_else_is_left(made):
    tmp, report, package = made
    assert sorted(os.listdir(tmp / "out")) == sorted([package.name, "reel.package.json"])
    assert [each.kind for each in report.outputs if each.kind != "record"] == ["package"]
    assert "every byte comes back" in report.summary
    assert "1 package made" in report.summary
    assert "COK-LEFT" not in codes(report)


def test_everything_lies_where_archives_look_for_it(made):
    _, _, package = made
    name, data = package.name, package / "data"
    names = {os.fsdecode(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}
    assert names == {
        f"objects/{name}.mkv",
        *(f"metadata/objects/{name}.mkv_{kind}.xml" for kind in ("mediainfo", "mediatrace")),
        *(
            f"metadata/supplemental/{name}_source_{kind}.xml"
            for kind in ("mediainfo", "mediatrace", "dfxml")
        ),
        *(f"metadata/supplemental/reel_manifest-{kind}.txt" for kind in ("md5", "sha256")),
        *(f"metadata/{name}.framemd5", f"metadata/{name}.cook.json"),
        *("metadata/mets.xml", "metadata/premis.xml", "metadata/files.jsonl"),
        *(f"logs/{name}_sip_log.log", "logs/events.jsonl"),
    }


def test_the_film_in_the_package_gives_the_reel_back(made, reel, tmp_path):
    _, _, package = made
    report = back(tmp_path, package / "data" / "objects" / f"{package.name}.mkv")
    assert report.exit_code is ExitCode.OK
    assert dressed(tmp_path / "back" / "reel") == dressed(reel)


def test_other_programs_find_the_package_whole(made):
    tmp, _, package = made
    assert bagit.Bag(str(package)).is_valid()
    assert verified(package, tmp).exit_code is ExitCode.OK


def test_the_film_can_be_proved_again_in_its_package(made, tmp_path):
    _, _, package = made
    report = verified(package, tmp_path, decode=True)
    assert report.exit_code is ExitCode.OK, report.findings


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
        *("message digest calculation", "normalization", "validation", "fixity check"),
        *("message digest calculation", "format identification", "validation"),
        *("metadata extraction", "information package creation"),
    ]
    assert "reversible: every file decoded again" in told[2][1]
    assert "reversible=yes" in told[1][1]
    assert str(tmp / "out") not in "".join(detail for _, detail in told)


def test_digests_of_the_film_are_those_of_the_proof(made):
    _, _, package = made
    record = json.loads((package / "data/metadata" / f"{package.name}.cook.json").read_bytes())
    content = (package / "data/objects" / f"{package.name}.mkv").read_bytes()
    listed = (package / "manifest-sha256.txt").read_text()
    assert record["verdict"] == "reversible"
    assert record["film"]["digests"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert f"{record['film']['digests']['sha256']}  data/objects/{package.name}.mkv" in listed


def test_the_source_is_described_by_its_first_middle_and_last_frame_and_its_sound(made):
    _, _, package = made
    folder = package / "data" / "metadata" / "supplemental"
    asked = ["reel/scan_0086400.dpx", "reel/scan_0086402.dpx", "reel/scan_0086405.dpx"]
    for kind in ("mediainfo", "mediatrace"):
        document = etree.parse(folder / f"{package.name}_source_{kind}.xml").getroot()
        media = [each for each in document if etree.QName(each).localname == "media"]
        assert [each.get("ref") for each in media] == [*asked, "reel/sound.wav"]
    formats = [each.text for each in document.iter(f"{INFO}Format")]
    assert not formats or formats[0] == "DPX"


def test_dfxml_and_manifests_list_every_file_of_the_source(made, reel):
    _, _, package = made
    folder = package / "data" / "metadata" / "supplemental"
    wanted = {
        os.fsdecode(path.relative_to(reel.parent)): path.read_bytes()
        for path in reel.rglob("*")
        if path.is_file()
    }
    place = folder / f"{package.name}_source_dfxml.xml"
    with place.open("rb") as handle:
        entries = list(dfxml.read(handle, Origin(place, None, lambda _name: True)))
    assert {each.path: each.digest(Algorithm.SHA256).value for each in entries} == {
        name: hashlib.sha256(content).hexdigest() for name, content in wanted.items()
    }
    assert {each.path: each.size for each in entries} == {k: len(v) for k, v in wanted.items()}
    lines = (folder / "reel_manifest-md5.txt").read_text().splitlines()
    assert {line[34:]: line[:32] for line in lines} == {
        name: hashlib.md5(content, usedforsecurity=False).hexdigest()
        for name, content in wanted.items()
    }


def test_run_again_makes_nothing_anew(made, reel):
    tmp, _, package = made
    before = tree(tmp / "out")
    report = run(tmp, reel, package=True)
    assert report.exit_code is ExitCode.OK
    assert report.totals.already_there == 1
    assert tree(tmp / "out") == before
    assert only(tmp / "out") == package


def test_other_options_are_refused_while_the_package_is_there(made, reel):
    tmp, _, _ = made
    report = run(tmp, reel, package=True, layout=Layout.IFI)
    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert "reel.package.json" in messages(report, "COK-EXISTS")


def test_another_state_of_the_reel_is_refused_while_the_package_is_there(tmp_path):
    reel = frames(tmp_path / "reel", 2)
    run(tmp_path, reel, package=True)
    frame(reel, 2)
    report = run(tmp_path, reel, package=True)
    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert "another state" in messages(report, "COK-EXISTS")


def test_a_package_that_was_taken_away_is_made_again(tmp_path):
    reel = frames(tmp_path / "reel", 2)
    run(tmp_path, reel, package=True)
    shutil.rmtree(only(tmp_path / "out"))
    report = run(tmp_path, reel, package=True)
    assert report.exit_code is ExitCode.OK
    assert only(tmp_path / "out").is_dir()


def test_a_film_of_an_earlier_run_is_packaged_and_not_written_again(tmp_path):
    reel = frames(tmp_path / "reel", 2)
    run(tmp_path, reel)
    inode = (tmp_path / "out/reel/reel.mkv").stat().st_ino
    report = run(tmp_path, reel, package=True)
    assert report.exit_code is ExitCode.OK
    package = only(tmp_path / "out")
    assert (package / "data/objects" / f"{package.name}.mkv").stat().st_ino == inode
    premis = (package / "data/metadata/premis.xml").read_text()
    assert premis.count("normalization") == 1
    assert not (tmp_path / "out" / "reel").exists()


def test_a_film_that_was_changed_since_is_not_packaged(tmp_path):
    reel = frames(tmp_path / "reel", 2)
    run(tmp_path, reel)
    film = tmp_path / "out/reel/reel.mkv"
    content = bytearray(film.read_bytes())
    content[-20] ^= 1
    film.write_bytes(content)
    report = run(tmp_path, reel, package=True)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert sorted(os.listdir(tmp_path / "out")) == ["reel"]
    assert film.read_bytes() == content


@pytest.mark.parametrize("name", ["mediainfo.xml", "dfxml.xml", "manifest.md5"])
def test_a_record_that_was_changed_since_is_not_packaged(tmp_path, name):
    reel = frames(tmp_path / "reel", 2)
    run(tmp_path, reel)
    path = tmp_path / "out/reel/source" / f"reel_{name}"
    path.write_bytes(path.read_bytes()[:-2] + b"y\n")
    report = run(tmp_path, reel, package=True)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert sorted(os.listdir(tmp_path / "out")) == ["reel"]


def test_of_what_is_refused_there_is_no_package_and_the_others_get_theirs(tmp_path):
    good, bad = frames(tmp_path / "good", 2), frames(tmp_path / "bad", 3)
    (bad / "scan_0086401.dpx").unlink()
    report = run(tmp_path, bad, good, package=True)
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert [each.kind for each in report.outputs if each.kind != "record"] == ["package"]
    assert {"good.package.json"} == {
        name for name in os.listdir(tmp_path / "out") if name.endswith(".json")
    }


def test_several_reels_get_a_package_each(tmp_path):
    reels = [frames(tmp_path / name, 2) for name in ("reel_1", "reel_2")]
    report = run(tmp_path, *reels, package=True)
    assert report.exit_code is ExitCode.OK
    assert sum(each.kind == "package" for each in report.outputs) == 2
    assert "2 packages made" in report.summary


def test_folders_of_frames_get_one_package(tmp_path):
    for number in "12":
        frames(tmp_path / "film" / f"reel_{number}", 2)
    report = run(tmp_path, tmp_path / "film", package=True)
    assert report.exit_code is ExitCode.OK
    package = only(tmp_path / "out")
    assert len(list((package / "data/objects").iterdir())) == 1


@pytest.mark.parametrize("layout", [Layout.IFI, Layout.MM_BAG, Layout.METS, Layout.CSIP])
def test_every_layout_holds_it(tmp_path, layout):
    reel = frames(tmp_path / "reel", 2)
    report = run(tmp_path, reel, package=True, layout=layout)
    assert report.exit_code is ExitCode.OK
    package = only(tmp_path / "out")
    places, name = PLACES[layout], package.name
    assert (package / places.objects / f"{name}.mkv").is_file()
    assert (package / places.metadata / f"{name}.framemd5").is_file()
    assert (package / places.supplemental / f"{name}_source_mediainfo.xml").is_file()
    assert (package / places.supplemental / "reel_manifest-md5.txt").is_file()
    assert verified(package, tmp_path).exit_code is ExitCode.OK


@pytest.mark.parametrize("box", [Box.TAR, Box.ZIP])
def test_a_container_holds_it(tmp_path, box):
    reel = frames(tmp_path / "reel", 2)
    report = run(tmp_path, reel, package=True, container=box)
    assert report.exit_code is ExitCode.OK
    (found,) = (tmp_path / "out").glob(f"*.{box}")
    assert verified(found, tmp_path).exit_code is ExitCode.OK
    again = run(tmp_path, reel, package=True, container=box)
    assert again.totals.already_there == 1


def test_the_same_options_id_and_date_give_the_same_package(tmp_path):
    reel = frames(tmp_path / "reel", 2)
    sound(reel / "sound.wav")
    trees = []
    for name in ("one", "other"):
        report = run(tmp_path, reel, out=name, package=True, package_id=ID, date=DATE)
        assert report.exit_code is ExitCode.OK
        trees.append(tree(only(tmp_path / name)))
    assert trees[0] == trees[1]


def test_sip_names_the_package_or_what_it_lies_in(tmp_path):
    reel = frames(tmp_path / "reel", 2)
    assert run(tmp_path, reel, sip=ID).exit_code is ExitCode.OK
    assert (tmp_path / "out" / ID / "bagit.txt").is_file()
    assert run(tmp_path, reel, out="entries", sip="oe{number:04}").exit_code is ExitCode.OK
    (package,) = (tmp_path / "entries" / "oe0001").iterdir()
    assert (package / "bagit.txt").is_file()


def test_one_name_is_not_given_to_several_packages(tmp_path):
    reels = [frames(tmp_path / name, 1) for name in ("reel_1", "reel_2")]
    with pytest.raises(UsageError, match="--sip names one package"):
        run(tmp_path, *reels, sip=ID)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"parent": "oe1"}, "--parent speaks of a package"),
        ({"sip": ID, "package_id": ID}, "both name the package"),
        ({"sip": "oe1", "parent": "oe2"}, "both name the package"),
        ({"sip": "../x"}, "write a name"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, said, tmp_path):
    with pytest.raises(ValueError, match=said):
        CookOptions(reels=(tmp_path,), destination=tmp_path / "out", **options)


def test_a_name_that_is_not_utf8_is_refused_before_any_encoding_where_a_bag_cannot_list_it(
    tmp_path,
):
    reel = frames(Path(os.fsdecode(os.fsencode(tmp_path) + b"/re\xe9l")), 2)
    report = run(tmp_path, reel, package=True)
    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert os.listdir(tmp_path / "out") == [] if (tmp_path / "out").exists() else True
    report = run(tmp_path, reel, package=True, layout=Layout.IFI)
    assert report.exit_code is ExitCode.OK, report.findings


def test_a_package_that_cannot_be_made_leaves_the_film_in_its_folder(tmp_path, monkeypatch):
    reel = frames(tmp_path / "reel", 2)

    def full(*_args, **_words):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(result_package, "publish", full)
        report = run(tmp_path, reel, package=True)
    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert sorted(os.listdir(tmp_path / "out")) == ["reel"]
    assert (tmp_path / "out/reel/reel.mkv").is_file()
    again = run(tmp_path, reel, package=True)
    assert again.exit_code is ExitCode.OK
    assert only(tmp_path / "out").is_dir()


def test_where_no_links_can_be_the_film_is_moved_and_given_back(tmp_path, monkeypatch):
    reel = frames(tmp_path / "reel", 2)

    def refuse(path, *_rest, **_words):
        raise PermissionError(1, "Operation not permitted", path)

    def full(*_args, **_words):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", refuse)
    with monkeypatch.context() as patch:
        patch.setattr(result_package, "publish", full)
        run(tmp_path, reel, package=True)
    assert (tmp_path / "out/reel/reel.mkv").is_file()
    assert run(tmp_path, reel, package=True).exit_code is ExitCode.OK
    package = only(tmp_path / "out")
    assert (package / f"data/objects/{package.name}.mkv").is_file()


def test_files_of_others_in_the_folder_of_a_film_stay(tmp_path):
    reel = frames(tmp_path / "reel", 2)
    run(tmp_path, reel)
    (tmp_path / "out/reel/source/letter.txt").write_text("mine")
    report = run(tmp_path, reel, package=True)
    assert "source/letter.txt" in messages(report, "COK-LEFT")
    assert [path.name for path in (tmp_path / "out/reel").rglob("*")] == ["source", "letter.txt"]
