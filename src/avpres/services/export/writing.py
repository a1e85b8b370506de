"""The documents of a DIP: its METS, the list of what was left out, the manifests of a bag."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace

from avpres.adapters.formats.mets import write_mets
from avpres.domain.dissemination import DipForm
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.oais import Package, PackagedFile, PackageKind, Role
from avpres.domain.premis import Agent, Event, EventType
from avpres.services.export import leavings
from avpres.services.export.dip import Dip
from avpres.services.export.forms import LEFT_OUT
from avpres.services.export.parallel import Parallel
from avpres.services.export.parts import write_divided
from avpres.services.export.sources import Source
from avpres.services.packing import manifests
from avpres.services.packing.building import flush
from avpres.services.packing.chronicle import inside
from avpres.services.packing.csip import Csip

_NAMED = 3  # packages that make the title of a DIP that was given none


def clear(dip: Dip) -> None:
    """Remove what an earlier, killed run wrote about the files; the files stay.

    They go too when the packages have changed since.
    """
    leavings.unmark(dip.stage)
    state = dip.stage.path / leavings.SOURCES
    now = "".join(f"{source.id} {_mark(source)}\n" for source in dip.sources)
    same = state.is_file() and state.read_text("utf-8") == now
    if not same and dip.tree.is_dir():
        shutil.rmtree(dip.tree)
    manifests.clear(dip.tree, dip.places)
    state.write_text(now, "utf-8")


def _mark(source: Source) -> str:
    with (source.opened.tree / source.opened.places.files).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def write(dip: Dip, happened: list[Event], *, lists_left_out: bool) -> None:
    """Write everything that stands beside the content, and make the tree durable."""
    dip.context.progress.start("write")
    form, keeper = dip.options.form, dip.keeper
    if lists_left_out:
        place = LEFT_OUT.get(form, "left-out.csv")
        with keeper.written(place, Role.METADATA) as handle:
            handle.write(dip.left_out.read_bytes())
    package = described(dip, happened)
    if form is DipForm.E_ARK:
        Csip(keeper, dip.places, package, dip.stage.path).write()
    else:
        _write_mets(dip, package)
    if form is DipForm.BAG:
        manifests.write_bag(keeper, package, dip.packing, dip.shelf)
    flush(dip.tree)
    dip.context.progress.finish()


def _write_mets(dip: Dip, package: Package) -> None:
    about = Parallel(dip, package) if dip.options.form is DipForm.STANFORD else None
    if dip.options.divided:
        write_divided(dip, package, about)
        return
    with dip.keeper.written(dip.places.mets, Role.METADATA) as handle:
        write_mets(handle, package, lambda: _files(dip), scratch=dip.stage.path, about=about)


def _files(dip: Dip) -> Iterator[PackagedFile]:
    yield from dip.own_files()
    yield from dip.shelf.files(Role.OBJECT, Role.SUPPLEMENTAL)


def described(dip: Dip, happened: list[Event]) -> Package:
    """Say what the DIP is, and what happened to it."""
    site = dip.context.site
    packages = [source.opened.package for source in dip.packages]
    rights = dict.fromkeys(package.rights for package in packages if package.rights)
    plain = Package(
        id=dip.stage.id,
        kind=PackageKind.DIP,
        label=dip.options.label or _title(dip),
        created=dip.stage.created,
        agents=tuple(_agents(dip)),
        rights="; ".join(rights) or site.rights or "",
        institution=site.institution or next(filter(None, (p.institution for p in packages)), ""),
        identifiers=_identifiers(dip),
    )
    dated = dip.options.date is not None
    told = [inside(event, plain, dated=dated, occasion=_copy(event)) for event in happened]
    return replace(plain, events=tuple(told), derivations=dip.derivations)


def _copy(event: Event) -> str:
    """Name the access copy that an event speaks of, so that each copy has events of its own."""
    is_of_copy = event.type in {EventType.MIGRATION, EventType.VALIDATION}
    return event.destination or "" if is_of_copy else ""


def _title(dip: Dip) -> str:
    labels = [source.opened.package.label or source.id for source in dip.packages]
    rest = f" and {len(labels) - _NAMED:,} more" if len(labels) > _NAMED else ""
    return ", ".join(labels[:_NAMED]) + rest


def _identifiers(dip: Dip) -> dict[str, str]:
    """Name the packages that the DIP was made of, and what they are called elsewhere."""
    if len(dip.packages) == 1:
        source = dip.packages[0]
        return {**source.opened.package.identifiers, "source package": source.id}
    return {f"source package {n}": each.id for n, each in enumerate(dip.packages, start=1)}


def _agents(dip: Dip) -> Iterator[Agent]:
    yield from dip.report.agents
    if dip.context.operator:
        yield Agent(name=dip.context.operator, type="person")
    if dip.context.site.institution:
        yield Agent(name=dip.context.site.institution, type="organization")


def require_whole(dip: Dip) -> None:
    """See that the tree holds the files on the shelf, and no other.

    A file system that does not tell two names apart lets one take the other's place.

    Raises:
        DestinationRefusedError: it does not.
    """
    there = sum(len(names) for _, _, names in os.walk(dip.tree))
    known = sum(1 for _ in dip.shelf.listed())
    if there != known:
        raise DestinationRefusedError(
            f"{dip.options.destination}: holds {there:,} files where {known:,} were written, since "
            "names that differ in case or form are one there; choose another destination"
        )
