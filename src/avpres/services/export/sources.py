"""The packages that are exported from, and their files one by one."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats.package_file import read_lines, read_package
from avpres.config.export import ExportOptions
from avpres.domain.dissemination import DipForm
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.oais import PackagedFile, Role
from avpres.services.packing.opening import Opened, open_package


@dataclass(frozen=True, slots=True)
class Source:
    """A package that is exported from. `folder` is its own in the DIP, empty when it is alone."""

    opened: Opened
    folder: str

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
                f"{self.opened.tree}: lists {file.path!r} as {file.role.value}, where no such file "
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
                        f"{self.opened.tree}: lists {file.path!r} twice or out of order; verify "
                        "the package"
                    )
                last = file.path
                yield file, line


def open_sources(packages: Sequence[Path]) -> list[Source]:
    """Open packages of ours.

    Raises:
        UsageError: one is named twice.
        SourceUnreadableError: one is not there.
        NotConformantError: one is none of ours.
    """
    opened = [open_package(path) for path in packages]
    ids = [each.package.id for each in opened]
    for each in opened:
        if ids.count(each.package.id) > 1:
            raise UsageError(
                f"{each.tree}: the package {each.package.id} is named twice; name it once"
            )
    alone = len(opened) == 1
    return [Source(each, "" if alone else f"{each.package.id}/") for each in opened]


def check(options: ExportOptions, sources: Sequence[Source]) -> None:
    """Refuse a DIP that would lie in a package, or whose names its form cannot hold.

    Raises:
        UsageError: the destination lies inside a package, or METS would be divided twice.
    """
    if options.divided and options.form is DipForm.E_ARK:
        raise UsageError("E-ARK divides METS in its own way; leave --divided out")
    for folder in (options.destination, *options.to):
        out = os.path.realpath(folder)
        for source in sources:
            tree = os.path.realpath(source.opened.tree)
            if (out + os.sep).startswith(tree + os.sep):
                raise UsageError(f"{folder}: lies inside the package {tree}; choose another folder")
