"""What a foreign package lists, taken in as it streams, each with what it says of the file."""

import json
import os
import posixpath
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.formats import foreign_technical
from avpres.adapters.packages.foreign import Foreign, Notify
from avpres.adapters.storage import durable
from avpres.adapters.storage.hashing import digests_of
from avpres.config.packing import PackingOptions
from avpres.domain.fixity import pack
from avpres.domain.listing import Listed, TechnicalRecord
from avpres.services.importing.arrived import INLINE, Arrived
from avpres.services.importing.inventory import Inventory, Present

_INSERT = """
INSERT INTO listing (path, others, reference, size, digests, mime, format, original, role, said,
  disagreement, file, how) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class Taking:
    """Takes in what a package lists; `base` is where its root lies in what has arrived."""

    def __init__(
        self, foreign: Foreign, arrived: Arrived, options: PackingOptions, inventory: Inventory
    ) -> None:
        self._foreign = foreign
        self._arrived = arrived
        self._options = options
        self._inventory = inventory
        self._inline = 0
        self.base = base_of(foreign, arrived.top)

    def run(self, notify: Notify) -> None:
        """Take in every file that is listed, and the package's own documents."""
        for document in self._foreign.documents:
            self._inventory.put_about(self._full(document.path))
        self._inventory.db.executemany(_INSERT, map(self._row, self._foreign.listed(notify)))

    def _row(self, listed: Listed) -> tuple[object, ...]:
        for record in listed.records:
            if record.path:
                self._inventory.put_about(self._full(record.path))
        file = self._kept(listed) if listed.content is not None else None
        others = b"\0".join(map(self._full, listed.candidates))
        return (
            self._full(listed.path) if listed.path else b"",
            others,
            os.fsencode(listed.reference),
            listed.size,
            pack(listed.digests),
            listed.mime,
            listed.format,
            os.fsencode(listed.original),
            listed.role.value,
            json.dumps(list(self._said(listed))),
            listed.disagreement,
            file,
            "exact" if file else "",
        )

    def _full(self, path: str) -> bytes:
        """Give a path of the package relative to what has arrived."""
        return os.fsencode(posixpath.normpath(f"{self.base}/{path}" if self.base else path))

    def _said(self, listed: Listed) -> Iterator[dict[str, object]]:
        """Give what the technical records say, each with its tool, as far as it can be compared."""
        for record in listed.records:
            said = foreign_technical.read(self._text(record))
            if said.properties:
                tool, version = (record.tool or said.tool), (record.version or said.version)
                yield {"tool": tool, "version": version, "said": said.properties}

    def _text(self, record: TechnicalRecord) -> bytes:
        if record.content is not None:
            return record.content
        path = self._full(record.path or "")
        if not self._inventory.holds(path):  # missing, or led to by a link out of the package
            return b""
        with open(self._arrived.full(path), "rb") as handle:
            return handle.read(foreign_technical.LARGEST + 1)

    def _kept(self, listed: Listed) -> bytes:
        """Keep a file that stands inside a document as a file of its own."""
        content = listed.content or b""
        path = INLINE + b"%d" % self._inline
        self._inline += 1
        full = self._arrived.full(path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as handle:
            handle.write(content)
            durable.sync_file(handle.fileno())
        taken = digests_of(full, self._options.digest)
        found = os.stat(full)
        self._inventory.put([Present(path, found.st_size, found.st_mtime_ns, pack(taken))])
        return path


def base_of(foreign: Foreign, top: Path) -> str:
    """Give the place of a package's root in what has arrived; empty for the top itself."""
    base = os.path.relpath(os.path.realpath(foreign.root), os.path.realpath(top))
    return "" if base == os.curdir else base
