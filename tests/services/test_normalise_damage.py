"""Whatever goes wrong between source and proof, nothing is called lossless that is not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from normalise_cases import FFMPEG, codes, film, messages, pretender, run

from avpres.domain.exit_codes import ExitCode
from avpres.domain.media import Kind, MediaFile, MediaStream
from avpres.services.normalise.comparing import compare
from avpres.services.normalise.findings import not_lossless
from avpres.services.normalise.plan import Fate, Treatment
from avpres.services.normalise.room import lacking

SOURCE = ("-c:v", "v210", "-c:a", "pcm_s24le")


@pytest.fixture
def tape(tmp_path):
    return film(tmp_path / "tape.mov", *SOURCE)


def failed(tmp_path: Path) -> list[str]:
    """Give the names in the folder of what failed; there must be nothing else."""
    out = tmp_path / "out"
    assert [path.name for path in out.iterdir()] == ["tape.failed"]
    return [path.name for path in (out / "tape.failed").iterdir()]


ENDINGS = {
    "status 0 with a shorter file": (
        "status = real(words); os.truncate(made[0], int(os.path.getsize(made[0]) * 0.6))",
        {"NRM-DECODE", "NRM-NOT-LOSSLESS"},
        ExitCode.NOT_REVERSIBLE,
    ),
    "status 0 with fewer frames on one side": (
        "at = words.index('-c:0'); sys.exit(real([*words[:at], '-frames:v', '4', *words[at:]]))",
        {"NRM-NOT-LOSSLESS"},
        ExitCode.NOT_REVERSIBLE,
    ),
    "status 0 with fewer frames on both sides": (
        "at = words.index('-i'); sys.exit(real([*words[:at], '-t', '0.1', *words[at:]]))",
        {"NRM-SHORT"},
        ExitCode.INCOMPLETE,
    ),
    "status 0 with sound of another pitch": (
        "at = words.index('-c:1'); sys.exit(real([*words[:at], '-af', 'volume=0.9', *words[at:]]))",
        {"NRM-NOT-LOSSLESS"},
        ExitCode.NOT_REVERSIBLE,
    ),
    "status 0 with nothing": (
        "sys.exit(0)",
        {"NRM-ENCODE"},
        ExitCode.TOOL_FAILED,
    ),
    "status 1 with a whole file": (
        "real(words); sys.exit(1)",
        {"NRM-ENCODE"},
        ExitCode.TOOL_FAILED,
    ),
    "a hang": (
        "print('frame=1', flush=True); time.sleep(60)",
        {"NRM-ENCODE"},
        ExitCode.TOOL_FAILED,
    ),
    "a death": (
        "os.kill(os.getpid(), 9)",
        {"NRM-ENCODE"},
        ExitCode.TOOL_FAILED,
    ),
    "a flipped bit in a slice": (
        "real(words); flip(0.5)",
        {"NRM-DECODE", "NRM-NOT-LOSSLESS"},
        ExitCode.NOT_REVERSIBLE,
    ),
    "a flipped bit in the header": (
        "real(words); flip(4)",
        {"NRM-DECODE", "NRM-NOT-LOSSLESS"},
        ExitCode.NOT_REVERSIBLE,
    ),
    "digests that were never written": (
        "real(words); os.truncate([n for n in names if n.endswith('.source.framemd5')][0], 0)",
        {"NRM-NOT-LOSSLESS"},
        ExitCode.NOT_REVERSIBLE,
    ),
    "a framemd5 that is none": (
        "real(words); open([n for n in names if n.endswith('framemd5')][0], 'a').write('x\\n')",
        {"NRM-DECODE"},
        ExitCode.NOT_REVERSIBLE,
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ffmpeg_that_fails_in_any_way_is_never_believed(tmp_path, tape, ending):
    body, expected, status = ENDINGS[ending]
    stall = 0.02 if ending == "a hang" else 10  # minutes
    report = run(tmp_path, tape, ffmpeg=pretender(tmp_path / "bin", body), stall=stall)
    assert report.exit_code is status
    assert expected & codes(report)
    assert not (codes(report) - expected - {"NRM-SHORT", "NRM-BESIDE"})
    names = failed(tmp_path)
    assert "tape.mkv" not in names
    assert "nothing was normalised" in report.summary


def test_a_flipped_bit_in_pcm_is_found(tmp_path, tape):
    body = "real(words); flip(os.path.getsize(made[0]) - 700)"
    fake = pretender(tmp_path / "bin", body)
    report = run(tmp_path, tape, ffmpeg=fake, sound="pcm")
    assert report.exit_code is ExitCode.NOT_REVERSIBLE
    assert "audio" in messages(report, "NRM-NOT-LOSSLESS")
    failed(tmp_path)


def delayed(tmp_path: Path, *streams: str) -> Path:
    """Pretend to be an ffmpeg that delays streams of the output, and not the digests' ones."""
    delay = {
        "video": ("-filter:0", "setpts=PTS+0.04/TB"),
        "audio": ("-filter:1", "asetpts=PTS+1920"),
    }
    body = "at = words.index('-f')\n"
    for name in streams:
        key, text = delay[name]
        body += (
            f"if {key!r} in words[:at]: words[words.index({key!r}) + 1] += ',{text}'\n"
            f"else: words[at:at] = [{key!r}, {text!r}]\n"
        )
    return pretender(tmp_path / "bin", body + "sys.exit(real(words))")


@pytest.mark.parametrize("stream", ["video", "audio"])
def test_a_stream_that_moves_against_the_others_is_found(tmp_path, tape, stream):
    report = run(tmp_path, tape, ffmpeg=delayed(tmp_path, stream))
    assert report.exit_code is ExitCode.NOT_REVERSIBLE
    assert "NRM-TIMES" in codes(report)
    failed(tmp_path)


def framemd5(path: Path, *begins: int) -> Path:
    """Write a framemd5 of three frames of each stream, in milliseconds."""
    lines = [f"#tb {number}: 1/1000" for number in range(len(begins))]
    for frame in range(3):
        for number, begin in enumerate(begins):
            at = begin + 40 * frame
            lines.append(f"{number}, {at}, {at}, 40, 8, {'%032x' % (frame + 1)}")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("begins", "expected"),
    [((-21, -21), set()), ((0, 0), {"NRM-CHANGED"}), ((0, -21), {"NRM-CHANGED", "NRM-TIMES"})],
)
def test_streams_that_move_together_are_told_and_no_failure(tmp_path, begins, expected):
    film_and_sound = [
        Treatment(MediaStream(number, kind, "x"), Fate.ENCODED, place=number)
        for number, kind in enumerate((Kind.VIDEO, Kind.AUDIO))
    ]
    source = framemd5(tmp_path / "source", -21, -21)
    proofs = compare(source, framemd5(tmp_path / "output", *begins), film_and_sound)
    assert {each.code for each in not_lossless("a.mov", proofs)} == expected


def test_a_proof_that_cannot_be_made_is_no_proof(tmp_path, tape):
    otherwise = "if is_proof: sys.exit(0)"
    fake = pretender(tmp_path / "bin", "sys.exit(real(words))", otherwise)
    report = run(tmp_path, tape, ffmpeg=fake)
    assert report.exit_code is ExitCode.NOT_REVERSIBLE
    assert "NRM-DECODE" in codes(report)
    failed(tmp_path)


def test_after_a_failure_the_next_run_makes_it_well(tmp_path, tape):
    fake = pretender(tmp_path / "bin", "real(words); sys.exit(1)")
    for _ in range(2):
        run(tmp_path, tape, ffmpeg=fake)
    report = run(tmp_path, tape)
    assert report.exit_code is ExitCode.OK
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["tape", "tape.failed", "tape.failed-2"]


def test_one_failing_file_does_not_stop_the_others(tmp_path, tape):
    other = film(tmp_path / "other.mov", *SOURCE)
    body = "sys.exit(1) if any('tape' in name for name in names) else sys.exit(real(words))"
    report = run(tmp_path, tape, other, ffmpeg=pretender(tmp_path / "bin", body), jobs=2)
    assert report.exit_code is ExitCode.TOOL_FAILED
    assert (report.totals.verified_files, report.totals.failed) == (1, 1)
    assert (tmp_path / "out/other/other.mkv").is_file()


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_a_source_that_is_cut_is_told(tmp_path, share):
    whole = film(tmp_path / "whole.mov", *SOURCE, "-movflags", "+faststart", size="128x96")
    cut = tmp_path / "tape.mov"
    content = whole.read_bytes()
    cut.write_bytes(content[: int(len(content) * share)])
    report = run(tmp_path, cut)
    assert report.exit_code in {ExitCode.SOURCE_UNREADABLE, ExitCode.INCOMPLETE}
    assert codes(report) & {"NRM-SOURCE", "NRM-SHORT"}
    failed(tmp_path)


def test_a_source_whose_essence_is_damaged_is_told(tmp_path):
    source = film(tmp_path / "tape.mkv", "-c:v", "ffv1", "-slicecrc", "1", sound=())
    content = bytearray(source.read_bytes())
    content[len(content) // 2] ^= 1
    source.write_bytes(content)
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert "NRM-SOURCE" in codes(report)
    failed(tmp_path)


def test_a_film_without_frames_is_no_film(tmp_path):
    source = tmp_path / "tape.mov"
    command = [FFMPEG, "-v", "quiet", "-f", "lavfi", "-i", "testsrc2=s=64x48:d=1", "-frames:v"]
    subprocess.run([*command, "0", "-c:v", "v210", source], check=False)
    report = run(tmp_path, source)
    assert report.exit_code is not ExitCode.OK
    assert report.totals.verified_files == 0
    assert not (tmp_path / "out/tape").exists()


def test_a_source_that_changes_meanwhile_is_told(tmp_path, tape):
    body = f"status = real(words); open({str(tape)!r}, 'ab').write(b'x'); sys.exit(status)"
    report = run(tmp_path, tape, ffmpeg=pretender(tmp_path / "bin", body))
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert "changed" in messages(report, "NRM-SOURCE")


def test_too_little_room_is_told_before_anything_is_made(tmp_path):
    picture = MediaStream(0, Kind.VIDEO, "v210", pixel_format="yuv422p10le", width=64, height=48)
    file = MediaFile("mov", 60.0, (picture,))
    assert lacking(file, 1 << 20, tmp_path) == ""
    assert "--skip-space-check" in lacking(file, 1 << 60, tmp_path)


def test_two_runs_never_make_the_same_result_at_once(tmp_path, tape):
    from avpres.adapters.storage import locks
    from avpres.domain.errors import DestinationRefusedError

    ready, go = tmp_path / "ready", tmp_path / "go"
    code = (
        "import sys, time; from pathlib import Path; from avpres.adapters.storage import locks\n"
        "state, out, ready, go = map(Path, sys.argv[1:])\n"
        "with locks.held(state, out, [b'tape']):\n"
        "    ready.touch()\n"
        "    while not go.exists(): time.sleep(0.02)\n"
    )
    places = (tmp_path / "state", tmp_path / "out", ready, go)
    with subprocess.Popen([sys.executable, "-c", code, *places]):
        while not ready.exists():
            time.sleep(0.02)
        with pytest.raises(DestinationRefusedError, match="another avpres run"):
            run(tmp_path, tape)
        go.touch()
    with locks.held(tmp_path / "state", tmp_path / "out", [b"tape"]):
        pass
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends children on Linux alone")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_leaves_nothing_finished_and_nobody_behind(tmp_path, number):
    tape = film(tmp_path / "tape.mov", *SOURCE)
    slow = pretender(
        tmp_path / "bin",
        "at = words.index('-i'); loop = ['-re', *words[:at], '-stream_loop', '99', *words[at:]]\n"
        f"os.execv({FFMPEG!r}, [{FFMPEG!r}, *loop])",
    )
    command = [sys.executable, "-m", "avpres", "normalise", tape, tmp_path / "out"]
    surroundings = {
        **os.environ,
        "AVPRES_STATE_DIR": str(tmp_path / "state"),
        "AVPRES_SITE__TOOLS__FFMPEG": str(slow),
    }
    with subprocess.Popen(command, env=surroundings, stderr=subprocess.DEVNULL) as process:
        staged = tmp_path / "out"
        deadline = time.monotonic() + 60
        while not list(staged.glob(".*/tape.mkv")) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert list(staged.glob(".*/tape.mkv"))
        process.send_signal(number)
        status = process.wait(60)
    assert status == {9: -9, 2: 130, 15: 143}[number]
    assert not [path for path in staged.iterdir() if not path.name.startswith(".")]
    deadline = time.monotonic() + 60
    while _users_of(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _users_of(tmp_path) == []
    report = run(tmp_path, tape)
    assert report.exit_code is ExitCode.OK
    assert [path.name for path in staged.iterdir()] == ["tape"]


def _users_of(folder: Path) -> list[bytes]:
    """Find processes whose command line names a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in words:
            found.append(words)
    return found
