"""What is said of a film is only what was proved: faults are made on purpose, and told."""

import json
import os
from dataclasses import replace

import pytest
from cook_cases import back, codes, errors, film_of, frames, messages, run, sound, tree

from avpres.adapters.cooking import flac
from avpres.adapters.formats.report_json import to_json
from avpres.services.cook import attempt, closing
from avpres.services.cook import frames as coding

CHANGES = {
    "header": lambda found: {"before": found.before[:-1] + b"\1"},
    "trailer": lambda found: {"after": found.after + b"\0"},
    "padding": lambda _: {"residual": b"\1" * 10},
    "another form": lambda found: {"layout": found.layout.replace('"width":48', '"width":24')},
    "no form": lambda _: {"layout": '{"picture":{}}'},
}


def spoil(monkeypatch, change):
    """Let the program keep something else of a frame than it should."""
    right = coding.restoration

    def wrong(*arguments):
        found = right(*arguments)
        return replace(found, **change(found))

    monkeypatch.setattr(coding, "restoration", wrong)


def is_refused(tmp_path, report):
    return errors(report) == {"COK-NOT-REVERSIBLE"} and not film_of(tmp_path).exists()


@pytest.mark.parametrize("part", CHANGES)
def test_a_frame_of_which_something_wrong_is_kept_is_not_called_reversible(
    tmp_path, monkeypatch, part
):
    spoil(monkeypatch, CHANGES[part])
    report = run(tmp_path, frames(tmp_path / "reel"))
    assert is_refused(tmp_path, report), report.findings


def test_a_sound_whose_track_tells_another_md5_is_not_called_reversible(tmp_path, monkeypatch):
    right = flac.FlacEncoder._private

    def wrong(encoder, md5, samples):
        return right(encoder, bytes([md5[0] ^ bool(samples)]) + md5[1:], samples)

    monkeypatch.setattr(flac.FlacEncoder, "_private", wrong)
    reel = frames(tmp_path / "reel")
    sound(reel / "sound.wav")
    assert is_refused(tmp_path, run(tmp_path, reel))


def test_a_track_that_is_described_wrongly_is_not_called_reversible(tmp_path, monkeypatch):
    right = closing.MatroskaWriter.finish

    def wrong(writer, length, _privates, *rest):
        return right(writer, length, {}, *rest)

    monkeypatch.setattr(closing.MatroskaWriter, "finish", wrong)
    reel = frames(tmp_path / "reel")
    sound(reel / "sound.wav")
    report = run(tmp_path, reel)
    assert is_refused(tmp_path, report)
    assert "the tracks are not those written" in messages(report, "COK-NOT-REVERSIBLE")


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no names of any bytes")
def test_a_reel_and_frames_whose_names_are_no_text_are_reported(tmp_path):
    reel = frames(tmp_path / os.fsdecode(b"r\xffel"))
    for path in sorted(reel.iterdir()):
        path.rename(reel / os.fsdecode(b"f\xfe" + os.fsencode(path.name)))
    report = run(tmp_path, reel)
    told = json.loads(to_json(report))
    assert told["facts"][r"r\xffel"]["ffv1"].keys() == {r"f\xfescan_*.dpx"}
    assert told["facts"][r"r\xffel"]["restorable_by_rawcooked"] is False
    assert "its name is not UTF-8" in messages(report, "COK-RAWCOOKED")
    assert back(tmp_path, film_of(tmp_path, reel.name)).exit_code == 0
    assert tree(tmp_path / "back" / reel.name) == tree(reel)


def hostile(tmp_path, monkeypatch, change):
    """Make a film that no honest program makes; nothing of it is proved."""
    spoil(monkeypatch, change)
    monkeypatch.setattr(coding, "_comes_back", lambda *_: True)
    monkeypatch.setattr(attempt, "prove_film", lambda _: ())
    report = run(tmp_path, frames(tmp_path / "reel"))
    assert report.exit_code == 0, report.findings
    return film_of(tmp_path)


def test_frames_that_claim_one_name_never_write_into_each_other(tmp_path, monkeypatch):
    film = hostile(tmp_path, monkeypatch, lambda _: {"name": b"reel/same.dpx"})
    report = back(tmp_path, film, workers=4)
    assert (codes(report), report.exit_code) == ({"UNC-EXISTS"}, 22)
    assert (report.totals.copied_files, report.totals.failed) == (1, 5)
    assert [path.name for path in (tmp_path / "back/reel").iterdir()] == ["same.dpx"]
    data = (tmp_path / "back/reel/same.dpx").read_bytes()
    assert data in {path.read_bytes() for path in (tmp_path / "reel").iterdir()}


def test_times_and_permissions_of_any_number_do_no_harm(tmp_path, monkeypatch):
    change = {"mtime_ns": -(1 << 63), "mode": (1 << 64) - 1}
    film = hostile(tmp_path, monkeypatch, lambda _: change)
    report = back(tmp_path, film)
    assert (report.exit_code, report.totals.copied_files) == (0, 6)
    modes = {path.stat().st_mode & 0o7777 for path in (tmp_path / "back/reel").iterdir()}
    assert modes == {0o777}


def test_a_name_that_the_disk_refuses_stops_no_other(tmp_path, monkeypatch):
    def change(found):
        return {"name": b"reel/" + b"n" * 300} if found.name.endswith(b"2.dpx") else {}

    film = hostile(tmp_path, monkeypatch, change)
    report = back(tmp_path, film)
    assert (codes(report), report.exit_code) == ({"UNC-NAME"}, 21)
    assert (report.totals.copied_files, report.totals.failed) == (5, 1)
