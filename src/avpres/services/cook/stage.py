"""The folder in which a film is made: it outlives a kill, and appears whole, or as failed."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avpres.adapters.formats.report_json import exact, unshown
from avpres.adapters.storage import durable
from avpres.domain.fixity import Algorithm, Digest
from avpres.services.packing.result_stage import ResultStage, shortfall

FORM = "avpres cook 1"
RECORD = ".cook.json"
JOURNAL = ".journal"
ALGORITHMS = (Algorithm.MD5, Algorithm.SHA256)


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


class Stage(ResultStage):
    """A hidden folder of one reel. `name` begins the names of all files in it."""

    __slots__ = ()

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
        self.list_files(_files(self.folder), known, ALGORITHMS)
        durable.sync_folder(self.source)
        self.appear()

    def keep_as_failed(self) -> Path:
        """Keep what was made under a name that nobody takes for a result."""
        _forget_journal(self)
        return self.fail(self.film)


def stage_of(reel: Reel) -> Stage:
    """Open the folder in which a reel is made; what an earlier run left there is kept.

    The caller holds the lock on it.
    """
    stage = Stage.of(reel.final, reel.path, reel.name)
    stage.folder.mkdir(parents=True, exist_ok=True)
    return stage


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
    return shortfall(reel.final, sizes_of(told))


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


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield all files that will be in a result, with their names in it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(JOURNAL):
            yield path.relative_to(folder).as_posix(), path


def _forget_journal(stage: Stage) -> None:
    for path in stage.folder.glob(f"{JOURNAL}*"):
        path.unlink(missing_ok=True)
