"""The hidden folder in which one result is made, and the names under which it appears."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from avpres.adapters.formats import checksum_file
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.storage import durable
from avpres.adapters.storage.appearing import appear, keep_as_failed, settle
from avpres.adapters.storage.hashing import digests_of
from avpres.domain.errors import DestinationExistsError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry

_ROOM = 40  # bytes of the longest ending that is put behind the name of a source


@dataclass(frozen=True, slots=True)
class ResultStage:
    """A hidden folder of one result. `name` begins the names of all files in it."""

    folder: Path
    final: Path
    name: str

    @classmethod
    def of(cls, final: Path, source: bytes, name: bytes) -> Self:
        """Name the folder of a source; its name tells that it is ours, and of this source."""
        key = hashlib.sha256(source).hexdigest()[:8]
        is_long = len(name) + _ROOM > durable.NAME_LIMIT
        prefix = hashlib.sha256(name).hexdigest()[:32] if is_long else os.fsdecode(name)
        return cls(final.with_name(durable.staged_name(final.name, key)), final, prefix)

    def file(self, ending: str) -> Path:
        """Name a file of the result: `reel.mkv`, `reel.framemd5`."""
        return self.folder / (self.name + ending)

    def list_files(
        self,
        files: Iterable[tuple[str, Path]],
        known: Mapping[str, tuple[Digest, ...]],
        algorithms: Sequence[Algorithm],
    ) -> None:
        """Flush the files of the result, and list them in a manifest of each algorithm.

        `known` are, by name, digests that need not be taken again; what has them is flushed too.
        """
        entries = []
        for name, path in files:
            settle(path)
            entries.append(ManifestEntry(name, known.get(name) or digests_of(path, algorithms)))
        for algorithm in algorithms:
            with durable.write_new(self.file(f".{algorithm.value}")) as handle:
                checksum_file.write_gnu(handle, entries, Heading((algorithm,), datetime.now(UTC)))
        durable.sync_folder(self.folder)

    def appear(self) -> None:
        """Let the result appear under its name.

        Raises:
            DestinationExistsError: something of that name has come meanwhile.
        """
        try:
            appear(self.folder, self.final)
        except FileExistsError as error:
            raise DestinationExistsError(
                f"{self.final}: something is there already and was left as it is"
            ) from error

    def fail(self, output: Path) -> Path:
        """Keep what was made, the folder and the file that counts, under names of failures."""
        with suppress(FileNotFoundError):
            os.replace(output, output.with_name(output.name + ".failed"))
        return keep_as_failed(self.folder, self.final)


def read_told(path: Path) -> dict[str, Any]:
    """Read what a record in JSON tells; nothing, where it is none."""
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def shortfall(folder: Path, sizes: Mapping[str, object]) -> str:
    """Tell which of the files that a record lists is not there in its size; empty when all are."""
    if not sizes:
        return "a result is there whose record lists no files"
    wrong = [name for name, size in sizes.items() if not _has_size(folder / name, size)]
    return f"a result is there that lacks {wrong[0]}" if wrong else ""


def _has_size(path: Path, size: object) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
