"""Copies that lack blocks, and damage of which a check sum decides only when it is solved."""

import random
import wave
import zlib
from io import BytesIO

import pytest
import scan_maker
from cook_cases import codes, film_of, frames, run

from avpres.adapters.matroska.reading import open_matroska
from avpres.adapters.matroska.source import Source
from avpres.config.repair import RepairOptions
from avpres.services.context import Context
from avpres.services.repair import repair
from avpres.services.repair.sums import SliceSum, Stated, chosen
from avpres.services.reversible.opening import open_cooked


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """Frames with a sound and an attachment that no program can make smaller."""
    place = tmp_path_factory.mktemp("cooked")
    reel = frames(place / "reel", 24)
    chance = random.Random(3)  # noqa: S311 - grain, no secret
    with wave.open(str(reel / "sound.wav"), "wb") as handle:
        handle.setparams((2, 2, 48_000, 0, "NONE", ""))
        handle.writeframes(chance.randbytes(4 * 24_000))
    (reel / "lut.bin").write_bytes(chance.randbytes(60_000))
    run(place, reel)
    return film_of(place)


@pytest.fixture(scope="module")
def whole(once) -> bytes:
    return once.read_bytes()


@pytest.fixture(scope="module")
def places(once):
    """Where the reversibility data stand, and the first and the last cluster."""
    with open_cooked(once) as cooked, once.open("rb") as handle:
        blocks = list(open_matroska(handle).blocks())
        return cooked.span, (blocks[0].offset, blocks[-1].offset + blocks[-1].size)


class Bench:
    def __init__(self, folder, whole):
        self.folder, self.whole = folder, whole

    def repair(self, *copies: bytes):
        paths = [self.folder / f"{number}.mkv" for number in range(len(copies))]
        for path, data in zip(paths, copies, strict=True):
            path.write_bytes(data)
        wanted = RepairOptions(film=paths[0], copies=paths[1:])
        return repair(wanted, Context(state_dir=self.folder / "state"))

    def heals(self, *copies: bytes) -> None:
        report = self.repair(*copies)
        assert report.exit_code == 0, report.findings
        assert (self.folder / "0.repaired.mkv").read_bytes() == self.whole


@pytest.fixture
def bench(tmp_path, whole):
    return Bench(tmp_path, whole)


def flipped(whole: bytes, places) -> bytes:
    data = bytearray(whole)
    for place in places:
        data[place] ^= 1 << place % 8
    return bytes(data)


def without(whole: bytes, begin: int, size: int = 20_000) -> bytes:
    return whole[:begin] + whole[begin + size :]


@pytest.mark.parametrize("part", ["data", "clusters"])
def test_many_single_bytes_that_are_damaged_in_both_are_mended(bench, whole, places, part):
    """Thirty at least: the check sum of their element alone leaves many ways."""
    (begin, size), (first, last) = places
    span = range(begin, begin + size) if part == "data" else range(first, last)
    chance = random.Random(1)  # noqa: S311 - damage, no secret
    found = chance.sample(span, 34 if part == "data" else 60)
    bench.heals(flipped(whole, found[::2]), flipped(whole, found[1::2]))


def test_a_frame_of_a_thousand_slices_is_mended(tmp_path):
    reel = tmp_path / "reel"
    reel.mkdir()
    (reel / "scan_1.dpx").write_bytes(scan_maker.dpx(64, 64, seed=1, number=1))
    run(tmp_path, reel, slices=1024)
    once = film_of(tmp_path)
    with once.open("rb") as handle:
        block = next(open_matroska(handle).blocks())
    found = range(block.offset + 50, block.offset + block.size - 50, block.size // 60)
    data = once.read_bytes()
    Bench(tmp_path, data).heals(flipped(data, found[::2]), flipped(data, found[1::2]))


def test_an_attachment_is_mended_by_its_digest_and_the_check_sum(bench, whole):
    begin = whole.index(b"lut.bin") + 1000
    chance = random.Random(2)  # noqa: S311 - damage, no secret
    found = chance.sample(range(begin, begin + 50_000), 30)
    bench.heals(flipped(whole, found[::2]), flipped(whole, found[1::2]))


def test_blocks_that_are_missing_in_both_are_put_in_step(bench, whole, places):
    _, (first, last) = places
    one = without(flipped(whole, [400, last - 50]), first + 3000)
    other = without(flipped(whole, [500, first + 60_000]), first + 30_000)
    bench.heals(one, other)
    bench.heals(other[:-700], whole[:90_000] + whole[95_000:], one)


def test_a_lost_block_beside_a_damaged_byte_is_filled(bench, whole, places):
    _, (first, _) = places
    at = next(at for at in range(first + 5000, first + 9000) if whole[at - 1] and whole[at + 4096])
    one = whole[:at] + bytes(4096) + whole[at + 4096 :]
    other = flipped(whole, [at - 1, at + 4096, at + 4097])
    bench.heals(one, other)


@pytest.mark.parametrize("seed", range(4))
def test_two_tapes_that_were_damaged_at_chance(bench, whole, seed):
    """Each outcome is the film as it was, or a refusal that names what is beyond repair."""
    chance = random.Random(seed)  # noqa: S311 - damage, no secret
    copies = []
    for _ in range(2):
        data = bytearray(flipped(whole, chance.sample(range(len(whole)), 12)))
        at = chance.randrange(0, len(whole), 512)
        data[at : at + 512] = bytes(len(data[at : at + 512]))
        at = chance.randrange(len(whole))
        del data[at : at + chance.choice([0, 0, 8192])]
        copies.append(bytes(data))
    report = bench.repair(*copies)
    made = bench.folder / "0.repaired.mkv"
    if report.exit_code == 0:
        assert made.read_bytes() == whole
    else:
        assert not made.exists()
        assert {"REP-FAILED"} < codes(report)


@pytest.mark.parametrize("kind", ["stated", "slice"])
def test_the_changes_that_make_a_check_sum_right_are_computed(kind):
    chance = random.Random(7)  # noqa: S311 - no secret
    data = bytearray(chance.randbytes(3000))
    check = Stated(4, 3000, 0, "big") if kind == "stated" else SliceSum(0, 3000)
    if kind == "stated":
        data[:4] = zlib.crc32(data[4:]).to_bytes(4, "big")
    right = check.wrong(Source(BytesIO(data)))
    places = chance.sample(range(3000), 24)
    for place in places[:12]:
        data[place] ^= 0x40
    wrong = check.wrong(Source(BytesIO(data)))
    effects = [check.effect(place, b"\x40") for place in places]
    assert list(chosen(effects, wrong ^ right)) == [(1 << 12) - 1]
    assert list(chosen(effects[12:], wrong ^ right)) == []
