"""`inspect` of cooked films: what they say of their files, and no proof of it."""

import csv
import hashlib
import json
from pathlib import Path

import pytest
from cook_cases import codes, film_of, run, whole_reel

from avpres.adapters.formats.report_json import to_json
from avpres.config.inspect import InspectOptions
from avpres.domain.errors import DestinationExistsError, NotConformantError, UsageError
from avpres.services.context import Context
from avpres.services.inspect import inspect


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    place = tmp_path_factory.mktemp("cooked")
    run(place, whole_reel(place))
    return place


def look(tmp: Path, film: Path, **options):
    return inspect(InspectOptions(package=film, **options), Context(state_dir=tmp / "state"))


def test_a_film_says_what_it_holds(tmp_path, once):
    report = look(tmp_path, film_of(once))
    told = report.facts["film"]
    assert (told["files"], told["unproved"], told["restorable_by_rawcooked"]) == (11, 0, True)
    assert told["data"]["layout"] == "version 1"
    pictures, sound = told["tracks"]
    assert (pictures["codec"], pictures["files"], pictures["rate"]) == ("V_FFV1", 6, "24")
    assert (pictures["ffv1"]["version"], pictures["ffv1"]["slice_crc"]) == ("3.4", True)
    assert (sound["codec"], sound["channels"], sound["bits"]) == ("A_FLAC", 2, 24)
    assert "nothing was verified" in report.summary
    assert codes(report) == set()
    assert json.loads(to_json(report))["facts"]["film"]["listed"] is None


def test_files_are_listed_with_their_digests(tmp_path, once):
    report = look(tmp_path, film_of(once), files=True)
    source = once / "reel/scan_0086403.dpx"
    [line] = [each for each in report.lines if "scan_0086403" in each]
    assert hashlib.sha256(source.read_bytes()).hexdigest() in line
    assert "DPX/Raw/RGB/10bit" in line


def test_lists_hold_each_file_and_its_header(tmp_path, once):
    table, tree = tmp_path / "reel.csv", tmp_path / "reel.json"
    look(tmp_path, film_of(once), listing=(table, tree))
    with table.open(newline="", encoding="utf-8-sig") as handle:
        rows = list(csv.DictReader(handle))
    files = json.loads(tree.read_text())["files"]
    assert [row["path"] for row in rows] == [file["path"] for file in files]
    assert {file["path"] for file in files} == {
        each.relative_to(once).as_posix() for each in (once / "reel").rglob("*") if each.is_file()
    }
    for file in files:
        path = once / file["path"]
        assert file["size"] == path.stat().st_size
        assert file["md5"] == hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        assert file["mode"] == f"{path.stat().st_mode & 0o7777:04o}"
        assert file["mtime"].endswith(f"{path.stat().st_mtime_ns % 10**9:09d}Z")
    frame = next(each for each in files if each.get("number") == 2)
    assert (frame["width"], frame["height"], frame["bits"], frame["header_bytes"]) == (
        *(48, 32, 10),
        2048,
    )
    assert (frame["timecode"], frame["rate"], frame["rawcooked"]) == ("01:01:00:02", "24", "yes")


def test_a_list_never_replaces_a_file(tmp_path, once):
    there = tmp_path / "mine.csv"
    there.write_text("mine")
    with pytest.raises(DestinationExistsError):
        look(tmp_path, film_of(once), listing=(there,))
    assert there.read_text() == "mine"


def test_a_list_of_another_kind_is_refused(tmp_path, once):
    with pytest.raises(UsageError, match=r"\.csv or \.json"):
        look(tmp_path, film_of(once), listing=(tmp_path / "list.xls",))


def test_a_list_of_a_package_is_refused(tmp_path, once):
    with pytest.raises(UsageError, match="is no film"):
        look(tmp_path, once / "reel", listing=(tmp_path / "list.csv",))


def test_a_film_that_was_not_cooked_is_refused(tmp_path):
    film = tmp_path / "film.mkv"
    film.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(100))
    with pytest.raises(NotConformantError):
        look(tmp_path, film)
