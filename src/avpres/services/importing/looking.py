"""A source that is only looked at, for a dry run: its files by path, nothing copied."""

import os
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.storage.walk import Kind, walk
from avpres.services.importing.inventory import Inventory, Present

_NONE = ""


def look_through(top: Path, roots: tuple[Path, ...], inventory: Inventory) -> None:
    """Take in the files of a source as they lie; digests are taken when they are wanted."""
    for root in roots:
        inventory.put(_present(top, root))


def _present(top: Path, root: Path) -> Iterator[Present]:
    lead = os.fsencode(os.path.relpath(root, top))
    if root.is_file():
        found = os.stat(root)
        yield Present(lead, found.st_size, found.st_mtime_ns, _NONE)
        return
    inside = os.path.realpath(os.fsencode(root)) + b"/"
    for entry in walk(root, on_error=_ignore):
        path = os.path.join(lead, entry.name)
        if entry.kind == Kind.FILE:
            yield Present(path, entry.size, entry.mtime_ns, _NONE)
        elif entry.kind == Kind.LINK:
            yield from _behind(os.path.join(os.fsencode(root), entry.name), path, inside)


def _behind(link: bytes, path: bytes, inside: bytes) -> Iterator[Present]:
    """Follow a link to a file as the copy does: inside the source alone."""
    target = os.path.realpath(link)
    if target.startswith(inside) and os.path.isfile(target):
        found = os.stat(target)
        yield Present(path, found.st_size, found.st_mtime_ns, _NONE)


def _ignore(_name: bytes, _error: OSError) -> None:
    """Leave it to the import itself to tell of what cannot be read."""
