"""The folder in which a film is made: it outlives a kill, and appears whole, or as failed."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from avpres.adapters.formats import checksum_file
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.formats.report_json import exact, unshown
from avpres.adapters.storage import durable
from avpres.adapters.storage.hashing import MultiHasher
from avpres.domain.errors import DestinationExistsError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry

FORM = "avpres cook 1"
RECORD = ".cook.json"
JOURNAL = ".journal"
ALGORITHMS = (Algorithm.MD5, Algorithm.SHA256)
_ROOM = 40  # bytes of the longest ending that is put behind a reel's name
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reel:
    """A folder to be cooked, and the folder of its result."""

    path: bytes
    name: bytes
    final: Path

    @property
    def shown(self) -> str:
        """The folder as text."""
        return os.fsdecode(self.path)

    def at(self, relative: bytes) -> bytes:
        """Give the path of a file of the reel."""
        return os.path.join(self.path, relative) if relative else self.path

    def shown_at(self, relative: bytes) -> str:
        """Give the path of a file of the reel as text."""
        return os.fsdecode(self.at(relative))


@dataclass(frozen=True, slots=True)
class Stage:
    """A hidden folder of one reel. `name` begins the names of all files in it."""

    folder: Path
    final: Path
    name: str

    @property
    def film(self) -> Path:
        """The Matroska file."""
        return self.file(".mkv")

    @property
    def journal(self) -> Path:
        """What is known of the reel while it is cooked; no part of the result."""
        return self.folder / JOURNAL

    @property
    def source(self) -> Path:
        """The folder of what is told of the source; in the film's own it would seem to be its."""
        return self.folder / "source"

    def file(self, ending: str) -> Path:
        """Name a file of the result: `reel.mkv`, `reel.framemd5`."""
        return self.folder / (self.name + ending)

    def discard(self) -> None:
        """Remove all that was made."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def publish(self, known: Mapping[str, tuple[Digest, ...]]) -> None:
        """Flush everything, list it in manifests, and let it appear under its name.

        Args:
            known: by file name, digests that need not be taken again.

        Raises:
            DestinationExistsError: something of that name has come meanwhile.
        """
        _forget_journal(self)
        entries = [
            ManifestEntry(name, known.get(name) or _settled(path))
            for name, path in _files(self.folder)
        ]
        for algorithm in ALGORITHMS:
            with durable.write_new(self.file(f".{algorithm.value}")) as handle:
                checksum_file.write_gnu(handle, entries, Heading((algorithm,), datetime.now(UTC)))
        durable.sync_folder(self.source)
        durable.sync_folder(self.folder)
        try:
            _rename(self.folder, self.final)
        except FileExistsError as error:
            raise DestinationExistsError(
                f"{self.final}: something is there already and was left as it is"
            ) from error

    def keep_as_failed(self) -> Path:
        """Keep what was made under a name that nobody takes for a result."""
        _forget_journal(self)
        with suppress(FileNotFoundError):
            os.replace(self.film, self.film.with_name(self.film.name + ".failed"))
        number = 1
        while True:
            ending = ".failed" if number == 1 else f".failed-{number}"
            place = self.final.with_name(self.final.name + ending)
            try:
                _rename(self.folder, place)
            except FileExistsError:
                number += 1
            else:
                return place


def stage_of(reel: Reel) -> Stage:
    """Open the folder in which a reel is made; what an earlier run left there is kept.

    The caller holds the lock on it.
    """
    name = os.fsdecode(reel.name)
    if len(reel.name) + _ROOM > durable.NAME_LIMIT:
        name = hashlib.sha256(reel.name).hexdigest()[:32]
    key = hashlib.sha256(reel.path).hexdigest()[:8]
    folder = reel.final.with_name(durable.staged_name(reel.final.name, key))
    folder.mkdir(parents=True, exist_ok=True)
    return Stage(folder, reel.final, name)


def finished(reel: Reel, key: Mapping[str, object]) -> str | None:
    """Tell of what is there under a reel's name: nothing (None), its result (""), or what else.

    A result counts when it says that it was proved, for a source in the same state and with the
    same settings, and every file that it lists is there in its size.
    """
    if not os.path.lexists(reel.final):
        return None
    records = sorted(reel.final.glob(f"*{RECORD}")) if reel.final.is_dir() else []
    told = read_record(records[0]) if len(records) == 1 else {}
    if told.get("form") != FORM or told.get("verdict") != "reversible":
        return "something else is there under this name"
    if told.get("key") != key:
        return "the result of another source, another state of it, or other settings is there"
    sizes = sizes_of(told)
    wrong = [name for name, size in sizes.items() if not _has_size(reel.final / name, size)]
    return f"a result is there that lacks {wrong[0]}" if wrong or not sizes else ""


def write_record(stage: Stage, facts: Mapping[str, object]) -> None:
    """Write what was done to a reel, as JSON, with the sizes of all other files."""
    files = [{"name": name, "size": path.stat().st_size} for name, path in _files(stage.folder)]
    with durable.replace(stage.file(RECORD)) as handle:
        handle.write(record_bytes({"form": FORM, **facts, "files": files}))


def record_bytes(told: Mapping[str, object]) -> bytes:
    r"""Write a record as JSON for all readers: names as they are shown, exact ones beside them.

    `\xNN` stands for a byte that is not UTF-8, `name_base64` holds the exact bytes.
    """
    text = json.dumps(exact(dict(told)), indent=1, sort_keys=True, ensure_ascii=False)
    return text.encode() + b"\n"


def read_record(path: Path) -> dict[str, Any]:
    """Read a record with its exact names; nothing, where it is none."""
    try:
        told = unshown(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def sizes_of(told: Mapping[str, Any]) -> dict[str, object]:
    """Give the files that a record lists, with their sizes; older records have them by name."""
    files = told.get("files")
    if isinstance(files, dict):
        return files
    found = files if isinstance(files, list) else []
    return {
        each["name"]: each.get("size")
        for each in found
        if isinstance(each, dict) and "name" in each
    }


def digests_of(path: Path, algorithms: Sequence[Algorithm] = ALGORITHMS) -> tuple[Digest, ...]:
    """Read a whole file."""
    hasher = MultiHasher(algorithms)
    with path.open("rb") as handle:
        while piece := handle.read(_CHUNK):
            hasher.update(piece)
    return hasher.digests()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield all files that will be in a result, with their names in it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(JOURNAL):
            yield path.relative_to(folder).as_posix(), path


def _forget_journal(stage: Stage) -> None:
    for path in stage.folder.glob(f"{JOURNAL}*"):
        path.unlink(missing_ok=True)


def _settled(path: Path) -> tuple[Digest, ...]:
    fd = os.open(path, os.O_RDONLY)
    try:
        durable.sync_file(fd)
    finally:
        os.close(fd)
    return digests_of(path)


def _rename(folder: Path, place: Path) -> None:
    durable.rename_noreplace(None, os.fsencode(folder), None, os.fsencode(place))
    durable.sync_folder(place.parent)


def _has_size(path: Path, size: object) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
