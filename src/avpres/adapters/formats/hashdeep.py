"""hashdeep's own format: `%%%% HASHDEEP-1.0`, then `size,digest…,name`, not quoted.

hashdeep writes a line break in a name raw, so that its own audit fails on such a file. Here a
line that does not begin like a record continues the name above it. Where that would not be plain
either, the written file says in a comment how many lines the next name takes, which hashdeep
passes over.
"""

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from avpres.adapters.formats import names, values
from avpres.adapters.formats.lines import numbered
from avpres.adapters.formats.manifest_file import Heading, Origin
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry
from avpres.domain.premis import utc

WRITTEN = (Algorithm.MD5, Algorithm.SHA1, Algorithm.SHA256)
"""Algorithms that hashdeep and avpres both know."""

_BREAKS = re.compile(rb"## avpres: the next name takes (\d{1,5}) lines")
_RECORD = re.compile(rb"(\d{1,20}),((?:[0-9A-Fa-f]{32,128},)+)(.*)", re.DOTALL)


class _Columns:
    """What the second header line says that the columns are."""

    def __init__(self, line: bytes) -> None:
        titles = line.removeprefix(b"%%%% ").decode("ascii", "replace").strip().split(",")
        if titles[0] != "size" or titles[-1] != "filename":
            raise NotConformantError("a header that does not say size,…,filename")
        self.digests = [values.labelled(title) for title in titles[1:-1]]

    def record(self, line: bytes) -> tuple[int, tuple[Digest, ...], bytes] | None:
        """Split a record; None when the line is none."""
        parts = line.split(b",", len(self.digests) + 1)
        if not _RECORD.match(line) or len(parts) != len(self.digests) + 2:
            return None
        digests = []
        for algorithm, written in zip(self.digests, parts[1:-1], strict=True):
            digest = values.digest(written.decode("ascii", "replace"), algorithm)
            if algorithm is not None and (digest is None or digest.algorithm is not algorithm):
                return None
            if algorithm is not None and digest is not None:
                digests.append(digest)
        return int(parts[0]), tuple(digests), parts[-1]


class _Reader:
    """Joins the lines of names that hold line breaks."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.columns: _Columns | None = None
        self.waiting: tuple[int, int, tuple[Digest, ...], bytes] | None = None
        self.owed = 0  # lines that a comment says still belong to the name

    def take(self, number: int, line: bytes) -> Iterator[ManifestEntry]:
        if self.owed > 1 and self.waiting is not None:
            self.owed -= 1
            self._continue(line)
        elif line.startswith(b"%%%% "):
            yield from self.flush()
            self._header(number, line)
        elif line.startswith(b"##"):
            breaks = _BREAKS.fullmatch(line)
            yield from self.flush()
            self.owed = int(breaks[1]) if breaks else 0
        else:
            yield from self._record(number, line)

    def _header(self, number: int, line: bytes) -> None:
        if line.startswith(b"%%%% HASHDEEP"):
            return
        try:
            self.columns = _Columns(line)
        except NotConformantError as error:
            raise self.origin.malformed(number, str(error)) from None

    def _record(self, number: int, line: bytes) -> Iterator[ManifestEntry]:
        record = self.columns.record(line) if self.columns else None
        if record is not None:
            yield from self.flush()
            self.waiting = (number, *record)
        elif self.waiting is not None:
            self._continue(line)
        elif line.strip():
            raise self.origin.malformed(number, "not a hashdeep record")

    def _continue(self, line: bytes) -> None:
        if self.waiting is not None:
            number, size, digests, name = self.waiting
            self.waiting = (number, size, digests, name + b"\n" + line)

    def flush(self) -> Iterator[ManifestEntry]:
        if self.waiting is None:
            return
        number, size, digests, name = self.waiting
        self.waiting, self.owed = None, 0
        try:
            yield ManifestEntry(names.checked(names.from_bytes(name)), digests, size)
        except NotConformantError as error:
            raise self.origin.malformed(number, str(error)) from None


def read(handle: BinaryIO, origin: Origin) -> Iterator[ManifestEntry]:
    """Yield the entries of a hashdeep file; tiger and whirlpool columns are passed over.

    Raises:
        NotConformantError: the header or a record breaks the format.
    """
    reader = _Reader(origin)
    for number, line in numbered(handle, origin):
        yield from reader.take(number, line)
    yield from reader.flush()


def write(handle: BinaryIO, entries: Iterable[ManifestEntry], heading: Heading) -> None:
    """Write a file that `hashdeep -a -k` accepts, paths as `hashdeep -l` has them.

    Raises:
        UsageError: hashdeep does not know an algorithm, or an entry lacks size or digest.
    """
    chosen = [a for a in WRITTEN if a in heading.algorithms]
    if not chosen or len(chosen) != len(set(heading.algorithms)):
        raise UsageError("hashdeep knows md5, sha1 and sha256; choose among these")
    titles = ",".join(["size", *chosen, "filename"])
    lead = f"%%%% HASHDEEP-1.0\n%%%% {titles}\n## {heading.tool} {heading.version}"
    handle.write(f"{lead}, {utc(heading.created)}\n## \n".encode())
    for entry in entries:
        if entry.size is None:
            raise UsageError(f"{entry.path}: hashdeep files need sizes; read the files again")
        name = names.to_bytes(entry.path)
        if breaks := name.count(b"\n"):
            handle.write(b"## avpres: the next name takes %d lines\n" % (breaks + 1))
        fields = [b"%d" % entry.size, *(values.of(entry, a).encode() for a in chosen), name]
        handle.write(b",".join(fields) + b"\n")
