"""Cook and uncook reels with film-like grain, against what archives type and against FFV1 alone."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.tools.ffmpeg import find_ffmpeg
from benchmarks.data import read_all
from benchmarks.grain import Stock
from benchmarks.lab import Lab
from benchmarks.results import Cache, Run, Sense, Series, Verdict
from benchmarks.sections.normalising import FFV1, QUIET
from benchmarks.targets import judge
from benchmarks.timing import Command, Contender, run


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of reel: its section, its form, frames of it at full scale."""

    section: str
    stock: Stock
    frames: int


KINDS = tuple(
    Kind(f"cook-{name}-{bits}", Stock(width, height, bits), frames)
    for name, width, height, frames in (("2k", 2048, 1556, 48), ("4k", 4096, 3112, 12))
    for bits in (10, 12, 16)
)
SMALLER = {10: 1.0, 12: 0.95, 16: 0.95}  # by bits: most of the size with RAWcooked's parameters
WORKED = "avpres cook", "avpres uncook"
CONTEXT, SLICES = "0", "16"  # what a trial chooses where there is grain


def cook(lab: Lab) -> None:
    """Measure each kind of reel: the field's sequence, RAWcooked, FFV1 alone, avpres."""
    ffmpeg = find_ffmpeg()
    lab.results.note(f"cook: the sequence runs ffmpeg {ffmpeg.version}, with context 0, 16 slices")
    if shutil.which("rawcooked") is None:
        lab.results.note("cook: no rawcooked is installed")
    for kind in KINDS:
        folder = lab.work / kind.section
        reel = kind.stock.make(folder / "reel", max(2, round(kind.frames * lab.scale)))
        kitchen = _Kitchen(lab, kind.section, reel, ffmpeg.path)
        for cache in lab.caches:
            kitchen.measure(cache)
        kitchen.compare_sizes(SMALLER[kind.stock.bits])
        shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class _Kitchen:
    """One reel, and all that is done with it."""

    lab: Lab
    section: str
    reel: Path
    ffmpeg: Path

    def measure(self, cache: Cache) -> None:
        """Run all in turn; what FFV1 took in a round is made a time on all cores."""
        floors: list[dict[str, float]] = []
        watch = self.lab.stopwatch()
        contenders = self._contenders(cache, floors)
        found = watch.alternate(self.section, cache, contenders)
        cores = len(os.sched_getaffinity(0))
        for name, parts in (("ffv1", ("encode", "decode")), ("ffv1 decode", ("decode",))):
            spent = [sum(each[part] for part in parts) for each in floors]
            runs = tuple(Run(each / cores, each) for each in spent)
            found.append(Series(self.section, cache, f"{name} floor", runs))
        self.lab.results.series += found
        judge(self.lab.results, self.section, cache)

    def compare_sizes(self, bound: float) -> None:
        """Cook with RAWcooked's parameters too, and compare the films."""
        out = self._at("as-rawcooked")
        run(self._ours(out, "--profile", "rawcooked"), log=self.lab.log, env=self.lab.env)
        sizes = [self._film(each).stat().st_size for each in (self._at("films"), out)]
        claim = "size / size with RAWcooked's parameters"
        value = (sizes[0] / sizes[1],)
        verdict = Verdict(self.section, Cache.NONE, claim, Sense.AT_MOST, bound, value)
        self.lab.results.verdicts.append(verdict)
        given = sum(each.stat().st_size for each in self.reel.iterdir())
        text = f"{self.section}: the film has {sizes[0] / given:.1%} of the reel's size"
        self.lab.results.note(text)

    def _contenders(self, cache: Cache, floors: list[dict[str, float]]) -> list[Contender]:
        prepared = _ready(self.reel, cache)
        films, back = self._at("films"), self._at("back")

        def cleared(*places: Path, of: Callable[[], None] = prepared) -> Callable[[], None]:
            def clear() -> None:
                for place in places:
                    run(("rm", "-rf", place), log=self.lab.log)
                self.lab.forget_state()
                of()

            return clear

        def ready_to_uncook() -> None:
            if not films.exists():
                run(self._ours(films), log=self.lab.log, env=self.lab.env)
            _ready(films, cache)()

        told = self._at("floor.json")
        floor = (sys.executable, "-m", "benchmarks.ffv1_floor", self.reel, CONTEXT, SLICES)
        shell = ("sh", "-c", 'out=$1; shift; exec "$@" > "$out"', "sh", told, *floor)

        def keep() -> None:
            floors.append(json.loads(told.read_bytes()))

        uncook = (self.lab.program, "uncook", self._film(films), back)
        sync, env = (self.lab.work,), self.lab.env
        found = [
            Contender("field sequence", self._field(cache), sync, cleared()),
            Contender(WORKED[0], [self._ours(films)], sync, cleared(films), env=env),
            Contender(
                WORKED[1], [uncook], sync, cleared(back, of=ready_to_uncook), self._same, env
            ),
            Contender("one frame at a time", [shell], (), cleared(), keep),
        ]
        if program := shutil.which("rawcooked"):
            film = self._at("rawcooked.mkv")
            typed = (program, "-y", "--all", "--no-accept-gaps", self.reel, "-o", film)
            found.append(Contender("rawcooked", [typed], sync, cleared(film)))
        return found

    def _same(self) -> None:
        run(("diff", "-r", self.reel, self._at("back") / self.reel.name), log=self.lab.log)

    def _field(self, cache: Cache) -> list[Command]:
        """Give what is typed today: md5 of the source, encode, framemd5 of both."""
        names, film = self.reel / "scan_%07d.dpx", self._at("field.mkv")
        given = ("-framerate", "24", "-start_number", "86400", "-i", names)
        md5 = ("sh", "-c", 'md5sum "$0"/* > "$1"', self.reel, self._at("reel.md5"))
        coding = tuple(word for word in FFV1 if word not in {"-c:a", "flac"})
        steps: list[Command] = [
            md5,
            (self.ffmpeg, *QUIET, *given, *coding, film),
            (self.ffmpeg, *QUIET, *given, "-f", "framemd5", self._at("reel.framemd5")),
            (self.ffmpeg, *QUIET, "-i", film, "-f", "framemd5", self._at("film.framemd5")),
        ]
        if cache is not Cache.COLD:
            return steps
        return [word for step in steps for word in (*self._forgotten(film), step)]

    def _forgotten(self, film: Path) -> list[Command]:
        """Give what lets the next step find nothing in memory, as with reels larger than it."""
        drop = 'for each; do test ! -e "$each" || dd of="$each" oflag=nocache '
        drop += "conv=notrunc,fdatasync count=0 status=none; done"
        return [("sh", "-c", drop, "sh", *sorted(self.reel.iterdir()), film)]

    def _ours(self, out: Path, *more: str) -> Command:
        return (self.lab.program, "cook", self.reel, out, *more)

    def _film(self, folder: Path) -> Path:
        return folder / self.reel.name / f"{self.reel.name}.mkv"

    def _at(self, name: str) -> Path:
        return self.reel.parent / name


def _ready(folder: Path, cache: Cache) -> Callable[[], None]:
    """Let files be in memory, or not."""

    def ready() -> None:
        if cache is Cache.WARM:
            read_all(folder)
        else:
            _forget(sorted(each for each in folder.rglob("*") if each.is_file()))

    return ready


def _forget(paths: Sequence[Path]) -> None:
    for path in paths:
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fsync(fd)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(fd)
