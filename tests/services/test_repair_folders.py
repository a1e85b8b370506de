"""Folders of films repaired from folders of copies: paired, each for itself, told at the end."""

import os
import shutil
from pathlib import Path

import pytest
from cook_cases import codes, film_of, frames, messages, run

from avpres.adapters.matroska.reading import open_matroska
from avpres.config.repair import RepairOptions
from avpres.domain.errors import DestinationExistsError, UsageError
from avpres.services.context import Context
from avpres.services.repair import repair


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> bytes:
    place = tmp_path_factory.mktemp("cooked")
    run(place, frames(place / "reel", 4))
    return film_of(place).read_bytes()


@pytest.fixture
def shelf(tmp_path, whole):
    """Two shelves with the same films; `damage` changes a byte of one."""

    with (tmp_path / "whole").open("wb+") as handle:
        handle.write(whole)
        frame = next(open_matroska(handle).blocks()).offset + 100

    class Shelf:
        one, other = tmp_path / "one", tmp_path / "other"
        at = frame  # a byte of the first frame

        def put(self, name, *flips, beside=()):
            for folder, places in ((self.one, flips), (self.other, beside)):
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                data = bytearray(whole)
                for place in places:
                    data[place] ^= 0x20
                path.write_bytes(data)

        def repair(self, *copies, film=None, **options):
            wanted = RepairOptions(film=film or self.one, copies=copies or (self.other,), **options)
            return repair(wanted, Context(state_dir=tmp_path / "state"))

    return Shelf()


def test_every_film_of_a_folder_is_repaired_from_its_own_copy(shelf, whole, tmp_path):
    shelf.put("a.mkv", shelf.at, beside=(shelf.at + 99,))
    shelf.put("deep/b.mkv", 400)
    shelf.put("deep/c \n.mkv")
    report = shelf.repair(destination=tmp_path / "out")
    assert report.exit_code == 0, report.findings
    made = sorted(each for each in (tmp_path / "out").rglob("*") if each.is_file())
    assert made == [tmp_path / "out/a.mkv", tmp_path / "out/deep/b.mkv"]
    assert all(each.read_bytes() == whole for each in made)
    assert report.summary == "3 films: 2 repaired, 1 whole as they are."
    assert report.facts["films"] == {"repaired": 2, "whole": 1, "already there": 0, "failed": 0}
    assert report.facts["reversibility"]["proved"] == 12
    assert {each["film"] for each in report.facts["changes"]} == {
        str(shelf.one / "a.mkv"),
        str(shelf.one / "deep/b.mkv"),
    }


def test_one_film_that_cannot_be_mended_keeps_none_of_the_others(shelf, whole):
    shelf.put("a.mkv", shelf.at, beside=(shelf.at,))
    shelf.put("b.mkv", shelf.at)
    shelf.put("c.mkv", 400)
    (shelf.other / "c.mkv").write_bytes(b"no film")
    report = shelf.repair()
    assert (shelf.one / "b.repaired.mkv").read_bytes() == whole
    assert not (shelf.one / "a.repaired.mkv").exists()
    assert report.facts["films"]["failed"] == 2
    assert {"REV-DAMAGED", "REP-ALIKE", "REP-FAILED"} <= codes(report)
    assert report.exit_code


def test_a_second_run_proves_what_is_there_and_makes_what_is_missing(shelf):
    shelf.put("a.mkv", shelf.at)
    shelf.put("b.mkv", shelf.at)
    assert shelf.repair().exit_code == 0
    made = (shelf.one / "a.repaired.mkv").stat().st_mtime_ns
    (shelf.one / "b.repaired.mkv").unlink()
    report = shelf.repair()
    assert report.summary == "2 films: 1 repaired, 1 repaired before."
    assert (shelf.one / "a.repaired.mkv").stat().st_mtime_ns == made
    assert codes(report) == {"REP-THERE", "REP-MENDED"}
    (shelf.one / "a.repaired.mkv").write_bytes((shelf.one / "a.mkv").read_bytes())
    report = shelf.repair()
    assert "is not whole; move it away" in messages(report, "REP-REFUSED")
    assert report.exit_code == 22


def test_films_without_a_partner_are_told(shelf):
    shelf.put("a.mkv")
    shelf.put("b.mkv", shelf.at)
    shelf.put("c.mkv")
    (shelf.other / "a.mkv").unlink()
    (shelf.other / "b.mkv").unlink()
    (shelf.one / "c.mkv").unlink()
    (shelf.one / "d.mkv").write_bytes(b"\x1a\x45\xdf\xa3 no film that was cooked")
    report = shelf.repair()
    assert "a.mkv: has no copy there; every file of it comes back" in messages(report, "REP-ALONE")
    assert "does not give every file back" in messages(report, "REP-ALONE")
    assert f"{shelf.one / 'c.mkv'}: is not there" in messages(report, "REP-ABSENT")
    assert "d.mkv" in messages(report, "REP-OTHER")
    assert report.facts["films"] == {"repaired": 0, "whole": 1, "already there": 0, "failed": 1}
    assert report.exit_code == 10


def test_several_copies_each_whole_in_another_place_make_a_whole_film(shelf, whole, tmp_path):
    shelf.put("a.mkv", shelf.at, shelf.at + 500, 400, beside=(shelf.at, shelf.at + 500))
    third = tmp_path / "third.mkv"
    data = bytearray(whole)
    for place in (shelf.at + 500, 400):
        data[place] ^= 0x20
    third.write_bytes(data[:-5000])
    (tmp_path / "fourth").mkdir()
    fourth = tmp_path / "fourth/a.mkv"
    fourth.write_bytes(whole[: shelf.at + 700])
    report = shelf.repair(shelf.other, third, fourth, film=shelf.one / "a.mkv")
    assert report.exit_code == 0, report.findings
    assert (shelf.one / "a.repaired.mkv").read_bytes() == whole


def test_a_copy_in_a_package_is_found_by_its_name(shelf, tmp_path):
    shelf.put("a.mkv", shelf.at)
    inside = tmp_path / "package/4f/objects"
    inside.mkdir(parents=True)
    shutil.move(shelf.other / "a.mkv", inside)
    for film in (shelf.one, shelf.one / "a.mkv"):
        report = shelf.repair(tmp_path / "package", film=film)
        assert report.exit_code == 0, report.findings
        (shelf.one / "a.repaired.mkv").unlink()
    (tmp_path / "package/other").mkdir()
    shutil.copy(inside / "a.mkv", tmp_path / "package/other")
    with pytest.raises(UsageError, match=r"2 films that are called a\.mkv"):
        shelf.repair(tmp_path / "package", film=shelf.one / "a.mkv")


def test_places_are_put_on_record_whole(shelf, tmp_path, monkeypatch):
    shelf.put("a.mkv", shelf.at)
    monkeypatch.chdir(tmp_path)
    report = shelf.repair(Path("other"), film=Path("one"))
    (change,) = report.facts["changes"]
    assert (change["film"], change["from"]) == (
        str(shelf.one / "a.mkv"),
        str(shelf.other / "a.mkv"),
    )


def test_names_of_any_bytes_are_paired(shelf, whole):
    name = os.fsdecode(b"caf\xe9 \xff.MKV")
    shelf.put(name, shelf.at)
    assert shelf.repair().exit_code == 0
    assert (shelf.one / os.fsdecode(b"caf\xe9 \xff.repaired.mkv")).read_bytes() == whole


def test_a_folder_wants_folders_and_a_film_its_copy(shelf, tmp_path):
    shelf.put("a.mkv", shelf.at)
    with pytest.raises(UsageError, match="name two folders"):
        shelf.repair(shelf.other / "a.mkv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"holds no film that is called a\.mkv"):
        shelf.repair(tmp_path / "empty", film=shelf.one / "a.mkv")
    there = tmp_path / "there.mkv"
    there.write_bytes((shelf.other / "a.mkv").read_bytes()[:-1])
    with pytest.raises(DestinationExistsError, match="was left as it is"):
        shelf.repair(film=shelf.one / "a.mkv", destination=there)


def test_what_is_compared_is_never_taken_for_a_result(shelf):
    shelf.put("a.mkv", shelf.at)
    for out in (shelf.one, shelf.other):
        with pytest.raises(UsageError, match="is what is to be compared; name another OUT"):
            shelf.repair(destination=out)
        with pytest.raises(UsageError, match="is what is to be compared; name another OUT"):
            shelf.repair(film=shelf.one / "a.mkv", destination=out)


def test_a_file_in_the_way_of_a_folder_keeps_its_films_alone(shelf, whole, tmp_path):
    shelf.put("a.mkv", shelf.at)
    shelf.put("deep/b.mkv", shelf.at)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/deep").write_bytes(b"of others")
    report = shelf.repair(destination=tmp_path / "out")
    assert "file exists; mend that" in messages(report, "REP-REFUSED")
    assert report.exit_code == 21
    assert (tmp_path / "out/a.mkv").read_bytes() == whole
    assert (tmp_path / "out/deep").read_bytes() == b"of others"


def test_a_folder_that_cannot_be_listed_stops_none_of_the_others(shelf, whole, tmp_path):
    shelf.put("z.mkv", shelf.at)
    inner = os.open(shelf.one, os.O_RDONLY)
    for _ in range(20):  # a path that the system refuses
        os.mkdir("d" * 250, dir_fd=inner)
        outer, inner = inner, os.open("d" * 250, os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    os.close(inner)
    report = shelf.repair(destination=tmp_path / "out")
    assert (tmp_path / "out/z.mkv").read_bytes() == whole
    assert "cannot be listed (file name too long)" in messages(report, "REP-REFUSED")
    assert report.exit_code == 20
