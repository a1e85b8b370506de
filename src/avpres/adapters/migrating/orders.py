"""What is asked of the processes that migrate files, and what they answer."""

import hashlib
import json
from dataclasses import dataclass
from typing import NamedTuple

from avpres.adapters.storage.reading import Signature
from avpres.config.migration_policy import Policy, Target
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.migration import Outcome, Reason
from avpres.domain.migration_class import Migrant

TAKEN = (Algorithm.MD5, Algorithm.SHA256)
"""Digests that are taken of every source and target while they pass."""
SIDECAR = ".migration.json"


@dataclass(frozen=True, slots=True)
class Orders:
    """What is done with all files of a run; time in processor seconds, memory in MiB."""

    policy: Policy
    seconds: float
    memory: int
    deed: str = "make"  # see `worker.DEEDS`


class Job(NamedTuple):
    """One source. `staged` begins the names of all files that are made of it."""

    number: int
    path: bytes
    signature: Signature
    staged: bytes
    second: bool = True  # a second, unrelated decoder reads the target too
    decided: str = ""  # of targets that are there: nothing is done, the decision is compared
    attempt: int = 1
    told: tuple[tuple[str, object], ...] = ()  # what the record knows of a target


class Begun(NamedTuple):
    """What a worker says when it knows how long a file may take."""

    seconds: float


class Leaving(NamedTuple):
    """What a worker says that ends of its own accord: its memory is spent."""


@dataclass(frozen=True, slots=True)
class Part:
    """A staged file: the target, one page of it, or the record beside it (`role`)."""

    staged: bytes
    ending: str
    size: int
    digests: tuple[Digest, ...]
    role: str = "target"
    page: int = 0  # 0: the target is one file
    pixels: str = ""  # digest of its samples
    read_by: tuple[str, ...] = ()  # decoders that read the source alike
    proved_by: tuple[str, ...] = ()  # decoders that read the target, and found the same
    facts: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one file."""

    number: int
    outcome: Outcome
    reason: Reason | None = None
    detail: str = ""
    migrant: Migrant | None = None
    rule: str = ""
    target: Target | None = None
    digests: tuple[Digest, ...] = ()
    parts: tuple[Part, ...] = ()
    tools: tuple[str, ...] = ()  # libraries with versions
    facts: tuple[tuple[str, object], ...] = ()
    is_unchanged: bool = False  # it was decided as before, and nothing was done
    is_other: bool = False  # it was decided otherwise than what is there was made by
    seen: object = None  # what a look at both sides gave
    errno: int = 0  # of the disk, where that stood in the way
    second: bool = True

    @property
    def decided(self) -> str:
        """Sum up the decision; a later run with the same one does nothing anew."""
        return decision(self.target) if self.target is not None else ""


def decision(target: Target) -> str:
    """Sum up what is to be made and how."""
    told = json.dumps(target.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


_FAILURES = {
    Reason.CRASH,
    Reason.DEFECT,
    Reason.MEMORY,
    Reason.TIME,
    Reason.STORAGE,
    Reason.UNREADABLE,
}
_FAILURES |= {Reason.NAME_TAKEN}
_QUARANTINED = {Reason.QA_DIFFERENCE, Reason.QA_STRUCTURE}


def outcome_of(reason: Reason) -> Outcome:
    """Tell refusals, which stay, from failures, which another run may mend."""
    if reason in _QUARANTINED:
        return Outcome.QA_FAILED
    return Outcome.FAILED if reason in _FAILURES else Outcome.REFUSED
