"""What is wrong with a master or its package: nothing is packaged that is not proved."""

import os
import shutil
from pathlib import Path

import pytest
from normalise_cases import codes, film, messages, pretender, run, sound
from packing_cases import ID, only, tree

from avpres.config.verify import VerifyOptions
from avpres.domain.errors import UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Layout
from avpres.services.context import Context
from avpres.services.verify import verify


@pytest.fixture(scope="module")
def tape(tmp_path_factory):
    path = tmp_path_factory.mktemp("tape") / "tape.mov"
    return film(path, "-c:v", "v210", "-c:a", "pcm_s24le", "-timecode", "10:00:00:00")


@pytest.fixture
def no_links(monkeypatch):
    """Make of this disk one without hard links, as exFAT and LTFS are; give what was asked for."""
    asked = []

    def refuse(path, *_rest, **_words):
        asked.append(path)
        raise PermissionError(1, "Operation not permitted", path)

    monkeypatch.setattr(os, "link", refuse)
    return asked


def verified(path: Path, tmp: Path):
    return verify(VerifyOptions(paths=(path,)), Context(state_dir=tmp / "state"))


SHORTER = """at = words.index("-i") + 2
sys.exit(real([*words[:at], "-frames:v", "3", *words[at:]]))"""


@pytest.mark.parametrize(
    "body",
    [
        "status = real(words); flip(0.5); sys.exit(status)",
        SHORTER,
        "real(words); sys.exit(1)",
    ],
    ids=["a flipped bit", "fewer frames and status 0", "whole and status 1"],
)
def test_of_what_is_not_proved_there_is_no_package(tape, tmp_path, body):
    report = run(tmp_path, tape, ffmpeg=pretender(tmp_path / "bin", body), package=True)
    assert report.exit_code is not ExitCode.OK
    assert not (tmp_path / "out" / "tape.package.json").exists()
    assert os.listdir(tmp_path / "out") == ["tape.failed"]
    assert not list((tmp_path / "out").rglob("bagit.txt"))


def test_one_that_fails_stops_no_other(tape, tmp_path):
    broken = tmp_path / "broken.mov"
    broken.write_bytes(tape.read_bytes()[:2000])
    report = run(tmp_path, broken, tape, sound(tmp_path / "song.wav"), package=True)
    assert report.exit_code is not ExitCode.OK
    packages = [each for each in report.outputs if each.kind == "package"]
    assert len(packages) == 2
    assert {"tape.package.json", "song.package.json"} <= set(os.listdir(tmp_path / "out"))
    events = [event.id for event in report.events]
    assert len(events) == len(set(events))


@pytest.mark.parametrize(
    "before",
    [(Algorithm.MD5,), (Algorithm.SHA256,), (Algorithm.SHA512, Algorithm.MD5)],
    ids=["md5", "another", "both"],
)
def test_a_master_of_an_earlier_run_is_packaged_without_being_made_again(tape, tmp_path, before):
    run(tmp_path, tape, digest=before)
    number = (tmp_path / "out" / "tape" / "tape.mkv").stat().st_ino
    report = run(tmp_path, tape, package=True)
    assert report.exit_code is ExitCode.OK
    package = only(tmp_path / "out")
    assert (package / "data" / "objects" / "tape.mkv").stat().st_ino == number
    assert not (tmp_path / "out" / "tape").exists()
    assert verified(package, tmp_path).exit_code is ExitCode.OK


@pytest.mark.parametrize("before", [Algorithm.MD5, Algorithm.SHA256])
@pytest.mark.parametrize("name", ["tape.mkv", "tape.framemd5", "tape.stream2.bin"])
def test_a_master_that_has_changed_since_is_not_packaged(tape, tmp_path, name, before):
    run(tmp_path, tape, digest=(before,))
    place = tmp_path / "out" / "tape" / name
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)
    before = tree(tmp_path / "out")
    report = run(tmp_path, tape, package=True)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert codes(report) == {"NRM-PACKAGE"}
    assert tree(tmp_path / "out") == before


def test_what_people_put_beside_a_result_stays(tape, tmp_path):
    run(tmp_path, tape, digest=(Algorithm.MD5, Algorithm.SHA512))
    (tmp_path / "out" / "tape" / "notes.txt").write_text("look at reel 2", "utf-8")
    report = run(tmp_path, tape, package=True)
    assert report.exit_code is ExitCode.OK
    assert "notes.txt" in messages(report, "NRM-LEFT")
    assert os.listdir(tmp_path / "out" / "tape") == ["notes.txt"]
    assert run(tmp_path, tape, package=True).totals.already_there == 1


def test_an_id_that_is_taken_is_refused_before_anything_is_encoded(tape, tmp_path):
    (tmp_path / "out" / ID).mkdir(parents=True)
    report = run(tmp_path, tape, package=True, package_id=ID)
    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert os.listdir(tmp_path / "out") == [ID]
    assert os.listdir(tmp_path / "out" / ID) == []


def test_a_name_that_no_bag_can_list_is_refused_and_another_layout_takes_it(tmp_path):
    name = tmp_path / os.fsdecode(b"so\xffng.wav")
    sound(tmp_path / "song.wav").rename(name)
    report = run(tmp_path, name, package=True)
    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert "not UTF-8" in messages(report, "NRM-PACKAGE")
    report = run(tmp_path, name, package=True, layout=Layout.IFI)
    assert report.exit_code is ExitCode.OK
    (found,) = (tmp_path / "out").glob("*-*/objects/*.flac")
    assert os.fsencode(found.name) == b"so\xffng.flac"


@pytest.mark.parametrize("stem", [b"new\nline", b"n" * 240, b" outer ", b"100%0A"])
def test_names_of_any_kind_are_packaged(tmp_path, stem):
    name = tmp_path / os.fsdecode(stem + b".wav")
    sound(tmp_path / "song.wav").rename(name)
    report = run(tmp_path, name, package=True)
    assert report.exit_code is ExitCode.OK
    package = only(tmp_path / "out")
    assert verified(package, tmp_path).exit_code is ExitCode.OK
    assert run(tmp_path, name, package=True).totals.already_there == 1


def test_object_entries_count_on(tmp_path):
    folder = tmp_path / "reels"
    (folder / "sub").mkdir(parents=True)
    one = sound(folder / "one.wav")
    shutil.copy(one, folder / "sub" / "two.wav")
    report = run(tmp_path, folder, package=True, parent="oe{number:04}", jobs=1)
    assert report.exit_code is ExitCode.OK
    out = tmp_path / "out"
    assert sorted(os.listdir(out)) == ["oe0001", "oe0002", "one.package.json", "sub"]
    assert os.listdir(out / "sub") == ["two.package.json"]
    assert [len(os.listdir(out / name)) for name in ("oe0001", "oe0002")] == [1, 1]


def test_one_name_is_for_one_package(tmp_path):
    sources = [sound(tmp_path / name) for name in ("a.wav", "b.wav")]
    with pytest.raises(UsageError, match="package-id names one package"):
        run(tmp_path, *sources, package=True, package_id=ID)
    assert not (tmp_path / "out").exists()


def test_options_of_packages_need_the_package(tmp_path):
    with pytest.raises(ValueError, match="add --package"):
        run(tmp_path, tmp_path, package_id=ID)


def test_settings_of_packages_do_no_harm_and_are_told(tmp_path):
    report = run(tmp_path, sound(tmp_path / "song.wav"), layout=Layout.IFI)
    assert report.exit_code is ExitCode.OK
    assert messages(report, "NRM-UNPACKED").startswith("layout speak")
    assert (tmp_path / "out" / "song" / "song.flac").is_file()


def test_where_no_links_can_be_the_master_is_moved(tape, tmp_path, no_links):
    report = run(tmp_path, tape, package=True)
    assert report.exit_code is ExitCode.OK
    assert no_links
    assert verified(only(tmp_path / "out"), tmp_path).exit_code is ExitCode.OK
    assert not (tmp_path / "out" / "tape").exists()


def test_where_it_was_moved_it_comes_back_when_there_is_no_package(tape, tmp_path, no_links):
    run(tmp_path, tape, digest=(Algorithm.MD5, Algorithm.SHA512))
    place = tmp_path / "out" / "tape" / "tape.mkv"
    content = bytearray(place.read_bytes())
    content[-1] ^= 1
    place.write_bytes(content)
    before = tree(tmp_path / "out")
    assert run(tmp_path, tape, package=True).exit_code is ExitCode.FIXITY_MISMATCH
    assert no_links
    assert tree(tmp_path / "out") == before
