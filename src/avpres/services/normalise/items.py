"""Which files are normalised, and the name that each result gets."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage.reading import Signature
from avpres.config.normalise import NormaliseOptions
from avpres.domain.errors import UsageError
from avpres.services.transfer.films import Films
from avpres.services.transfer.lists import listed
from avpres.services.transfer.selection import OnError, OnSkipped

ENDINGS = frozenset(
    {
        *(b".mov", b".avi", b".mxf", b".mkv", b".mka", b".mp4", b".m4v", b".qt", b".dv", b".dif"),
        *(b".wav", b".bwf", b".rf64", b".w64", b".aif", b".aiff", b".aifc", b".caf"),
        *(b".nut", b".gxf"),
    }
)
"""What is taken out of folders; a file that is named itself is always tried."""


@dataclass(frozen=True, slots=True)
class Item:
    """One source, the folder beneath the destination for its results, and their common name."""

    path: bytes
    folder: bytes
    name: bytes
    size: int
    signature: Signature

    @property
    def shown(self) -> str:
        """The source as text."""
        return os.fsdecode(self.path)


def with_listed(options: NormaliseOptions) -> NormaliseOptions:
    """Give the options with the sources of their list.

    Raises:
        UsageError: there is none.
    """
    if options.from_list is None:
        return options
    sources = (*options.sources, *listed(options.from_list))
    if not sources:
        raise UsageError("nothing to normalise: the list names no source")
    return options.model_copy(update={"sources": sources})


def items_of(
    sources: Sequence[Path],
    exclude: Sequence[str],
    *,
    on_skipped: OnSkipped,
    on_error: OnError,
) -> list[Item]:
    """List the files to normalise; two that would get one name keep their endings in it.

    Raises:
        SourceUnreadableError: a source is not there.
    """
    films = Films(ENDINGS, tuple(exclude), on_skipped, on_error)
    return [
        Item(each.path, each.stem, os.path.basename(each.stem), each.signature[0], each.signature)
        for each in films.find(sources)
    ]
