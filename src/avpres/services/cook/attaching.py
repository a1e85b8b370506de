"""Files that are kept whole: attached to the film as they are, and listed in its data."""

import hashlib
import os
from collections.abc import Iterator
from typing import BinaryIO, Self, cast

from avpres.adapters.cooking.journal import Journal, Listed, Result
from avpres.adapters.matroska.model import Attachment
from avpres.adapters.storage.reading import ChangedError, signature
from avpres.domain.reel import Role
from avpres.domain.reversible import PIECES, Attached
from avpres.services.cook.frames import name_of
from avpres.services.cook.planning import uid_of
from avpres.services.cook.stage import Reel

_MIME = {
    b".xml": "text/xml",
    b".txt": "text/plain",
    b".csv": "text/csv",
    b".md5": "text/plain",
    b".json": "application/json",
    b".jpg": "image/jpeg",
    b".png": "image/png",
    b".tif": "image/tiff",
    b".tiff": "image/tiff",
    b".pdf": "application/pdf",
}


def attachments_of(reel: Reel, journal: Journal) -> list[Attachment]:
    """Make the attachments of a reel; each is digested while it is read, for the journal."""
    return [_attachment(reel, journal, file) for file in journal.others() if file.size]


def listed(reel: Reel, journal: Journal) -> Iterator[Attached]:
    """Yield what the reversibility data say of files that are kept whole, or come in pieces."""
    for file in journal.of(Role.CLIP):
        result = journal.result(file.id)
        md5, sha256 = (result.md5, result.sha256) if result else NOTHING
        facts = (file.size, md5, sha256, file.mtime_ns, file.mode)
        yield Attached(name_of(reel, file), *facts, coding=PIECES)
    for file in journal.others():
        result = journal.result(file.id)
        name = name_of(reel, file)
        md5, sha256 = (result.md5, result.sha256) if result else NOTHING
        yield Attached(
            name=name,
            size=file.size,
            md5=md5,
            sha256=sha256,
            mtime_ns=file.mtime_ns,
            mode=file.mode,
            uid=uid_of("attachment", file.path) if file.size else None,
        )


NOTHING = (hashlib.md5(b"", usedforsecurity=False).digest(), hashlib.sha256(b"").digest())


def _attachment(reel: Reel, journal: Journal, file: Listed) -> Attachment:
    ending = os.path.splitext(file.path)[1].lower()

    def open_() -> BinaryIO:
        return cast("BinaryIO", _Digesting(reel, journal, file))

    return Attachment(
        name=name_of(reel, file).decode("utf-8", "backslashreplace"),
        mime=_MIME.get(ending, "application/octet-stream"),
        size=file.size,
        open=open_,
        uid=uid_of("attachment", file.path),
    )


class _Digesting:
    """A file that is read once, from one end to the other, and digested on the way."""

    def __init__(self, reel: Reel, journal: Journal, file: Listed) -> None:
        self._handle = open(reel.at(file.path), "rb")  # noqa: SIM115 - closed by `close`
        self._journal, self._file = journal, file
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = self._handle.read(size)
        self._md5.update(data)
        self._sha256.update(data)
        return data

    def close(self) -> None:
        """Tell the journal what was read.

        Raises:
            ChangedError: it is not the file that was listed.
        """
        if self._handle.closed:
            return
        found = signature(os.fstat(self._handle.fileno()))
        self._handle.close()
        if found != self._file.signature:
            raise ChangedError(self._file.path)
        self._journal.prove(Result(self._file.id, self._md5.digest(), self._sha256.digest()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
