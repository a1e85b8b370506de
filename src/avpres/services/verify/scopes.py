"""What it means that a file is in no manifest: an error, or none of the manifest's business."""

import fnmatch
import os
from collections.abc import Iterable

from avpres.adapters.storage.walk import Kind
from avpres.domain.manifest import ManifestFormat
from avpres.domain.severity import Severity
from avpres.services.fixity.sources import Source
from avpres.services.fixity.trees import CANDIDATE, OWN, Tree
from avpres.services.transfer.selection import is_junk
from avpres.services.verify.targets import Target

_CLAIMING = frozenset({ManifestFormat.AVPRES, ManifestFormat.BAGIT, ManifestFormat.ASCMHL})
"""Formats whose manifests say that they list everything (RFC 8493 §3; ASC MHL v2.0 §3)."""


class Scopes:
    """Which manifests speak of which folders of one tree. A few, unless there are many packages."""

    def __init__(
        self, target: Target, sources: Iterable[Source], documented: Iterable[bytes] = ()
    ) -> None:
        """Take the manifests, and the folders whose METS says what lies in them."""
        self._target = target
        self._documented = tuple(documented)
        self._formats: dict[bytes, set[ManifestFormat]] = {}
        self._bags: set[bytes] = set()
        self._ignored: set[str] = set()
        for source in sources:
            manifest = source.manifest
            if manifest.format is ManifestFormat.SIDECAR:
                continue
            self._ignored.update(manifest.ignore)
            if manifest.format is ManifestFormat.BAGIT:
                self._bags.add(_within(target.tree, os.fsencode(manifest.base)))
            if manifest.complete:
                scope = _within(target.tree, os.fsencode(manifest.scope))
                self._formats.setdefault(scope, set()).add(manifest.format)

    def severity(self, path: bytes, kind: int, role: int) -> Severity | None:
        """Judge an unlisted name; None when it is not even worth a word.

        Manifests cannot list links and devices. Files that operating systems leave behind and
        names that begin with a dot are left out by IFIscripts and others on purpose; a manifest
        that claims to be complete leaves nothing out. Tag files of a bag need no mention.
        """
        formats = self._about(path)
        if kind != Kind.FILE or role == OWN or (not formats and self._is_documented(path)):
            return None
        if formats == {ManifestFormat.ASCMHL} and self._is_ignored(path):
            return Severity.INFO
        if formats & _CLAIMING:
            return Severity.ERROR
        if role == CANDIDATE or _left_out_by_custom(path) or (not formats and self._in_bag(path)):
            return Severity.INFO
        return Severity.WARNING if self._target.lenient else Severity.ERROR

    def _is_documented(self, path: bytes) -> bool:
        """Say whether a METS lists what lies there: then that is one of its rules."""
        return any(path.startswith(prefix) for prefix in self._documented)

    def _is_ignored(self, path: bytes) -> bool:
        """Say whether an ASC MHL history names it as left out (gitignore patterns, the plain)."""
        parts = os.fsdecode(path).split("/")
        patterns = [pattern.strip("/") for pattern in self._ignored]
        return any(fnmatch.fnmatchcase(part, each) for part in parts for each in patterns)

    def _about(self, path: bytes) -> set[ManifestFormat]:
        found: set[ManifestFormat] = set()
        for folder in _upwards(path):
            found |= self._formats.get(folder, set())
        return found

    def _in_bag(self, path: bytes) -> bool:
        return any(folder in self._bags for folder in _upwards(path))


def _upwards(path: bytes) -> Iterable[bytes]:
    folder = path
    while folder:
        folder = folder.rpartition(b"/")[0]
        yield folder


def _within(tree: Tree, place: bytes) -> bytes:
    """Give a folder relative to the root; what is above the root speaks of all of it."""
    relative = os.path.relpath(place, os.fsencode(tree.root)).replace(os.fsencode(os.sep), b"/")
    return b"" if relative == b"." or relative.startswith(b"..") else relative


def _left_out_by_custom(path: bytes) -> bool:
    return any(part.startswith(b".") or is_junk(part) for part in path.split(b"/"))
