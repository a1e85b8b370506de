"""Wild names, entries and headings that the manifest tests share."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import strategies as st

from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.storage.hashing import MultiHasher
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry

CREATED = datetime(2024, 2, 29, 12, 30, 15, tzinfo=UTC)
SCHEMAS = Path(
    os.environ.get("AVPRES_SCHEMAS", Path(__file__).resolve().parents[4] / "shared/schemas")
)
needs_schemas = pytest.mark.skipif(
    not (SCHEMAS / "catalog.json").is_file(), reason="no schema folder (AVPRES_SCHEMAS)"
)

HARD_NAMES = (
    "plain.mov",
    "deep/er/est.mov",
    "line\nbreak",
    "carriage\rreturn",
    "Icon\r",
    "back\\slash",
    "backslash-n\\n",
    " leading",
    "trailing ",
    "two  spaces",
    "tab\tstop",
    "100% %0A %25 done",
    "&<>\"']]>",
    "-- comment -->",
    "\x01control\x1b",
    "\udcff\udcfe not UTF-8",
    "é NFC and e\u0301 NFD",
    "\u2028 \ufffe \U0001f39e",
    "*star",
    "#comment",
    "\\begins so",
    "12,d41d8cd98f00b204e9800998ecf8427e,record",
    "a\n## b\n%%%% c\n",
    "n" * 255,
)


def entry(
    path: str, algorithms: Sequence[Algorithm], content: bytes | None = None
) -> ManifestEntry:
    content = path.encode("utf-8", "surrogateescape") if content is None else content
    hasher = MultiHasher(algorithms)
    hasher.update(content)
    return ManifestEntry(path, hasher.digests(), len(content), 1_700_000_000_000_000_000)


def heading(*algorithms: Algorithm, root: str = "") -> Heading:
    return Heading(algorithms, CREATED, root, host="vault", operator="R&D <night shift>")


def tree(root: Path, *paths: str) -> None:
    """Make files that hold their own path."""
    for path in paths:
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(path.encode("utf-8", "surrogateescape"))


def entries_of(root: Path, algorithms: Sequence[Algorithm]) -> list[ManifestEntry]:
    """Read a tree as a walk would, empty folders too, histories left out."""
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name != "ascmhl")
        here = "" if Path(folder) == root else os.path.relpath(folder, root) + "/"
        if not folders and not files and here:
            found.append(ManifestEntry(here, ()))
        for name in sorted(files):
            full = os.path.join(folder, name)
            one = entry(here + name, algorithms, Path(full).read_bytes())
            found.append(one)
    return found


_characters = st.one_of(
    st.characters(exclude_characters="/\0", exclude_categories=("Cs",)),
    st.sampled_from("\n\r\t\\ %*#-,&<\"'\x01\x7f\udc80\udcff\u2028\ufeff"),
)
_names = st.text(_characters, min_size=1, max_size=12).filter(lambda name: name not in {".", ".."})
paths = (
    st.lists(_names, min_size=1, max_size=3)
    .map("/".join)
    .filter(lambda path: path == _reread(path))
)


def _reread(path: str) -> str | None:
    """Drop texts that are no names: surrogates that together are UTF-8 would read as that."""
    try:
        return path.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return None
