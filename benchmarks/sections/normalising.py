"""Make lossless masters with complete proof, against the sequence that archives run today."""

from pathlib import Path

from avpres.adapters.tools.ffmpeg import find_ffmpeg
from benchmarks.lab import Lab
from benchmarks.results import Cache
from benchmarks.targets import judge
from benchmarks.timing import Command, Contender, run

SECONDS = 40  # of each tape, at full scale
TAPES = 2
FFV1 = ("-c:v", "ffv1", "-level", "3", "-g", "1", "-coder", "1", "-context", "1")
FFV1 += ("-slices", "16", "-slicecrc", "1", "-c:a", "flac")
ALL = ("-map", "0:v", "-map", "0:a")
QUIET = ("-v", "error", "-y")
PICTURE = "format=yuv422p10le,noise=alls=3:allf=t"  # ten bits, with the noise of a tape


def normalise(lab: Lab) -> None:
    """Measure one tape and two: FFV1 alone, the field's sequence, and avpres."""
    ffmpeg = find_ffmpeg().path
    tapes = [_tape(ffmpeg, lab, number) for number in range(TAPES)]
    for section, chosen in (("normalise-one", tapes[:1]), ("normalise-two", tapes)):
        series = lab.stopwatch().alternate(section, Cache.WARM, _contenders(lab, ffmpeg, chosen))
        lab.results.series += series
        judge(lab.results, section, Cache.WARM)


def _tape(ffmpeg: Path, lab: Lab, number: int) -> Path:
    path = lab.work / f"tape{number}.mov"
    seconds = max(2, round(SECONDS * lab.scale))
    picture = f"testsrc2=s=720x576:r=25:d={seconds}"
    words = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=r=48000:d={seconds}")
    coding = ("-vf", PICTURE, "-c:v", "v210", "-c:a", "pcm_s24le")
    run((ffmpeg, *QUIET, *words, *coding, path), log=lab.log)
    return path


def _contenders(lab: Lab, ffmpeg: Path, tapes: list[Path]) -> list[Contender]:
    out = lab.work / "masters"
    bare = [_encode(ffmpeg, tape) for tape in tapes]
    field = [command for tape in tapes for command in _field(ffmpeg, tape)]
    ours = (lab.program, "normalise", *tapes, out)

    def clear() -> None:
        run(("rm", "-rf", out), log=lab.log)
        lab.forget_state()

    return [
        Contender("ffmpeg ffv1", bare, sync=(lab.work,)),
        Contender("field sequence", field, sync=(lab.work,)),
        Contender("avpres normalise", (ours,), sync=(lab.work,), prepare=clear, env=lab.env),
    ]


def _encode(ffmpeg: Path, tape: Path) -> Command:
    return (ffmpeg, *QUIET, "-i", tape, *ALL, *FFV1, tape.with_suffix(".mkv"))


def _field(ffmpeg: Path, tape: Path) -> list[Command]:
    """Give what is typed today: encode, framemd5 of both, md5 of both files."""
    output = tape.with_suffix(".mkv")
    digest = (*ALL, "-c:a", "pcm_s24le", "-f", "framemd5")
    return [
        _encode(ffmpeg, tape),
        (ffmpeg, *QUIET, "-i", tape, *digest, tape.with_suffix(".source.framemd5")),
        (ffmpeg, *QUIET, "-i", output, *digest, tape.with_suffix(".framemd5")),
        ("md5sum", tape, output),
    ]
