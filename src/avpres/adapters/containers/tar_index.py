"""The index beside an uncompressed tar: where each member is, so that one seek gives one member.

JSON lines in UTF-8. The first says format, version, the tar's name, size, digests and number of
members; then a line for each member, sorted by the bytes of its path; the last counts them again,
so that an index cut short is not taken for a small one. A name that is not UTF-8 has its bytes in
base64 as `path_base64` beside a readable `path`.
"""

import base64
import json
import tempfile
from collections.abc import Iterable
from typing import Any, BinaryIO, Self

from avpres.adapters.containers.planned import SECOND, Boxed, Packed
from avpres.domain.fixity import Digest

FORMAT = "avpres-tar-index"
VERSION = 1
SUFFIX = ".idx"

_SPOOLED = 8 * 1024 * 1024  # bytes kept in memory before they go to disk
_LONGEST = 1024 * 1024  # bytes of a line
_TAIL = 256  # bytes; the last line is far shorter
_LARGEST = 1 << 63


class IndexSpool:
    """Takes the rows of an index while the tar is written; its header is known only afterwards."""

    def __init__(self) -> None:
        self._rows = tempfile.SpooledTemporaryFile(_SPOOLED)  # noqa: SIM115 - closed by close()
        self._count = 0

    def __call__(self, packed: Packed) -> None:
        """Take a row: give this to `write_box` as `on_packed`."""
        self._rows.write(_line(_row(packed)))
        self._count += 1

    def write(self, handle: BinaryIO, name: bytes, boxed: Boxed) -> None:
        """Write the index of a tar; the same tar and name give the same bytes."""
        head: dict[str, Any] = {"format": FORMAT, "version": VERSION}
        head |= _named("container", name)
        head |= {"size": boxed.size, "digests": _written(boxed.digests), "members": self._count}
        handle.write(_line(head))
        self._rows.seek(0)
        while chunk := self._rows.read(_LONGEST):
            handle.write(chunk)
        handle.write(_line({"members": self._count}))

    def close(self) -> None:
        """Let the rows go."""
        self._rows.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _row(packed: Packed) -> dict[str, Any]:
    row = _named("path", packed.path)
    if packed.is_folder:
        row["kind"] = "folder"
    row["header"] = packed.header
    row["offset"] = packed.offset
    row["size"] = packed.size
    row["mtime"] = packed.mtime // SECOND
    if not packed.is_folder:
        row["digests"] = _written(packed.digests)
    return row


def _named(key: str, name: bytes) -> dict[str, Any]:
    try:
        return {key: name.decode()}
    except UnicodeDecodeError:
        raw = base64.b64encode(name).decode()
        return {key: name.decode("utf-8", "replace"), f"{key}_base64": raw}


def _written(digests: Iterable[Digest]) -> dict[str, str]:
    return {str(digest.algorithm): digest.value for digest in digests}


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
