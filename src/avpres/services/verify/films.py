"""Which film is proved because it was named; light, for runs that name none."""

import os
import re
from pathlib import Path

from avpres.services.fixity.rows import FOUND
from avpres.services.fixity.scratch import Scratch
from avpres.services.fixity.trees import Tree

RECORD = ".cook.json"  # beside a film that `cook` made
_SOURCE = re.compile(r"(.+)_manifest\.\w+")
_FIRST = 64 * 1024  # bytes in which Matroska begins, even where its first ones are damaged
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"


def named(path: Path, tree: Tree, scratch: Scratch, *, is_package: bool) -> Path | None:
    """Give the Matroska file that was named, or the one of a package or of a folder from `cook`.

    Whether it gives files back is not asked here.
    """
    full = Path(os.path.abspath(path))
    if not full.is_dir():
        film = None if tree.only is None else Path(os.fsdecode(tree.path(tree.only)))
    elif is_package:
        film = _only_film(tree, scratch)
    else:
        found = [full / f"{each.name.removesuffix(RECORD)}.mkv" for each in full.glob(f"*{RECORD}")]
        film = found[0] if len(found) == 1 else None
    return film if film is not None and is_matroska(film) else None


def _only_film(tree: Tree, scratch: Scratch) -> Path | None:
    """Give the film of a package that holds one alone."""
    query = "SELECT path FROM work.name WHERE side = ? AND lower(substr(path, -4)) = '.mkv' LIMIT 2"
    rows = scratch.db.execute(query, (FOUND,)).fetchall()
    return Path(os.fsdecode(tree.path(rows[0][0]))) if len(rows) == 1 else None


def is_matroska(path: Path) -> bool:
    """Say whether a file may be Matroska, by its first bytes, of which some may be damaged."""
    try:
        with path.open("rb") as handle:
            first = handle.read(_FIRST)
    except OSError:
        return False
    return first.startswith(_EBML) or _SEGMENT in first


def tells_of_source(manifest: Path) -> bool:
    """Say whether a manifest lists the reel that the film in the folder above was cooked from."""
    match = _SOURCE.fullmatch(manifest.name)
    folder = manifest.parent
    is_beside = match is not None and (folder.parent / f"{match[1]}{RECORD}").exists()
    return is_beside and folder.name == "source"
