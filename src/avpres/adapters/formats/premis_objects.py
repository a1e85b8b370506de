"""The objects of a package as PREMIS 3.0: its files, the representation that they make, its rights.

Everything that is done to a package is recorded of the representation, once for each step: five
events for every file would be half of the record, and say nothing more.
"""

import uuid
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from avpres.adapters.formats import premis_parts as parts
from avpres.adapters.formats.emit.quantities import digest_name, moment
from avpres.adapters.formats.premis_format import format_element
from avpres.adapters.formats.uris import relative_uri
from avpres.domain.description import Description
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import Package, PackagedFile
from avpres.domain.premis import Agent, Event

ORIGINATOR = "avpres"
_HAS_SOURCE = ("has source", f"{parts.VOCABULARY}relationshipSubType/hss")
_IS_SOURCE = ("is source of", f"{parts.VOCABULARY}relationshipSubType/iso")
_IS_INCLUDED = parts.element(
    "relationshipType", "structural", f"{parts.VOCABULARY}relationshipType/str"
) + parts.element(
    "relationshipSubType", "is included in", f"{parts.VOCABULARY}relationshipSubType/isi"
)


def write_package_premis(handle: BinaryIO, package: Package, files: Iterable[PackagedFile]) -> None:
    """Write all that PREMIS holds of a package: objects, events, agents, rights.

    Files are written as they come, so that memory does not grow with their number.
    """
    handle.write(parts.OPENING)
    handle.write(representation_object(package).encode())
    handle.writelines(file_object(package, file).encode() for file in files)
    handle.writelines(event_element(package, event).encode() for event in events_of(package))
    handle.writelines(parts.agent_element(agent).encode() for agent in agents_of(package))
    handle.write(rights_element(package).encode())
    handle.write(parts.CLOSING)


def representation_object(package: Package) -> str:
    """Write the whole that the files make; it has the package's own UUID and identifiers."""
    content = parts.identifier("objectIdentifier", package.id)
    for kind, value in sorted(package.identifiers.items()):
        name = parts.element("objectIdentifierType", kind)
        name += parts.element("objectIdentifierValue", value)
        content += parts.wrap("objectIdentifier", name)
    if package.label:
        content += parts.element("originalName", package.label)
    content += "".join(_derived([source]) for source in package.sources)
    if package.rights:
        name = parts.element("linkingRightsStatementIdentifierType", "UUID")
        name += parts.element("linkingRightsStatementIdentifierValue", str(_rights_id(package)))
        content += parts.wrap("linkingRightsStatementIdentifier", name)
    return f'<premis:object xsi:type="premis:representation">\n{content}</premis:object>\n'


def _derived(
    others: Iterable[uuid.UUID],
    event: uuid.UUID | None = None,
    kind: tuple[str, str] = _HAS_SOURCE,
    sha256: str = "",
) -> str:
    """Say of what something was made, or what of it, and by which event (PREMIS 3.0, 1.13).

    A source that is no object of this record is named by its digest, too.
    """
    about = parts.element(
        "relationshipType", "derivation", f"{parts.VOCABULARY}relationshipType/der"
    )
    about += parts.element("relationshipSubType", *kind)
    about += "".join(parts.identifier("relatedObjectIdentifier", each) for each in others)
    if sha256:
        named = parts.element("relatedObjectIdentifierType", "SHA-256")
        named += parts.element("relatedObjectIdentifierValue", sha256)
        about += parts.wrap("relatedObjectIdentifier", named)
    about += parts.identifier("relatedEventIdentifier", event) if event else ""
    return parts.wrap("relationship", about)


def file_object(package: Package, file: PackagedFile, identity: str | None = None) -> str:
    """Write a file of the package: what it is, its digests, where it was found, where it lies.

    `identity` is that of `package.file_id(file)`, when the caller has it already.
    """
    description = file.description or Description(file.path)
    return (
        '<premis:object xsi:type="premis:file">\n'
        "<premis:objectIdentifier>\n"
        "<premis:objectIdentifierType>UUID</premis:objectIdentifierType>\n"
        f"<premis:objectIdentifierValue>{identity or package.file_id(file)}"
        "</premis:objectIdentifierValue>\n</premis:objectIdentifier>\n"
        "<premis:objectCharacteristics>\n"
        "<premis:compositionLevel>0</premis:compositionLevel>\n"
        f"{''.join([_fixity(digest) for digest in file.digests])}"
        f"<premis:size>{file.size}</premis:size>\n"
        f"{format_element(description)}{_creation(description)}"
        "</premis:objectCharacteristics>\n"
        f"{parts.element('originalName', file.original)}{_storage(file.path)}"
        f"<premis:relationship>\n{_IS_INCLUDED}<premis:relatedObjectIdentifier>\n"
        "<premis:relatedObjectIdentifierType>UUID</premis:relatedObjectIdentifierType>\n"
        f"<premis:relatedObjectIdentifierValue>{package.id}"
        "</premis:relatedObjectIdentifierValue>\n"
        "</premis:relatedObjectIdentifier>\n</premis:relationship>\n"
        f"{_derivations(package, file.path)}</premis:object>\n"
    )


def _derivations(package: Package, path: str) -> str:
    found, made = package.derivations.get(path), package.made.get(path)
    told = _derived(found.sources, found.event, sha256=found.sha256) if found else ""
    return told + (_derived(made.sources, made.event, _IS_SOURCE) if made else "")


def event_element(package: Package, event: Event) -> str:
    """Write what was done to the representation; the places it was done at are in the detail."""
    role = parts.SOURCE if event.destination is None else parts.RESULT
    places = {
        "objects": ", ".join(event.objects) or None,
        "destination": event.destination,
    }
    agents = event.agents or agents_of(package)
    return parts.event_element(event, agents, [(package.id, role)], places)


def events_of(package: Package) -> list[Event]:
    """Give each event once: what was gathered twice is one event with one identifier."""
    return list({event.id: event for event in package.events}.values())


def agents_of(package: Package) -> list[Agent]:
    """Give each agent once: those of the package, and those of what happened to it before."""
    known = [*package.agents, *(agent for event in package.events for agent in event.agents)]
    return list({parts.agent_id(agent): agent for agent in known}.values())


def rights_element(package: Package) -> str:
    """Write the rights statement of the package; nothing when there is none."""
    if not package.rights:
        return ""
    name = parts.element("rightsStatementIdentifierType", "UUID")
    name += parts.element("rightsStatementIdentifierValue", str(_rights_id(package)))
    about = parts.element("otherRightsBasis", "rights statement")
    about += parts.element("otherRightsNote", package.rights)
    subject = parts.element("linkingObjectIdentifierType", "UUID")
    subject += parts.element("linkingObjectIdentifierValue", str(package.id))
    statement = (
        parts.wrap("rightsStatementIdentifier", name)
        + parts.element("rightsBasis", "other", f"{parts.VOCABULARY}rightsBasis/oth")
        + parts.wrap("otherRightsInformation", about)
        + parts.wrap("linkingObjectIdentifier", subject)
    )
    return parts.wrap("rights", parts.wrap("rightsStatement", statement))


def _rights_id(package: Package) -> uuid.UUID:
    return uuid.uuid5(package.id, "rights")


def _fixity(digest: Digest) -> str:
    return (
        f"{_ALGORITHMS[digest.algorithm]}<premis:messageDigest>{digest.value}"
        "</premis:messageDigest>\n"
        f"<premis:messageDigestOriginator>{ORIGINATOR}</premis:messageDigestOriginator>\n"
        "</premis:fixity>\n"
    )


def _named(algorithm: Algorithm) -> str:
    known = digest_name(algorithm)
    uri = f"{parts.VOCABULARY}cryptographicHashFunctions/{algorithm.value}" if known else None
    name = parts.element("messageDigestAlgorithm", known or algorithm.value.upper(), uri)
    return f"<premis:fixity>\n{name}"


_ALGORITHMS = {algorithm: _named(algorithm) for algorithm in Algorithm}


def _storage(path: str) -> str:
    """A path that XML shows as it is stands so; any other is written as a relative URI."""
    kind, written = "path", path
    if not path.isprintable():
        kind, written = "URI", relative_uri(path)
    location = parts.element("contentLocationType", kind)
    location += parts.element("contentLocationValue", written)
    return parts.wrap("storage", parts.wrap("contentLocation", location))


def _creation(description: Description) -> str:
    return "".join(
        parts.wrap(
            "creatingApplication",
            parts.element("creatingApplicationName", name)
            + (parts.element("dateCreatedByApplication", date) if date else ""),
        )
        for name, date in dict(_applications(description)).items()
    )


def _applications(description: Description) -> Iterator[tuple[str, str]]:
    technical = description.technical
    container, document = technical.container, technical.document
    if container is not None and container.writing_application:
        yield container.writing_application, moment(container.created)
    if document is not None and document.creator:
        yield document.creator, moment(document.created)
    for image in technical.images[:1]:
        if image.software:
            yield image.software, moment(image.created)
