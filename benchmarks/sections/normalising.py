"""Make lossless masters with complete proof, against the sequence that archives run today.

The sequence is run with the ffmpeg on PATH, if there is one, as it would be typed; the bare encode
with the one that avpres takes, so that the same work is compared.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.tools.ffmpeg import find_ffmpeg
from benchmarks.lab import Lab
from benchmarks.results import Cache
from benchmarks.targets import judge
from benchmarks.timing import Command, Contender, run


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source: its section, picture, codec, and seconds of it at full scale."""

    section: str
    size: str
    coding: tuple[str, ...]
    seconds: int
    ending: str = ".mov"


@dataclass(frozen=True, slots=True)
class Programs:
    """The ffmpeg that avpres takes, and the one that is typed."""

    own: Path
    typed: Path


TEN_BITS = "format=yuv422p10le,noise=alls=3:allf=t"  # with the noise of a tape
KINDS = (
    Kind("normalise-one", "720x576", ("-c:v", "v210"), 40),
    Kind("normalise-hd", "1920x1080", ("-c:v", "v210"), 8),
    Kind("normalise-j2k", "720x576", ("-c:v", "jpeg2000", "-pred", "1"), 12, ".mkv"),
)
TWO = "normalise-two"
FFV1 = ("-c:v", "ffv1", "-level", "3", "-g", "1", "-coder", "1", "-context", "0")
FFV1 += ("-slices", "16", "-slicecrc", "1", "-c:a", "flac")
ALL = ("-map", "0:v", "-map", "0:a")
QUIET = ("-v", "error", "-y")


def normalise(lab: Lab) -> None:
    """Measure one tape of each kind, and two: FFV1 alone, the field's sequence, and avpres."""
    own = find_ffmpeg()
    programs = Programs(own.path, Path(shutil.which("ffmpeg") or own.path))
    lab.results.note(
        f"normalise: avpres takes ffmpeg {own.version}; the sequence runs {programs.typed}"
    )
    for kind in KINDS:
        tapes = [_tape(own.path, lab, kind, 0)]
        for cache in lab.caches:
            _measure(lab, kind.section, cache, programs, tapes)
    tapes = [_tape(own.path, lab, KINDS[0], number) for number in range(2)]
    _measure(lab, TWO, Cache.WARM, programs, tapes)


def _tape(ffmpeg: Path, lab: Lab, kind: Kind, number: int) -> Path:
    path = lab.work / f"{kind.section}{number}{kind.ending}"
    seconds = max(2, round(kind.seconds * lab.scale))
    picture = f"testsrc2=s={kind.size}:r=25:d={seconds}"
    words = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=r=48000:d={seconds}")
    coding = ("-vf", TEN_BITS, *kind.coding, "-c:a", "pcm_s24le")
    run((ffmpeg, *QUIET, *words, *coding, path), log=lab.log)
    return path


def _measure(
    lab: Lab, section: str, cache: Cache, programs: Programs, tapes: Sequence[Path]
) -> None:
    """Run all three; cold, each step finds nothing in memory, as with tapes larger than it."""
    out = lab.work / "masters"
    forget = [_forget(tape) for tape in tapes] if cache is Cache.COLD else []
    bare = [*forget, *(_encode(programs.own, tape) for tape in tapes)]
    field = [command for tape in tapes for command in _field(programs.typed, tape, cache)]
    ours = [*forget, (lab.program, "normalise", *tapes, out)]

    def clear() -> None:
        run(("rm", "-rf", out), log=lab.log)
        lab.forget_state()

    contenders = [
        Contender("ffmpeg ffv1", bare, sync=(lab.work,)),
        Contender("field sequence", field, sync=(lab.work,)),
        Contender("avpres normalise", ours, sync=(lab.work,), prepare=clear, env=lab.env),
    ]
    lab.results.series += lab.stopwatch().alternate(section, cache, contenders)
    judge(lab.results, section, cache)


def _encode(ffmpeg: Path, tape: Path) -> Command:
    return (ffmpeg, *QUIET, "-i", tape, *ALL, *FFV1, _master(tape))


def _master(tape: Path) -> Path:
    return tape.with_name(f"{tape.stem}.master.mkv")


def _field(ffmpeg: Path, tape: Path, cache: Cache) -> list[Command]:
    """Give what is typed today: encode, framemd5 of both, md5 of both files."""
    master = _master(tape)
    digest = (*ALL, "-c:a", "pcm_s24le", "-f", "framemd5")
    steps: list[Command] = [
        _encode(ffmpeg, tape),
        (ffmpeg, *QUIET, "-i", tape, *digest, tape.with_suffix(".source.framemd5")),
        (ffmpeg, *QUIET, "-i", master, *digest, tape.with_suffix(".framemd5")),
        ("md5sum", tape, master),
    ]
    if cache is not Cache.COLD:
        return steps
    first, *others = steps
    forgotten = [(_forget(tape), _flush(master), each) for each in others]
    return [_forget(tape), first, *(word for each in forgotten for word in each)]


def _forget(path: Path) -> Command:
    return ("dd", f"if={path}", "iflag=nocache", "count=0", "status=none")


def _flush(path: Path) -> Command:
    """Flush and forget: pages that are not on the medium yet would stay in memory."""
    return ("dd", f"of={path}", "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none")
