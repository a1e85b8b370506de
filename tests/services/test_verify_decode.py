"""Films decoded years later: what they carry and what lies beside them holds, or is missed."""

import re
import shutil
import struct
import subprocess
from hashlib import md5
from pathlib import Path

import normalise_cases
import pytest
from decode_cases import (
    BARE,
    CHECKED,
    UNCHECKED,
    by_name,
    codes,
    counted,
    cut,
    ffmpeg,
    flip,
    framemd5,
    run,
    said,
)
from normalise_cases import film, sound

from avpres.domain.exit_codes import ExitCode
from avpres.domain.severity import Severity


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Path:
    """A result of `normalise`, whole."""
    tmp = tmp_path_factory.mktemp("shelf")
    source = film(tmp / "tape.mov", "-c:v", "v210", "-c:a", "pcm_s24le")
    assert normalise_cases.run(tmp, source).exit_code is ExitCode.OK
    return tmp / "out" / "tape"


@pytest.fixture
def tape(shelf, tmp_path) -> Path:
    return Path(shutil.copytree(shelf, tmp_path / "tape"))


def test_a_result_of_normalise_is_proved_by_all_that_it_carries(tape, tmp_path):
    report = run(tmp_path, tape)
    assert report.exit_code is ExitCode.OK
    assert counted(report)["by"] == {
        "FFV1 slice CRCs": 1,
        "FLAC MD5": 1,
        "FLAC frame CRCs": 1,
        "Matroska CRCs": 1,
        "frame digests": 1,
    }
    assert (
        "1 film or sound decoded and proved (FFV1 slice CRCs, FLAC MD5, Matroska" in report.summary
    )
    events = [each for each in report.events if each.type == "validation"]
    assert [(each.outcome, each.facts["proved"]) for each in events] == [("success", 1)]


def test_without_decode_the_lists_are_left_and_that_is_said(tape, tmp_path):
    report = run(tmp_path, tape, decode=False)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, {"DEC-LEFT"})
    assert "decoding" not in report.facts


def test_a_film_named_alone_is_held_against_the_lists_beside_it(tape, tmp_path):
    (tape / "tape.framemd5").write_text("#format: frame checksums\nnonsense\n")
    report = run(tmp_path, tape / "tape.mkv")
    assert by_name(report) == {"tape.framemd5": {"DEC-SIDECAR"}}
    assert report.exit_code is ExitCode.NOT_CONFORMANT


def test_a_flipped_bit_in_a_slice_is_found_with_stream_frame_and_time(tape, tmp_path):
    flip(tape / "tape.mkv", 0.6)
    report = run(tmp_path, tape / "tape.mkv")
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert "FIX-CHANGED" in report.finding_counts
    place = r"stream 0 \(video, ffv1\), frame (\d) at 0\.(\d+) s: \[ffv1\] slice CRC mismatch"
    [(frame, time)] = re.findall(place, said(report, "DEC-DAMAGED"))
    assert int(frame) * 40 == int(time)


LISTS = {
    "a digest of a frame": (("#", "0"), {"DEC-MISMATCH"}, ExitCode.FIXITY_MISMATCH),
    "a frame too few": (("del", "0"), {"DEC-FRAMES"}, ExitCode.INCOMPLETE),
    "a frame too many": (("add", "0"), {"DEC-FRAMES"}, ExitCode.INCOMPLETE),
    "the whole sound": (("cut", "1"), {"DEC-FRAMES"}, ExitCode.INCOMPLETE),
    "times of frames": (("time", "0"), {"DEC-TIMES"}, ExitCode.FIXITY_MISMATCH),
}


@pytest.mark.parametrize(("change", "wanted", "status"), LISTS.values(), ids=LISTS)
def test_a_list_that_was_changed_is_found_out(tape, tmp_path, change, wanted, status):
    path = tape / "tape.source.framemd5"
    path.write_text("".join(_changed(path.read_text().splitlines(keepends=True), *change)))
    (tape / "tape.md5").unlink()
    report = run(tmp_path, tape)
    assert codes(report) == wanted
    assert report.exit_code is status
    if "DEC-TIMES" not in wanted:
        assert "look whether the sidecar was changed" in said(report, *wanted)


def _changed(lines: list[str], how: str, stream: str) -> list[str]:
    places = [at for at, line in enumerate(lines) if line.startswith(f"{stream},")]
    at = places[2]
    if how == "#":
        lines[at] = lines[at][:-2] + ("0" if lines[at][-2] != "0" else "1") + "\n"
    elif how == "del":
        del lines[at]
    elif how == "add":
        lines.insert(at, lines[at][:-5] + "0000\n")
    elif how == "cut":
        return [line for line in lines if not line.startswith(f"{stream},")]
    else:
        fields = lines[at].split(",")
        fields[2] = f"{int(fields[2]) * 3:>10}"
        lines[at] = ",".join(fields)
    return lines


def test_damage_is_told_file_by_file_and_stops_no_other(tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    whole = film(shelf / "whole.mkv", *CHECKED, *BARE, sound=())
    short = sound(shelf / "whole.flac")
    copies = {
        "slice.mkv": (whole, lambda path: flip(path, 0.5)),
        "cut.mkv": (whole, lambda path: cut(path, 0.6)),
        "header.mkv": (whole, lambda path: flip(path, 2)),
        "frame.flac": (short, lambda path: flip(path, 0.95)),
        "md5.flac": (short, lambda path: flip(path, 8 + 20)),
        "count.flac": (short, lambda path: flip(path, 8 + 17)),
        "cut.flac": (short, lambda path: cut(path, 0.9)),
        "silent.flac": (short, lambda path: path.write_bytes(_without_md5(path.read_bytes()))),
    }
    for name, (source, damage) in copies.items():
        damage(Path(shutil.copy(source, shelf / name)))
    report = run(tmp_path, shelf)
    found = by_name(report)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert counted(report)["failed"] == 7
    assert counted(report)["proved"] == 3
    assert {name for name in found if "whole" in name} == set()
    assert found["slice.mkv"] == {"DEC-DAMAGED"}
    assert found["cut.mkv"] == {"DEC-DAMAGED", "DEC-SHORT"}
    assert found["header.mkv"] & {"DEC-UNREADABLE", "DEC-DAMAGED"}
    assert "DEC-DAMAGED" in found["frame.flac"]
    assert found["md5.flac"] == {"DEC-MD5"}
    assert found["count.flac"] == {"DEC-SHORT"}
    assert "DEC-SHORT" in found["cut.flac"]
    assert found["silent.flac"] == {"DEC-NO-MD5"}


def _without_md5(data: bytes) -> bytes:
    return data[:26] + bytes(16) + data[42:]


def test_a_film_that_ends_between_two_clusters_is_missed(tmp_path):
    """Nothing in it is broken, where its size is not known; only its length tells."""
    whole = film(tmp_path / "a.mkv", *CHECKED, "-c:a", "flac", "-cluster_time_limit", "80")
    data = whole.read_bytes()
    segment = data.index(b"\x18\x53\x80\x67") + 4
    open_ended = data[:segment] + b"\x01" + b"\xff" * 7 + data[segment + 8 :]
    places = [at for at in range(len(data)) if data.startswith(b"\x1f\x43\xb6\x75", at)]
    whole.write_bytes(open_ended[: places[len(places) // 2]])
    report = run(tmp_path, whole)
    assert "DEC-SHORT" in codes(report)
    assert report.exit_code is not ExitCode.OK


def test_what_carries_no_proof_is_told_and_never_counted_as_proved(tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    film(shelf / "lossy.mp4", "-c:v", "mpeg4", "-c:a", "aac")
    film(shelf / "unchecked.mkv", *UNCHECKED, *BARE, "-c:a", "pcm_s16le")
    report = run(tmp_path, shelf)
    assert by_name(report) == {
        "shelf": {"DEC-NOTHING"},
        "lossy.mp4": {"DEC-PLAIN"},
        "unchecked.mkv": {"DEC-PLAIN", "DEC-NO-CRC"},
    }
    assert report.exit_code is ExitCode.INCOMPLETE
    assert (counted(report)["proved"], counted(report)["plain"]) == (0, 2)
    film(shelf / "half.mkv", *CHECKED, *BARE, "-c:a", "pcm_s16le")
    report = run(tmp_path, shelf / "half.mkv")
    assert codes(report) == {"DEC-PARTLY"}
    assert "stream 1 (audio, pcm_s16le)" in said(report, "DEC-PARTLY")


def test_nothing_to_decode_is_no_proof(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("no film")
    report = run(tmp_path, tmp_path / "notes")
    assert codes(report) == {"DEC-NOTHING"}
    assert report.exit_code is ExitCode.INCOMPLETE


def test_a_bit_of_pcm_is_found_by_the_list_beside_it(tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    wave = sound(shelf / "wave.wav", "-c:a", "pcm_s24le")
    framemd5(wave, shelf / "wave.wav.framemd5", "-c:a", "pcm_s24le")
    moving = film(shelf / "film.mov", "-c:v", "v210", "-c:a", "pcm_s16le")
    framemd5(moving, shelf / "film.framemd5", "-map", "0")
    report = run(tmp_path, shelf)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    assert counted(report)["by"] == {"frame digests": 2}
    flip(shelf / "wave.wav", 0.5)
    flip(shelf / "film.mov", 0.5)
    report = run(tmp_path, shelf)
    assert by_name(report) == {"wave.wav": {"DEC-MISMATCH"}, "film.mov": {"DEC-MISMATCH"}}
    assert report.exit_code is ExitCode.FIXITY_MISMATCH


def test_a_bit_of_pcm_is_found_by_the_check_sums_of_its_wrapper(tmp_path):
    """The decoder of PCM takes anything; Matroska's clusters and BWF MetaEdit's MD5 do not."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", "-c:a", "pcm_s16le", shelf / "a.mka")
    wave = sound(shelf / "b.wav", "-c:a", "pcm_s16le")
    data = wave.read_bytes()
    place = data.index(b"data") + 8
    more = b"MD5 " + struct.pack("<I", 16) + md5(data[place:], usedforsecurity=False).digest()
    wave.write_bytes(data[:4] + struct.pack("<I", len(data) + 16) + data[8:] + more)
    report = run(tmp_path, shelf)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    assert counted(report)["by"] == {"Matroska CRCs": 1, "WAV MD5": 1}
    flip(shelf / "a.mka", 0.5)
    flip(wave, 0.5)
    report = run(tmp_path, shelf)
    assert by_name(report) == {"a.mka": {"DEC-CRC"}, "b.wav": {"DEC-CRC"}}
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert "cluster at byte" in said(report, "DEC-CRC")


def test_a_list_of_fewer_bits_than_there_are_proves_nothing(tmp_path):
    """Framemd5 takes 16 bits of 24 unless it is told otherwise."""
    wave = sound(tmp_path / "wave.wav", "-c:a", "pcm_s24le")
    framemd5(wave, tmp_path / "wave.framemd5")
    report = run(tmp_path, wave)
    assert codes(report) == {"DEC-COARSE", "DEC-PLAIN", "DEC-NOTHING"}
    assert report.exit_code is ExitCode.INCOMPLETE


def test_one_proved_file_needs_no_manifest_and_is_told_to_have_none(tmp_path):
    report = run(tmp_path, sound(tmp_path / "a.flac"))
    [only] = report.findings
    assert (only.code, only.severity) == ("FIX-NOTHING", Severity.WARNING)
    assert report.exit_code is ExitCode.OK
    assert report.summary.startswith("no manifest lists these files")


def test_names_of_any_bytes_are_decoded(tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    name = Path(str(shelf / "a\n%0A '\udcff .flac"))
    shutil.move(sound(shelf / "plain.flac"), name)
    framemd5(name, tmp_path / "list")
    shutil.move(tmp_path / "list", str(name) + ".framemd5")
    report = run(tmp_path, shelf)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    assert counted(report)["by"]["frame digests"] == 1


@pytest.mark.skipif(shutil.which("flac") is None, reason="flac is not here")
@pytest.mark.parametrize("bits", [8, 24])
def test_the_md5_of_flac_is_judged_as_flac_judges_it(tmp_path, bits):
    raw = tmp_path / "raw"
    ffmpeg("-f", "lavfi", "-i", "sine=d=0.2", "-f", {8: "s8", 24: "s24le"}[bits], raw)
    words = ["--force-raw-format", "--sign=signed", "--endian=little", "--channels=1"]
    program = shutil.which("flac")
    made = tmp_path / "a.flac"
    words += [f"--bps={bits}", "--sample-rate=44100", "--totally-silent", "-o", str(made)]
    subprocess.run([program, *words, str(raw)], check=True)
    report = run(tmp_path, made)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    assert counted(report)["by"]["FLAC MD5"] == 1
