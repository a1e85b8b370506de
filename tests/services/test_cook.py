"""Cooking: every byte of a reel comes back, and nothing is called a film before that is proved."""

import hashlib
import json
import os
import shutil
import subprocess
import sys

import pytest
from cook_cases import (
    back,
    codes,
    comes_back,
    film_of,
    frame,
    frames,
    messages,
    run,
    sound,
    tree,
    whole_reel,
)

from avpres.adapters.matroska.reading import open_matroska
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.config.verify import VerifyOptions
from avpres.domain.premis import EventType
from avpres.domain.reel import CookProfile, Gaps, Misfits
from avpres.services.context import Context
from avpres.services.cook import describing
from avpres.services.verify import verify


def test_a_reel_with_sound_and_sidecars_comes_back_byte_by_byte(tmp_path):
    reel = whole_reel(tmp_path)
    before = tree(reel)
    comes_back(tmp_path, reel)
    assert tree(reel) == before


def test_what_proves_a_film_lies_beside_it(tmp_path):
    reel = whole_reel(tmp_path)
    report = run(tmp_path, reel)
    folder = tmp_path / "out" / "reel"
    assert {path.name for path in folder.iterdir()} == {
        *("reel.mkv", "reel.cook.json", "reel.framemd5", "source"),
        "reel.events.jsonl",
        *("reel.mediainfo.xml", "reel.mediatrace.xml", "reel.md5", "reel.sha256"),
    }
    told = json.loads((folder / "reel.cook.json").read_text())
    assert told["verdict"] == "reversible"
    assert told["film"]["restorable_by_rawcooked"] is True
    kinds = [event.type for event in report.events]
    assert kinds == [
        EventType.MESSAGE_DIGEST_CALCULATION,
        EventType.NORMALIZATION,
        EventType.VALIDATION,
        EventType.FIXITY_CHECK,
    ]
    assert report.events[1].facts["reversible"] == "yes"


def test_many_attachments_are_not_traced_one_by_one(tmp_path, monkeypatch):
    monkeypatch.setattr(describing, "_TRACED", 3)
    report = run(tmp_path, whole_reel(tmp_path))
    assert "more than 3 attachments" in messages(report, "COK-UNDESCRIBED")
    assert report.exit_code == 0
    beside = {path.name for path in (tmp_path / "out/reel").iterdir()}
    assert "reel.mediainfo.xml" in beside
    assert "reel.mediatrace.xml" not in beside


def test_the_manifests_of_the_source_are_what_another_program_finds(tmp_path):
    reel = whole_reel(tmp_path)
    run(tmp_path, reel)
    lines = (tmp_path / "out/reel/source/reel_manifest.sha256").read_text().splitlines()
    found = {name: value for value, name in (line.split("  ", 1) for line in lines)}
    files = [path for path in reel.rglob("*") if path.is_file()]
    assert found == {
        str(path.relative_to(tmp_path)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_the_folder_of_a_film_and_what_is_restored_verify(tmp_path):
    reel = whole_reel(tmp_path)
    run(tmp_path, reel)
    back(tmp_path, film_of(tmp_path))
    context = Context(state_dir=tmp_path / "state")
    result = verify(VerifyOptions(paths=(tmp_path / "out/reel",)), context)
    assert (result.exit_code, result.totals.failed) == (0, 0), result.findings
    source = tmp_path / "out/reel/source/reel_manifest.sha256"
    restored = VerifyOptions(paths=(tmp_path / "back/reel",), manifest=(source,))
    assert verify(restored, context).exit_code == 0


def test_the_film_does_not_depend_on_the_number_of_workers(tmp_path):
    reel = whole_reel(tmp_path)
    for workers in (1, 2, 4):
        run(tmp_path, reel, out=f"out{workers}", workers=workers)
    films = [film_of(tmp_path, out=f"out{workers}").read_bytes() for workers in (1, 2, 4)]
    assert films[0] == films[1] == films[2]


def test_a_second_run_finds_the_film_there(tmp_path):
    reel = whole_reel(tmp_path)
    run(tmp_path, reel)
    again = run(tmp_path, reel)
    assert (again.exit_code, again.totals.already_there) == (0, 1)


def test_a_film_of_another_state_of_the_reel_is_not_replaced(tmp_path):
    reel = whole_reel(tmp_path)
    run(tmp_path, reel)
    film = film_of(tmp_path).read_bytes()
    (reel / "late.txt").write_text("late")
    again = run(tmp_path, reel)
    assert (again.exit_code, codes(again)) == (22, {"COK-EXISTS"})
    assert film_of(tmp_path).read_bytes() == film


def test_folders_of_frames_become_tracks_of_one_film(tmp_path):
    reel = tmp_path / "feature"
    for part in ("part 1", "part 2", "part 3/scan"):
        frames(reel / part, 3)
    sound(reel / "audio" / "left.wav")
    sound(reel / "audio" / "right.wav", width=2)
    comes_back(tmp_path, reel)
    with film_of(tmp_path, "feature").open("rb") as handle:
        kinds = [track.codec_id for track in open_matroska(handle).tracks]
    assert kinds == ["V_FFV1"] * 3 + ["A_FLAC"] * 2


def test_several_reels_are_cooked_and_a_bad_one_stops_no_other(tmp_path):
    good, bad = frames(tmp_path / "good"), frames(tmp_path / "bad")
    (bad / "scan_0086402.dpx").unlink()
    report = run(tmp_path, bad, good)
    assert report.exit_code == 13
    assert film_of(tmp_path, "good").is_file()
    assert os.listdir(tmp_path / "out") == ["good"]


@pytest.mark.parametrize("policy", [Gaps.HOLD, Gaps.CLOSE])
def test_a_gap_is_held_or_closed_as_asked(tmp_path, policy):
    reel = frames(tmp_path / "reel")
    (reel / "scan_0086402.dpx").unlink()
    comes_back(tmp_path, reel, gaps=policy)
    with film_of(tmp_path).open("rb") as handle:
        times = [block.time_ns // 10**6 for block in open_matroska(handle).blocks()]
    held = [0, 42, 125, 167, 208]
    assert times == (held if policy is Gaps.HOLD else [0, 42, 83, 125, 167])


def test_a_gap_is_named_by_its_folder_though_another_has_the_number(tmp_path):
    reel = tmp_path / "reel"
    frames(reel / "scan01")
    frames(reel / "scan02")
    (reel / "scan01" / "scan_0086402.dpx").unlink()
    report = run(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (13, {"COK-GAP"})
    assert "scan01" in messages(report, "COK-GAP")
    assert "86402" in messages(report, "COK-GAP")
    assert not (tmp_path / "out" / "reel").exists()


@pytest.mark.parametrize("damage", ["empty", "cut"])
def test_a_broken_frame_is_refused_by_name_or_attached(tmp_path, damage):
    reel = frames(tmp_path / "reel")
    broken = reel / "scan_0086403.dpx"
    data = broken.read_bytes()
    broken.write_bytes(b"" if damage == "empty" else data[: len(data) // 2])
    refused = run(tmp_path, reel)
    assert (refused.exit_code, codes(refused)) == (13, {"COK-BAD"})
    assert broken.name in messages(refused, "COK-BAD")
    comes_back(tmp_path, reel, bad_frames=Misfits.ATTACH)
    with film_of(tmp_path).open("rb") as handle:
        times = [block.time_ns // 10**6 for block in open_matroska(handle).blocks()]
    assert times == [0, 42, 83, 167, 208]


def test_two_frames_with_one_number_are_refused(tmp_path):
    reel = frames(tmp_path / "reel")
    shutil.copy(reel / "scan_0086403.dpx", reel / "scan_86403.dpx")
    report = run(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (13, {"COK-DOUBLE"})


def test_a_frame_of_another_form_is_found_before_any_encoding(tmp_path):
    reel = frames(tmp_path / "reel")
    frame(reel, 3, bits=16)
    report = run(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (13, {"COK-CHANGED"})
    assert "scan_0086403.dpx" in messages(report, "COK-CHANGED")


def test_a_link_in_a_reel_is_refused(tmp_path):
    reel = frames(tmp_path / "reel")
    (reel / "link").symlink_to("scan_0086400.dpx")
    report = run(tmp_path, reel)
    assert (report.exit_code, codes(report)) == (13, {"COK-LINK"})


def test_a_folder_without_frames_is_refused(tmp_path):
    (tmp_path / "reel").mkdir()
    (tmp_path / "reel" / "notes.txt").write_text("no film")
    report = run(tmp_path, tmp_path / "reel")
    assert (report.exit_code, codes(report)) == (13, {"COK-NOTHING"})


def test_padding_that_is_not_zero_comes_back(tmp_path):
    comes_back(tmp_path, frames(tmp_path / "reel", padding=-1, trailer=b"behind"))


def test_data_that_outgrow_their_room_stand_behind_the_film(tmp_path):
    import random

    reel = frames(tmp_path / "reel")
    for number, path in enumerate(sorted(reel.iterdir())):
        chance = random.Random(number)  # noqa: S311 - noise, no secret
        path.write_bytes(path.read_bytes() + chance.randbytes(20_000))
    comes_back(tmp_path, reel)
    with film_of(tmp_path).open("rb") as handle:
        film = open_matroska(handle)
        assert list(film.attachments) == []
        assert film.tail < film_of(tmp_path).stat().st_size


def test_names_of_any_bytes_come_back(tmp_path):
    reel = tmp_path / "r\"e$l'%0A `x`"
    frames(reel)
    for name in (b"\xff\xfe.txt", b"new\nline.xml", b"a trailing space ", b"n" * 255):
        with open(os.path.join(os.fsencode(reel), name), "wb") as handle:
            handle.write(name)
    for text in ("caf\u00e9.txt", "cafe\u0301.txt"):
        (reel / text).write_text(text)
    report = run(tmp_path, reel)
    assert report.exit_code == 0
    film = film_of(tmp_path, reel.name)
    assert back(tmp_path, film).exit_code == 0
    assert tree(tmp_path / "back" / reel.name) == tree(reel)


def test_numbers_without_leading_zeros_are_one_sequence(tmp_path):
    reel = frames(tmp_path / "reel", 12)
    for place, path in enumerate(sorted(reel.iterdir())):
        path.rename(reel / f"{place + 1}.dpx")
    comes_back(tmp_path, reel)
    with film_of(tmp_path).open("rb") as handle:
        assert len(open_matroska(handle).tracks) == 1


def test_a_number_in_the_middle_of_names_is_found(tmp_path):
    reel = frames(tmp_path / "reel", 5)
    for place, path in enumerate(sorted(reel.iterdir())):
        path.rename(reel / f"scan_{place:04d}_2k.dpx")
    comes_back(tmp_path, reel)
    with film_of(tmp_path).open("rb") as handle:
        assert len(open_matroska(handle).tracks) == 1


def test_a_broken_first_frame_keeps_its_time(tmp_path):
    reel = frames(tmp_path / "reel", 4)
    (reel / "scan_0086400.dpx").write_bytes(b"")
    comes_back(tmp_path, reel, bad_frames=Misfits.ATTACH)
    with film_of(tmp_path).open("rb") as handle:
        times = [block.time_ns // 10**6 for block in open_matroska(handle).blocks()]
    assert times == [42, 83, 125]


def test_the_profile_of_rawcooked_has_its_parameters(tmp_path):
    report = run(tmp_path, frames(tmp_path / "reel"), profile=CookProfile.RAWCOOKED)
    assert report.facts["reel"]["ffv1"] == {"scan_*.dpx": "context 1, 16 slices"}


def test_the_profile_of_rawcooked_gives_the_packets_of_ffmpeg(tmp_path):
    """The command is RAWcooked's own (25.12, `-d`)."""
    reel = frames(tmp_path / "reel", bits=16)
    run(tmp_path, reel, profile=CookProfile.RAWCOOKED)
    theirs = tmp_path / "theirs.mkv"
    words = ["-f", "image2", "-c:v", "dpx", "-framerate", "24", "-start_number", "86400"]
    coded = [
        "-c:v",
        "ffv1",
        "-coder",
        "1",
        "-context",
        "1",
        "-g",
        "1",
        "-level",
        "3",
        "-slicecrc",
        "1",
        "-slices",
        "36",
    ]
    pattern = str(reel / "scan_%07d.dpx")
    command = [str(find_ffmpeg().path), "-v", "error", *words, "-i", pattern, *coded, str(theirs)]
    subprocess.run(command, check=True)

    def packets(path):
        with path.open("rb") as handle:
            film = open_matroska(handle)
            return [film.payload(block) for block in film.blocks()]

    assert packets(film_of(tmp_path)) == packets(theirs)


def test_a_path_is_read_as_it_was_meant(tmp_path, monkeypatch):
    """A slash at the end, a relative path: IFI's script called such reels lossy."""
    frames(tmp_path / "a r\u00e9el")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AVPRES_STATE_DIR", str(tmp_path / "state"))
    words = [sys.executable, "-m", "avpres", "cook", "a r\u00e9el/", "./out/"]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert film_of(tmp_path, "a r\u00e9el").is_file()
    assert "every byte comes back" in done.stdout


def test_the_rate_is_the_headers_or_what_was_said(tmp_path):
    report = run(tmp_path, frames(tmp_path / "reel", film_rate=18.0), rate="25")
    assert "18" in messages(report, "COK-RATE")
    with film_of(tmp_path).open("rb") as handle:
        assert open_matroska(handle).tracks[0].default_duration_ns == 40_000_000


def test_a_sound_of_another_length_is_told(tmp_path):
    reel = frames(tmp_path / "reel")
    sound(reel / "long.wav", 120_000)
    report = run(tmp_path, reel)
    assert (report.exit_code, "COK-LENGTH" in codes(report)) == (0, True)


def test_a_destination_in_the_reel_is_refused(tmp_path):
    from avpres.domain.errors import UsageError

    reel = frames(tmp_path / "reel")
    with pytest.raises(UsageError, match="lies in"):
        run(tmp_path, reel, out="reel/out")
