"""Draw the files that people look at: from every class, by a seed, however many come."""

import hashlib
import heapq
import os
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A migrated file that may be drawn; paths are relative to their roots."""

    stratum: str  # its class, as the tables name it
    source: str
    target: str
    source_sha256: str
    target_sha256: str
    page: int = 1  # of the source, which the target holds
    source_at: bytes = b""  # where the source lies now, for this run alone


@dataclass(slots=True)
class _Stratum:
    count: int = 0
    lowest: list[tuple[int, Candidate]] = field(default_factory=list)  # a heap, highest key first


class Draw:
    """A stratified sample of a stream of files, the same for the same seed in any order.

    A file's place is decided by the digest of seed and name, so that nobody can choose which files
    are looked at, and a second run draws the same. Memory is bounded by classes times `size`.
    """

    def __init__(self, size: int, seed: str) -> None:
        """Prepare to draw about `size` files."""
        self.size = size
        self.seed = seed
        self._strata: dict[str, _Stratum] = {}

    def offer(self, candidate: Candidate) -> None:
        """Let one more file take part."""
        stratum = self._strata.setdefault(candidate.stratum, _Stratum())
        stratum.count += 1
        entry = (-self._key(candidate), candidate)
        if len(stratum.lowest) < self.size:
            heapq.heappush(stratum.lowest, entry)
        elif stratum.lowest and entry[0] > stratum.lowest[0][0]:
            heapq.heapreplace(stratum.lowest, entry)

    @property
    def population(self) -> dict[str, int]:
        """Count the files of each class, the largest class first."""
        ordered = sorted(self._strata.items(), key=lambda each: (-each[1].count, each[0]))
        return {name: stratum.count for name, stratum in ordered}

    def drawn(self) -> list[Candidate]:
        """Give the sample: one of each class while there is room, then in proportion."""
        shares = allotted(self.population, self.size)
        return [each for name, share in shares.items() for each in self._first(name, share)]

    def _first(self, name: str, share: int) -> Iterator[Candidate]:
        lowest = sorted(self._strata[name].lowest, key=lambda entry: -entry[0])
        return (candidate for _, candidate in lowest[:share])

    def _key(self, candidate: Candidate) -> int:
        name = os.fsencode(f"{self.seed}\0{candidate.target}\0{candidate.page}")
        return int.from_bytes(hashlib.sha256(name).digest(), "big")


def allotted(population: dict[str, int], size: int) -> dict[str, int]:
    """Share a sample among classes: one each, the largest first; the rest by largest remainder.

    A class never gives more than it has; where there are more classes than places, the smallest
    are left out, and the sheet tells how many.
    """
    names = sorted(population, key=lambda name: (-population[name], name))[:size]
    shares = dict.fromkeys(names, 1)
    room = min(size, sum(population[name] for name in names)) - len(names)
    while room > 0:  # each round fills what the last could not place
        open_ = [name for name in names if shares[name] < population[name]]
        total = sum(population[name] - shares[name] for name in open_)
        wanted = {name: room * (population[name] - shares[name]) / total for name in open_}
        whole = {name: int(wanted[name]) for name in open_}
        rest = room - sum(whole.values())
        for name in sorted(open_, key=lambda name: (whole[name] - wanted[name], name))[:rest]:
            whole[name] += 1
        for name in open_:
            given = min(whole[name], population[name] - shares[name])
            shares[name] += given
            room -= given
    return shares
