"""Migrate pictures to JP2 with the proof that belongs to it, against opj_compress without any."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.data import read_all
from benchmarks.lab import Lab
from benchmarks.results import Cache
from benchmarks.targets import judge
from benchmarks.timing import Contender

JOBS = "2"
_ONE = ("--qa", "sample:999999999")  # the second decoder reads next to nothing
_EACH = 'ls "$1" | xargs -P 2 -I{} opj_compress -i "$1/{}" -o "$2/{}.jp2"'
_AIHT = "-p RLCP -t 1024,1024 -q 35,0"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of pictures: its section, ending, size, how many, and levels of wavelets."""

    section: str
    ending: str
    size: tuple[int, int]
    count: int
    levels: int


KINDS = (
    Kind("migrate-small", "jpg", (1200, 900), 60, 3),
    Kind("migrate-large", "tif", (4000, 3000), 4, 5),
)


def migrate(lab: Lab) -> None:
    """Measure each kind: opj_compress on PPM made before, avpres with one decoder, and with two."""
    if shutil.which("opj_compress") is None:
        lab.results.note(
            "migrate: no opj_compress is installed, so there is nothing to compare with"
        )
        return
    for kind in KINDS:
        folder = lab.work / kind.section
        _make(kind, folder, max(2, round(kind.count * lab.scale)))
        contenders = _contenders(lab, kind, folder)
        found = lab.stopwatch().alternate(kind.section, Cache.WARM, contenders)
        lab.results.series += found
        judge(lab.results, kind.section, Cache.WARM)
        shutil.rmtree(folder)


def _contenders(lab: Lab, kind: Kind, folder: Path) -> list[Contender]:
    sources, plain, peer, out = (folder / name for name in ("sources", "ppm", "peer", "out"))
    script = f'mkdir -p "$2"; {_EACH} {_AIHT} -n {kind.levels + 1}'

    def ready(*places: Path) -> Callable[[], None]:
        def clear() -> None:
            for place in places:
                shutil.rmtree(place, ignore_errors=True)
            lab.forget_state()
            read_all(sources)
            read_all(plain)

        return clear

    def all_made() -> None:
        made, given = (len(os.listdir(each)) for each in (sources, out))
        if given < made:
            raise RuntimeError(f"{out}: {made} pictures were to be migrated")

    def ours(*words: str) -> tuple[str | Path, ...]:
        told = ("--policy", "avpres-jp2", "--sheet", "0", "--jobs", JOBS)
        return (lab.program, "migrate", sources, out, *told, *words)

    return [
        Contender(
            "opj_compress", [("sh", "-c", script, "sh", plain, peer)], (folder,), ready(peer)
        ),
        Contender("one decoder", [ours(*_ONE)], (folder,), ready(out), all_made, lab.env),
        Contender("two decoders", [ours()], (folder,), ready(out), all_made, lab.env),
    ]


def _make(kind: Kind, folder: Path, count: int) -> None:
    """Make pictures with the detail and the noise of photographs, and the same as PPM."""
    sources, plain = folder / "sources", folder / "ppm"
    for each in (sources, plain):
        each.mkdir(parents=True)
    width, height = kind.size
    for number in range(count):
        random = np.random.default_rng(number)
        coarse = random.integers(0, 256, (height // 50 + 2, width // 50 + 2, 3), np.uint8)
        smooth = np.asarray(Image.fromarray(coarse).resize(kind.size, Image.Resampling.BICUBIC))
        noise = random.normal(0, 3, smooth.shape)
        samples = np.clip(smooth + noise, 0, 255).astype(np.uint8)
        path = sources / f"{number:03}.{kind.ending}"
        Image.fromarray(samples).save(path, quality=88)
        with Image.open(path) as image:
            image.save(plain / f"{number:03}.ppm")
