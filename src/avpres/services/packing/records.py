"""The files that avpres itself writes into a package: metadata, records, logs."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.storage.digesting import digested
from avpres.adapters.storage.durable import NAME_LIMIT
from avpres.adapters.storage.hashing import measure
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import PackagedFile, Role
from avpres.services.packing.shelf import Shelf


@dataclass(frozen=True, slots=True)
class RecordKeeper:
    """Writes files into a package, and takes them in with the digests of what lies there.

    `records` is the folder of records about objects.
    """

    tree: Path
    records: str
    shelf: Shelf
    algorithms: tuple[Algorithm, ...]
    created: datetime

    def keep(self, path: str, suffix: str, content: bytes, *, about: str = "") -> None:
        """Keep a record about a file, in a tree of its own, in which it lies as that file does.

        A name that is too long or taken is made of the digest of the path. `about` is the path of
        that file in the package.
        """
        place = f"{self.records}/{path}{suffix}"
        if len(os.fsencode(os.path.basename(place))) > NAME_LIMIT or not self._is_free(place):
            mark = hashlib.sha256(os.fsencode(path)).hexdigest()[:32]
            place = f"{os.path.dirname(self.records)}/records/{mark}{suffix}"
        with self.written(place, Role.METADATA, about=about) as handle:
            handle.write(content)

    def _is_free(self, place: str) -> bool:
        full = self.tree / place
        try:
            full.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        return not os.path.lexists(full)

    @contextmanager
    def written(self, place: str, role: Role, *, about: str = "") -> Iterator[BinaryIO]:
        """Write a file of the package, and take it in; `about` is the file that it speaks of."""
        full = self.tree / place
        full.parent.mkdir(parents=True, exist_ok=True)
        with digested(full, self.algorithms) as (handle, digesting):
            yield handle
        self._put(place, role, about, digesting.size, digesting.digests())

    def take_in(self, place: str, role: Role, *, about: str = "") -> None:
        """Take in a file of ours that lies in the package."""
        with (self.tree / place).open("rb") as handle:
            size, digests = measure(handle, self.algorithms)
        self._put(place, role, about, size, digests)

    def _put(
        self, place: str, role: Role, about: str, size: int, digests: tuple[Digest, ...]
    ) -> None:
        moment = round(self.created.timestamp()) * 1_000_000_000
        os.utime(self.tree / place, ns=(moment, moment))
        self.shelf.put(PackagedFile(place, about or place, size, moment, digests, role))
