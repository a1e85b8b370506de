"""What a finished copy has proved of its files, for commands that build on a copy.

The journal knows all of it, whichever of several runs proved a file; records of a run name only
what that run did.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from avpres.adapters.storage.folders import join
from avpres.adapters.storage.journal import Journal, journal_path
from avpres.config.copy import CopyOptions
from avpres.domain.fixity import Digest, unpack
from avpres.services.context import Context
from avpres.services.transfer.destinations import Destination, destinations
from avpres.services.transfer.items import items


class Proved(NamedTuple):
    """A file that lies at the destination and was read back from there.

    `path` is relative to the destination, `original` where it was found; `size` in bytes, `mtime`
    in nanoseconds since 1970. `evidence` is a word of `domain.fixity.Evidence`, or empty.
    """

    path: bytes
    original: bytes
    size: int
    mtime: int
    digests: tuple[Digest, ...]
    evidence: str


def proved(options: CopyOptions, context: Context) -> Iterator[Proved]:
    """Yield the files of a copy that ended well, at its only destination."""
    sources = {item.name: os.fsencode(item.source) for item in items(options)}
    (place,) = destinations(options)
    path = journal_path(context.state_dir, place.journal_key)
    with contextlib.closing(Journal(path, look_only=True)) as journal:
        for prefix, number in journal.numbers().items():
            for row in journal.all_rows(number):
                name = join(prefix, join(row.folder, row.name))
                top, _, rest = name.partition(b"/")
                if top in sources:
                    original = join(sources[top], rest) if rest else sources[top]
                    size, mtime = row.source[:2]
                    yield Proved(name, original, size, mtime, unpack(row.digests), row.evidence)


def forget_copy(options: CopyOptions, context: Context) -> None:
    """Forget what was proved at a destination that is no more, or that is begun anew."""
    for place in destinations(options):
        for path in _journals(place, context.state_dir):
            for ending in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(f"{path}{ending}")


def _journals(place: Destination, state_dir: Path) -> set[Path]:
    real = Path(os.path.realpath(place.path))
    return {journal_path(state_dir, place.journal_key), journal_path(state_dir, real)}
