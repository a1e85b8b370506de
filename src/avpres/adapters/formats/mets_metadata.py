"""The administrative metadata of METS 1.12.1: PREMIS and technical records, inline or elsewhere."""

import uuid
from collections.abc import Iterable, Iterator

from avpres.adapters.formats import premis_objects, premis_parts
from avpres.adapters.formats.mets_techmd import (
    PREMIS_PATH,
    inline,
    references,
    referred,
    standards_of,
    wrapped,
)
from avpres.domain.oais import Package, PackagedFile


def technical_sections(
    package: Package, files: Iterable[PackagedFile], *, external: bool
) -> Iterator[bytes]:
    """Write techMD: the PREMIS object of each file and the records of standards that fit it.

    With `external`, PREMIS is left to its own document and the records are referred to.
    """
    if external:
        for file in files:
            yield from references(file, package.file_id(file))
        return
    yield _premis("techMD", "OBJECT", package.id, premis_objects.representation_object(package))
    for file in files:
        identity = package.file_id(file)
        content = premis_objects.file_object(package, file, identity)
        yield _premis("techMD", "OBJECT", identity, content)
        yield from inline(file, identity)


def provenance_sections(package: Package, *, external: bool) -> Iterator[bytes]:
    """Write rightsMD, and digiprovMD for each event and each agent; or refer to the PREMIS file."""
    if external:
        yield referred("digiprovMD", "premis", 'MDTYPE="PREMIS" MDTYPEVERSION="3.0"', PREMIS_PATH)
        return
    if package.rights:
        content = premis_objects.rights_element(package)
        yield _premis("rightsMD", "RIGHTS", package.id, content)
    for event in premis_objects.events_of(package):
        content = premis_objects.event_element(package, event)
        yield _premis("digiprovMD", "EVENT", event.id, content)
    for agent in premis_objects.agents_of(package):
        content = premis_parts.agent_element(agent)
        yield _premis("digiprovMD", "AGENT", premis_parts.agent_id(agent), content)


def package_metadata(package: Package, *, external: bool) -> str:
    """List the sections that speak of the whole package, as ADMID does."""
    if external:
        return "premis"
    rights = [f"premis-rights-{package.id}"] if package.rights else []
    events = [f"premis-event-{event.id}" for event in premis_objects.events_of(package)]
    return " ".join([f"premis-object-{package.id}", *rights, *events])


def file_metadata(file: PackagedFile, identity: uuid.UUID, *, external: bool) -> str:
    """List the sections that speak of a file, as ADMID does."""
    records = [f"{standard.name}-{identity}" for standard in standards_of(file)]
    return " ".join(["premis" if external else f"premis-object-{identity}", *records])


def _premis(section: str, kind: str, identity: uuid.UUID, content: str) -> bytes:
    name = f"premis-{kind.lower()}-{identity}"
    return wrapped(section, name, f'MDTYPE="PREMIS:{kind}" MDTYPEVERSION="3.0"', content.encode())
