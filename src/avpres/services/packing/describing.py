"""The files of a package: identified, held against their formats' rules, described."""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from avpres.adapters.describing.orders import Limits, Orders
from avpres.adapters.formats import profile_toml
from avpres.adapters.formats.report_names import visible
from avpres.config.packing import PackingOptions
from avpres.domain.description import Description
from avpres.domain.fixity import Evidence
from avpres.domain.oais import Role
from avpres.domain.premis import Agent
from avpres.domain.report import Report
from avpres.domain.technical import MediaKind
from avpres.domain.verdict import Soundness, soundness
from avpres.services.context import Context
from avpres.services.describing import Asked, Described, Describer, Item
from avpres.services.packing import findings
from avpres.services.packing.layouts import PLACES
from avpres.services.packing.records import RecordKeeper
from avpres.services.packing.shelf import Shelf

_EMIT = ("mediainfo", "mediatrace")
_AV = (MediaKind.VIDEO, MediaKind.AUDIO)
_LIMITS = Limits(seconds=6.0, memory=1024)  # MediaInfo's trace of a film is long
_OURS = frozenset({"avpres", "extension"})  # tools that are no programs of their own


@dataclass(slots=True)
class Gathered:
    """What became of the files: how they were read back, who described them, what is unsound."""

    evidence: dict[Evidence, int] = field(default_factory=dict)
    tools: set[tuple[str, str]] = field(default_factory=set)
    doubtful: int = 0

    def agents(self) -> list[Agent]:
        """Give the programs that had a part in describing."""
        return [Agent(name=name, version=version or None) for name, version in sorted(self.tools)]


@dataclass(frozen=True, slots=True)
class Describing:
    """The description of all files of a package."""

    options: PackingOptions
    context: Context
    report: Report
    tree: Path
    shelf: Shelf
    keeper: RecordKeeper

    def run(self, gathered: Gathered) -> None:
        """Describe objects and supplements, and keep MediaInfo's records of the objects."""
        orders = Orders(
            algorithms=(),
            profile=profile_toml.find(self.options.profile),
            limits=_LIMITS,
            emit=_EMIT,
            emit_of=_AV,
            tools=tuple(self.context.site.tools.configured.items()),
        )
        files, size = self.shelf.totals(Role.OBJECT, Role.SUPPLEMENTAL)
        with closing(Describer(Asked(orders, None, self.options.jobs), self.context)) as describer:
            self.context.progress.start("characterise", size=size, files=files)
            for described in describer.describe(self._items()):
                self._take(described, gathered)
            self.context.progress.finish()

    def _items(self) -> Iterator[Item]:
        root = os.fsencode(self.tree)
        for file in self.shelf.files(Role.OBJECT, Role.SUPPLEMENTAL):
            name = os.fsencode(file.path)
            path = os.path.join(root, name)
            yield Item(path, root, name, file.size, (file.size, file.mtime, 0, 0))

    def _take(self, described: Described, gathered: Gathered) -> None:
        found, path = described.description, os.fsdecode(described.item.name)
        _note_tools(found, gathered)
        gathered.doubtful += soundness(found) is not Soundness.SOUND
        for finding in findings.of_file(found, path):
            self.context.note(self.report, finding)
        found.root, found.seconds = "", 0.0
        self.shelf.describe(path, found)
        self._keep_records(path, described)

    def _keep_records(self, path: str, described: Described) -> None:
        objects = PLACES[self.options.layout].objects + "/"
        if not path.startswith(objects):
            return
        name = path.removeprefix(objects)
        for suffix, content in described.records:
            self.keeper.keep(name, _joined(suffix), _without(content, self.tree), about=path)
        if described.description.technical.kind in _AV and not described.records:
            self.context.note(self.report, findings.not_recorded(path))


def _joined(suffix: str) -> str:
    """Name records as IFIscripts and mediamicroservices do: `clip.mov_mediainfo.xml`."""
    return "_" + suffix.removeprefix(".")


def _without(content: bytes, tree: Path) -> bytes:
    """Take out of a record where the package was made; paths begin at the package."""
    for text in {str(tree), os.path.realpath(tree)}:
        shown = visible(text)
        for written in {escape(shown), escape(shown, {'"': "&quot;"}), shown}:
            content = content.replace(written.encode("utf-8", "replace") + b"/", b"")
    return content


def _note_tools(found: Description, gathered: Gathered) -> None:
    for candidate in found.candidates:
        if candidate.tool not in _OURS:
            gathered.tools.add((candidate.tool, candidate.version))
    name, _, version = found.validator.rpartition(" ")
    if name and name not in _OURS:
        gathered.tools.add((name, version))
