"""The folder in which a result is made, and the names under which it appears, whole or failed."""

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from avpres.adapters.formats import checksum_file
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.formats.report_json import to_json
from avpres.adapters.storage import durable
from avpres.adapters.storage.hashing import MultiHasher
from avpres.domain.errors import DestinationExistsError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry
from avpres.domain.premis import Event
from avpres.services.normalise.items import Item
from avpres.services.normalise.plan import Treatment

FORM = "avpres normalise 1"
RECORD = ".normalise.json"
EVENTS = ".events.jsonl"
_ROOM = 40  # bytes of the longest ending that is put behind an item's name
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stage:
    """A hidden folder of one item. `name` begins the names of all files in it."""

    folder: Path
    final: Path
    name: str

    def file(self, ending: str) -> Path:
        """Name a file of the result: `tape.mkv`, `tape.framemd5`."""
        return self.folder / (self.name + ending)

    def attachment(self, treatment: Treatment, side: str) -> Path:
        """Name the file that an attachment is written to for as long as it is compared."""
        return self.file(f".{side}.attachment{treatment.stream.index}")

    def publish(self, digests: Mapping[str, tuple[Digest, ...]]) -> None:
        """Flush everything, list it in manifests, and let it appear under its name.

        Args:
            digests: by file name, those that are known already.

        Raises:
            DestinationExistsError: something of that name has come meanwhile.
        """
        _list(self, digests)
        try:
            _rename(self.folder, self.final)
        except FileExistsError as error:
            raise DestinationExistsError(
                f"{self.final}: something is there already and was left as it is"
            ) from error

    def keep_as_failed(self, output: str) -> Path:
        """Keep what was made under a name that nobody takes for a result."""
        made = self.file(output)
        with suppress(FileNotFoundError):
            os.replace(made, made.with_name(made.name + ".failed"))
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


@contextmanager
def open_stage(item: Item, destination: Path) -> Iterator[Stage]:
    """Make the folder of an item; whatever is left in it at the end of the block goes.

    What a killed run of the same item left there goes first: its name tells that it is ours, and
    the caller holds the lock on it.
    """
    final = destination / os.fsdecode(item.folder)
    name = os.fsdecode(item.name)
    if len(item.name) + _ROOM > durable.NAME_LIMIT:
        name = hashlib.sha256(item.name).hexdigest()[:32]
    key = hashlib.sha256(item.path).hexdigest()[:8]
    folder = final.with_name(durable.staged_name(final.name, key))
    final.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield Stage(folder, final, name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def finished(
    item: Item,
    destination: Path,
    settings: Mapping[str, object],
    *,
    whatever: Collection[str] = (),
) -> str | None:
    """Tell of what is there under an item's name: nothing (None), its result (""), or what else.

    A result counts when it says that it was proved, for a source of the same size and time, with
    the same settings, and every file that it lists is there in its size. Settings that are named
    in `whatever` may be others.
    """
    final = destination / os.fsdecode(item.folder)
    if not os.path.lexists(final):
        return None
    records = [path for path in _listing(final) if path.name.endswith(RECORD)]
    told = _read(records[0]) if len(records) == 1 else {}
    if told.get("form") != FORM or told.get("verdict") != "lossless":
        return "something else is there under this name"
    seen = told.get("source")
    source: dict[str, object] = seen if isinstance(seen, dict) else {}
    if (source.get("size"), source.get("mtime_ns")) != (item.signature[0], item.signature[1]):
        return "the result of another source, or of another state of this one, is there"
    if _but(told.get("settings"), whatever) != _but(settings, whatever):
        return "a result that was made with other settings is there"
    files = told.get("files")
    sizes: dict[str, object] = files if isinstance(files, dict) else {}
    wrong = [name for name, size in sizes.items() if not _has_size(final / name, size)]
    return f"a result is there that lacks {wrong[0]}" if wrong or not sizes else ""


def _but(settings: object, names: Collection[str]) -> dict[str, object]:
    known = settings if isinstance(settings, Mapping) else {}
    return {name: value for name, value in known.items() if name not in names}


def write_record(stage: Stage, facts: Mapping[str, object]) -> None:
    """Write what was done to an item, as JSON, with the sizes of all its other files."""
    sizes = {path.name: path.stat().st_size for path in _listing(stage.folder)}
    whole = {"form": FORM, **facts, "files": sizes}
    with durable.write_new(stage.file(RECORD)) as handle:
        handle.write(json.dumps(whole, indent=1, sort_keys=True).encode() + b"\n")


def write_events(stage: Stage, events: Iterable[Event]) -> None:
    """Write what was done to an item, for whoever makes a package of it."""
    with durable.write_new(stage.file(EVENTS)) as handle:
        handle.writelines(to_json(event).encode() + b"\n" for event in events)


def settle(path: Path) -> None:
    """Flush a file that another program wrote."""
    fd = os.open(path, os.O_RDONLY)
    try:
        durable.sync_file(fd)
    finally:
        os.close(fd)


def _list(stage: Stage, digests: Mapping[str, tuple[Digest, ...]]) -> None:
    algorithms = [each.algorithm for each in next(iter(digests.values()))]
    entries = []
    for path in _listing(stage.folder):
        settle(path)
        known = digests.get(path.name) or _digests(path, algorithms)
        entries.append(ManifestEntry(path.name, known))
    for algorithm in algorithms:
        with durable.write_new(stage.file(f".{algorithm.value}")) as handle:
            checksum_file.write_gnu(handle, entries, Heading((algorithm,), datetime.now(UTC)))
    durable.sync_folder(stage.folder)


def _rename(folder: Path, place: Path) -> None:
    durable.rename_noreplace(None, os.fsencode(folder), None, os.fsencode(place))
    durable.sync_folder(place.parent)


def _listing(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _digests(path: Path, algorithms: Sequence[Algorithm]) -> tuple[Digest, ...]:
    hasher = MultiHasher(algorithms)
    with path.open("rb") as handle:
        while piece := handle.read(_CHUNK):
            hasher.update(piece)
    return hasher.digests()


def _read(path: Path) -> dict[str, object]:
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _has_size(path: Path, size: object) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
