"""Damages sound files, has them described, and counts what is noticed."""

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random

import imageio_ffmpeg

from avpres.adapters.describing.orders import Orders, Request
from avpres.adapters.describing.pool import Pool
from avpres.domain.description import Description
from benchmarks.specimens.specimen import Specimen

SHARES = (0.01, 0.25, 0.50, 0.90)
BYTES = ("flipped", "written over", "missing", "inserted", "appended")
"""Kinds of damage of which a single byte is the cause."""
BATCH = 32  # files that one worker is given at a time
HELD = 400  # damaged files that lie in the folder at a time


@dataclass(frozen=True, slots=True)
class Trial:
    """A file with one damage, or none at all (`kind` is then "sound")."""

    specimen: Specimen
    kind: str  # "sound", "cut", or one of BYTES
    data: bytes
    place: int = 0


@dataclass(slots=True)
class Tally:
    """What was noticed of the damage to the files of one format."""

    seen: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)

    def share(self, *kinds: str) -> float:
        """Give the share of the damages of some kinds that were noticed."""
        whole = sum(self.all[kind] for kind in kinds)
        return sum(self.seen[kind] for kind in kinds) / whole if whole else 0.0


@dataclass(slots=True)
class Outcome:
    """What was noticed, by file, and what was said of files without damage."""

    tallies: dict[Specimen, Tally] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    missed: list[Trial] = field(default_factory=list)

    def take(self, trial: Trial, found: Description) -> None:
        """Count one answer. A file that nobody calls sound may have been noticed for nothing."""
        flagged = not found.status.is_sound
        if trial.kind == "sound":
            if flagged:
                said = [message.id for message in found.messages]
                self.alarms.append(f"{trial.specimen.name}: {found.status} {said}")
            return
        tally = self.tallies.setdefault(trial.specimen, Tally())
        tally.all[trial.kind] += 1
        tally.seen[trial.kind] += flagged
        if not flagged:
            self.missed.append(trial)


def trials(specimen: Specimen, each: int) -> Iterator[Trial]:
    """Damage a file in all the ways that are measured, the same ones at every run.

    Args:
        specimen: the file.
        each: how many times each kind of damage befalls a byte of it, each time of a whole file.
    """
    data, draw = specimen.data, Random(specimen.name)  # noqa: S311 - places, no secrets
    yield Trial(specimen, "sound", data)
    for share in SHARES:
        place = int(len(data) * share)
        yield Trial(specimen, "cut", data[:place], place)
    for kind in BYTES[:-1]:
        for _ in range(each):
            place = draw.randrange(len(data))
            yield Trial(specimen, kind, _harmed(data, kind, place, draw), place)
    for byte in (b"\0", draw.randbytes(1)):
        yield Trial(specimen, BYTES[-1], data + byte, len(data))


def _harmed(data: bytes, kind: str, place: int, draw: Random) -> bytes:
    old = data[place]
    new = {
        "flipped": bytes((old ^ 1 << draw.randrange(8),)),
        "written over": bytes((old ^ draw.randint(1, 255),)),
        "missing": b"",
        "inserted": bytes((old, draw.randrange(256))),
    }
    return data[:place] + new[kind] + data[place + 1 :]


def measured(specimens: Iterable[Specimen], folder: Path, *, each: int, deep: bool) -> Outcome:
    """Describe all damaged files as `characterise` does."""
    outcome = Outcome()
    ffmpeg = Path(imageio_ffmpeg.get_ffmpeg_exe())
    orders = Orders(algorithms=(), deep=deep, ffmpeg=ffmpeg if deep else None)
    todo = (trial for one in specimens for trial in trials(one, each))
    with closing(Pool(orders, os.cpu_count() or 1)) as pool:
        while some := list(islice(todo, HELD)):
            for trial, found in zip(some, _described(some, folder, pool), strict=True):
                outcome.take(trial, found)
    return outcome


def _described(some: Sequence[Trial], folder: Path, pool: Pool) -> list[Description]:
    folder.mkdir(parents=True)
    requests = [_written(folder / str(n), trial) for n, trial in enumerate(some)]
    batches = [requests[at : at + BATCH] for at in range(0, len(requests), BATCH)]
    found = [answer.description for batch in pool.describe(batches) for answer in batch]
    shutil.rmtree(folder)
    return found


def _written(room: Path, trial: Trial) -> Request:
    room.mkdir()
    path = room / trial.specimen.name
    path.write_bytes(trial.data)
    name = os.fsencode(trial.specimen.name)
    return Request(os.fsencode(path), name, os.fsencode(room), len(trial.data))
