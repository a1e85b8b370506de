"""The packages that are exported from, and their files one by one."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats.package_file import read_lines, read_package
from avpres.config.export import ExportOptions
from avpres.domain.dissemination import DipForm
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.oais import PackagedFile, PackageKind, Role
from avpres.domain.report import Finding
from avpres.services.export import findings
from avpres.services.export.unboxing import Unboxing, is_container
from avpres.services.packing.attesting import attest
from avpres.services.packing.landing import components
from avpres.services.packing.opening import Opened, open_package


@dataclass(slots=True)
class Source:
    """A package that is exported from.

    `given` is the path that was named, `folder` its own in the DIP, empty when it is alone.
    `content` is the folder that its paths are relative to: of a package in a container, one in the
    stage, into which what is wanted is unpacked by `fetch`. `whole` is the divided package that
    this one is a part of; `parts` are the paths of its own, which are exported by themselves.
    """

    given: Path
    opened: Opened
    folder: str
    content: Path
    unboxing: Unboxing | None = None
    whole: "Source | None" = None
    parts: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """Give the UUID of the package."""
        return str(self.opened.package.id)

    def relative(self, file: PackagedFile) -> str:
        """Give a file's own name: its path below the objects, or the supplements.

        Raises:
            NotConformantError: it lies in neither.
        """
        places = self.opened.places
        root = places.objects if file.role is Role.OBJECT else places.supplemental
        if file.role not in {Role.OBJECT, Role.SUPPLEMENTAL} or not file.path.startswith(
            f"{root}/"
        ):
            raise NotConformantError(
                f"{self.given}: lists {file.path!r} as {file.role.value}, where no such file "
                "lies in a package of its layout; verify the package"
            )
        return file.path.removeprefix(f"{root}/")

    def lines(self) -> Iterator[tuple[PackagedFile, bytes | None]]:
        """Yield objects and supplements, each with its description as a line that is not parsed.

        Raises:
            NotConformantError: what the package says of its files is broken, or not sorted.
        """
        with (self.opened.tree / self.opened.places.files).open("rb") as handle:
            read_package(handle)
            last = ""
            for file, line in read_lines(handle):
                path = file.path.encode("utf-8", "surrogateescape")
                if last and path <= last.encode("utf-8", "surrogateescape"):
                    raise NotConformantError(
                        f"{self.given}: lists {file.path!r} twice or out of order; verify "
                        "the package"
                    )
                last = file.path
                if file.path not in self.parts:
                    yield file, line


def check(options: ExportOptions) -> None:
    """Refuse what cannot be exported, before anything is written.

    Raises:
        UsageError: the destination lies inside a package, or METS would be divided twice.
        SourceUnreadableError: a package is not there.
        NotConformantError: a folder is no package of ours.
    """
    if options.divided and options.form is DipForm.E_ARK:
        raise UsageError("E-ARK divides METS in its own way; leave --divided out")
    for package in options.packages:
        if is_container(package):
            continue
        open_package(package)
        tree = os.path.realpath(package)
        for folder in (options.destination, *options.to):
            if (os.path.realpath(folder) + os.sep).startswith(tree + os.sep):
                raise UsageError(f"{folder}: lies inside the package {tree}; choose another folder")


def open_sources(
    packages: Sequence[Path], boxes: Path, tell: Callable[[Finding], None]
) -> list[Source]:
    """Open packages of ours; what those in containers say of themselves is unpacked into `boxes`.

    A divided package is followed by its parts.

    Raises:
        UsageError: one is named twice.
        NotConformantError: one is none of ours.
    """
    found = []
    for number, path in enumerate(packages):
        source = _opened(path, boxes / str(number), tell)
        source.folder = f"{source.id}/" if len(packages) > 1 else ""
        found += [source, *_parts(source, boxes / f"parts of {number}", tell)]
    ids = [source.id for source in found]
    for source in found:
        if ids.count(source.id) > 1:
            raise UsageError(
                f"{source.given}: the package {source.id} is named twice; name it once"
            )
    return found


def _opened(path: Path, box: Path, tell: Callable[[Finding], None]) -> Source:
    unboxing = Unboxing(path, box, tell) if is_container(path) else None
    opened = open_package(unboxing.records() if unboxing else path)
    if not attest(opened, Path(os.path.abspath(path)).parent):
        tell(findings.unattested(str(path)))
    return Source(path, opened, "", opened.tree, unboxing)


def _parts(whole: Source, boxes: Path, tell: Callable[[Finding], None]) -> Iterator[Source]:
    """Open the parts of a divided package; other packages among its objects are objects."""
    package = whole.opened.package
    paths = [child.path for child in package.children if child.is_file and child.kind == _PART]
    if not paths:
        return
    if any(components(path) is None for path in paths):
        raise NotConformantError(f"{whole.given}: names parts outside itself; verify the package")
    tree = whole.opened.tree
    if whole.unboxing is not None:
        tree = whole.unboxing.parts(tree, iter(paths))
    whole.parts = frozenset(paths)
    for number, path in enumerate(paths):
        part = _opened(tree / path, boxes / str(number), tell)
        said = part.opened.package.part
        if said is None or said.of != package.id:
            raise NotConformantError(
                f"{whole.given}: {path!r} is no part of it, as it says; verify the package"
            )
        part.given, part.folder, part.whole = whole.given / path, whole.folder, whole
        yield part


_PART = PackageKind.AIU.value
