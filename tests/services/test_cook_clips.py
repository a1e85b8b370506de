"""AVI of plain samples: every byte comes back, and pictures and sound can be played."""

import hashlib
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import clip_maker as make
import pytest
from cook_cases import back, codes, comes_back, film_of, frames, messages, run, tree

from avpres.adapters.matroska import clusters
from avpres.adapters.matroska.reading import open_matroska
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.config.inspect import InspectOptions
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import UsageError
from avpres.domain.reel import Gaps
from avpres.services.context import Context
from avpres.services.inspect import inspect
from avpres.services.verify import verify


def reel_of(tmp: Path, data: bytes, name: str = "tape.avi") -> Path:
    reel = tmp / "reel"
    reel.mkdir(exist_ok=True)
    (reel / name).write_bytes(data)
    return reel


@pytest.mark.parametrize("form", make.FORMS)
@pytest.mark.parametrize("samples", [make.slope, make.noise], ids=["slope", "noise everywhere"])
def test_every_form_comes_back(tmp_path, form, samples):
    comes_back(tmp_path, reel_of(tmp_path, make.avi(form, samples=samples)))


@pytest.mark.parametrize(
    "oddity",
    [
        {"down": True, "form": "rgb24"},
        {"width": 50, "height": 6},
        {"width": 6, "form": "rgb24"},
        {"segments": 3},
        {"records": True},
        {"dropped": (0, 2, 5)},
        {"odd": (1, 3)},
        {"ahead": True},
        {"index": False},
        {"junk": 70_001},
        {"sizes": False},
        {"tail": b"something behind, of an odd length."},
        {"tail": b"RIFF"},
        {"sounds": ()},
        {"sounds": ((1, 1, 8), (1, 2, 24), (1, 6, 16))},
        {"sounds": ((0x55, 2, 16), (1, 1, 16))},
        {"sounds": ((3, 2, 32), (1, 10, 16))},
        {"vprp": struct.pack("<IIIII4I", 0, 0, 25, 864, 625, 0x40003, 48, 16, 2)},
    ],
    ids=str,
)
def test_every_oddity_comes_back(tmp_path, oddity):
    comes_back(tmp_path, reel_of(tmp_path, make.avi(**oddity)))


def test_an_avi_that_breaks_off_comes_back(tmp_path):
    data = make.avi(sounds=((1, 3, 24),))
    for size in (len(data) - 100, len(data) // 2, len(data) // 2 + 1, len(data) // 2 + 7):
        reel = reel_of(tmp_path, data[:size])
        comes_back(tmp_path, reel)
        shutil.rmtree(tmp_path / "out")
        shutil.rmtree(tmp_path / "back")


def test_several_avis_and_sidecars_are_one_film(tmp_path):
    reel = reel_of(tmp_path, make.avi())
    (reel / "b").mkdir()
    (reel / "b" / "other \n tape.avi").write_bytes(make.avi("uyvy", count=4))
    (reel / "b" / "tape.txt").write_text("from VHS\n")
    frames(reel / "scans", 3)
    os.utime(reel / "tape.avi", ns=(10**18 + 3, 10**18 + 3))
    os.chmod(reel / "tape.avi", 0o640)
    comes_back(tmp_path, reel)


def test_the_film_plays_what_the_avi_plays(tmp_path):
    reel = reel_of(tmp_path, make.avi(count=10, segments=1, samples=make.noise))
    assert run(tmp_path, reel).exit_code == 0
    for kind in ("v", "a"):
        assert _decoded(film_of(tmp_path), kind) == _decoded(reel / "tape.avi", kind)
    with film_of(tmp_path).open("rb") as handle:
        film = open_matroska(handle)
        assert [track.codec_id for track in film.tracks] == ["V_FFV1", "A_FLAC"]
        times = [block.time_ns for block in film.blocks() if block.track == 1]
    assert times == [40_000_000 * number for number in range(10)]


def _decoded(path: Path, kind: str) -> str:
    form = ["-f", "rawvideo", "-pix_fmt", "yuv422p10le"] if kind == "v" else ["-f", "s16le"]
    argv = [find_ffmpeg().path, "-v", "error", "-i", path, "-map", f"0:{kind}:0", *form, "-"]
    found = subprocess.run(list(map(str, argv)), capture_output=True, check=True)
    return hashlib.sha256(found.stdout).hexdigest()


def test_dropped_frames_keep_their_time_or_are_closed_up(tmp_path):
    reel = reel_of(tmp_path, make.avi(dropped=(0, 3)))
    report = run(tmp_path, reel)
    assert report.exit_code == 0
    assert "1 frame is dropped or of another size" in messages(report, "COK-CLIP")
    assert _frames_of(film_of(tmp_path)) == [1, 2, 4, 5]
    assert run(tmp_path, reel, out="closed", gaps=Gaps.CLOSE).exit_code == 0
    assert _frames_of(film_of(tmp_path, out="closed")) == [0, 1, 2, 3]


def _frames_of(path: Path) -> list[int]:
    with path.open("rb") as handle:
        film = open_matroska(handle)
        return [block.time_ns // 40_000_000 for block in film.blocks() if block.track == 1]


def test_what_cannot_be_cut_is_attached_and_told(tmp_path):
    reel = frames(tmp_path / "reel")
    data = make.avi("uyvy").replace(b"UYVY", b"MJPG")
    (reel / "look.avi").write_bytes(data)
    report = run(tmp_path, reel)
    assert report.exit_code == 0
    assert "MJPG, which is compressed" in messages(report, "COK-CLIP")
    assert back(tmp_path, film_of(tmp_path)).exit_code == 0
    assert tree(tmp_path / "back" / "reel") == tree(reel)


def test_sound_that_is_compressed_is_told(tmp_path):
    report = run(tmp_path, reel_of(tmp_path, make.avi(sounds=((0x55, 2, 16),))))
    assert "1 sound is not plain samples" in messages(report, "COK-CLIP")


def test_the_table_of_an_assessment_names_frames_and_sound(tmp_path):
    reel = reel_of(tmp_path, make.avi(count=25))
    report = run(tmp_path, reel, assess=True)
    told = "\n".join(report.lines)
    assert "25 of tape.avi" in told
    assert "AVI/v210, YUV 4:2:2 10 bits, 48 x 16" in told
    assert "48,000 Hz, 2 channels, 16 bits" in told
    assert "RAWcooked   no: tape.avi" in told
    assert report.totals.files == 1
    assert report.facts["reels"][0]["film_size"]


def test_a_damaged_frame_is_named_and_its_file_is_not_restored(tmp_path):
    reel = reel_of(tmp_path, make.avi(samples=make.noise))
    (reel / "note.txt").write_text("kept\n")
    assert run(tmp_path, reel).exit_code == 0
    film = film_of(tmp_path)
    with film.open("rb") as handle:
        block = [each for each in open_matroska(handle).blocks() if each.track == 1][4]
    data = bytearray(film.read_bytes())
    data[block.offset + block.size // 2] ^= 1
    film.write_bytes(data)
    proof = verify(VerifyOptions(paths=(film,)), Context(state_dir=tmp_path / "state"))
    assert proof.exit_code != 0
    assert "frame 4 of track 1" in messages(proof, "REV-DAMAGED")
    restored = back(tmp_path, film)
    assert "its frame 4" in messages(restored, "UNC-DAMAGED")
    assert [path.name for path in (tmp_path / "back" / "reel").iterdir()] == ["note.txt"]


def test_a_lost_frame_or_sound_keeps_the_file_from_being_restored(tmp_path):
    reel = reel_of(tmp_path, make.avi(samples=make.noise))
    assert run(tmp_path, reel).exit_code == 0
    film = film_of(tmp_path)
    with film.open("rb") as handle:
        blocks = list(open_matroska(handle).blocks())
    for number in (1, 2):
        block = [each for each in blocks if each.track == number][-1]
        broken = tmp_path / f"broken{number}.mkv"
        data = bytearray(film.read_bytes())
        data[block.offset - 4] ^= 2  # the number of its track
        broken.write_bytes(data)
        restored = back(tmp_path, broken, out=f"back{number}")
        assert restored.exit_code != 0
        assert not list((tmp_path / f"back{number}").rglob("*.avi"))
        proof = verify(VerifyOptions(paths=(broken,)), Context(state_dir=tmp_path / "state"))
        assert proof.exit_code != 0


def test_a_whole_film_is_proved_and_counted_as_one_file(tmp_path):
    reel = reel_of(tmp_path, make.avi())
    assert run(tmp_path, reel).exit_code == 0
    proof = verify(VerifyOptions(paths=(film_of(tmp_path),)), Context(state_dir=tmp_path / "state"))
    assert proof.exit_code == 0, proof.findings
    assert proof.summary.startswith("1 file, ")


def test_an_avi_is_proved_by_the_digest_of_all_of_it(tmp_path):
    """Also where its sound stands elsewhere in it than in the film."""
    avi = make.avi(ahead=True, segments=3, dropped=(2,), sounds=((1, 1, 8), (1, 2, 24)))
    assert run(tmp_path, reel_of(tmp_path, avi)).exit_code == 0
    film = film_of(tmp_path)
    proof = verify(VerifyOptions(paths=(film,)), Context(state_dir=tmp_path / "state"))
    assert proof.exit_code == 0, proof.findings
    other = hashlib.sha256(b"another").digest()
    data = film.read_bytes().replace(hashlib.sha256(avi).digest(), other)
    (tmp_path / "other.mkv").write_bytes(data)
    options = VerifyOptions(paths=(tmp_path / "other.mkv",))
    proof = verify(options, Context(state_dir=tmp_path / "state"))
    assert "tape.avi (all of its parts)" in messages(proof, "REV-DAMAGED")
    assert "what came back has another SHA-256" in messages(proof, "REV-DAMAGED")


def test_an_avi_that_is_there_is_passed_over(tmp_path):
    reel = reel_of(tmp_path, make.avi())
    assert run(tmp_path, reel).exit_code == 0
    assert back(tmp_path, film_of(tmp_path)).totals.copied_files == 1
    again = back(tmp_path, film_of(tmp_path))
    assert again.exit_code == 0
    assert again.totals.already_there == 1


def test_the_number_of_workers_changes_nothing(tmp_path):
    reel = reel_of(tmp_path, make.avi(sounds=((1, 2, 16), (1, 1, 24))))
    for workers in (1, 4):
        assert run(tmp_path, reel, out=f"out{workers}", workers=workers).exit_code == 0
    one, four = (film_of(tmp_path, out=f"out{workers}").read_bytes() for workers in (1, 4))
    assert one == four


def test_a_cook_that_was_killed_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "LIMIT", 50_000)
    reel = reel_of(tmp_path, make.avi("uyvy", 144, 48, count=45, samples=make.noise))
    assert run(tmp_path, reel, out="whole").exit_code == 0
    assert _killed(tmp_path, reel) == 9
    assert not (tmp_path / "out" / "reel").exists()
    report = run(tmp_path, reel)
    assert report.exit_code == 0, report.findings
    assert "COK-RESUMED" in codes(report)
    assert film_of(tmp_path).read_bytes() == film_of(tmp_path, out="whole").read_bytes()
    assert back(tmp_path, film_of(tmp_path)).exit_code == 0
    assert tree(tmp_path / "back" / "reel") == tree(reel)


_KILLED = """
import os, sys
from pathlib import Path
from avpres.config.cook import CookOptions
from avpres.services.context import Context
from avpres.services.cook import cook, writing
import avpres.services.cook.clips as clips
from avpres.adapters.matroska import clusters
writing.CHECKPOINT, clusters.LIMIT = 1, 50_000
class Killing(clips.Whole):
    def take(self, file, raw):
        super().take(file, raw)
        if file.place == 42:
            os.kill(os.getpid(), 9)
writing.Whole = Killing
top = Path(sys.argv[1])
cook(CookOptions(reels=(Path(sys.argv[2]),), destination=top / "out"), Context(state_dir=top / "s"))
"""


def _killed(tmp: Path, reel: Path) -> int:
    return -subprocess.run([sys.executable, "-c", _KILLED, tmp, reel], check=False).returncode


def test_inspection_counts_files_and_tells_of_their_parts(tmp_path):
    reel = reel_of(tmp_path, make.avi())
    (reel / "note.txt").write_text("kept\n")
    assert run(tmp_path, reel).exit_code == 0
    report = inspect(
        InspectOptions(package=film_of(tmp_path), files=True), Context(state_dir=tmp_path / "state")
    )
    told = report.facts["film"]
    assert (told["files"], told["unproved"], told["restorable_by_rawcooked"]) == (2, 0, False)
    assert told["bytes"] == sum(path.stat().st_size for path in reel.iterdir())
    assert [row["part"] for row in told["listed"]] == [
        *["piece"] * 6,
        *("stream", "clip", "attachment"),
    ]
    assert not any("trouble" in row for row in told["listed"])
    assert "6 frames of one file" in "\n".join(report.lines)


def test_an_avi_that_is_named_itself_is_told_to_want_a_folder(tmp_path):
    reel = reel_of(tmp_path, make.avi())
    with pytest.raises(UsageError, match="put it and all that belongs to it into a folder"):
        run(tmp_path, reel / "tape.avi")
