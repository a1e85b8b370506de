"""The manifests of a package, and what a bag says of itself."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from humanize import naturalsize

from avpres import __version__
from avpres.adapters.formats import bagit, checksum_file
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.formats.report_names import visible
from avpres.adapters.storage import durable
from avpres.config.packing import PackingOptions
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry
from avpres.domain.oais import Package, PackagedFile, Role
from avpres.services.packing.beside import beside
from avpres.services.packing.layouts import Places
from avpres.services.packing.records import RecordKeeper
from avpres.services.packing.shelf import Shelf
from avpres.services.packing.stage import Stage

_SAID = frozenset(
    {"Source-Organization", "External-Description", "External-Identifier", "Bagging-Date"}
    | {"Bag-Software-Agent", "Bag-Size", "Payload-Oxum", "Package-Kind", "Rights"}
)
_LONGEST = 1024 * 1024  # bytes of bag-info.txt that are read


def write_bag(
    keeper: RecordKeeper, package: Package, options: PackingOptions, shelf: Shelf
) -> None:
    """Make a bag of a tree (RFC 8493): declaration, information, manifests, tag manifests."""
    files, size = shelf.sums()
    with keeper.written("bagit.txt", Role.METADATA) as handle:
        handle.write(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    with keeper.written("bag-info.txt", Role.METADATA) as handle:
        handle.writelines(_info(package, options, files, size))
    for algorithm in options.digest:
        with keeper.written(f"manifest-{algorithm}.txt", Role.METADATA) as handle:
            _bag_lines(handle, shelf.listed(payload=True), algorithm, package)
    for algorithm in options.digest:
        with keeper.written(f"tagmanifest-{algorithm}.txt", Role.METADATA) as handle:
            _bag_lines(handle, _tags(shelf), algorithm, package)


def own_lines(tree: Path) -> list[str]:
    """Give the lines that somebody added to `bag-info.txt`, unfolded; none for no bag."""
    try:
        with (tree / "bag-info.txt").open("rb") as handle:
            text = handle.read(_LONGEST).decode("utf-8", "replace")
    except OSError:
        return []
    lines = re.sub(r"\r?\n[ \t]+", " ", text).splitlines()
    return [line for line in lines if line.partition(":")[0] not in _SAID and ":" in line]


def _tags(shelf: Shelf) -> Iterator[PackagedFile]:
    """Yield all else but the tag manifests themselves (RFC 8493 §2.2.1)."""
    return (f for f in shelf.listed(payload=False) if not f.path.startswith("tagmanifest-"))


def _bag_lines(
    handle: BinaryIO, files: Iterable[PackagedFile], algorithm: Algorithm, package: Package
) -> None:
    entries = (ManifestEntry(file.path, file.digests) for file in files)
    bagit.write(handle, entries, Heading((algorithm,), package.created))


def _info(package: Package, options: PackingOptions, files: int, size: int) -> Iterator[bytes]:
    """Give the lines of `bag-info.txt`; the reserved names of RFC 8493 §2.2.2."""
    for line in options.bag_info:
        name, _, value = line.partition(":")
        yield f"{name}: {value.strip()}\n".encode()
    said = {
        "Source-Organization": package.institution,
        "External-Description": package.label,
        "External-Identifier": str(package.id),
        "Bagging-Date": package.created.date().isoformat(),
        **_group(package),
        "Bag-Software-Agent": f"avpres {__version__}",
        "Bag-Size": naturalsize(size, binary=True),
        "Payload-Oxum": f"{size}.{files}",
        "Package-Kind": package.kind.value,
        "Rights": package.rights,
    }
    for name, value in said.items():
        if value:
            yield f"{name}: {visible(' '.join(value.split()))}\n".encode()


def _group(package: Package) -> dict[str, str]:
    part = package.part
    if part is None:
        return {}
    return {
        "Bag-Group-Identifier": str(part.of),
        "Bag-Count": f"{part.number} of {part.count}",
    }


def write_beside(stage: Stage, options: PackingOptions, shelf: Shelf) -> None:
    """Write the manifests beside the package, as `md5sum -c` reads them in the folder of both."""
    paths = beside(stage.final.parent, options, stage.name)
    for algorithm, path in zip(options.digest, paths, strict=True):
        entries = (ManifestEntry(f"{stage.name}/{f.path}", f.digests) for f in shelf.listed())
        with durable.replace(path, job=stage.job) as handle:
            checksum_file.write_gnu(handle, entries, Heading((algorithm,), stage.created))


def clear(tree: Path, places: Places) -> None:
    """Remove from a tree what an earlier run wrote; what was copied stays."""
    kept = {tree / places.objects, tree / places.supplemental}
    above = {parent for path in kept for parent in path.parents}
    _clear(tree, kept, above)


def _clear(folder: Path, kept: set[Path], above: set[Path]) -> None:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path in kept:
            continue
        if path in above:
            _clear(path, kept, above)
        elif path.is_dir() and not path.is_symlink():
            for root, folders, files in os.walk(path, topdown=False):
                _each(root, files, os.unlink)
                _each(root, folders, os.rmdir)
            path.rmdir()
        else:
            path.unlink()


def _each(root: str, names: list[str], act: Callable[[str], object]) -> None:
    for name in names:
        act(os.path.join(root, name))
