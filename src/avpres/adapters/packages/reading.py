"""Opening a package of another archive, whatever its form."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from avpres.adapters.formats import bagit
from avpres.adapters.formats.mets_head import MetsAgent
from avpres.adapters.packages import archivematica, bag, ifi
from avpres.adapters.packages.bag import BagReader
from avpres.adapters.packages.didl import DidlReader
from avpres.adapters.packages.foreign import Creator, Foreign, Reader, notice
from avpres.adapters.packages.forms import Detected, Form, detect
from avpres.adapters.packages.lists import ListsReader
from avpres.adapters.packages.mets import MetsReader
from avpres.adapters.packages.ocfl import OcflReader
from avpres.adapters.packages.sidecars import SidecarReader
from avpres.adapters.packages.tree import TreeReader
from avpres.domain.oais import Role
from avpres.domain.report import Finding


def open_foreign(root: Path) -> Foreign:
    """Learn what a package is and says of itself; its files come from what is given back.

    Nothing is written, unpacked or fetched. A package that is broken is opened all the same, as
    far as it can be told what it is.

    Raises:
        SourceUnreadableError: the folder cannot be listed.
    """
    found = detect(root)
    if found.form is Form.OCFL:
        return _ocfl(found)
    inner = _inner(found)
    foreign = _about(found, inner)
    if found.bag:
        return _bagged(foreign, found, inner)
    if found.lists:
        return _with_lists(foreign, found, inner)
    return foreign


def _inner(found: Detected) -> Reader | None:
    if found.form is Form.DIDL:
        return DidlReader(found.root, found.documents[0])
    if found.form is Form.MANIFEST and not found.lists:
        return SidecarReader(found.root)
    return MetsReader(found.root, found.documents) if found.documents else None


def _about(found: Detected, reader: Reader | None) -> Foreign:
    foreign = Foreign(found.form, found.root, reader or TreeReader(found.root))
    if isinstance(reader, DidlReader):
        documents, identifiers = reader.documents(), reader.identifiers()
        foreign = replace(foreign, documents=documents, identifiers=identifiers)
    elif isinstance(reader, MetsReader):
        foreign = _of_mets(replace(foreign, documents=reader.documents()), found)
    if found.trouble is not None:
        message = f"{found.trouble}; the files were taken as they are"
        told = notice("IMP-DOCUMENT", message, exit_code=found.trouble.exit_code)
        foreign = replace(foreign, notices=(*foreign.notices, told))
    return foreign


def _of_mets(foreign: Foreign, found: Detected) -> Foreign:
    notices: tuple[Finding, ...] = ()
    if len(foreign.documents) > 1:
        message = f"{len(foreign.documents)} METS documents stand beside each other; all were read"
        notices = (notice("IMP-SEVERAL", message, foreign.documents[0].path),)
    head = found.head
    if head is None:
        return replace(foreign, notices=notices)
    creators = tuple(_creator(agent) for agent in head.agents)
    if found.form is Form.ARCHIVEMATICA:
        creators = (*creators, *archivematica.creators(found.documents[0]))
    return replace(
        foreign,
        profile=head.profile,
        version=head.version,
        identifiers=tuple(filter(None, dict.fromkeys((head.id, *head.identifiers)))),
        label=head.label,
        creators=creators,
        notices=notices,
    )


def _creator(agent: MetsAgent) -> Creator:
    is_software = agent.type.upper() == "SOFTWARE"
    return Creator(agent.name, " ".join(agent.notes) if is_software else "", agent.role)


def _bagged(foreign: Foreign, found: Detected, inner: Reader | None) -> Foreign:
    reader = BagReader(found.root, inner, _roles(foreign))
    info = reader.info()
    makers = {(one.name, one.version): one for one in (*bag.creators(info), *foreign.creators)}
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
        creators=tuple(makers.values()),
        documents=(*foreign.documents, *reader.documents()),
    )


def _roles(foreign: Foreign) -> Callable[[str], Role]:
    """Tell roles in a bag: where folders have a meaning, by these; documents are metadata."""
    documents = {document.path for document in foreign.documents}
    has_folders = foreign.form in {Form.AVPRES, Form.ARCHIVEMATICA}

    def role_of(path: str) -> Role:
        if path in documents:
            return Role.METADATA
        role = bag.role_of(path)
        is_told = has_folders and role is Role.OBJECT
        return ifi.role_of(path.removeprefix("data/")) if is_told else role

    return role_of


def _with_lists(foreign: Foreign, found: Detected, inner: Reader | None) -> Foreign:
    is_ifi = ifi.find(found.root) is not None
    role_of = ifi.role_of if is_ifi else _object
    reader = ListsReader(found.root, found.lists, inner, role_of)
    documents = (*foreign.documents, *reader.documents())
    named = (found.root.name,) if is_ifi else ()
    identifiers = tuple(dict.fromkeys((*foreign.identifiers, *named)))
    return replace(
        foreign,
        reader=reader,
        content="objects" if is_ifi else "",
        documents=documents,
        identifiers=identifiers,
    )


def _object(_path: str) -> Role:
    return Role.OBJECT


def _ocfl(found: Detected) -> Foreign:
    reader = OcflReader(found.root)
    inventory = reader.inventory
    return Foreign(
        Form.OCFL,
        found.root,
        reader,
        version=inventory.type if inventory else "",
        identifiers=(inventory.id,) if inventory and inventory.id else (),
        creators=reader.creators(),
        documents=reader.documents(),
        notices=tuple(reader.notices),
    )
