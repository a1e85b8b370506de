"""Cooked films proved years later: every file comes back in memory, or the damage is named."""

import os
import random
import shutil
from pathlib import Path

import pytest
from cook_cases import back, codes, film_of, frame, frames, messages, run, tree, whole_reel

from avpres.adapters.matroska.reading import open_matroska
from avpres.config.verify import VerifyOptions
from avpres.services.context import Context
from avpres.services.reversible.opening import open_cooked
from avpres.services.verify import verify

SLICES = 16  # that `cook` chose for this reel


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    place = tmp_path_factory.mktemp("cooked")
    run(place, whole_reel(place))
    return place


@pytest.fixture
def film(once, tmp_path) -> Path:
    """Give a film of one's own that no manifest speaks of."""
    return Path(shutil.copy(film_of(once), tmp_path / "film.mkv"))


def check(tmp: Path, *paths: Path, **options):
    return verify(VerifyOptions(paths=paths, **options), Context(state_dir=tmp / "state"))


def flip(path: Path, *offsets: int) -> None:
    data = bytearray(path.read_bytes())
    for offset in offsets:
        data[offset] ^= 0x10
    path.write_bytes(data)


def packets(path: Path, track: int = 1) -> list[tuple[int, int]]:
    with path.open("rb") as handle:
        return [(each.offset, each.size) for each in open_matroska(handle).blocks(track)]


def fixity(report) -> list:
    return [each for each in report.events if each.facts.get("proof") == "reversibility"]


def test_a_time_that_changed_behind_the_film_is_no_proof(tmp_path):
    reel = frames(tmp_path / "reel")
    for number, path in enumerate(sorted(reel.iterdir())):
        path.write_bytes(path.read_bytes() + random.Random(number).randbytes(20_000))  # noqa: S311
        os.utime(path, ns=(0, 0x0102030405060708 + number))
    run(tmp_path, reel)
    film = Path(shutil.copy(film_of(tmp_path), tmp_path / "film.mkv"))
    data = film.read_bytes()
    assert data.count(b"\x01\x02\x03\x04\x05\x06\x07") > 1, "the times stand there in plain"
    assert check(tmp_path, film).exit_code == 0
    flip(film, data.index(b"\x01\x02\x03\x04\x05\x06\x07"))
    report = check(tmp_path, film)
    assert report.exit_code != 0
    assert "check sum" in messages(report, "REV-DATA")


def test_a_film_is_proved_without_its_source(tmp_path, film):
    before = film.read_bytes()
    report = check(tmp_path, film)
    assert report.exit_code == 0
    assert "11 files" in report.summary
    assert "the film is reversible" in report.summary
    [event] = fixity(report)
    assert (event.outcome, event.facts["proved"], event.facts["damaged"]) == ("success", 11, 0)
    assert event.facts["matroska_crcs"] >= 6
    assert film.read_bytes() == before


def test_the_folder_of_a_result_is_proved_with_its_manifests(tmp_path, once):
    report = check(tmp_path, once / "out/reel")
    assert (report.exit_code, codes(report)) == (0, set())
    assert "every file matches its manifest" in report.summary
    assert "the film is reversible" in report.summary


def test_the_manifests_of_the_source_say_nothing_of_other_folders(tmp_path, once):
    report = check(tmp_path, once / "out")
    assert report.exit_code == 0
    assert "every file matches its manifest" in report.summary
    assert "reversible" not in report.summary  # a folder of films: with --decode
    assert fixity(report) == []


def test_decoding_restores_cooked_films_once_and_compares_their_lists(tmp_path, once):
    report = check(tmp_path, once / "out", decode=True)
    assert report.exit_code == 0
    assert report.facts["decoding"]["by"] == {"frame digests": 1, "source files restored": 1}
    assert len(fixity(report)) == 0


def test_a_list_of_frames_that_was_changed_is_found(tmp_path, once):
    shutil.copytree(once / "out", tmp_path / "out")
    listed = tmp_path / "out/reel/reel.framemd5"
    lines = listed.read_text().splitlines()
    lines[-1] = f"{lines[-1][:-32]}{'0' * 32}"
    listed.write_text("\n".join(lines) + "\n")
    report = check(tmp_path, tmp_path / "out", decode=True)
    assert report.exit_code == 10
    assert "frame 5" in messages(report, "DEC-MISMATCH")
    assert "look whether the list was changed" in messages(report, "DEC-MISMATCH")


@pytest.mark.parametrize("decode", [False, True], ids=["named", "decode"])
def test_a_damaged_slice_is_named_with_its_place(tmp_path, film, decode):
    offset, size = packets(film)[2]
    flip(film, offset + size - 20)
    report = check(tmp_path, film, decode=decode)
    assert report.exit_code == 10
    said = messages(report, "REV-DAMAGED")
    assert "reel/scan_0086402.dpx (frame 2 of track 1)" in said
    assert f"slice {SLICES} of {SLICES} (12 x 8 pixels at x 36, y 24)" in said
    assert said.count("\n") == 0
    assert "Cluster" in messages(report, "REV-CRC")


def test_a_slice_whose_size_is_damaged_is_named(tmp_path, film):
    offset, size = packets(film)[2]
    flip(film, offset + size - 8)
    report = check(tmp_path, film)
    said = messages(report, "REV-DAMAGED")
    assert f"slice {SLICES} of {SLICES}" in said
    assert "its size is damaged" in said


def test_a_damaged_sound_is_named_with_its_packet(tmp_path, film):
    offset, size = packets(film, 2)[1]
    flip(film, offset + size // 2)
    report = check(tmp_path, film)
    assert report.exit_code == 10
    said = messages(report, "REV-DAMAGED")
    assert "reel/sound.wav (track 2)" in said
    assert "packet 2" in said


def test_a_damaged_attachment_is_named(tmp_path, film):
    with open_cooked(film) as cooked:
        place = cooked.by_name["reel/Thumbs.db"].offset
    flip(film, place + 99)
    report = check(tmp_path, film)
    assert report.exit_code == 10
    assert "reel/Thumbs.db (an attachment)" in messages(report, "REV-DAMAGED")


def test_a_cut_film_names_every_file_that_is_lost(tmp_path, film):
    offset, _ = packets(film)[4]
    with film.open("r+b") as handle:
        handle.truncate(offset + 5)
    report = check(tmp_path, film)
    assert report.exit_code == 10
    said = messages(report, "REV-LOST")
    assert [name in said for name in ("86403", "86404", "86405")] == [False, True, True]
    assert "are missing at the end" in messages(report, "REV-CRC")


def test_a_frame_that_was_taken_out_is_named(tmp_path, film):
    """Its block becomes a Void, and the check sum of its cluster is left as it was."""
    offset, size = packets(film)[3]
    data = bytearray(film.read_bytes())
    head = data.rindex(b"\xa3", 0, offset)
    assert offset - head <= 9
    data[head] = 0xEC
    film.write_bytes(data)
    assert size
    report = check(tmp_path, film)
    assert report.exit_code == 10
    assert "reel/scan_0086403.dpx (frame 3 of track 1)" in messages(report, "REV-LOST")


@pytest.mark.parametrize("seed", range(3))
def test_no_damaged_byte_passes_for_a_whole_film(tmp_path, film, seed):
    """A byte anywhere but in a Void, where bytes mean nothing: the status says no, or it is told.

    What a missing check sum no longer covers is a warning; it is never silence.
    """
    whole = film.read_bytes()
    with open_cooked(film) as cooked:
        voids = [(each.at, each.end) for each in cooked.film.elements() if each.id == 0xEC]
        front = cooked.film.first_cluster
    inside = [at for at in range(front) if not any(a <= at < b for a, b in voids)]
    places = inside[seed::180] + list(range(front + 31 * seed, len(whole), 9001))
    for place in places:
        film.write_bytes(whole)
        flip(film, place)
        report = check(tmp_path, film)
        told = codes(report) & {"REV-CRC", "REV-DAMAGED", "REV-LOST", "REV-DATA", "FIX-NOTHING"}
        assert report.exit_code in {10, 11} or "REV-UNSUMMED" in codes(report), place
        assert told, place


def test_films_that_were_not_cooked_are_verified_as_before(tmp_path):
    path = tmp_path / "notes.mkv"
    path.write_bytes(b"\x1a\x45\xdf\xa3 and nothing else")
    report = check(tmp_path, path)
    assert (report.exit_code, codes(report)) == (11, {"FIX-NOTHING"})


def test_a_film_that_lost_its_data_is_damaged(tmp_path, once):
    shutil.copytree(once / "out", tmp_path / "out")
    path = film_of(tmp_path)
    with open_cooked(path) as cooked:
        begin = cooked.span[0]
    data = bytearray(path.read_bytes())
    data[begin : begin + 64] = bytes(64)
    path.write_bytes(data)
    report = check(tmp_path, path)
    assert report.exit_code == 10
    assert "reversibility data" in messages(report, "REV-DATA")


def test_a_film_attached_to_afterwards_still_proves_its_reel(tmp_path, film):
    """An attachment that belongs to no file is told and is no failure."""
    with open_cooked(film) as cooked:
        [attachments] = [each for each in cooked.film.elements() if each.id == 0x1941A469]
        void = next(each for each in cooked.film.elements() if each.at == attachments.end)
    name = b"\x46\x6e\x85a.txt"
    body = name + b"\x46\x60\x8atext/plain" + b"\x46\xae\x81\x77" + b"\x46\x5c\x82hi"
    element = b"\x61\xa7" + bytes([0x80 | len(body)]) + body
    whole = b"\x19\x41\xa4\x69" + bytes([0x80 | len(element)]) + element
    data = bytearray(film.read_bytes())
    rest = void.end - void.at - len(whole)
    data[void.at : void.at + len(whole)] = whole
    head = b"\xec" + (0x0100000000000000 | (rest - 9)).to_bytes(8, "big")
    data[void.at + len(whole) : void.at + len(whole) + 9] = head
    film.write_bytes(data)
    report = check(tmp_path, film)
    assert report.exit_code == 0, report.findings
    assert "a.txt" in messages(report, "REV-EXTRA")


def test_a_name_that_is_not_utf_8_is_shown_by_its_bytes(tmp_path):
    reel = tmp_path / "reel"
    frame(reel, 0)
    Path(os.fsdecode(os.fsencode(reel) + b"/caf\xe9.txt")).write_bytes(b"a" * 200)
    run(tmp_path, reel)
    film = film_of(tmp_path)
    with open_cooked(film) as cooked:
        [place] = [each.offset for each in cooked.film.attachments if "caf" in each.name]
    flip(film, place + 99)
    report = check(tmp_path, film)
    assert report.exit_code == 10
    assert r"reel/caf\xe9.txt" in messages(report, "REV-DAMAGED")


def test_what_verify_proves_uncook_gives_back(tmp_path, once, film):
    assert check(tmp_path, film).exit_code == 0
    assert back(tmp_path, film).exit_code == 0
    assert tree(tmp_path / "back/reel") == tree(once / "reel")
