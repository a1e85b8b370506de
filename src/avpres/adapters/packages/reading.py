"""Opening a package of another archive, whatever its form."""

from dataclasses import replace
from pathlib import Path

from avpres.adapters.formats import bagit
from avpres.adapters.formats.mets_head import MetsAgent
from avpres.adapters.packages import bag
from avpres.adapters.packages.bag import BagReader
from avpres.adapters.packages.foreign import Creator, Document, Foreign, Reader, notice
from avpres.adapters.packages.forms import Detected, detect
from avpres.adapters.packages.mets import MetsReader
from avpres.adapters.packages.tree import TreeReader
from avpres.domain.report import Finding


def open_foreign(root: Path) -> Foreign:
    """Learn what a package is and says of itself; its files come from what is given back.

    Nothing is written, unpacked or fetched. A package that is broken is opened all the same, as
    far as it can be told what it is.

    Raises:
        SourceUnreadableError: the folder cannot be listed.
    """
    found = detect(root)
    inner = _inner(found)
    foreign = _about(found, inner or TreeReader(found.root))
    if found.bag:
        foreign = _bagged(foreign, found, inner)
    return foreign


def _inner(found: Detected) -> Reader | None:
    if found.documents:
        return MetsReader(found.root, found.documents)
    return None


def _about(found: Detected, reader: Reader) -> Foreign:
    documents = tuple(
        Document(path.relative_to(found.root).as_posix(), "METS") for path in found.documents
    )
    foreign = Foreign(found.form, found.root, reader, documents=documents)
    head = found.head
    if head is None:
        return foreign
    notices: tuple[Finding, ...] = ()
    if len(documents) > 1:
        message = f"{len(documents)} METS documents stand beside each other; all were read"
        notices = (notice("IMP-SEVERAL", message, documents[0].path),)
    return replace(
        foreign,
        profile=head.profile,
        version=head.version,
        identifiers=tuple(filter(None, dict.fromkeys((head.id, *head.identifiers)))),
        label=head.label,
        creators=tuple(_creator(agent) for agent in head.agents),
        notices=notices,
    )


def _creator(agent: MetsAgent) -> Creator:
    is_software = agent.type.upper() == "SOFTWARE"
    return Creator(agent.name, " ".join(agent.notes) if is_software else "", agent.role)


def _bagged(foreign: Foreign, found: Detected, inner: Reader | None) -> Foreign:
    reader = BagReader(found.root, inner)
    info = reader.info()
    known = (*info.get("external-identifier", ()), *info.get("internal-sender-identifier", ()))
    said = (*info.get("external-description", ()), *info.get("internal-sender-description", ()))
    version = ".".join(map(str, bagit.declaration(found.root)[0]))
    return replace(
        foreign,
        reader=reader,
        content="data",
        version=foreign.version or version,
        identifiers=tuple(dict.fromkeys((*foreign.identifiers, *known))),
        label=foreign.label or next(iter(said), ""),
        creators=(*foreign.creators, *bag.creators(info)),
        documents=(*foreign.documents, *reader.documents()),
    )
