"""What a package of another archive says of its files, before anybody looked whether it is so."""

from dataclasses import dataclass

from avpres.domain.fixity import Digest
from avpres.domain.oais import Role


@dataclass(frozen=True, slots=True)
class TechnicalRecord:
    """What a foreign package says of a file's make: kept as it is, with its tool and version.

    `type` is the record's own word for itself, `NISOIMG`, `textMD`, `JHOVE`, or its namespace.
    `content` is the record, with the namespaces that it needs, when it stands inside the package's
    document; else `path` is the file of the package that holds it, relative to the root. `tool`
    and `version` are empty where they are not told.
    """

    type: str
    content: bytes | None = None
    path: str | None = None
    tool: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One file as a foreign package lists it, present or not.

    `path` is what the reference most likely means, relative to the package's root and
    surrogate-escaped; `candidates` are the other readings, likeliest first. Both are empty where
    the package points at nothing inside itself; `reference` is what it wrote. `original` is the
    name under which the file was known before, where it differs. `format` is a PUID or a format's
    name. `disagreement` says where the package contradicts itself about this file.
    """

    path: str
    candidates: tuple[str, ...] = ()
    size: int | None = None
    digests: tuple[Digest, ...] = ()
    mime: str = ""
    original: str = ""
    id: str = ""
    role: Role = Role.OBJECT
    records: tuple[TechnicalRecord, ...] = ()
    format: str = ""
    disagreement: str = ""
    reference: str = ""
    content: bytes | None = None  # of a file that stands inside the package's document, not beside
