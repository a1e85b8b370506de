"""The folder in which a result is made, and the names under which it appears, whole or failed."""

import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from avpres.adapters.formats.report_json import to_json
from avpres.adapters.storage import durable
from avpres.domain.fixity import Digest
from avpres.domain.premis import Event
from avpres.services.normalise.items import Item
from avpres.services.normalise.plan import Treatment
from avpres.services.packing.result_stage import ResultStage, read_told, shortfall

FORM = "avpres normalise 1"
RECORD = ".normalise.json"
EVENTS = ".events.jsonl"


class Stage(ResultStage):
    """A hidden folder of one item. `name` begins the names of all files in it."""

    __slots__ = ()

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
        algorithms = [each.algorithm for each in next(iter(digests.values()))]
        self.list_files(((each.name, each) for each in _listing(self.folder)), digests, algorithms)
        self.appear()


@contextmanager
def open_stage(item: Item, destination: Path) -> Iterator[Stage]:
    """Make the folder of an item; whatever is left in it at the end of the block goes.

    What a killed run of the same item left there goes first: its name tells that it is ours, and
    the caller holds the lock on it.
    """
    final = destination / os.fsdecode(item.folder)
    stage = Stage.of(final, item.path, item.name)
    final.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(stage.folder, ignore_errors=True)
    stage.folder.mkdir()
    try:
        yield stage
    finally:
        shutil.rmtree(stage.folder, ignore_errors=True)


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
    told = read_told(records[0]) if len(records) == 1 else {}
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
    return shortfall(final, sizes)


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


def _listing(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
