"""Which files copies are made of, and under which names the copies lie."""

import os
from pathlib import Path

from avpres.config.access import AccessOptions
from avpres.domain.access import AccessProfile
from avpres.domain.errors import UsageError
from avpres.services.fixity.presence import require
from avpres.services.transfer.films import Films, FoundFilm, require_folder
from avpres.services.transfer.lists import listed
from avpres.services.transfer.selection import OnError, OnSkipped
from avpres.services.viewing.item import ENDINGS, Item


def items_of(
    options: AccessOptions,
    profile: AccessProfile,
    *,
    on_skipped: OnSkipped,
    on_error: OnError,
) -> list[Item]:
    """List sources and copies; two copies that would get one name keep their sources' endings.

    Raises:
        SourceUnreadableError: a source is not there.
        UsageError: there is none, or the copies would lie in a source.
        DestinationRefusedError: the destination is a file.
    """
    given = [*options.sources, *(listed(options.from_list) if options.from_list else ())]
    if not given:
        raise UsageError("nothing to make copies of: the list names no source")
    require_folder(options.destination)
    destination = Path(os.path.abspath(options.destination))
    for source in given:
        _refuse_inside(destination, require(source))
    films = Films(ENDINGS, options.exclude, on_skipped, on_error)
    return [_item(each, destination, profile) for each in films.find(given)]


def _refuse_inside(destination: Path, source: Path) -> None:
    if not source.is_dir():
        return
    inner, outer = os.path.realpath(destination), os.path.realpath(source)
    if (inner + os.sep).startswith(outer.rstrip(os.sep) + os.sep):
        raise UsageError(
            f"{destination}: lies inside the source {source}; choose a folder outside it"
        )


def _item(found: FoundFilm, destination: Path, profile: AccessProfile) -> Item:
    name = found.stem + os.fsencode(f"_{profile.name}{profile.suffix}")
    target = destination / os.fsdecode(name)
    return Item(found.path, target, found.signature[0], found.signature, found.is_named)
