"""The names of a package, and of what lies beside it: manifests, checksums, an index."""

from pathlib import Path
from uuid import UUID

from avpres.adapters.containers.tar_index import SUFFIX
from avpres.adapters.formats.naming import manifest_name
from avpres.config.packing import PackingOptions
from avpres.domain.oais import Box
from avpres.domain.report import Output
from avpres.services.packing.layouts import PLACES


def outputs_of(final: Path, name: str, options: PackingOptions) -> list[Output]:
    """Name a package at its place, and all that lies beside it."""
    listing = beside(final.parent, options, name)
    sums, index = sums_beside(final, options), index_beside(final, options)
    return [
        Output(kind="package", path=str(final)),
        *[Output(kind="manifest", path=str(path)) for path in (*listing, *sums)],
        *[Output(kind="index", path=str(path)) for path in index],
    ]


def name_of(id: UUID, box: Box) -> str:
    """Name a package by its id, and the ending of the container."""
    return boxed_name(str(id), box)


def boxed_name(name: str, box: Box) -> str:
    """Give the name of what a package is put into."""
    return name if box is Box.FOLDER else f"{name}.{box.value}"


def beside(folder: Path, options: PackingOptions, name: str) -> list[Path]:
    """Name the manifests that lie beside a package; a bag has its own inside."""
    if PLACES[options.layout].is_bag:
        return []
    return [folder / manifest_name(name, algorithm) for algorithm in options.digest]


def sums_beside(final: Path, options: PackingOptions) -> list[Path]:
    """Name the checksums that lie beside a container."""
    if options.box is Box.FOLDER:
        return []
    return [final.with_name(f"{final.name}.{each.value}") for each in options.digest]


def index_beside(final: Path, options: PackingOptions) -> list[Path]:
    """Name the index that lies beside a tar, by which single files are taken out of it."""
    return [final.with_name(f"{final.name}{SUFFIX}")] if options.box is Box.TAR else []
