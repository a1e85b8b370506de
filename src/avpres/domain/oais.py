"""Information packages, as OAIS (ISO 14721) calls them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from avpres.domain.description import Description
from avpres.domain.fixity import Digest
from avpres.domain.premis import EVENT_NAMESPACE, Agent, Event


class PackageKind(StrEnum):
    """What a package is for."""

    SIP = "SIP"
    AIP = "AIP"
    DIP = "DIP"
    AIU = "AIU"  # one of several that make a whole


class Layout(StrEnum):
    """How the files of a package lie on the disk."""

    IFI_BAG = "ifi-bag"  # a bag whose payload is IFI's objects, metadata and logs
    IFI = "ifi"  # IFI's folders, with the manifests beside the package
    BAG = "bag"  # a bag whose payload is the files alone
    MM = "mm"  # objects and metadata as CUNY TV's mediamicroservices have them
    MM_BAG = "mm-bag"
    METS = "mets"  # a METS document, and the content beside it
    METS_BAG = "mets-bag"
    CSIP = "csip"  # E-ARK's Common Specification for Information Packages 2
    CSIP_BAG = "csip-bag"

    @property
    def is_bag(self) -> bool:
        """Say whether it is a bag (RFC 8493), with its manifests inside."""
        return self.value.endswith("bag")

    @property
    def is_csip(self) -> bool:
        """Say whether it is E-ARK's."""
        return self in {Layout.CSIP, Layout.CSIP_BAG}


class Box(StrEnum):
    """What a package, or a set of files, travels in."""

    FOLDER = "folder"
    TAR = "tar"  # PAX, uncompressed, with an index beside it
    TAR_GZ = "tar.gz"
    TAR_ZST = "tar.zst"
    ZIP = "zip"  # stored, not compressed


class Role(StrEnum):
    """What a file is in its package."""

    OBJECT = "object"  # what is preserved
    SUPPLEMENTAL = "supplemental"  # what came with it: catalogue cards, reports
    METADATA = "metadata"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file of a package.

    `path` is relative to the package, with slashes, surrogate-escaped; `original` is the full path
    under which it was found; `size` in bytes, `mtime` in nanoseconds since 1970.
    """

    path: str
    original: str
    size: int
    mtime: int
    digests: tuple[Digest, ...]
    role: Role = Role.OBJECT
    description: Description | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """Of what a file was made: UUIDs of the files, here or elsewhere, and of the event.

    `sha256` is the digest of the source, where there is one and it is elsewhere.
    """

    sources: tuple[UUID, ...]
    event: UUID
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a whole a package is; `of` is the package that holds or groups them all."""

    of: UUID
    number: int  # from 1
    count: int


@dataclass(frozen=True, slots=True)
class Child:
    """A package inside a package: a container, taken as one file, or a folder of files.

    `path` is relative to the package that holds it. `files` and `size` (bytes) are what the child
    says of its content. `digest` is that of the container, or of the manifest of a folder.
    """

    path: str
    id: str
    kind: str
    label: str
    files: int
    size: int
    digest: Digest | None = None
    is_file: bool = True


@dataclass(frozen=True, slots=True)
class Package:
    """A package without its files, which may be millions: they are streamed beside it."""

    id: UUID
    kind: PackageKind
    label: str
    created: datetime
    agents: tuple[Agent, ...] = ()
    events: tuple[Event, ...] = ()
    rights: str = ""
    institution: str = ""
    identifiers: dict[str, str] = field(default_factory=dict)  # type: value, as `oe`: oe1234
    part: Part | None = None
    children: tuple[Child, ...] = ()
    sources: tuple[UUID, ...] = ()  # the packages that it was converted from
    derivations: dict[str, Derivation] = field(default_factory=dict)  # of its files, by path
    made: dict[str, Derivation] = field(default_factory=dict)  # of its files, with what was made

    def file_id(self, file: PackagedFile) -> UUID:
        """Name a file of the package: the same package and path give the same name."""
        return file_id(self.id, file.path)


def file_id(package: UUID, path: str) -> UUID:
    """Name a file by its package and its path there."""
    return uuid5(package, path.encode("utf-8", "surrogateescape").hex())


def package_id(label: str, moment: datetime) -> UUID:
    """Name a package by its label and its moment, for those who want the same name twice."""
    return uuid5(EVENT_NAMESPACE, f"{label}\n{moment.isoformat()}")
