"""Which files are normalised, and the name that each result gets."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage.reading import Signature, signature
from avpres.adapters.storage.walk import Kind, walk
from avpres.services.fixity.presence import require
from avpres.services.transfer.selection import selection

ENDINGS = frozenset(
    {
        *(b".mov", b".avi", b".mxf", b".mkv", b".mka", b".mp4", b".m4v", b".qt", b".dv", b".dif"),
        *(
            b".wav",
            b".bwf",
            b".rf64",
            b".w64",
            b".aif",
            b".aiff",
            b".aifc",
            b".caf",
            b".nut",
            b".gxf",
        ),
    }
)
"""What is taken out of folders; a file that is named itself is always tried."""

OnSkipped = Callable[[str, str], None]
OnError = Callable[[str, OSError], None]


@dataclass(frozen=True, slots=True)
class Item:
    """One source, the folder beneath the destination for its results, and their common name."""

    path: bytes
    folder: bytes
    name: bytes
    size: int
    signature: Signature

    @property
    def shown(self) -> str:
        """The source as text."""
        return os.fsdecode(self.path)


def items_of(
    sources: Sequence[Path],
    exclude: Sequence[str],
    *,
    on_skipped: OnSkipped,
    on_error: OnError,
) -> list[Item]:
    """List the files to normalise; two that would get one name keep their endings in it.

    Raises:
        SourceUnreadableError: a source is not there.
    """
    found: dict[bytes, tuple[bytes, Signature]] = {}
    for source in sources:
        top = require(source)
        for path, relative in _files(top, exclude, on_skipped, on_error):
            try:
                status = os.stat(path)
            except OSError as error:
                on_error(os.fsdecode(path), error)
            else:
                found.setdefault(path, (relative, signature(status)))
    stems = Counter(_key(relative) for relative, _ in found.values())
    return [_item(path, *what, stems) for path, what in found.items()]


def _key(relative: bytes) -> bytes:
    return os.path.splitext(relative)[0].lower()


def _item(path: bytes, relative: bytes, seen: Signature, stems: "Counter[bytes]") -> Item:
    folder, name = os.path.split(relative)
    stem = os.path.splitext(name)[0] if stems[_key(relative)] == 1 else name
    return Item(path, os.path.join(folder, stem), stem, seen[0], seen)


def _files(
    top: Path, exclude: Sequence[str], on_skipped: OnSkipped, on_error: OnError
) -> Iterator[tuple[bytes, bytes]]:
    path = os.fsencode(top)
    if not top.is_dir():
        yield path, os.path.basename(path)
        return
    why = selection(tuple(exclude), skip_junk=True)

    def unreadable(name: bytes, error: OSError) -> None:
        on_error(os.fsdecode(os.path.join(path, name)), error)

    def left_out(relative: bytes, _name: bytes, _is_folder: bool) -> str | None:
        reason = why(relative) if why is not None else None
        if reason is not None:
            on_skipped(os.fsdecode(os.path.join(path, relative)), reason)
        return reason

    for entry in walk(top, on_error=unreadable, leave_out=left_out):
        if entry.kind != Kind.FILE:
            continue
        if os.path.splitext(entry.name)[1].lower() in ENDINGS:
            yield os.path.join(path, entry.name), entry.name
        else:
            reason = "its name does not end as those of films and sounds do; name it to try it"
            on_skipped(os.fsdecode(os.path.join(path, entry.name)), reason)
