"""One source, and the place of its copy."""

import os
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage.durable import NAME_LIMIT
from avpres.adapters.storage.reading import Signature
from avpres.domain.trimming import Chapter

ENDINGS = frozenset(
    {
        *(b".mov", b".avi", b".mxf", b".mkv", b".mp4", b".m4v", b".qt", b".dv", b".dif", b".nut"),
        *(b".gxf", b".lxf", b".mpg", b".mpeg", b".m2v", b".vob", b".ts", b".m2ts", b".mts"),
        *(b".wmv", b".asf", b".flv", b".rm", b".rmvb", b".webm", b".ogv", b".3gp", b".y4m"),
        *(b".wav", b".bwf", b".rf64", b".w64", b".aif", b".aiff", b".aifc", b".flac", b".mka"),
        *(b".mp3", b".m4a", b".aac", b".ogg", b".oga", b".opus", b".wma", b".caf", b".au"),
    }
)
"""What is taken out of folders; a file that is named itself is always tried."""


@dataclass(frozen=True, slots=True)
class Item:
    """One source and the place of its copy."""

    path: bytes
    target: Path
    size: int
    signature: Signature
    is_named: bool = False  # itself, and not the folder that it lies in
    chapter: Chapter | None = None  # of the source, when the copy shows no more

    @property
    def shown(self) -> str:
        """Give the source as text."""
        return os.fsdecode(self.path)


def is_long(item: Item) -> bool:
    """Say whether the copy's name, or that of what lies beside it, is too long to be."""
    return len(os.fsencode(item.target.name)) + len(".access.json") > NAME_LIMIT
