"""The administrative metadata of METS 1.12.1: PREMIS and technical records, inline or elsewhere."""

from collections.abc import Iterator
from typing import NamedTuple

from avpres.adapters.formats import premis_objects, premis_parts
from avpres.adapters.formats.mets_techmd import (
    PREMIS_PATH,
    inline,
    records,
    reference,
    referred,
    wrapped,
)
from avpres.domain.oais import Package, PackagedFile


class Sections(NamedTuple):
    """The sections that speak of a file: `names` as ADMID lists them."""

    names: str
    written: bytes


def representation_sections(package: Package, *, external: bool) -> Iterator[bytes]:
    """Write the PREMIS object of the whole, unless PREMIS has its own document."""
    if not external:
        content = premis_objects.representation_object(package)
        yield _premis("techMD", "OBJECT", str(package.id), content)


def file_sections(
    package: Package, file: PackagedFile, identity: str, *, external: bool
) -> Sections:
    """Write techMD: the PREMIS object of a file and the records of standards that fit it.

    With `external`, PREMIS is left to its own document and the records are referred to.
    """
    names, written = ["premis"], []
    if not external:
        content = premis_objects.file_object(package, file, identity)
        names = [f"premis-object-{identity}"]
        written = [_premis("techMD", "OBJECT", identity, content)]
    write = reference if external else inline
    for standard, record in records(file):
        names.append(f"{standard.name}-{identity}")
        written.append(write(standard, record, identity))
    return Sections(" ".join(names), b"".join(written))


def provenance_sections(package: Package, *, external: bool) -> Iterator[bytes]:
    """Write rightsMD, and digiprovMD for each event and each agent; or refer to the PREMIS file."""
    if external:
        yield referred("digiprovMD", "premis", 'MDTYPE="PREMIS" MDTYPEVERSION="3.0"', PREMIS_PATH)
        return
    if package.rights:
        content = premis_objects.rights_element(package)
        yield _premis("rightsMD", "RIGHTS", str(package.id), content)
    for event in premis_objects.events_of(package):
        content = premis_objects.event_element(package, event)
        yield _premis("digiprovMD", "EVENT", str(event.id), content)
    for agent in premis_objects.agents_of(package):
        content = premis_parts.agent_element(agent)
        yield _premis("digiprovMD", "AGENT", str(premis_parts.agent_id(agent)), content)


def package_metadata(package: Package, *, external: bool) -> str:
    """List the sections that speak of the whole package, as ADMID does."""
    if external:
        return "premis"
    rights = [f"premis-rights-{package.id}"] if package.rights else []
    events = [f"premis-event-{event.id}" for event in premis_objects.events_of(package)]
    return " ".join([f"premis-object-{package.id}", *rights, *events])


def _premis(section: str, kind: str, identity: str, content: str) -> bytes:
    name = f"premis-{kind.lower()}-{identity}"
    return wrapped(section, name, f'MDTYPE="PREMIS:{kind}" MDTYPEVERSION="3.0"', content.encode())
