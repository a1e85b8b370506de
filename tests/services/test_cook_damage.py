"""What happens to a reel or its film while it is cooked: nothing is believed."""

import os
import subprocess
from pathlib import Path

import pytest
from cook_cases import (
    back,
    codes,
    errors,
    film_of,
    frame,
    frames,
    messages,
    run,
    sound,
    tree,
    whole_reel,
)

from avpres.adapters.matroska.model import Attachment, Info
from avpres.adapters.matroska.reading import open_matroska
from avpres.adapters.matroska.writing import MatroskaWriter
from avpres.adapters.reversible.writing import ReversibilityWriter
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.config.cook import CookOptions
from avpres.domain.reversible import Attached, Library, Restoration, TrackKind
from avpres.services.context import Context, SilentProgress
from avpres.services.cook import cook
from avpres.services.reversible.opening import open_cooked


class Meanwhile(SilentProgress):
    """Does something when a phase of the work begins, as another program would."""

    def __init__(self, phase, deed):
        self.phase, self.deed = phase, deed

    def start(self, phase, **_):
        if phase == self.phase:
            self.deed()


def run_while(tmp, reel, phase, deed):
    context = Context(state_dir=tmp / "state", progress=Meanwhile(phase, deed))
    return cook(CookOptions(reels=(reel,), destination=tmp / "out"), context)


@pytest.mark.parametrize("what", ["rewritten", "touched", "added", "removed", "sidecar"])
def test_a_reel_that_changes_meanwhile_makes_no_film(tmp_path, what):
    reel = whole_reel(tmp_path)
    later = reel / "scan_0086405.dpx"
    deeds = {
        "rewritten": lambda: later.write_bytes(later.read_bytes()[:-1] + b"!"),
        "touched": lambda: os.utime(later, ns=(1, 1)),
        "added": lambda: (reel / "scan_0086406.dpx").write_bytes(b"late"),
        "removed": later.unlink,
        "sidecar": lambda: (reel / "notes" / "scan.xml").write_text("<changed/>"),
    }
    report = run_while(tmp_path, reel, "cook", deeds[what])
    assert report.exit_code in {11, 20}
    assert errors(report) <= {"COK-SOURCE", "COK-UNREADABLE"}
    assert not (tmp_path / "out/reel").exists()


def test_a_film_that_is_damaged_on_its_medium_is_kept_as_failed(tmp_path):
    reel = frames(tmp_path / "reel")

    def flip():
        film = next((tmp_path / "out").glob(".*.part/reel.mkv"))
        data = bytearray(film.read_bytes())
        data[len(data) * 3 // 4] ^= 1
        film.write_bytes(data)

    report = run_while(tmp_path, reel, "read back", flip)
    assert (report.exit_code, codes(report)) == (12, {"COK-NOT-REVERSIBLE"})
    assert os.listdir(tmp_path / "out") == ["reel.failed"]
    assert (tmp_path / "out/reel.failed/reel.mkv.failed").is_file()
    assert not list((tmp_path / "out").rglob("*mediainfo.xml"))
    assert not list((tmp_path / "out").rglob("*.mkv"))
    assert run(tmp_path, reel).exit_code == 0


def test_every_byte_of_the_written_film_is_guarded_by_the_proof(tmp_path):
    """A byte of a packet or of the data that give files back: the proof says no."""
    reel = frames(tmp_path / "reel", 2)
    run(tmp_path, reel, out="first")
    with open_cooked(film_of(tmp_path, out="first")) as cooked:
        blocks = list(cooked.film.blocks())
        data = cooked.film.attachments[0]
    places = [blocks[0].offset, blocks[1].offset + blocks[1].size - 1]
    places += [data.offset + data.size * part // 12 for part in range(12)]
    for place in places:

        def flip(place=place):
            film = next((tmp_path / "out").glob(".*.part/reel.mkv"))
            content = bytearray(film.read_bytes())
            content[place] ^= 0x10
            film.write_bytes(content)

        report = run_while(tmp_path, reel, "read back", flip)
        assert report.exit_code == 12, place


def test_the_framemd5_is_what_ffmpeg_finds_in_the_film(tmp_path):
    reel = tmp_path / "reel"
    frames(reel / "a", 3)
    frames(reel / "b", 3)
    sound(reel / "s.wav")
    run(tmp_path, reel)
    command = [str(find_ffmpeg().path), "-v", "error", "-i", str(film_of(tmp_path))]
    done = subprocess.run(
        [*command, "-map", "0:v", "-f", "framemd5", "-"], check=True, capture_output=True
    )
    ours = (tmp_path / "out/reel/reel.framemd5").read_bytes()

    def lines(text):
        found = [line.split(b",") for line in text.splitlines() if not line.startswith(b"#")]
        return sorted((line[0].strip(), line[2].strip(), line[-1].strip()) for line in found)

    assert lines(ours) == lines(done.stdout)


def as_rawcooked(source: Path, film: Path, *, hashes: bool) -> None:
    """Write a film again with what RAWcooked itself keeps, and nothing of ours."""
    with open_cooked(source) as cooked, film.open("w+b") as handle:
        data = film.with_suffix(".data")
        with data.open("wb") as spool:
            writer = ReversibilityWriter(spool, Library("RAWcooked", "21.09"))
            for each in cooked.data.attached():
                writer.attachment(Attached(each.name, size=each.size, md5=each.md5))
            for _, track in cooked.tracks:
                files = [
                    Restoration(
                        name=each.name,
                        before=each.before,
                        after=each.after,
                        residual=each.residual,
                        md5=each.md5 if hashes else None,
                    )
                    for each in track.files(residual=True)
                ]
                writer.begin_track(track.kind, files[0])
                if track.kind is TrackKind.FRAMES:
                    for each in files:
                        writer.block(each)
        attachments = [
            Attachment(each.name, each.mime, each.size, lambda each=each: cooked.film.open(each), n)
            for n, each in enumerate(cooked.film.attachments[:-1], 1)
        ]
        attachments.append(
            Attachment("data", "x/y", data.stat().st_size, lambda: data.open("rb"), 99)
        )
        made = MatroskaWriter(handle, cooked.film.tracks, attachments, info=Info(app="other"))
        for block in cooked.film.blocks():
            made.add(block.track, block.time_ns, cooked.film.payload(block))
        made.finish(10**9)


@pytest.mark.parametrize("hashes", [True, False], ids=["hashes", "no hashes"])
def test_a_film_without_anything_of_ours_comes_back(tmp_path, hashes):
    reel = whole_reel(tmp_path)
    frame(reel, 5, padding=-1, trailer=b"more")
    run(tmp_path, reel)
    film = tmp_path / "other.mkv"
    as_rawcooked(film_of(tmp_path), film, hashes=hashes)
    report = back(tmp_path, film)
    assert report.exit_code == 0, report.findings
    wanted = {name: facts[0] for name, facts in tree(reel).items() if facts[0]}
    found = {name: facts[0] for name, facts in tree(tmp_path / "back/reel").items() if facts[0]}
    assert found == wanted
    assert ("UNC-UNPROVED" in codes(report)) is not hashes


def test_a_lost_cluster_costs_its_own_frames_alone(tmp_path):
    reel = frames(tmp_path / "reel", 4)
    for number in range(4, 200):
        frame(reel, number)
    run(tmp_path, reel)
    film = film_of(tmp_path)
    with film.open("rb") as handle:
        blocks = list(open_matroska(handle).blocks())
    data = bytearray(film.read_bytes())
    begin = blocks[130].offset - 40
    data[begin : blocks[131].offset] = bytes(blocks[131].offset - begin)
    film.write_bytes(data)
    report = back(tmp_path, film)
    assert report.exit_code != 0
    lost = {name for name in tree(reel) if name not in tree(tmp_path / "back/reel")}
    assert 0 < len(lost) < 130
    told = messages(report, "UNC-LOST") + messages(report, "UNC-DAMAGED")
    assert all(os.fsdecode(name) in told for name in lost)
    assert "UNC-LOST" in codes(report)
    found = tree(tmp_path / "back/reel")
    assert all(found[name] == facts for name, facts in tree(reel).items() if name not in lost)
