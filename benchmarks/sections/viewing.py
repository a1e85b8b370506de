"""Make an access copy, against the same ffmpeg command line run by hand."""

import os
import shlex
import subprocess
from pathlib import Path

from avpres.adapters.tools.ffmpeg import find_ffmpeg
from benchmarks.lab import Lab
from benchmarks.results import Cache
from benchmarks.targets import judge
from benchmarks.timing import Command, Contender, run

SECONDS = 120  # of the tape, at full scale; shorter ones weigh the starts of programs
PICTURE = "noise=alls=3:allf=t,interlace=scan=tff,setsar=16/15,setfield=tff,format=yuv422p10le"


def access(lab: Lab) -> None:
    """Measure one interlaced tape: the command line that --dry-run prints, and avpres itself."""
    ffmpeg = find_ffmpeg().path
    tape, out = _tape(ffmpeg, lab), lab.work / "copies"
    ours = (lab.program, "access", tape, out)
    typed = _typed(lab, (*ours, "--dry-run"))

    def clear() -> None:
        run(("rm", "-rf", out), log=lab.log)
        out.mkdir()
        lab.forget_state()

    contenders = [
        Contender("ffmpeg by hand", (typed,), sync=(lab.work,), prepare=clear),
        Contender("avpres access", (ours,), sync=(lab.work,), prepare=clear, env=lab.env),
    ]
    lab.results.series += lab.stopwatch().alternate("access", Cache.WARM, contenders)
    judge(lab.results, "access", Cache.WARM)


def _typed(lab: Lab, words: Command) -> Command:
    done = subprocess.run(
        words, capture_output=True, text=True, check=True, env={**os.environ, **lab.env}
    )
    line = next(each for each in done.stdout.splitlines() if " -filter_complex " in each)
    return tuple(shlex.split(line))


def _tape(ffmpeg: Path, lab: Lab) -> Path:
    path = lab.work / "tape.mov"
    seconds = max(4, round(SECONDS * lab.scale))
    words = ("-f", "lavfi", "-i", f"testsrc=s=720x576:r=50:d={seconds}")
    sound = ("-f", "lavfi", "-i", f"sine=r=48000:d={seconds}", "-c:v", "v210", "-c:a", "pcm_s24le")
    run((ffmpeg, "-v", "error", "-y", *words, *sound, "-vf", PICTURE, path), log=lab.log)
    return path
