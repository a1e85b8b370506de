"""What is to be copied: sources as given, and where each lands."""

import glob
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.config.copy import CopyOptions
from avpres.domain.errors import SourceUnreadableError, UsageError
from avpres.services.transfer.lists import listed


@dataclass(frozen=True, slots=True)
class Item:
    """One source: it lands at `destination/name`, whether that exists already or not."""

    source: Path
    name: bytes
    is_folder: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """What is walked and journalled together: one folder, or all single files of one folder.

    `root` is the folder on the source side, `prefix` what its paths get at the destination.
    """

    number: int
    root: Path
    prefix: bytes
    items: tuple[Item, ...]

    @property
    def is_folder(self) -> bool:
        """Tell a folder from single files."""
        return bool(self.prefix)


def items(options: CopyOptions) -> list[Item]:
    """Find the sources of a copy and the names under which they land.

    Raises:
        UsageError: nothing to copy, or two sources would land under one name.
        SourceUnreadableError: a source is not there.
    """
    found = list(dict.fromkeys(item_of(source) for source in sources_of(options)))
    if not found:
        raise UsageError("nothing to copy: the list or pattern names no source")
    _refuse_twins(found)
    _refuse_loops(found, (options.destination, *options.to))
    return found


def units(found: Sequence[Item]) -> list[Unit]:
    """Group items: each folder by itself, single files by the folder in which they lie."""
    loose: dict[Path, list[Item]] = {}
    for item in found:
        if not item.is_folder:
            loose.setdefault(item.source.parent, []).append(item)
    folders = [item for item in found if item.is_folder]
    grouped: list[tuple[Path, bytes, tuple[Item, ...]]]
    grouped = [(item.source, item.name, (item,)) for item in folders]
    grouped += [(folder, b"", tuple(files)) for folder, files in loose.items()]
    return [Unit(number, *group) for number, group in enumerate(grouped)]


def item_of(source: Path) -> Item:
    """Take one source as given: a link on the command line stands for what it points to."""
    full = Path(os.path.abspath(source))
    try:
        mode = os.stat(full).st_mode
    except OSError as error:
        raise SourceUnreadableError(
            f"{source}: cannot be read ({error.strerror}); check the path and the rights on it"
        ) from error
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise SourceUnreadableError(f"{source}: is neither a file nor a folder; nothing to copy")
    return Item(full, name_of(full), stat.S_ISDIR(mode))


def name_of(full: Path) -> bytes:
    """Give the name under which a source lands; the root of a volume has one too."""
    if full.name:
        return os.fsencode(full.name)
    drive = full.drive.rstrip(":").rstrip("\\")
    return os.fsencode(drive.rpartition("\\")[2] or "root")


def sources_of(options: CopyOptions) -> Iterator[Path]:
    """Yield the sources as they were named, listed or found by the pattern."""
    given = list(options.sources)
    if options.from_list is not None:
        given.extend(listed(options.from_list))
    if options.glob is None:
        yield from given
        return
    for folder in given:
        pattern = os.path.join(glob.escape(os.fspath(folder)), options.glob)
        yield from (Path(p) for p in sorted(glob.glob(pattern, recursive=True)))


def _refuse_twins(found: Iterable[Item]) -> None:
    seen: dict[bytes, Path] = {}
    for item in found:
        other = seen.setdefault(item.name, item.source)
        if other != item.source:
            raise UsageError(
                f"{other} and {item.source} would both land under the name "
                f"{os.fsdecode(item.name)!r}; copy them to different destinations"
            )


def _refuse_loops(found: Iterable[Item], destinations: Sequence[Path]) -> None:
    places = [os.path.realpath(d) for d in destinations]
    if len(set(places)) != len(places):
        raise UsageError("a destination is named twice; name each destination once")
    for item in found:
        source = os.path.realpath(item.source)
        for place in places:
            _refuse_loop(item, source, place)


def _is_same(one: str, other: str) -> bool:
    """Tell whether two paths lead to one folder or file, as through a bind mount."""
    try:
        return os.path.samestat(os.stat(one), os.stat(other))
    except OSError:
        return False


def _refuse_loop(item: Item, source: str, place: str) -> None:
    landing = os.path.join(place, os.fsdecode(item.name))
    if landing == source:
        raise UsageError(f"{item.source}: already lies in {place}; choose another destination")
    if _is_same(landing, source):
        raise UsageError(
            f"{landing}: is {item.source} itself by another path; choose another destination"
        )
    if source.startswith(landing + os.sep):
        raise UsageError(
            f"{item.source}: would land in {landing}, which holds it; choose another destination"
        )
    if item.is_folder and (place + os.sep).startswith(source.rstrip(os.sep) + os.sep):
        raise UsageError(
            f"{place}: lies inside the source {item.source}; choose a destination outside it"
        )
