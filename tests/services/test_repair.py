"""One whole film of damaged copies: right to the byte, or no result at all."""

import os
import random
import resource
from pathlib import Path

import pytest
from cook_cases import back as uncooked
from cook_cases import codes, film_of, messages, run, tree, whole_reel

from avpres.adapters.matroska.reading import open_matroska
from avpres.adapters.storage import durable
from avpres.config.repair import RepairOptions
from avpres.domain.errors import (
    DestinationExistsError,
    DestinationRefusedError,
    NotConformantError,
    UsageError,
)
from avpres.services.context import Context
from avpres.services.repair import repair
from avpres.services.repair.target import JOB
from avpres.services.reversible.opening import open_cooked


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    place = tmp_path_factory.mktemp("cooked")
    run(place, whole_reel(place))
    return place


@pytest.fixture
def whole(once) -> bytes:
    return film_of(once).read_bytes()


class Bench:
    """Copies of a film in a folder, and their repair."""

    def __init__(self, folder: Path, whole: bytes) -> None:
        self.folder, self.whole = folder, whole

    def copy(self, name: str, *flips: int, data: bytes | None = None) -> Path:
        found = bytearray(self.whole if data is None else data)
        for offset in flips:
            found[offset] ^= 0x10
        path = self.folder / f"{name}.mkv"
        path.write_bytes(found)
        return path

    def repair(self, film: Path, *copies: Path, **options):
        wanted = RepairOptions(film=film, copies=copies, **options)
        return repair(wanted, Context(state_dir=self.folder / "state"))

    def heals(self, *damages: Path) -> None:
        """Repair the first from the others; sources stay, the film is the one that was made."""
        before = [each.read_bytes() for each in damages]
        report = self.repair(*damages)
        assert report.exit_code == 0, report.findings
        made = self.folder / f"{damages[0].stem}.repaired.mkv"
        assert made.read_bytes() == self.whole
        assert [each.read_bytes() for each in damages] == before
        assert not list(self.folder.glob("*.failed*"))
        made.unlink()


@pytest.fixture
def bench(tmp_path, whole):
    return Bench(tmp_path, whole)


@pytest.fixture
def blocks(once):
    with film_of(once).open("rb") as handle:
        return [(each.track, each.offset, each.size) for each in open_matroska(handle).blocks()]


@pytest.fixture
def parts(once):
    with open_cooked(film_of(once)) as cooked:
        return {
            each.id: (each.at, each.data, each.end)
            for each in reversed(cooked.film.elements())
            if each.id != 0xEC
        }


def pictures(blocks) -> list[tuple[int, int]]:
    return [(offset, size) for track, offset, size in blocks if track == 1]


def test_a_damaged_frame_comes_from_the_copy(bench, blocks):
    offset, size = pictures(blocks)[2]
    report = bench.repair(bench.copy("a", offset + size // 2), bench.copy("b"))
    assert report.exit_code == 0, report.findings
    assert (bench.folder / "a.repaired.mkv").read_bytes() == bench.whole
    said = messages(report, "REP-MENDED")
    assert "reel/scan_0086402.dpx (frame 2 of track 1)" in said
    assert "1 byte taken" in said
    assert [each.type.value for each in report.events] == ["modification", "fixity check"]
    assert report.facts["bytes_taken"] == 1
    assert "every one matches its digests" in report.summary


def test_the_new_film_gives_every_file_back(bench, blocks, once, tmp_path):
    offset, size = pictures(blocks)[1]
    bench.repair(bench.copy("a", offset + 9), bench.copy("b", offset + size - 9))
    assert uncooked(tmp_path, tmp_path / "a.repaired.mkv").exit_code == 0
    assert tree(tmp_path / "back/reel") == tree(once / "reel")


def test_two_copies_that_are_damaged_in_one_frame_make_a_whole_one(bench, blocks):
    offset, size = pictures(blocks)[0]
    bench.heals(bench.copy("a", offset + 100, offset + 900), bench.copy("b", offset + size - 40))


def test_a_sector_that_was_lost_is_filled(bench, blocks):
    offset, size = pictures(blocks)[3]
    one, other = bytearray(bench.whole), bytearray(bench.whole)
    one[offset + 512 : offset + 4608] = bytes(4096)
    other[offset + 5000 : offset + size] = bytes(at * 37 % 251 for at in range(size - 5000))
    bench.heals(bench.copy("a", data=bytes(one)), bench.copy("b", data=bytes(other)))


@pytest.mark.parametrize("which", [0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1254C367, 0x1C53BB6B])
@pytest.mark.parametrize("place", [0, 5, 20])
def test_heads_and_cues_that_are_damaged_in_both_are_mended(bench, parts, which, place):
    """SeekHead, Info, Tracks, Tags, Cues: id, size, check sum, contents."""
    at, _, end = parts[which]
    bench.heals(bench.copy("a", at + place), bench.copy("b", end - 2))


def test_attachments_and_reversibility_data_are_mended(bench, once):
    with open_cooked(film_of(once)) as cooked:
        attached = cooked.by_name["reel/Thumbs.db"].offset
        begin, size = cooked.span
    bench.heals(bench.copy("a", attached + 7, begin + 50), bench.copy("b", begin + size - 99))


def test_sound_is_mended(bench, blocks):
    (one, size), (other, _) = [(at, size) for track, at, size in blocks if track == 2][:2]
    bench.heals(bench.copy("a", one + size // 2), bench.copy("b", other + 30))


def test_the_head_of_the_file_is_mended(bench):
    for place in (3, 20, 40, 46, 51):
        bench.heals(bench.copy("a", place), bench.copy("b", 100_000))


def test_a_cut_film_is_made_whole(bench):
    bench.heals(bench.copy("a", data=bench.whole[:90_000]), bench.copy("b", 80_000))
    bench.heals(bench.copy("a", 90_000), bench.copy("b", data=bench.whole[:120_000]))


def test_three_copies_that_are_all_damaged_make_a_whole_one(bench, blocks):
    offset, _ = pictures(blocks)[0]
    far = len(bench.whole) - 300
    bench.heals(
        bench.copy("a", offset, far), bench.copy("b", offset + 60, far), bench.copy("c", 400)
    )


@pytest.mark.parametrize("seed", range(3))
def test_damage_at_chance_in_both_is_mended(bench, seed):
    chance = random.Random(seed)  # noqa: S311 - damage, no secret
    size = len(bench.whole)
    bench.heals(
        bench.copy("a", *(chance.randrange(0, size, 20) for _ in range(3))),
        bench.copy("b", *(chance.randrange(10, size, 20) for _ in range(2))),
    )


def test_what_is_damaged_in_both_alike_is_no_result(bench, blocks):
    offset, size = pictures(blocks)[4]
    report = bench.repair(
        bench.copy("a", offset + size // 2, 400), bench.copy("b", offset + size // 2)
    )
    assert report.exit_code == 10
    assert "scan_0086404.dpx (frame 4 of track 1)" in messages(report, "REV-DAMAGED")
    assert "REP-FAILED" in codes(report)
    assert not (bench.folder / "a.repaired.mkv").exists()
    assert (bench.folder / "a.repaired.mkv.failed").is_file()
    assert sorted(each.name for each in bench.folder.glob("*.mkv*")) == [
        *("a.mkv", "a.repaired.mkv.failed"),
        "b.mkv",
    ]


def test_where_only_the_end_is_lost_the_files_are_said_to_come_back(bench):
    """Tags and cues stand there, which no file is made of."""
    report = bench.repair(bench.copy("a", 100_000), bench.copy("b", data=bench.whole[:-40]))
    assert report.exit_code == 0
    (bench.folder / "a.repaired.mkv").unlink()
    one = bench.copy("a", data=bench.whole[:-60])
    report = bench.repair(one, bench.copy("b", data=bench.whole[:-40]))
    assert report.exit_code == 10
    assert "40 bytes are missing at the end" in messages(report, "REV-CRC")
    assert "`avpres uncook` restores all" in messages(report, "REP-FAILED")


def test_copies_that_are_alike_and_damaged_make_nothing(bench, blocks):
    offset, size = pictures(blocks)[4]
    report = bench.repair(bench.copy("a", offset + 99), bench.copy("b", offset + 99))
    assert report.exit_code == 10
    assert {"REP-ALIKE", "REV-DAMAGED"} <= codes(report)
    assert sorted(each.name for each in bench.folder.glob("*.mkv*")) == ["a.mkv", "b.mkv"]
    assert size


def test_a_whole_film_is_left_alone(bench):
    report = bench.repair(bench.copy("a"), bench.copy("b"))
    assert (report.exit_code, codes(report)) == (0, {"REP-NOTHING"})
    assert not (bench.folder / "a.repaired.mkv").exists()


def test_frames_decide_where_a_film_has_no_check_sums(bench, blocks):
    """Every CRC-32 becomes a Void, as in films of MKVToolNix."""
    data = bytearray(bench.whole)
    for name in (b"\x1f\x43\xb6\x75",):
        at = data.find(name)
        while at >= 0:
            crc = data.find(b"\xbf\x84", at, at + 16)
            if crc >= 0:
                data[crc] = 0xEC
            at = data.find(name, at + 4)
    plain = bytes(data)
    bench.whole = plain
    offset, size = pictures(blocks)[5]
    one, other = bench.copy("a", offset + 70), bench.copy("b", offset + size - 50)
    report = bench.repair(one, other)
    assert report.exit_code == 0, report.findings
    assert (bench.folder / "a.repaired.mkv").read_bytes() == plain


def test_another_film_is_no_copy(bench, tmp_path):
    other = tmp_path / "other"
    run(other, whole_reel(other, "another"))
    with pytest.raises(NotConformantError, match="no copy of the same film"):
        bench.repair(bench.copy("a", 100_000), film_of(other, "another"))
    assert sorted(each.name for each in bench.folder.glob("*.mkv*")) == ["a.mkv"]


def test_a_copy_that_is_the_film_itself_is_refused(bench):
    film = bench.copy("a")
    os.link(film, bench.folder / "link.mkv")
    with pytest.raises(UsageError, match="named twice"):
        bench.repair(film, bench.folder / "link.mkv")


def test_nothing_is_overwritten(bench):
    there = bench.folder / "out.mkv"
    there.write_text("mine")
    with pytest.raises(DestinationExistsError):
        bench.repair(bench.copy("a", 100_000), bench.copy("b"), destination=there)
    assert there.read_text() == "mine"


def test_a_folder_takes_the_new_film_under_its_own_name(bench, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    left = out / durable.staged_name("a.mkv", JOB)
    left.write_bytes(b"what a killed run left")
    report = bench.repair(bench.copy("a", 100_000), bench.copy("b"), destination=out)
    assert report.exit_code == 0
    assert (out / "a.mkv").read_bytes() == bench.whole
    assert [each.name for each in out.iterdir()] == ["a.mkv"]
    assert not left.exists()


def test_a_full_disk_leaves_nothing_and_a_second_run_makes_the_film(bench):
    one, other = bench.copy("a", 100_000), bench.copy("b")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, limits[1]))
        with pytest.raises(DestinationRefusedError, match="mend that and run again"):
            bench.repair(one, other)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sorted(each.name for each in bench.folder.iterdir()) == ["a.mkv", "b.mkv", "state"]
    bench.heals(one, other)


def test_the_same_command_again_proves_what_it_has_made(bench):
    one, other = bench.copy("a", 100_000), bench.copy("b")
    assert bench.repair(one, other).exit_code == 0
    report = bench.repair(one, other)
    assert (report.exit_code, codes(report)) == (0, {"REP-THERE"})
    assert "every one matches its digests" in report.summary
