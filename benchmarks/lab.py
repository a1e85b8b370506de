"""The place of the measurements: volumes, the state folder of avpres, the page cache."""

import contextlib
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import Dataset, datasets, read_all
from benchmarks.results import Cache, Results
from benchmarks.timing import Stopwatch
from benchmarks.volumes import Volume, image, plain


@dataclass(frozen=True)
class Lab:
    """What every section is given."""

    work: Path  # a folder of its own, deleted at the end
    images: bool
    rounds: int
    scale: float
    caches: Sequence[Cache]
    program: Path  # avpres
    results: Results

    @property
    def datasets(self) -> dict[str, Dataset]:
        """The kinds of holdings, in the size asked for."""
        return datasets(self.scale)

    @property
    def log(self) -> Path:
        """What the programs say goes here."""
        return self.work / "said.log"

    @property
    def env(self) -> Mapping[str, str]:
        """An avpres without settings of the user, and with a state folder for this run alone."""
        nothing = str(self.work / "settings")
        return {"AVPRES_STATE_DIR": str(self.work / "state"), "XDG_CONFIG_HOME": nothing}

    @contextlib.contextmanager
    def volume(self, name: str, room: int) -> Iterator[Volume]:
        """Have an empty volume with room for so many bytes."""
        _say(f"making {name}")
        holder = image(self.work, name, room) if self.images else plain(self.work, name)
        with holder as made:
            yield made

    def stopwatch(self, *, rounds: int | None = None, **volumes: Volume) -> Stopwatch:
        """Make a stopwatch that also counts the bytes of the given volumes' devices."""
        devices = {name: one.device for name, one in volumes.items() if one.device}
        return Stopwatch(rounds or self.rounds, self.log, devices)

    def forget_state(self) -> None:
        """Let avpres know nothing of earlier runs."""
        shutil.rmtree(self.work / "state", ignore_errors=True)

    def ready(
        self, cache: Cache, source: Volume, data: Path, *targets: Volume
    ) -> Callable[[], None]:
        """Say how to begin each run: targets empty, state empty, source cold or warm."""

        def prepare() -> None:
            self.forget_state()
            for target in targets:
                target.renew()
            if cache is Cache.COLD:
                source.forget()
            else:
                read_all(data)

        return prepare


def _say(text: str) -> None:
    print(text, file=sys.stderr)
