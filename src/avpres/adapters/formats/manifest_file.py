"""What is known of a manifest before its entries are read, and what its reader is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from avpres import __version__
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestFormat


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """A manifest on disk.

    `base` is the folder that entry paths are relative to; `scope` is the folder or file that the
    manifest speaks of: what lies in `scope` and is not listed is extra, if `complete`. `strip` is
    a lead (an absolute folder of the machine where the manifest was made) that `read` takes off.
    `generation` is the number of an ASC MHL generation; `ignore` are gitignore patterns of what the
    manifest itself says it leaves out.
    """

    path: Path
    format: ManifestFormat
    algorithms: tuple[Algorithm, ...]
    base: Path
    scope: Path
    complete: bool = True
    strip: str = ""
    generation: int | None = None
    ignore: tuple[str, ...] = ()


def _never(_path: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Origin:
    """What a format's reader is told of the file that it reads.

    `hint` is the algorithm that the file's name speaks of; `exists` answers whether a relative
    path is on disk, and is asked only where a line can be read in two ways.
    """

    path: Path
    hint: Algorithm | None = None
    exists: Callable[[str], bool] = _never

    def malformed(self, line: int | None, what: str) -> NotConformantError:
        """Make the error for a place in the file that does not follow the format."""
        place = f"{self.path}, line {line}" if line else f"{self.path}"
        return NotConformantError(f"{place}: {what}; correct it or name another manifest")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a written manifest says of itself, where its format has a place for that."""

    algorithms: tuple[Algorithm, ...]
    created: datetime
    root: str = ""
    tool: str = "avpres"
    version: str = __version__
    host: str = ""
    operator: str = ""
