"""What is packaged: held against what a package can be, before the first byte."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from avpres.adapters.formats import profile_toml
from avpres.adapters.formats.report_names import visible
from avpres.adapters.storage.walk import walk
from avpres.config.copy import CopyOptions, LinkPolicy
from avpres.config.package import PackageOptions
from avpres.domain.errors import DestinationRefusedError, UsageError
from avpres.services.packing.layouts import PLACES
from avpres.services.transfer.items import Item, items
from avpres.services.transfer.selection import selection


def copies(options: PackageOptions, tree: Path) -> list[CopyOptions]:
    """Say what is copied to where in the tree of a package: objects, then supplements."""
    places = PLACES[options.layout]
    wanted = [(options.sources, places.objects), (options.supplement, places.supplemental)]
    return [
        CopyOptions(
            sources=sources,
            destination=tree / place,
            digest=options.digest,
            exclude=options.exclude,
            links=LinkPolicy.FOLLOW,
            replace=True,
            jobs=options.jobs,
        )
        for sources, place in wanted
        if sources
    ]


def check(options: PackageOptions, tree: Path) -> None:
    """Refuse what cannot become this package.

    Raises:
        UsageError: sources and destination lie in each other, two sources have one name, or the
            profile is broken.
        SourceUnreadableError: a source is not there.
        DestinationRefusedError: a name is not UTF-8, which a bag cannot hold.
    """
    profile_toml.find(options.profile)
    out = os.path.realpath(options.destination)
    for path in (*options.sources, *options.supplement):
        if os.path.isdir(path) and _holds(os.path.realpath(path), out):
            raise UsageError(f"{out}: lies inside the source {path}; choose another folder")
    found = [item for asked in copies(options, tree) for item in items(asked)]
    for item in found:
        source = os.path.realpath(item.source)
        if _holds(out, source):
            raise UsageError(
                f"{item.source}: lies inside {out}, where the package would appear; "
                "choose another folder"
            )
    if PLACES[options.layout].is_bag:
        for item in found:
            _require_utf8(item, options.exclude)


def _holds(folder: str, path: str) -> bool:
    return (path + os.sep).startswith(folder.rstrip(os.sep) + os.sep)


def _require_utf8(item: Item, exclude: Sequence[str]) -> None:
    for name in _names(item, exclude):
        try:
            name.decode()
        except UnicodeDecodeError:
            full = visible(os.path.join(os.fsdecode(item.source), os.fsdecode(name)))
            raise DestinationRefusedError(
                f"{full}: this name is not UTF-8, and a bag cannot list it; rename it, or use "
                "--layout ifi"
            ) from None


def _names(item: Item, exclude: Sequence[str]) -> Iterator[bytes]:
    yield item.name
    if not item.is_folder:
        return
    why = selection(exclude, skip_junk=False)

    def left_out(relative: bytes, _name: bytes, _is_folder: bool) -> str | None:
        return why(relative) if why else None

    for entry in walk(item.source, on_error=_ignore, leave_out=left_out):
        yield entry.name


def _ignore(_name: bytes, _error: OSError) -> None:
    """Leave it to the copy to tell of what cannot be read."""
