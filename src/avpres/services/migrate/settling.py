"""From staged files to results: flushed, read back from the medium, named, recorded."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from avpres.adapters.migrating.journal import Source, TargetRow
from avpres.adapters.migrating.orders import Made, Part
from avpres.adapters.storage import durable
from avpres.adapters.storage.hashing import MultiHasher
from avpres.adapters.storage.reading import Reading, ReadRequest, read_group
from avpres.adapters.storage.volume import volume_of
from avpres.domain.fixity import Algorithm
from avpres.domain.migration import Outcome, Reason
from avpres.services.migrate import findings, naming
from avpres.services.migrate.lines import line_of, settled_of, under
from avpres.services.migrate.stage import QUARANTINE
from avpres.services.migrate.workshop import Workshop

FILES = 256  # that are flushed together, at most
BYTES = 256 * 1024 * 1024  # of them
SECONDS = 2.0  # what a kill costs at most, beside the files being worked on
_CHECKED = Algorithm.SHA256
_PIECE = 4 * 1024 * 1024  # bytes


@dataclass(slots=True)
class Group:
    """Sources that differ in their endings alone: their names are chosen together."""

    sources: list[Source]
    open: set[int] = field(default_factory=set)
    made: dict[int, Made] = field(default_factory=dict)

    def results(self) -> Iterator[tuple[Source, Made]]:
        """Yield what became of those that were worked on, in the order of their paths."""
        for source in self.sources:
            if source.id in self.made:
                yield source, self.made[source.id]


class Settler:
    """Gathers results and settles them a batch at a time."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop
        self._volume = volume_of(shop.stage.out)
        self._groups: list[Group] = []
        self._files = self._bytes = 0
        self._last = time.monotonic()

    def take(self, group: Group) -> None:
        """Take a group whose sources are all done."""
        self._groups.append(group)
        for made in group.made.values():
            self._files += 1 + len(made.parts)
            self._bytes += sum(part.size for part in made.parts)
        is_time = time.monotonic() - self._last > SECONDS
        if is_time or self._files >= FILES or self._bytes >= BYTES:
            self.flush()

    def flush(self) -> None:
        """Settle all that was taken.

        Raises:
            OSError: the destination refuses.
        """
        groups, self._groups = self._groups, []
        self._files = self._bytes = 0
        if not groups:
            return
        self._read_back(groups)
        journal, stage = self._shop.journal, self._shop.stage
        named = [
            (source, made, self._named(group, source, made))
            for group in groups
            for source, made in group.results()
        ]
        journal.commit()  # the names, before any file gets one
        folders: set[bytes] = set()
        done = [
            (source, *self._appeared(source, made, files, folders)) for source, made, files in named
        ]
        for folder in folders:
            durable.sync_folder(Path(os.fsdecode(folder)))
        for source, made, files in done:
            self._settle(source, made, files)
        journal.commit()
        unnamed = (made for _, made, files in done if not files)
        stage.clear(part.staged for made in unnamed for part in made.parts)
        self._last = time.monotonic()

    def _settle(self, source: Source, made: Made, files: list[tuple[bytes, Part]]) -> None:
        shop, maker = self._shop, self._shop.maker
        if made.is_other:
            there = os.fsdecode(shop.journal.targets_of(source.id)[0].path)
            shop.note(findings.other_policy(source, str(shop.stage.out / there)))
            shop.tell(source, Outcome.FAILED, "its target was made as another policy wants")
            return
        if made.is_unchanged:
            line = under(shop.journal.line(source.id), maker)
            shop.passed += 1
        else:
            line = line_of(made, source, files, maker, shop.moment)
        shop.journal.settle(settled_of(made, source, maker, line))
        _tell(shop, source, made)

    def _read_back(self, groups: list[Group]) -> None:
        """Flush the staged files, and read them from the medium: are they what was proved?"""
        owners = {
            part.staged: (part, group, made)
            for group in groups
            for made in group.made.values()
            for part in made.parts
        }
        self._shop.stage.flush(owners, at_once=self._volume.syncfs_is_enough)
        requests = [ReadRequest(name, (_CHECKED,), each[0].size) for name, each in owners.items()]
        for reading in read_group(requests, volume=self._volume, piped=False):
            part, group, made = owners[reading.request.path]
            if reading.evidence is not None:
                self._shop.evidence[reading.evidence] += 1
            if not _is_same(reading, part):
                group.made[made.number] = _unwritten(made)

    def _named(self, group: Group, source: Source, made: Made) -> list[tuple[bytes, Part]]:
        """Choose the names of a source's files, and note them."""
        if made.outcome is Outcome.QA_FAILED:
            return [(quarantined(source, part), part) for part in made.parts]
        if made.outcome is not Outcome.OK:
            return []
        files = self._free_names(group, source, made)
        rows = [
            TargetRow(name, source.id, part.size, part.digests, part.role, is_there=False)
            for name, part in files
        ]
        self._shop.journal.announce(rows, (naming.folded(name) for name, _ in files))
        return files

    def _free_names(self, group: Group, source: Source, made: Made) -> list[tuple[bytes, Part]]:
        """Give the plainest names that no other source has or would have."""
        journal, taken = self._shop.journal, set(self._wanted_by_others(group, source))
        files = _names(source, made, naming.plain)
        folds = [naming.folded(name) for name, _ in files]
        if not any(fold in taken or journal.is_taken(fold, source.id) for fold in folds):
            return files
        files = _names(source, made, naming.distinct)
        is_twin = any(each.place == source.place for each in group.sources if each.id != source.id)
        owners = {journal.owner(name) for name, _ in files}
        if not is_twin and owners <= {None, source.id}:
            return files
        marked = source._replace(place=naming.marked(source.place, source.path))
        return _names(marked, made, naming.plain)

    def _wanted_by_others(self, group: Group, source: Source) -> Iterator[str]:
        """Yield the names that the other sources of a group would have, if they were alone."""
        for other in group.sources:
            if other.id == source.id:
                continue
            made = group.made.get(other.id)
            for part in made.parts if made else ():
                if part.role == "target":
                    yield naming.folded(naming.plain(other.place, part.ending, part.page))
            for row in () if made else self._shop.journal.targets_of(other.id):
                yield naming.folded(naming.as_if_alone(other.place, row.path))

    def _appeared(
        self, source: Source, made: Made, files: list[tuple[bytes, Part]], folders: set[bytes]
    ) -> tuple[Made, list[tuple[bytes, Part]]]:
        """Let the files of a source appear: all of them, or none."""
        out = os.fsencode(self._shop.stage.out)
        given: list[bytes] = []
        for name, part in files:
            place = os.path.join(out, name)
            try:
                os.makedirs(os.path.dirname(place), exist_ok=True)
                if _gave_name(part, place, replacing=made.outcome is Outcome.QA_FAILED):
                    given.append(place)
            except (FileExistsError, NotADirectoryError, IsADirectoryError):
                for each in given:
                    os.unlink(each)
                self._shop.journal.forget(source.id)
                return _refused_name(made, place), []
            folders.add(os.path.dirname(place))
        return made, files


def _refused_name(made: Made, place: bytes) -> Made:
    detail = os.fsdecode(place)
    return replace(made, outcome=Outcome.FAILED, reason=Reason.NAME_TAKEN, detail=detail)


def _gave_name(part: Part, place: bytes, *, replacing: bool) -> bool:
    """Give a staged file its name; say no where the same bytes have it already.

    Raises:
        FileExistsError: something else has it.
    """
    if replacing:
        os.replace(part.staged, place)
        return True
    try:
        durable.rename_noreplace(None, part.staged, None, place)
    except FileExistsError:
        if not (os.path.isfile(place) and _digest(place) in part.digests):
            raise
        os.unlink(part.staged)
        return False
    return True


def quarantined(source: Source, part: Part) -> bytes:
    """Name a file that did not pass, so that nobody takes it for a target."""
    name = naming.distinct(source.place, part.ending + ".failed", part.page)
    return os.path.join(QUARANTINE.encode(), name)


def unsettle(shop: Workshop, number: int) -> None:
    """Remove the files of a source that a killed run was giving their names, if they are ours."""
    for row in shop.journal.targets_of(number):
        place = os.path.join(os.fsencode(shop.stage.out), row.path)
        with suppress(OSError):
            if os.lstat(place).st_size == row.size and _digest(place) in row.digests:
                os.unlink(place)
    shop.journal.forget(number)


def _names(source: Source, made: Made, how: "naming.Naming") -> list[tuple[bytes, Part]]:
    return [
        (
            how(source.place, part.ending, part.page)
            if part.role == "target"
            else naming.beside(source.place, part.ending),
            part,
        )
        for part in made.parts
    ]


def _unwritten(made: Made) -> Made:
    text = "what was read back from the medium is not what was written; check the disk"
    return replace(made, outcome=Outcome.FAILED, reason=Reason.STORAGE, detail=text, parts=())


def _is_same(reading: Reading, part: Part) -> bool:
    return reading.error is None and set(reading.digests) <= set(part.digests)


def _digest(path: bytes) -> object:
    hasher = MultiHasher((_CHECKED,))
    with open(path, "rb") as handle:
        while piece := handle.read(_PIECE):
            hasher.update(piece)
    return hasher.digests()[0]


def _tell(shop: Workshop, source: Source, made: Made) -> None:
    shop.note(findings.of_outcome(source, made))
    shop.note(findings.of_colour(source, made))
    if made.outcome is Outcome.KEPT:
        shop.note(findings.of_empty(source))
    detail = made.rule if made.reason is None else f"{made.reason.value}: {made.detail}"
    shop.tell(source, made.outcome.value, detail)
