"""Access copies in a DIP: beside their masters, or in their place."""

import csv
import io
import os
import subprocess
import zipfile
from pathlib import Path

import bagit
import pytest
from access_cases import FFMPEG, ffmpeg
from export_access_cases import SINE, films_package
from export_cases import DATE, ID, Exporter, dip, listed, packaged, unpacked
from lxml import etree
from packing_cases import Packer, needs_schemas, only, schema, tree

from avpres.config.verify import VerifyOptions
from avpres.domain.dissemination import DipForm
from avpres.domain.errors import IncompleteError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.oais import Box
from avpres.services.context import Context
from avpres.services.packing.opening import open_package
from avpres.services.verify import verify

PREMIS = "{http://www.loc.gov/premis/v3}"


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    return films_package(tmp_path_factory.mktemp("films"))


@pytest.fixture
def export(tmp_path):
    return Exporter(tmp_path / "state")


def codes(report) -> set[str]:
    return set(report.finding_counts)


def frames(path: Path, kind: str = "v") -> int:
    """Count what an ffmpeg of its own decodes of a copy."""
    told = ffmpeg("-i", str(path), "-map", f"0:{kind}:0", "-f", "framemd5", "-")
    return sum(not line.startswith(b"#") for line in told.splitlines())


def test_copies_lie_beside_their_masters(films, export, tmp_path):
    report = export(films, tmp_path / "out", form=DipForm.BAG, access=("low", "mp3"))
    assert report.exit_code is ExitCode.OK
    bag = dip(tmp_path / "out")
    assert bagit.Bag(str(bag)).is_valid()
    names = {os.fsdecode(path.relative_to(bag)) for path in (bag / "data").rglob("*.*")}
    assert names == {
        *(
            "data/reel/card.pdf",
            "data/reel/sub/note.txt",
            "data/reel/song.wav",
            "data/reel/song_mp3.mp3",
        ),
        *("data/reel/tape.mov", "data/reel/tape_low.mp4", "data/reel/tape_mp3.mp3"),
        *("data/reel/sub/silent.avi", "data/reel/sub/silent_low.mp4"),
    }
    assert frames(bag / "data" / "reel" / "tape_low.mp4") == 10
    assert frames(bag / "data" / "reel" / "sub" / "silent_low.mp4") == 10
    assert frames(bag / "data" / "reel" / "song_mp3.mp3", "a") > 10
    assert report.summary.startswith("5 files, ")
    assert "4 access copies: the DIP " in report.summary
    assert "each copy was read back" in report.summary
    assert verify(VerifyOptions(paths=(bag,)), Context(state_dir=tmp_path / "state")).exit_code is (
        ExitCode.OK
    )


def test_what_no_copy_is_made_of_is_told_and_stays_as_it_is(films, export, tmp_path):
    report = export(films, tmp_path / "out", form=DipForm.BAG, access=("low",))
    told = [each.message for each in report.findings if each.code == "EXP-NO-COPY"]
    assert told[0].startswith("no access copy of 2 files")
    assert told[1].startswith("no access copy low: it holds no picture")
    assert report.exit_code is ExitCode.OK
    assert (dip(tmp_path / "out") / "data" / "reel" / "song.wav").is_file()


def test_premis_and_mets_relate_a_copy_to_its_master(films, export, tmp_path):
    export(films, tmp_path / "out", form=DipForm.BAG, access=("low",))
    bag = dip(tmp_path / "out")
    mets = etree.parse(bag / "mets.xml")
    assert set(listed(bag / "mets.xml", "access")) == {
        b"data/reel/tape_low.mp4",
        b"data/reel/sub/silent_low.mp4",
    }
    objects = {
        each.findtext(f".//{PREMIS}contentLocationValue"): each
        for each in mets.iter(f"{PREMIS}object")
    }
    (relation,) = [
        each
        for each in objects["data/reel/tape_low.mp4"].iter(f"{PREMIS}relationship")
        if each.findtext(f"{PREMIS}relationshipType") == "derivation"
    ]
    related = [each.text for each in relation.iter(f"{PREMIS}relatedObjectIdentifierValue")]
    opened = open_package(films)
    (master,) = [file for file in opened.files() if file.path.endswith("tape.mov")]
    here = objects["data/reel/tape.mov"].findtext(f".//{PREMIS}objectIdentifierValue")
    assert related == [here, str(opened.package.file_id(opened.places.at_home(master)))]
    event = relation.findtext(f".//{PREMIS}relatedEventIdentifierValue")
    (migration,) = [
        each
        for each in mets.iter(f"{PREMIS}event")
        if each.findtext(f".//{PREMIS}eventIdentifierValue") == event
    ]
    assert migration.findtext(f"{PREMIS}eventType") == "migration"
    detail = migration.findtext(f".//{PREMIS}eventDetail")
    assert f"objects=urn:uuid:{opened.package.id}/objects/reel/tape.mov" in detail
    assert "destination=data/reel/tape_low.mp4" in detail
    assert str(tmp_path) not in detail.partition("argv=")[0]


@needs_schemas
@pytest.mark.parametrize("form", [DipForm.AIHT, DipForm.BAG, DipForm.STANFORD])
def test_documents_are_valid(films, export, tmp_path, form):
    export(films, tmp_path / "out", form=form, container=Box.FOLDER, access=("low",))
    judge = schema()
    for path in dip(tmp_path / "out").rglob("*.xml"):
        judge.assertValid(etree.parse(path))


@pytest.mark.parametrize("only_copies", [False, True])
def test_a_tar_is_written_straight_from_the_packages_and_holds_copies(
    films, export, tmp_path, only_copies
):
    report = export(films, tmp_path / "out", access=("low",), access_only=only_copies)
    assert report.exit_code is ExitCode.OK
    found = unpacked(next((tmp_path / "out").glob("*.tar")), tmp_path / "unpacked")
    names = {os.fsdecode(path.relative_to(found)) for path in found.rglob("*.*")}
    masters = {"content/reel/tape.mov", "content/reel/song.wav", "content/reel/sub/silent.avi"}
    assert {
        "content/reel/tape_low.mp4",
        "content/reel/sub/silent_low.mp4",
        "content/reel/card.pdf",
    } <= names
    assert (masters <= names) is not only_copies
    assert not masters & names if only_copies else True


def test_no_master_leaves_with_access_only(films, export, tmp_path):
    report = export(films, tmp_path / "out", form=DipForm.BAG, access=("low",), access_only=True)
    assert report.exit_code is ExitCode.OK
    bag = dip(tmp_path / "out")
    assert bagit.Bag(str(bag)).is_valid()
    assert not list(bag.rglob("*.mov"))
    assert not list(bag.rglob("*.wav"))
    assert (bag / "data" / "reel" / "card.pdf").is_file()
    rows = list(csv.DictReader(io.StringIO((bag / "left-out.csv").read_text("utf-8-sig"))))
    assert sorted(os.path.basename(row["path"]) for row in rows) == [
        *("silent.avi", "song.wav", "tape.mov"),
    ]
    without = [each.path for each in report.findings if "left out itself" in each.message]
    assert [os.path.basename(path) for path in without] == ["song.wav"]


def test_own_profiles_and_watermarks_are_taken(films, export, tmp_path):
    own = tmp_path / "reading-room.toml"
    own.write_text('extends = "watermark"\nmost_lines = 48\n', "utf-8")
    report = export(
        films,
        tmp_path / "out",
        form=DipForm.BAG,
        access=(str(own),),
        watermark_text="COPY",
        copyright="The Archive",
    )
    assert report.exit_code is ExitCode.OK
    copy = dip(tmp_path / "out") / "data" / "reel" / "tape_reading-room.mp4"
    told = subprocess.run([FFMPEG, "-i", str(copy)], capture_output=True, check=False).stderr
    assert b"The Archive" in told


def test_files_that_were_not_chosen_are_not_copied(films, export, tmp_path):
    report = export(
        films, tmp_path / "out", form=DipForm.BAG, access=("low",), exclude=("reel/sub",)
    )
    assert report.exit_code is ExitCode.OK
    names = {path.name for path in (dip(tmp_path / "out") / "data" / "reel").iterdir()}
    assert names == {"card.pdf", "song.wav", "tape.mov", "tape_low.mp4"}


def test_a_package_without_films_gives_a_dip_and_a_warning(export, tmp_path):
    package = packaged(tmp_path, {b"card.pdf": b"%PDF-1.4\n"})
    report = export(package, tmp_path / "out", form=DipForm.BAG, access=("low",))
    assert report.exit_code is ExitCode.OK
    assert "EXP-NO-COPY" in codes(report)


def test_packages_in_containers_give_copies(export, tmp_path):
    store = tmp_path / "store"
    reel = tmp_path / "reel"
    reel.mkdir()
    ffmpeg(*SINE, "-t", "0.2", str(reel / "song.wav"))
    Packer(tmp_path / "state")(reel, store, container=Box.TAR)
    (tar,) = store.glob("*.tar")
    report = export(tar, tmp_path / "out", container=Box.ZIP, access=("mp3",), access_only=True)
    assert report.exit_code is ExitCode.OK
    (found,) = (tmp_path / "out").glob("*.zip")
    names = [name for name in zipfile.ZipFile(found).namelist() if "content/" in name]
    assert [name.rpartition("/")[2] for name in names if not name.endswith("/")] == ["song_mp3.mp3"]


def test_the_same_options_id_and_date_give_the_same_dip(films, tmp_path):
    trees = []
    for name in ("one", "other"):
        out = tmp_path / name / "out"
        asked = {"form": DipForm.BAG, "access": ("low", "mp3"), "package_id": ID, "date": DATE}
        Exporter(tmp_path / name / "state")(films, out, **asked)
        trees.append(tree(only(out)))
    assert trees[0] == trees[1]


@pytest.mark.parametrize("form", list(DipForm))
def test_verify_finds_every_form_of_dip_whole(films, export, tmp_path, form):
    asked = {"form": form, "container": Box.FOLDER, "divided": form is DipForm.STANFORD}
    report = export(films, tmp_path / "out", access=("low",), **asked)
    assert report.exit_code is ExitCode.OK
    judged = verify(
        VerifyOptions(paths=(dip(tmp_path / "out"),)), Context(state_dir=tmp_path / "state")
    )
    assert judged.exit_code is ExitCode.OK


def test_a_dip_that_would_hold_nothing_is_not_made(export, tmp_path):
    reel = tmp_path / "reel"
    reel.mkdir()
    ffmpeg(*SINE, "-t", "0.2", str(reel / "song.wav"))
    package = packaged(tmp_path, {})
    with pytest.raises(IncompleteError, match="no DIP was made"):
        export(package, tmp_path / "out", access=("low",), access_only=True)
    assert os.listdir(tmp_path / "out") == []
