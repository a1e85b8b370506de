"""The tag files and manifests of a bag after a change."""

import re
from collections.abc import Iterator
from pathlib import Path

from avpres import __version__
from avpres.adapters.formats import bagit
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.formats.report_names import visible
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry
from avpres.domain.oais import Package, Role
from avpres.services.packing.records import RecordKeeper
from avpres.services.packing.shelf import Shelf

INFO = "bag-info.txt"
_LABEL = re.compile(r"([^\s:][^:]*?)[ \t]*:")


def write_bag(keeper: RecordKeeper, package: Package, shelf: Shelf, old: Path) -> None:
    """Write `bag-info.txt`, manifests and tag manifests (RFC 8493).

    `old` is the bag as it was: what else its information says stays as it stands.
    """
    files, size = shelf.sums()
    with keeper.written(INFO, Role.METADATA) as handle:
        handle.writelines(_info(old / INFO, package, f"{size}.{files}"))
    for algorithm in keeper.algorithms:
        _write(keeper, "manifest", algorithm, package)
    for algorithm in keeper.algorithms:
        _write(keeper, "tagmanifest", algorithm, package)


def _write(keeper: RecordKeeper, kind: str, algorithm: Algorithm, package: Package) -> None:
    of_payload = kind == "manifest"
    listed = (
        ManifestEntry(file.path, file.digests)
        for file in keeper.shelf.listed(payload=of_payload)
        if not file.path.startswith("tagmanifest-")
    )
    with keeper.written(f"{kind}-{algorithm}.txt", Role.METADATA) as handle:
        bagit.write(handle, listed, Heading((algorithm,), package.created))


def _info(old: Path, package: Package, oxum: str) -> Iterator[bytes]:
    """Give the lines of before, with what has changed in its old place."""
    waiting = {
        "Source-Organization": package.institution,
        "External-Description": package.label,
        "Bag-Software-Agent": f"avpres {__version__}",
        "Payload-Oxum": oxum,
        "Package-Kind": package.kind.value,
        "Rights": package.rights,
    }
    left = {"bag-size"} | {name.lower() for name in waiting}
    for label, lines in _sections(old):
        name = next((name for name in waiting if name.lower() == label), None)
        if name is not None:
            yield from _line(name, waiting.pop(name))
        elif label not in left:
            yield from lines
    for name, value in waiting.items():
        yield from _line(name, value)


def _line(name: str, value: str) -> Iterator[bytes]:
    if value:
        yield f"{name}: {visible(' '.join(value.split()))}\n".encode()


def _sections(path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the elements of `bag-info.txt`, each with the lines that go on with it."""
    label = ""
    lines: list[bytes] = []
    for raw in path.read_bytes().splitlines(keepends=True) if path.is_file() else ():
        found = _LABEL.match(raw.decode("utf-8", "replace"))
        if found and lines:
            yield label, lines
            lines = []
        label = found[1].lower() if found else label
        lines.append(raw if raw.endswith((b"\n", b"\r")) else raw + b"\n")
    if lines:
        yield label, lines
