"""Whether the rights that a package states grant an act, file by file.

The statement that speaks of the least decides: of a file, else of the folder nearest to it, else
of the whole package. Where no statement grants any act, nothing stands against it.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from avpres.adapters.formats.premis_rights import RightsStatement, has_grants, read_rights
from avpres.domain.oais import PackagedFile
from avpres.services.export.sources import Source

_NAMES = ("premis", "rights")


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the statements about one thing come to, and the conditions that they make."""

    granted: bool
    statement: str
    conditions: tuple[str, ...] = ()


@dataclass(slots=True)
class Rights:
    """The rulings of one package: of all of it, of paths below its objects, of file UUIDs."""

    whole: Ruling | None = None
    parts: dict[str, Ruling] = field(default_factory=dict)

    def ruling(self, source: Source, file: PackagedFile, relative: str) -> Ruling | None:
        """Find what is ruled of a file; None where nothing is."""
        if not self.parts:
            return self.whole
        package = source.opened.package
        own = self.parts.get(str(package.file_id(source.opened.places.at_home(file))))
        path = relative
        while own is None and path:
            own = self.parts.get(path)
            path = path.rpartition("/")[0]
        return own or self.whole


def rights_of(source: Source, act: str, day: date) -> Rights:
    """Read what a package states: in its PREMIS, and in what came with it as PREMIS.

    Raises:
        NotConformantError: a document that grants acts is not well-formed.
    """
    statements: dict[str, list[RightsStatement]] = {}
    for path in (path for each in _with_whole(source) for path in _documents(each)):
        for statement in _read(path):
            for subject in statement.objects or ("",):
                statements.setdefault(subject.strip("/"), []).append(statement)
    whole = statements.pop("", [])
    for each in _with_whole(source):
        whole += statements.pop(each.id, [])
    parts = {subject: _ruled(said, act, day) for subject, said in statements.items()}
    return Rights(_ruled(whole, act, day) if whole else None, parts)


def _with_whole(source: Source) -> Iterator[Source]:
    """Give a package and the whole that it is a part of: what that states holds for it too."""
    yield source
    if source.whole is not None:
        yield source.whole


def _ruled(statements: Iterable[RightsStatement], act: str, day: date) -> Ruling:
    """Take the statements about one thing together: one that refuses outweighs any that grants."""
    said = list(statements)
    for statement in said:
        if any(grant.forbids(act, day) for grant in statement.grants):
            return Ruling(False, statement.id)
    for statement in said:
        for grant in statement.grants:
            if grant.holds(act, day):
                return Ruling(True, statement.id, grant.conditions)
    return Ruling(False, said[0].id)


def _read(path: Path) -> Iterator[RightsStatement]:
    with path.open("rb") as handle:
        if not has_grants(handle):
            return
        handle.seek(0)
        yield from read_rights(handle, str(path))


def _documents(source: Source) -> Iterator[Path]:
    """Yield the XML documents that may state rights: PREMIS by name, and all supplements."""
    places, tree = source.opened.places, source.opened.tree
    supplements = tree / places.supplemental
    known = {tree / places.premis}
    for root, named in ((tree / places.metadata, True), (supplements, False)):
        for folder, _, names in os.walk(root):
            for name in names:
                lower = name.lower()
                if lower.endswith(".xml") and (not named or any(n in lower for n in _NAMES)):
                    known.add(Path(folder, name))
    yield from sorted(path for path in known if path.is_file() and not path.is_symlink())
