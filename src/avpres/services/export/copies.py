"""Access copies of the films and sounds of a DIP, made in the stage, each held against its plan."""

import hashlib
import os
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from avpres.adapters.storage.durable import NAME_LIMIT
from avpres.adapters.storage.reading import signature
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.config.export import ExportOptions
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.export import findings
from avpres.services.export.dip import Dip
from avpres.services.export.tally import Master
from avpres.services.viewing import sidecar
from avpres.services.viewing.item import Item
from avpres.services.viewing.making import Made, Maker
from avpres.services.viewing.pace import Pace
from avpres.services.viewing.preparing import maker_of

WORK = "access"
"""The folder of the stage in which copies are made."""


@dataclass(frozen=True, slots=True)
class Copy:
    """An access copy that is as it should be. `place` is its path in the DIP."""

    master: Master
    maker: Maker
    item: Item
    place: str


@dataclass(slots=True)
class Copies:
    """What became of the copies of a run."""

    made: list[Copy] = field(default_factory=list)
    failed: int = 0


def makers_of(options: ExportOptions, context: Context, report: Report) -> list[Maker]:
    """Prepare what was asked for, before any work begins.

    Raises:
        UsageError: a profile or the watermark cannot be read, or they do not go together.
        ToolMissingError: ffmpeg is not here, or lacks what a profile needs.
    """
    if not options.access:
        return []
    ffmpeg = find_ffmpeg(context.site.tools.configured)
    report.agents.append(ffmpeg.agent)
    stop = threading.Event()
    profiles = dict.fromkeys(options.access)
    return [maker_of(options.copying(each), ffmpeg, context, stop) for each in profiles]


def make_copies(dip: Dip, masters: Sequence[Master]) -> Copies:
    """Make every copy, or find it made by a run that was cut short.

    What is wrong with one stops no other; it keeps the DIP from appearing.
    """
    copies = Copies()
    if not dip.makers:
        return copies
    if not masters:
        dip.note(findings.no_masters())
        return copies
    names = _Names(dip, masters)
    size = sum(master.file.size for master in masters) * len(dip.makers)
    pace = Pace(dip.context.progress, size, len(masters) * len(dip.makers))
    try:
        for master in masters:
            for maker in dip.makers:
                _make(dip, Copy(master, maker, *names.of(master, maker)), pace, copies)
    finally:
        pace.close()
    _tell_without(dip, masters, copies)
    return copies


def path_of(dip: Dip, master: Master) -> bytes:
    """Give where a master lies: in the tree, if it was brought there, else in its package."""
    name = dip.place_of(master.file.role, master.source.folder + master.relative)
    here = os.path.join(os.fsencode(dip.tree), os.fsencode(name))
    if os.path.lexists(here):
        return here
    return os.path.join(os.fsencode(master.source.content), os.fsencode(master.file.path))


def _make(dip: Dip, copy: Copy, pace: Pace, copies: Copies) -> None:
    _take_back(dip, copy)
    with pace.of(copy.item) as follower:
        made = copy.maker.make(copy.item, follower)
    _tell(dip, copy, made)
    if made.outcome in {"made", "already there"}:
        copies.made.append(copy)
    elif made.outcome == "failed":
        copies.failed += 1


def _take_back(dip: Dip, copy: Copy) -> None:
    """Bring a copy that a killed run had put into the tree to where its record lies."""
    target, placed = copy.item.target, dip.tree / copy.place
    if sidecar.place(target).exists() and placed.is_file() and not os.path.lexists(target):
        os.rename(placed, target)


def _tell(dip: Dip, copy: Copy, made: Made) -> None:
    profile = copy.maker.deciding.profile.name
    for finding in made.found:
        if made.outcome == "skipped":
            dip.note(findings.no_copy(copy.master, profile, finding))
        else:
            dip.note(findings.of_copy(copy.master, profile, finding))


def _tell_without(dip: Dip, masters: Sequence[Master], copies: Copies) -> None:
    """Tell of films and sounds that are in the DIP neither themselves nor as a copy."""
    if not dip.options.access_only:
        return
    copied = {id(copy.master) for copy in copies.made}
    for master in masters if not copies.failed else ():
        if id(master) not in copied:
            dip.note(findings.not_there(master))


class _Names:
    """Names for copies: those of the masters, with the profile; twins keep their endings."""

    def __init__(self, dip: Dip, masters: Sequence[Master]) -> None:
        self._dip = dip
        self._stems = Counter(_key(master) for master in masters)
        self._given: set[str] = set()

    def of(self, master: Master, maker: Maker) -> tuple[Item, str]:
        """Give the item to make, and its place in the DIP."""
        place = self._place(master, maker)
        self._given.add(place)
        work = self._dip.stage.path / WORK / maker.request[:16]
        path = path_of(self._dip, master)
        try:
            seen = signature(os.stat(path))
        except OSError:  # the maker tells of it
            seen = (0, 0, 0, 0)
        return Item(path, work / place, master.file.size, seen), place

    def _place(self, master: Master, maker: Maker) -> str:
        folder, name = os.path.split(master.relative)
        stem = os.path.splitext(name)[0] if self._stems[_key(master)] == 1 else name
        profile = maker.deciding.profile
        lead = self._dip.place_of(master.file.role, master.source.folder + folder)
        for base in (stem, name, *(f"{name}-{number}" for number in range(2, 1000))):
            ending = f"_{profile.name}{profile.suffix}"
            place = f"{lead.rstrip('/')}/{_fitted(base, ending)}"
            if place not in self._given and not self._is_taken(place):
                return place
        raise AssertionError(master.relative)

    def _is_taken(self, place: str) -> bool:
        shelf = self._dip.shelf
        is_folder = next(shelf.below(f"{place}/"), None) is not None
        return is_folder or shelf.get(place) is not None


def _key(master: Master) -> tuple[str, str]:
    return master.source.id, os.path.splitext(master.relative)[0].casefold()


def _fitted(base: str, ending: str) -> str:
    """Put name and ending together; what would be too long is a digest of itself."""
    if len(os.fsencode(base + ending)) + len(sidecar.ENDING) <= NAME_LIMIT:
        return base + ending
    return hashlib.sha256(os.fsencode(base)).hexdigest()[:32] + ending
