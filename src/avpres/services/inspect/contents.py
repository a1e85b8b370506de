"""What a package says of itself, gathered from its own documents."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from avpres.adapters.formats import manifests
from avpres.adapters.formats.package_file import read_files, read_package
from avpres.adapters.packages.foreign import Foreign
from avpres.adapters.packages.forms import Form
from avpres.adapters.packages.reading import open_foreign
from avpres.domain.errors import AvpresError, NotConformantError
from avpres.domain.oais import Layout, Package, PackagedFile
from avpres.services.inspect import history
from avpres.services.inspect.history import Happened
from avpres.services.inspect.view import Amount, Noted, View

MOST = 100_000
"""Files listed by --files; what is beyond is counted."""

_KINDS = 1000  # formats that are told apart
_PLACES = (
    *("metadata/files.jsonl", "data/metadata/files.jsonl"),
    *("metadata/other/files.jsonl", "data/metadata/other/files.jsonl"),
)


@dataclass(slots=True)
class Listing:
    """A manifest of a package; `written` is its time of change."""

    path: str
    format: str
    algorithms: tuple[str, ...]
    written: str


@dataclass(slots=True)
class Contents:
    """What is in a package and what it says of itself. Nothing of it was verified."""

    path: str
    form: str = ""
    container: str = ""
    layout: str = ""
    id: str = ""
    kind: str = ""
    label: str = ""
    institution: str = ""
    rights: str = ""
    created: str = ""
    profile: str = ""
    version: str = ""
    identifiers: tuple[str, ...] = ()
    made_by: tuple[str, ...] = ()
    present: Amount = field(default_factory=Amount)
    listed: Amount = field(default_factory=Amount)
    roles: dict[str, Amount] = field(default_factory=dict)
    formats: dict[str, Amount] = field(default_factory=dict)
    manifests: list[Listing] = field(default_factory=list)
    events: list[Happened] = field(default_factory=list)
    children: list[dict[str, object]] = field(default_factory=list)
    part: str = ""
    known: list[str] = field(default_factory=list)
    files: list[tuple[bytes, int]] | None = None

    def facts(self) -> dict[str, object]:
        """Give all of it as it stands in a report."""
        said = asdict(self) | {"verified": False}
        if self.files is not None:
            said["files"] = [{"path": os.fsdecode(path), "size": size} for path, size in self.files]
        return said

    def count(self, role: str, kind: str, size: int | None) -> None:
        """Count a listed file by its role and format."""
        self.listed.add(size)
        self.roles.setdefault(role, Amount()).add(size)
        name = kind or "no format recorded"
        if name not in self.formats and len(self.formats) >= _KINDS:
            name = "other formats"
        self.formats.setdefault(name, Amount()).add(size)


def gather(view: View, notes: Noted, *, with_files: bool) -> Contents:
    """Look into a package.

    Raises:
        SourceUnreadableError: its folder cannot be listed.
    """
    found = Contents(os.fsdecode(view.shown), container=view.container)
    _count_present(found, view, with_files=with_files)
    foreign = open_foreign(view.root)
    for notice in foreign.notices:
        notes.finding(notice)
    _describe(found, foreign)
    ours = _ours(foreign.root) or _ours(view.root)
    if ours is not None:
        _of_ours(found, ours, notes)
    else:
        _of_others(found, foreign, view, notes)
    found.manifests = list(_manifests(foreign.root, notes))
    return found


def _count_present(found: Contents, view: View, *, with_files: bool) -> None:
    files: list[tuple[bytes, int]] = []
    for path, size in view.each():
        found.present.add(size)
        if with_files and len(files) < MOST:
            files.append((path, size))
    if with_files:
        found.files = files


def _describe(found: Contents, foreign: Foreign) -> None:
    found.form = foreign.form.value
    found.label, found.profile, found.version = foreign.label, foreign.profile, foreign.version
    found.identifiers = foreign.identifiers
    found.id = foreign.identifiers[0] if foreign.identifiers else ""
    found.made_by = tuple(
        " ".join(filter(None, (each.name, each.version, f"({each.role})" if each.role else "")))
        for each in foreign.creators
    )
    if foreign.form is Form.TREE:
        found.known.append("it is a tree of files, with nothing that says what they are")


def _ours(root: Path) -> Path | None:
    return next((root / place for place in _PLACES if (root / place).is_file()), None)


def _of_ours(found: Contents, path: Path, notes: Noted) -> None:
    """Read what avpres itself has written of a package."""
    try:
        with path.open("rb") as handle:
            package, layout = read_package(handle)
            _about(found, package, layout)
            for file in read_files(handle):
                found.count(file.role.value, _format(file), file.size)
    except (NotConformantError, OSError) as error:
        notes.damaged(os.fsdecode(path), str(error))
    found.known.append("avpres made it, and can extract, edit, convert and export it")
    above = path.parents
    folders = (above[1] / "logs", above[0] / "logs", above[2] / "documentation/logs")
    for folder in folders:
        if (folder / "events.jsonl").is_file():
            found.events = history.of_ours(folder / "events.jsonl", notes)
            return


def _format(file: PackagedFile) -> str:
    """Give a file's format as it was recorded: its PUID and name, else its MIME type."""
    about = file.description
    if about is None:
        return ""
    puid = next((each.puid for each in about.candidates if each.puid), "")
    return " ".join(filter(None, (puid, about.format))) or about.mime


def _about(found: Contents, package: Package, layout: Layout) -> None:
    found.layout = layout.value
    found.id, found.kind, found.label = str(package.id), package.kind.value, package.label
    found.institution, found.rights = package.institution, package.rights
    found.created = package.created.isoformat()
    found.identifiers = tuple(f"{kind}: {value}" for kind, value in package.identifiers.items())
    found.made_by = (
        tuple(" ".join(filter(None, (agent.name, agent.version))) for agent in package.agents)
        or found.made_by
    )
    found.children = [
        {
            "path": child.path,
            "id": child.id,
            "kind": child.kind,
            "label": child.label,
            "files": child.files,
            "size": child.size,
            "digest": f"{child.digest.algorithm}:{child.digest.value}" if child.digest else "",
        }
        for child in package.children
    ]
    if package.part is not None:
        part = package.part
        found.part = f"{part.number} of {part.count} of {part.of}"


def _of_others(found: Contents, foreign: Foreign, view: View, notes: Noted) -> None:
    if foreign.form is Form.TREE and view.container:
        for _, size in view.each():
            found.count("object", "", size)
        return
    try:
        for file in foreign.listed(notes.finding):
            found.count(file.role.value, file.format or file.mime, file.size)
        found.events = history.of_others(foreign)
    except AvpresError as error:
        notes.damaged(os.fsdecode(foreign.root), str(error))


def _manifests(root: Path, notes: Noted) -> Iterator[Listing]:
    try:
        found = manifests.find(root, on_doubtful=lambda _: None)
    except AvpresError as error:
        notes.damaged(os.fsdecode(root), str(error))
        return
    for each in found:
        try:
            moment = datetime.fromtimestamp(each.path.stat().st_mtime, UTC)
            written = moment.isoformat(timespec="seconds")
        except (OSError, ValueError, OverflowError):
            written = ""
        algorithms = tuple(algorithm.value for algorithm in each.algorithms)
        yield Listing(each.path.name, each.format.value, algorithms, written)
