"""Telling whether a tree's files have their digests in files beside them."""

import os
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.formats import sidecar
from avpres.adapters.formats.names import from_bytes

_LOOKED_AT = 5_000
"""Names among which a first sidecar must be, for a tree to be taken for one with sidecars."""


def has_sidecars(root: Path) -> bool:
    """Say whether a tree's files have sidecars, from the first names that come."""
    seen = 0
    for _, found in folders(root):
        if any(subject_in(name, found) for name in found):
            return True
        seen += len(found)
        if seen > _LOOKED_AT:
            return False
    return False


def folders(root: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield every folder of a tree, relative to it, with the names of its files; no links."""
    for folder, below, files in os.walk(os.fsencode(root)):
        below.sort()
        plain = (name for name in files if not os.path.islink(os.path.join(folder, name)))
        place = os.path.relpath(folder, os.fsencode(root))
        lead = "" if place == b"." else from_bytes(place)
        yield lead, frozenset(from_bytes(name) for name in plain)


def subject_in(name: str, found: frozenset[str]) -> str:
    """Name the file that a file is the sidecar of, if that is there."""
    subject = sidecar.subject(name) if sidecar.is_sidecar(name) else ""
    return subject if subject in found else ""
