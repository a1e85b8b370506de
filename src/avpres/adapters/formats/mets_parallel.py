"""Technical records that a METS lists as files of their own, in a tree beside that of the content.

Nothing refers from a file to its record then: they have a GROUPID in common, or a path, as
`content/a/b.tif` and `techmd/a/b.tif.xml`.
"""

import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from avpres.adapters.formats.mets_spool import FileRow, Spool

_TECHNICAL = frozenset(
    {"techmd", "tech", "technical", "technical metadata", "technicalmetadata", "jhove"}
)
_ALSO = _TECHNICAL | {"metadata"}
_ENDING = re.compile(r"(?:[._-](?:jhove|techmd|tech|mix|mets|metadata|md))?\.xml$", re.IGNORECASE)


@lru_cache(maxsize=256)
def is_technical(use: str, *, surely: bool = False) -> bool:
    """Say whether a file group's use is to hold technical records, or may be."""
    return use.strip().lower() in (_TECHNICAL if surely else _ALSO)


class Parallel:
    """The records of a document that are listed as files, if it has any."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._is_used = any(is_technical(group) for group in spool.groups())
        if self._is_used:
            self._fill()

    def of(self, row: FileRow) -> list[tuple[str, str]]:
        """Give type and reference of a file's records."""
        if not self._is_used or is_technical(row.group):
            return []
        return self._spool.beside(_keys(row, ""))

    def _fill(self) -> None:
        for row in self._spool.files():
            if is_technical(row.group) and row.hrefs:
                href = row.hrefs.partition("\0")[0]
                shorter = _ENDING.sub("", href)
                for key in _keys(row, shorter if shorter != href else ""):
                    self._spool.add_beside(key, row.group, href)
        self._spool.index_beside()


def _keys(row: FileRow, path: str) -> tuple[bytes, ...]:
    """Give what a file and its record have in common: GROUPID, and path below the first folder.

    In bytes, since a path that is percent-encoded may mean any.
    """
    path = path or row.hrefs.partition("\0")[0]
    below = unquote_to_bytes(path).removeprefix(b"./").partition(b"/")[2]
    group = row.group_id.encode("utf-8", "surrogateescape")
    keys = (b"group " + group if group else b"", b"path " + below if below else b"")
    return tuple(filter(None, keys))
