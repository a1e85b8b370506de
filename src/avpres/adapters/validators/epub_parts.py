"""The members of a publication by the names that it gives them."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.xml_parts import LARGEST, parsed
from avpres.adapters.validators.zip_directory import Member
from avpres.adapters.validators.zip_member import unpacked

if TYPE_CHECKING:
    from lxml.etree import _Element

_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PARSED = 64 * 1024 * 1024  # bytes of XML that are parsed in one publication


@dataclass(slots=True)
class Package:
    """A publication under examination."""

    source: Source
    members: Mapping[bytes, Member]
    exam: Examination
    sealed: set[str] = field(default_factory=set)  # paths of encrypted or obfuscated members
    is_encrypted: bool = False
    budget: int = _PARSED
    not_parsed: int = 0

    def holds(self, path: str) -> bool:
        """Say whether the member is there."""
        return path.encode(errors="surrogateescape") in self.members

    def parse(self, path: str) -> "_Element | None":
        """Give the root of an XML member that is there; say if it is not well-formed."""
        member = self.members[path.encode(errors="surrogateescape")]
        if path in self.sealed:
            return None
        content = unpacked(self.source, member, min(self.budget, LARGEST))
        if content is None:
            self.not_parsed += 1
            return None
        self.budget -= len(content)
        root, problem, _ = parsed(content)
        if root is None:
            text = f"{member.label} is not well-formed XML: {problem}"
            self.exam.broken("EPUB-XML", text, member.offset, jhove="RSC-016")
        return root


def resolved(base: str, href: str) -> str | None:
    """Give the path in the archive that a reference from `base` means; None for the network."""
    from urllib.parse import unquote

    if _REMOTE.match(href):
        return None
    path = unquote(href.partition("#")[0], errors="surrogateescape")
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), path))
