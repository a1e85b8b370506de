"""Destinations of a run: opened and journalled, each for itself."""

import os
from contextlib import closing
from pathlib import Path

from avpres.adapters.storage.batch import Target
from avpres.adapters.storage.folders import open_folder
from avpres.adapters.storage.journal import Journal, job_name, journal_path
from avpres.adapters.storage.volume import MediumKind, Volume, volume_of
from avpres.config.copy import CopyOptions
from avpres.domain.errors import DestinationRefusedError, UsageError
from avpres.services.transfer.items import Unit

NAME_LIMIT = 255  # bytes of one name


class Destination:
    """One destination folder, what is known of it, and how far it is."""

    def __init__(self, index: int, path: Path, volume: Volume) -> None:
        self.index = index
        self.path = path
        self.volume = volume
        self.target: Target | None = None
        self.journal: Journal | None = None
        self.items: dict[int, int] = {}
        self.refused = False

    @property
    def is_tape(self) -> bool:
        """Tell whether tape rules hold here."""
        return self.volume.kind is MediumKind.TAPE

    @property
    def journal_key(self) -> Path:
        """Name what the journal is about: another tape at the same mount point is another place."""
        real, root = Path(os.path.realpath(self.path)), self.volume.tape_root
        if root is None and self.volume.kind is MediumKind.FUSE:
            root = self.volume.mount
        if root is None or not real.is_relative_to(root):
            return real
        return Path(self.volume.identity) / real.relative_to(root)

    def open(self, state_dir: Path) -> Target:
        """Make the folder if it is not there, and open its journal.

        Raises:
            DestinationRefusedError: it cannot be made or written.
        """
        self.journal = Journal(journal_path(state_dir, self.journal_key))
        self._refuse_empty_mount_point(state_dir)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            root = open_folder(os.fsencode(self.path))
        except OSError as error:
            raise DestinationRefusedError(
                f"{self.path}: cannot be used as a destination ({error.strerror}); "
                "check the path, the rights on it and whether the volume is mounted"
            ) from error
        self.target = Target(
            self.index, os.fsencode(self.path), root, self.volume, in_place=self.is_tape
        )
        return self.target

    def _refuse_empty_mount_point(self, state_dir: Path) -> None:
        """Refuse to fill the system disk in place of a volume that is not mounted today."""
        with closing(
            Journal(journal_path(state_dir, Path(os.path.realpath(self.path))))
        ) as journal:
            self._refuse_if_gone(journal)

    def _refuse_if_gone(self, journal: Journal) -> None:
        before, now = journal.mount(), str(self.volume.mount)
        if before is not None and Path(now) in Path(before).parents and not self.is_tape:
            raise DestinationRefusedError(
                f"{self.path}: lay on a volume mounted at {before}, and nothing is mounted there "
                "now; mount it and run this again, or copy into another folder"
            )
        journal.put_mount(now)

    def begin_run(self, run: str, when: str) -> None:
        """Note that a run begins here."""
        if self.journal is not None:
            self.journal.begin_run(run, when)

    def begin(self, unit: Unit, *, files: int, size: int, when: str) -> None:
        """Find or make the unit's rows in the journal."""
        if self.journal is None:
            raise RuntimeError("the destination is not open")
        source = os.fsencode(unit.root) if unit.is_folder else b""
        item = self.journal.item(unit.prefix, source)
        self.journal.begin(item, files=files, size=size, when=when)
        self.items[unit.number] = item

    def close(self) -> None:
        """Let go of folder and journal."""
        if self.journal is not None:
            self.journal.close()
        if self.target is not None:
            self.target.root.close()


def destinations(options: CopyOptions) -> list[Destination]:
    """Look at every destination without touching it.

    With `--lto` and no LTFS volume to be seen, on either side, the destinations are taken for
    tape: gateways and some vendors' mounts do not say what they are.

    Raises:
        DestinationRefusedError: a destination is a file, or cannot be looked at.
        UsageError: two of them are on one tape.
    """
    paths = [Path(os.path.abspath(p)) for p in (options.destination, *options.to)]
    found = [(path, _volume(path, options.lto)) for path in paths]
    sources = [volume_for(s, options.lto) for s in options.sources] if options.lto else []
    if options.lto and not any(v.kind is MediumKind.TAPE for v in (*sources, *_volumes(found))):
        found = [(path, volume_of(path, tape=True)) for path in paths]
    _refuse_shared_tapes(found)
    return [Destination(index, path, volume) for index, (path, volume) in enumerate(found)]


def volume_for(path: Path, lto: bool | None) -> Volume:
    """Know the volume under a path; with `--lto` a folder that carries tape attributes is a tape.

    Raises:
        OSError: the path cannot be looked at.
    """
    if not lto:
        return volume_of(path, tape=lto)
    found = volume_of(path, tape=True)
    return found if found.tape_root is not None else volume_of(path)


def _volumes(found: list[tuple[Path, Volume]]) -> list[Volume]:
    return [volume for _, volume in found]


def _refuse_shared_tapes(found: list[tuple[Path, Volume]]) -> None:
    """Refuse two destinations on one tape: their files would be woven together block by block."""
    seen: dict[str, Path] = {}
    for path, volume in found:
        if volume.tape_root is not None:
            other = seen.setdefault(volume.identity, path)
            if other != path:
                raise UsageError(f"{other} and {path} are on one tape; name one of them")


def _volume(path: Path, lto: bool | None) -> Volume:
    if path.exists() and not path.is_dir():
        raise DestinationRefusedError(
            f"{path}: is a file; name a folder, the source lands in it under its own name"
        )
    try:
        return volume_for(path, lto)
    except OSError as error:
        raise DestinationRefusedError(
            f"{path}: cannot be looked at ({error.strerror}); check whether the volume is mounted"
        ) from error


def job_of(unit: Unit, destination: Destination) -> str:
    """Name the job that copies a unit to a destination, for its staged names."""
    place = os.path.join(os.path.realpath(os.fsencode(destination.path)), unit.prefix)
    return job_name(os.fsencode(unit.root), place)


def staged(name: bytes, job: str) -> bytes:
    """Give the name under which a file lies until it is proved."""
    ending = b".avpres-" + job.encode() + b".part"
    if len(name) + len(ending) + 1 > NAME_LIMIT:
        import hashlib

        name = hashlib.sha256(name).hexdigest()[:32].encode()
    return b"." + name + ending
