"""Which files are migrated, and where below the results' folder their targets lie."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from avpres.adapters.migrating.journal import Journal
from avpres.adapters.storage.reading import Signature, signature
from avpres.adapters.storage.walk import signature_of
from avpres.config.migrate import MigrateOptions
from avpres.domain.errors import UsageError
from avpres.services.fixity.presence import require
from avpres.services.migrate.naming import folded, stem_of
from avpres.services.transfer.lists import listed
from avpres.services.transfer.selection import OnError, OnSkipped, selected_files, selection

_BATCH = 5000  # rows


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was listed; `place` is its path below the results' folder."""

    path: bytes
    place: bytes
    signature: Signature

    @property
    def size(self) -> int:
        """How long it is, in bytes."""
        return self.signature[0]


def sources_of(options: MigrateOptions) -> list[Path]:
    """Give the sources, those of a list too, in their absolute form and each once.

    What lies in another source is left out: it comes with that.

    Raises:
        UsageError: there is none, one of them holds the results, or a list cannot be read.
        SourceUnreadableError: one is not there.
    """
    named = [*options.sources, *(listed(options.from_list) if options.from_list else ())]
    if not named:
        raise UsageError("nothing to migrate: name files or folders")
    tops = _outermost(list(dict.fromkeys(require(each) for each in named)))
    for top in tops:
        _require_outside(top, options.destination)
    return tops


def require_names(tops: Sequence[Path]) -> None:
    """Refuse two files of one name, or two folders: their targets would have one name, too.

    Raises:
        UsageError: there are such.
    """
    taken: dict[tuple[bool, str], Path] = {}
    for top in tops:
        other = taken.setdefault((top.is_dir(), top.name), top)
        if other is not top:
            raise UsageError(
                f"{other} and {top} would both land under the name {top.name!r}; "
                "name the folder that holds both, or migrate them to different folders"
            )


def found_in(
    tops: Sequence[Path],
    exclude: Sequence[str],
    *,
    on_skipped: OnSkipped,
    on_error: OnError,
) -> Iterator[Found]:
    """Yield the files of all sources. Links and special files are told, and not followed.

    Targets of one folder lie as its files do; those of several, below the folders' own names.
    """
    folders = sum(top.is_dir() and not top.is_symlink() for top in tops)
    for top in tops:
        path = os.fsencode(top)
        if top.is_dir():
            lead = os.path.basename(path) if folders > 1 else b""
            yield from _inside(top, lead, exclude, on_skipped, on_error)
            continue
        try:
            seen = os.stat(path)
        except OSError as error:
            on_error(os.fsdecode(path), error)
            continue
        if top.is_symlink():
            path = os.path.realpath(path)
        if os.path.isfile(path):
            yield Found(path, os.path.basename(os.fsencode(top)), signature(seen))
        else:
            on_skipped(os.fsdecode(path), "it is neither a file nor a folder")


def _inside(
    top: Path, lead: bytes, exclude: Sequence[str], on_skipped: OnSkipped, on_error: OnError
) -> Iterator[Found]:
    path, why = os.fsencode(top), selection(exclude, skip_junk=True)
    try:
        for entry in selected_files(top, why, on_skipped=on_skipped, on_error=on_error):
            full = os.path.join(path, entry.name)
            yield Found(full, os.path.join(lead, entry.name), signature_of(entry))
    except OSError as error:
        on_error(os.fsdecode(path), error)


def list_into(journal: Journal, found: Iterator[Found]) -> None:
    """Take all sources into the journal, a few thousand at a time."""
    journal.unlist()
    while batch := list(islice(found, _BATCH)):
        journal.list_sources(
            (each.path, each.place, folded(stem_of(each.place)), each.signature) for each in batch
        )
    journal.commit()


def _outermost(tops: Sequence[Path]) -> list[Path]:
    folders = {top for top in tops if top.is_dir()}
    return [top for top in tops if folders.isdisjoint(top.parents)]


def _require_outside(top: Path, destination: Path | None) -> None:
    if destination is None or not top.is_dir():
        return
    if destination.resolve().is_relative_to(top.resolve()):
        raise UsageError(
            f"{destination} lies in {top}, and nothing is written into a source; "
            "name a folder elsewhere"
        )
