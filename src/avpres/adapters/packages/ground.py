"""The folder that a package lies in, and the paths in it that a reference may mean.

Nothing that a package says is opened before it is known to lie under its root.
"""

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from avpres.adapters.formats import names, uris

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./ ,=@()-]*")
_SCHEME = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]+://|(?:urn|hdl|doi|ark|info|data|mailto):", re.IGNORECASE
)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


class Ground:
    """A package's root, to which nothing outside belongs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._real = os.path.realpath(root)

    def readings(self, reference: str, *, base: str = "") -> tuple[str, ...]:
        """Give the paths that a reference may mean; what is on disk first, then the likeliest.

        They are relative to the root; `base` is the folder of the document that refers. None
        leads out of the root: a reference that most likely does gives nothing, unless a file is
        there that has it for its very name.
        """
        lead = f"{base}/" if base else ""
        if _PLAIN.fullmatch(reference) and "/." not in reference and "//" not in reference:
            return (lead + reference.rstrip("/"),)
        return self._sorted([_inside(lead, one) for one in _meant(reference)])

    def listed(self, path: str, *, base: str = "") -> tuple[str, ...]:
        """Give the paths that a plain path, not a URI, may mean: as `readings`."""
        lead = f"{base}/" if base else ""
        ways = (path, path.replace("\\", "/"), *_latin(path))
        return self._sorted([_inside(lead, one) for one in ways])

    def document(self, path: str) -> Path | None:
        """Give a regular file of the package to be read; None when it is none or leads out."""
        full = os.path.realpath(self.root / path)
        if os.path.commonpath([full, self._real]) != self._real or not os.path.isfile(full):
            return None
        return Path(full)

    def is_there(self, path: str) -> bool:
        """Say whether there is anything of that name, also a link that leads nowhere."""
        return os.path.lexists(self.root / path)

    def _sorted(self, ways: list[str]) -> tuple[str, ...]:
        found = dict.fromkeys(filter(None, ways))
        if ways and not ways[0]:
            return tuple(path for path in found if self.is_there(path))
        return tuple(sorted(found, key=self._is_missing)) if len(found) > 1 else tuple(found)

    def _is_missing(self, path: str) -> bool:
        return not self.is_there(path)


def _meant(reference: str) -> Iterator[str]:
    for way in uris.candidates(reference):
        yield way
        if "\\" in way:
            yield way.replace("\\", "/")
        yield from _latin(way)


def _latin(path: str) -> Iterable[str]:
    """Read bytes that are not UTF-8 as the other thing that old systems wrote."""
    if not path.isascii() and any("\udc80" <= character <= "\udcff" for character in path):
        yield names.to_bytes(path).decode("latin-1")


def _inside(lead: str, path: str) -> str:
    if "\0" in path or path.startswith(("/", "\\\\")) or _SCHEME.match(path) or _DRIVE.match(path):
        return ""
    full = posixpath.normpath(lead + path)
    try:
        names.to_bytes(full)
    except UnicodeEncodeError:
        return ""
    return "" if full in {".", ".."} or full.startswith("../") else full
