"""For every file and destination: is it there and proved, is it to be compared, or written?"""

import os
import stat
from collections.abc import Iterator

from avpres.adapters.storage.batch import Job, Place, State, Target
from avpres.adapters.storage.extended import has_attributes
from avpres.adapters.storage.folders import Folder, join
from avpres.adapters.storage.journal import PROVED, STARTED, Row, folded
from avpres.adapters.storage.reading import Signature, signature
from avpres.adapters.storage.volume import MediumKind, Volume
from avpres.adapters.storage.walk import Entry, Kind
from avpres.config.copy import CopyOptions
from avpres.domain.fixity import Algorithm, Evidence, VerifyMode
from avpres.services.transfer.chains import is_chain, is_continued
from avpres.services.transfer.destinations import Destination, staged


class Folders:
    """The open folders of one stretch: one on the source side, one at each destination."""

    __slots__ = ("at", "keeps_inodes", "relative", "source")

    def __init__(self, source: Folder, relative: bytes, *, keeps_inodes: bool = True) -> None:
        self.source = source
        self.keeps_inodes = keeps_inodes  # a file has the same number every time it is asked for
        self.relative = relative
        self.at: list[tuple[Destination, Target, Folder, str, dict[bytes, Row]]] = []

    def close(self) -> None:
        """Let go of all of them."""
        self.source.close()
        for _, _, folder, _, _ in self.at:
            folder.close()


class Decider:
    """Compares what is asked with what is known."""

    def __init__(self, options: CopyOptions, algorithms: frozenset[Algorithm]) -> None:
        self._options = options
        self._algorithms = algorithms
        self._names = frozenset(a.value for a in algorithms)
        self._inodes = True

    def jobs(
        self, unit: int, folders: Folders, entries: list[Entry], *, follow: bool
    ) -> Iterator[tuple[Entry, Job | None]]:
        """Yield every file with the work it needs, None where all is proved already."""
        self._inodes = folders.keeps_inodes
        for entry in entries:
            if entry.kind != Kind.FILE:
                continue
            places = []
            for _, target, folder, job, rows in folders.at:
                if is_chain(folders.relative, entry.name) and is_continued(folders.source, folder):
                    continue
                place = self._place(target, folder, job, rows.get(entry.name), entry)
                if place is None and self._lacks_attributes(folders.source, folder, entry, follow):
                    place = Place(
                        target, folder, entry.name, staged(entry.name, job), State.COMPARE
                    )
                if place is not None:
                    places.append(place)
            if not places:
                yield entry, None
                continue
            path = join(folders.relative, entry.name)
            work = Job(folders.source, entry, path, places, unit=unit)
            work.follow = follow
            yield entry, work

    def _place(
        self,
        target: Target,
        folder: Folder,
        job: str,
        row: Row | None,
        entry: Entry,
    ) -> Place | None:
        try:
            found = folder.stat(entry.name)
        except FileNotFoundError:
            return Place(target, folder, entry.name, staged(entry.name, job), State.WRITE)
        except OSError as error:
            place = Place(target, folder, entry.name, staged(entry.name, job), State.WRITE)
            place.fail(error)
            return place
        if (
            row is not None
            and row.state == PROVED
            and same(row.target, stored(signature(found)), inodes=keeps_inodes(target.volume))
            and self.is_proved(row, entry)
        ):
            return None
        return self._present(
            Place(target, folder, entry.name, staged(entry.name, job), State.COMPARE),
            row,
            entry,
            found,
        )

    @property
    def replaces(self) -> bool:
        """Tell whether what differs may be overwritten."""
        return self._options.replace

    def is_proved(self, row: Row, entry: Entry) -> bool:
        """Tell whether the source was not touched since the proof, and the proof still suffices."""
        options = self._options
        if options.recheck or not same(row.source, known(entry), inodes=self._inodes):
            return False
        if options.verify is VerifyMode.FULL and row.verify != VerifyMode.FULL.value:
            return False
        if row.evidence == Evidence.CACHED.value:
            return False
        if options.require_medium and row.evidence == Evidence.UNKNOWN.value:
            return False
        return all(name + ":" in row.digests for name in self._names)

    def _lacks_attributes(self, source: Folder, folder: Folder, entry: Entry, follow: bool) -> bool:
        """Tell whether a proved copy was made without the attributes that are wanted now."""
        if not self._options.xattrs:
            return False
        try:
            return not has_attributes(source, entry.name, folder, entry.name, follow=follow)
        except OSError:
            return True

    def _present(self, place: Place, row: Row | None, entry: Entry, found: os.stat_result) -> Place:
        """Judge a name that is taken: other content is never overwritten unasked."""
        ours = (
            place.target.in_place
            and row is not None
            and row.state == STARTED
            and found.st_size < entry.size
        )
        place.replaces = ours or self._options.replace
        if row is not None and row.state == PROVED:
            inodes = keeps_inodes(place.target.volume)
            if same(row.target, stored(signature(found)), inodes=inodes):
                place.touched = "source"
            elif same(row.source, known(entry), inodes=self._inodes):
                place.touched = "copy"
        if (found.st_dev, found.st_ino) == (entry.device, entry.inode):
            place.state, place.touched = State.DIFFERS, "itself"
        elif not stat.S_ISREG(found.st_mode):
            place.state = State.DIFFERS
        elif found.st_size != entry.size:
            place.differs()
        return place


def keeps_inodes(volume: Volume) -> bool:
    """Tell whether files keep their inode numbers: FUSE may make them up anew at each look."""
    return volume.kind not in {MediumKind.TAPE, MediumKind.FUSE}


def same(one: Signature, other: Signature, *, inodes: bool) -> bool:
    """Compare two signatures, without the inode where that tells nothing."""
    return one == other if inodes else one[:3] == other[:3]


def known(entry: Entry) -> tuple[int, int, int, int]:
    """Give an entry's signature as the journal keeps it."""
    return (entry.size, entry.mtime_ns, entry.ctime_ns, folded(entry.inode))


def stored(sign: Signature) -> tuple[int, int, int, int]:
    """Give a signature as the journal keeps it."""
    return (sign[0], sign[1], sign[2], folded(sign[3]))
