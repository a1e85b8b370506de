"""A package of another archive, opened: what it says of itself, and its files one by one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from avpres.adapters.packages.forms import Form
from avpres.domain.exit_codes import ExitCode
from avpres.domain.listing import Listed
from avpres.domain.oais import Role
from avpres.domain.report import Finding
from avpres.domain.severity import Severity

Notify = Callable[[Finding], object]
"""Told what is odd about a package, while it is read."""


@dataclass(frozen=True, slots=True)
class Creator:
    """Who or what made a package, as it says; `version` is empty where it is not told."""

    name: str
    version: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the package about the package: METS, DIDL, bag-info, an inventory, a manifest.

    `path` is relative to the root, and begins with `../` for an IFI manifest, which lies beside.
    """

    path: str
    kind: str
    role: Role = Role.METADATA


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a package says of its history: PREMIS or other XML, as it stands in the document.

    `section` is the METS section that holds it, `digiprovMD` for events and agents; `path` is the
    file that holds it, when it stands beside.
    """

    type: str
    section: str
    id: str
    content: bytes | None
    path: str | None = None


class Reader(Protocol):
    """What a form's module knows of a package."""

    def listed(self, notify: Notify) -> Iterator[Listed]:
        """Yield the files that the package lists, present or not."""

    def provenance(self) -> Iterator[Provenance]:
        """Yield what it says of its history."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A package of another archive.

    `root` is the folder that all paths of files are relative to; `content` is the part of it that
    holds what is preserved, relative to the root and empty for all of it. `profile` and `version`
    are the form's own: a METS profile, a version of BagIt or OCFL.
    """

    form: Form
    root: Path
    reader: Reader
    content: str = ""
    profile: str = ""
    version: str = ""
    identifiers: tuple[str, ...] = ()
    label: str = ""
    creators: tuple[Creator, ...] = ()
    documents: tuple[Document, ...] = ()
    notices: tuple[Finding, ...] = ()

    def listed(self, notify: Notify) -> Iterator[Listed]:
        """Yield every file that the package lists, present or not, in the package's order.

        Files stream, with their technical records: memory does not grow with their number. What
        is odd is told to `notify` as it is met, damage of a document too: what could be read of
        it has been yielded then.
        """
        yield from self.reader.listed(notify)

    def provenance(self) -> Iterator[Provenance]:
        """Yield the events, agents, rights and sources that the package's documents hold."""
        yield from self.reader.provenance()


def notice(
    code: str, message: str, path: str | None = None, *, exit_code: ExitCode = ExitCode.OK
) -> Finding:
    """Make a finding about a package: an error if it changes the exit status, else a warning."""
    severity = Severity.WARNING if exit_code is ExitCode.OK else Severity.ERROR
    return Finding(code=code, severity=severity, message=message, path=path, exit_code=exit_code)
