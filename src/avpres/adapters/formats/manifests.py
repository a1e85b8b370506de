"""Manifests of every format, read and written through one door."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.formats import (
    ascmhl,
    ascmhl_chain,
    ascmhl_history,
    avpres_lines,
    bagit,
    bfi_tar,
    checksum_file,
    dfxml,
    finding,
    hashdeep,
    mhl,
    placing,
    sidecar,
    sniffing,
)
from avpres.adapters.formats.manifest_file import Heading, ManifestFile, Origin
from avpres.adapters.formats.naming import default_name
from avpres.adapters.formats.sidecar import is_sidecar
from avpres.adapters.formats.sniffing import sniff
from avpres.adapters.storage import durable
from avpres.domain.errors import (
    IncompleteError,
    NotConformantError,
    SourceUnreadableError,
    UsageError,
)
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry, ManifestFormat

__all__ = [
    "Heading",
    "ManifestFile",
    "default_name",
    "find",
    "is_doubtful",
    "is_sidecar",
    "open_manifest",
    "read",
    "sniff",
    "write",
    "write_to",
]

SAMPLE = 32
"""Entries looked at to find the folder that a manifest's paths are relative to."""

_Reader = Callable[[BinaryIO, Origin], Iterator[ManifestEntry]]
_Writer = Callable[[BinaryIO, Iterable[ManifestEntry], Heading], None]

_READ: dict[ManifestFormat, _Reader] = {
    ManifestFormat.IFI: checksum_file.read,
    ManifestFormat.GNU: checksum_file.read,
    ManifestFormat.BSD: checksum_file.read,
    ManifestFormat.SIDECAR: sidecar.read,
    ManifestFormat.HASHDEEP: hashdeep.read,
    ManifestFormat.MHL: mhl.read,
    ManifestFormat.ASCMHL: ascmhl.read,
    ManifestFormat.BAGIT: bagit.read,
    ManifestFormat.DFXML: dfxml.read,
    ManifestFormat.BFI_TAR: bfi_tar.read,
    ManifestFormat.AVPRES: avpres_lines.read,
}
_WRITE: dict[ManifestFormat, _Writer] = {
    ManifestFormat.IFI: checksum_file.write_ifi,
    ManifestFormat.GNU: checksum_file.write_gnu,
    ManifestFormat.BSD: checksum_file.write_bsd,
    ManifestFormat.SIDECAR: sidecar.write,
    ManifestFormat.HASHDEEP: hashdeep.write,
    ManifestFormat.MHL: mhl.write,
    ManifestFormat.BAGIT: bagit.write,
    ManifestFormat.DFXML: dfxml.write,
    ManifestFormat.BFI_TAR: bfi_tar.write,
    ManifestFormat.AVPRES: avpres_lines.write,
}


def open_manifest(path: Path, *, format: ManifestFormat | None = None) -> ManifestFile:
    """Learn of a manifest what must be known before its entries are read.

    Its first entries are read for that, so a manifest that is broken at its beginning is refused
    here.

    Args:
        path: the manifest; for ASC MHL the chain file, a generation or the `ascmhl` folder.
        format: what it is, when the user knows better than its content and name.

    Raises:
        NotConformantError: it is in no format that avpres reads, or breaks its format's rules.
        SourceUnreadableError: it cannot be read.
    """
    path = Path(os.path.abspath(path))
    root = placing.history_root(path) if format in {None, ManifestFormat.ASCMHL} else None
    if root is not None:
        return _open_history(path, root)
    known = format or sniff(path)
    if known is None:
        raise NotConformantError(f"{path} is in no manifest format that avpres reads")
    sample = list(islice(_entries(path, known, Path()), SAMPLE))
    place = placing.place(path, known, [entry.path for entry in sample])
    return ManifestFile(
        path, known, _algorithms(sample), place.base, place.scope, place.complete, place.strip
    )


def is_doubtful(path: Path) -> bool:
    """Say whether a file has a manifest's name and holds something else: a program, `b3sum`.

    One that is empty, or begins as a manifest does, is a broken manifest and not doubtful.

    Raises:
        SourceUnreadableError: it cannot be read.
    """
    if not sniffing.goes_by_name(path):
        return False
    try:
        open_manifest(path)
    except NotConformantError:
        return True
    return False


def find(path: Path, *, on_doubtful: Callable[[Path], object] | None = None) -> list[ManifestFile]:
    """List the manifests that speak of a file or folder; `finding` says where it looks.

    Args:
        path: the file or folder.
        on_doubtful: told of files in the folder that only have a manifest's name; without it
            they are taken for broken manifests.

    Raises:
        NotConformantError: one that goes by the right name breaks its format's rules.
        SourceUnreadableError: the folder cannot be listed.
    """
    path = Path(os.path.abspath(path))

    def is_manifest(file: Path) -> bool:
        if file.is_dir():
            return True
        if sniff(file) is None:
            return False
        if on_doubtful is not None and file.parent == path and is_doubtful(file):
            on_doubtful(file)
            return False
        return True

    return finding.find(path, open_manifest=open_manifest, is_manifest=is_manifest)


def _open_history(path: Path, root: Path) -> ManifestFile:
    """Open an ASC MHL history up to the generation named, or whole."""
    generations = ascmhl_chain.chain(root)
    if path.suffix == ".mhl":
        number = next((g.number for g in generations if g.name == path.name), None)
        if number is None:
            raise NotConformantError(f"{path} is not in the chain of its history")
        generations = [g for g in generations if g.number <= number]
    else:
        path = root / ascmhl_chain.FOLDER / ascmhl_chain.CHAIN
    listed = ascmhl_history.sample(root, generations, SAMPLE)
    sample = [ManifestEntry(one.path, tuple(d for d, _ in one.digests)) for one in listed]
    sample = sample or list(islice(ascmhl_history.read(root), SAMPLE))
    return ManifestFile(
        path,
        ManifestFormat.ASCMHL,
        _algorithms(sample),
        root,
        root,
        generation=generations[-1].number if generations else None,
        ignore=ascmhl_history.ignored(root, generations),
    )


def _algorithms(sample: Iterable[ManifestEntry]) -> tuple[Algorithm, ...]:
    return tuple(dict.fromkeys(d.algorithm for entry in sample for d in entry.digests))


def read(manifest: ManifestFile) -> Iterator[ManifestEntry]:
    """Yield the entries of a manifest, paths relative to its base.

    A path may come more than once, with another algorithm each time or, in a faulty manifest,
    with another value: the caller compares all of them.

    Raises:
        NotConformantError: a line or element breaks the format's rules.
        IncompleteError: it lists nothing, so that there is nothing to compare.
    """
    empty = True
    if manifest.generation is not None:
        entries = ascmhl_history.read(manifest.base, manifest.generation)
    else:
        entries = _entries(manifest.path, manifest.format, manifest.base)
    for entry in entries:
        empty = False
        yield _without(manifest.strip, entry)
    if empty:
        raise IncompleteError(f"{manifest.path} lists no files: nothing to compare")


def _without(lead: str, entry: ManifestEntry) -> ManifestEntry:
    if lead and entry.path.startswith(lead):
        return replace(entry, path=entry.path[len(lead) :])
    return entry


def _entries(path: Path, format: ManifestFormat, base: Path) -> Iterator[ManifestEntry]:
    known = sniffing.hint(path)
    origin = replace(known, exists=lambda listed: os.path.lexists(base / listed))
    try:
        handle = path.open("rb")
    except OSError as error:
        raise SourceUnreadableError(f"{path} cannot be read: {error.strerror}") from error
    with handle:
        yield from _READ[format](handle, origin)


def write(
    path: Path, format: ManifestFormat, entries: Iterable[ManifestEntry], heading: Heading
) -> None:
    """Write a manifest that is not there yet: it appears whole and flushed, or not at all.

    Raises:
        DestinationExistsError: something is there already.
        UsageError: as `write_to`.
    """
    with durable.write_new(path) as handle:
        write_to(handle, format, entries, heading)


def write_to(
    handle: BinaryIO, format: ManifestFormat, entries: Iterable[ManifestEntry], heading: Heading
) -> None:
    """Write a manifest into an open binary file; how it becomes durable is the caller's business.

    Args:
        handle: where to write.
        format: which format.
        entries: files with paths relative to the folder that they are in.
        heading: which algorithms (most formats hold one), when it was made, and, if the manifest
            will lie beside that folder, the folder's name: it is put before every path.

    Raises:
        UsageError: the format cannot hold these algorithms, or is not written in one file.
    """
    if format not in _WRITE:
        raise UsageError(f"a {format} manifest is not written as one file")
    _WRITE[format](handle, _under(heading.root, entries), heading)


def _under(root: str, entries: Iterable[ManifestEntry]) -> Iterable[ManifestEntry]:
    if not root:
        return entries
    return (replace(entry, path=f"{root}/{entry.path}") for entry in entries)
