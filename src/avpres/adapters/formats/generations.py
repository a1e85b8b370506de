"""The generations of a package's manifests: those that were in force before each change.

`metadata/generations/<n>/` keeps the manifests up to change n as they were, and `register.jsonl`
tells of each change: when, by whom, why, the SHA-512 of each kept manifest, and the SHA-512 of the
line before. So none of them can be exchanged, and no change left out, without the chain breaking.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from avpres.adapters.formats.lines import LONGEST
from avpres.adapters.storage.hashing import digests_of
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm

FOLDER = "generations"
REGISTER = "register.jsonl"


@dataclass(frozen=True, slots=True)
class Generation:
    """One line of the register: the manifests that were in force until a change was made.

    `manifests` are names in the generation's folder with their SHA-512; `previous` is the SHA-512
    of the line before, empty in the first.
    """

    number: int
    until: str  # ISO 8601, when the change was made
    operator: str = ""
    reason: str = ""
    manifests: Mapping[str, str] = field(default_factory=dict)
    previous: str = ""

    def line(self) -> bytes:
        """Write it."""
        told = {
            "generation": self.number,
            "until": self.until,
            "operator": self.operator,
            "reason": self.reason,
            "manifests": dict(self.manifests),
            "previous": self.previous,
        }
        return json.dumps(told).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where the chain does not hold; `path` is relative to the folder of generations."""

    path: str
    what: str


def folder_of(number: int) -> str:
    """Name the folder of a generation so that folders sort."""
    return f"{number:04}"


def digest(line: bytes) -> str:
    """Give what the next line says of a line."""
    return hashlib.sha512(line).hexdigest()


def read(folder: Path) -> Iterator[tuple[Generation, bytes]]:
    """Yield the generations of a package with the lines that tell of them; none without a register.

    Raises:
        NotConformantError: a line tells of no generation.
    """
    register = folder / REGISTER
    if not register.is_file():
        return
    with register.open("rb") as handle:
        number = 0
        while line := handle.readline(LONGEST):
            number += 1
            try:
                yield _generation(json.loads(line)), line
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise NotConformantError(
                    f"{register}, line {number}: tells of no generation of manifests"
                ) from error


def check(folder: Path) -> Iterator[Broken]:
    """Yield every place where the register, its chain and the kept manifests disagree."""
    previous, expected = "", 1
    try:
        for generation, line in read(folder):
            if generation.number != expected:
                yield Broken(REGISTER, f"generation {expected} is not where it should be")
            if generation.previous != previous:
                yield Broken(REGISTER, f"generation {generation.number} follows another line")
            previous, expected = digest(line), generation.number + 1
            yield from _kept(folder, generation)
    except NotConformantError as error:
        yield Broken(REGISTER, str(error))


def _kept(folder: Path, generation: Generation) -> Iterator[Broken]:
    for name, value in generation.manifests.items():
        path = f"{folder_of(generation.number)}/{name}"
        full = folder / path
        if full.is_symlink() or not full.is_file():
            yield Broken(path, "is not there")
        elif _sha512(full) != value:
            yield Broken(path, "is not what the register says of it")


def _sha512(path: Path) -> str:
    (digest,) = digests_of(path, (Algorithm.SHA512,))
    return digest.value


def _generation(told: dict[str, Any]) -> Generation:
    manifests = {str(name): str(value) for name, value in told["manifests"].items()}
    if any(part in {"", ".", ".."} for name in manifests for part in name.split("/")):
        raise ValueError("a name that is none")
    return Generation(
        number=int(told["generation"]),
        until=str(told["until"]),
        operator=str(told["operator"]),
        reason=str(told["reason"]),
        manifests=manifests,
        previous=str(told["previous"]),
    )
