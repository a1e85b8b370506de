"""The bytes of a source, given back from its target."""

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, cast

from avpres.adapters.migrating.making import Tell
from avpres.adapters.migrating.orders import Begun, Job, Made, Orders, Part, outcome_of
from avpres.adapters.migrating.staging import Staging, StorageError
from avpres.adapters.migrating.taking import reading, taken
from avpres.adapters.transcoding import flac, jxl, text
from avpres.domain.migration import Outcome, Reason, Unmigratable

Write = Callable[[bytes], object]


def restore(job: Job, orders: Orders, tell: Tell) -> Made:
    """Give the source of one target back, staged; its digests are taken on the way."""
    staging = Staging(job)
    tell(Begun(orders.seconds))
    try:
        with staging.opened() as (name, handle):
            give_back(job, handle)
            size, digests = staging.measured(handle)
        part = Part(name, "", size, digests)
        return Made(job.number, Outcome.OK, parts=(part,))
    except Unmigratable as why:
        staging.clear()
        return Made(job.number, outcome_of(why.reason), why.reason, why.detail)
    except StorageError as error:
        staging.clear()
        return Made(job.number, Outcome.FAILED, Reason.STORAGE, str(error), errno=error.number)


def give_back(job: Job, handle: BinaryIO) -> None:
    """Write the bytes of the source that a target was made of.

    Raises:
        Unmigratable: it does not give any, or cannot be read.
    """
    told = dict(job.told)
    kind = str(told.get("kind", ""))
    with taken(job) as source:
        if kind == "flac":
            flac.restore(Path(os.fsdecode(job.path)), handle)
        elif kind == "jxl":
            handle.write(jxl.restore(source.read()[0]))
        elif kind == "text":
            data, charset = bytes(source.read()[0]), str(told["charset"])
            handle.write(text.restore(data, charset))
        else:
            raise Unmigratable(Reason.NOT_REVERSIBLE, f"{kind or 'it'} holds samples, not bytes")
        source.require_unchanged()


class Sum:
    """Takes bytes in place of a file, and keeps their digest alone."""

    def __init__(self) -> None:
        self._running = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Take in bytes."""
        self._running.update(data)
        return len(data)

    def writelines(self, lines: Iterable[bytes]) -> None:
        """Take in pieces."""
        for line in lines:
            self._running.update(line)

    @property
    def sha256(self) -> str:
        """Give the digest of what was taken in."""
        return self._running.hexdigest()


def sum_of(job: Job) -> str:
    """Give the SHA-256 of the source that a target gives back, without writing it.

    Raises:
        Unmigratable: it does not give any.
    """
    found = Sum()
    with reading():
        give_back(job, cast("BinaryIO", found))
    return found.sha256
