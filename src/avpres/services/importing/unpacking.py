"""A container, unpacked into the stage entry by entry; what is refused is told."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from avpres.adapters.containers.container import Container, kind_of, open_container
from avpres.adapters.containers.member import MemberKind, Problem
from avpres.adapters.containers.unpack import (
    Refused,
    TooMuchError,
    Unpacked,
    UnpackLimits,
    unpack,
)
from avpres.adapters.storage.walk import Kind, walk
from avpres.config.importing import ImportOptions
from avpres.domain.errors import AvpresError, NotConformantError
from avpres.domain.fixity import pack
from avpres.domain.report import Finding
from avpres.services.context import Context
from avpres.services.importing import findings
from avpres.services.importing.inventory import Inventory, Present

_ENDINGS = (".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".zip", ".7z")
_AT_ONCE = 2000  # rows written together
_FILES = (MemberKind.FILE, MemberKind.HARDLINK)


@dataclass(frozen=True, slots=True)
class Unpacking:
    """The unpacking of one container into a folder of the stage."""

    options: ImportOptions
    context: Context
    inventory: Inventory
    tell: Callable[[Finding], None]

    def run(self, container: Path, top: Path) -> None:
        """Unpack into the folder below `top` that `name_of` the container gives.

        Raises:
            AvpresError: nothing can be unpacked, or the container is a bomb; nothing is left.
        """
        name = name_of(container)
        try:
            self._unpack(container, top, name, self._limits())
            self._follow_links(top)
        except AvpresError:
            shutil.rmtree(top, ignore_errors=True)
            raise

    def _limits(self) -> UnpackLimits:
        plain, options = UnpackLimits(), self.options
        return replace(plain, total=options.max_size, members=options.max_files or plain.members)

    def _unpack(self, path: Path, top: Path, name: str, limits: UnpackLimits) -> None:
        top.mkdir(parents=True, exist_ok=True)
        with open_container(path, self._problem, ratio=limits.ratio) as container:
            self._entries(container, top, name, limits)
        inner = self._alone(top / name) if self.options.nested else None
        if inner is None:
            return
        waiting = top.with_name("nested")
        os.replace(inner, waiting)
        shutil.rmtree(top / name)
        self.inventory.clear_files()
        try:
            self._unpack(waiting, top, name, limits.inner())
        finally:
            waiting.unlink(missing_ok=True)

    def _entries(self, container: Container, top: Path, name: str, limits: UnpackLimits) -> None:
        rows: list[Present] = []
        folder, lead = os.fsencode(top / name), os.fsencode(name)

        def made(entry: Unpacked) -> None:
            if entry.member.kind not in _FILES:
                return
            mtime = os.lstat(os.path.join(folder, entry.path)).st_mtime_ns
            path = os.path.join(lead, entry.path)
            rows.append(Present(path, entry.size, mtime, pack(entry.digests)))
            self.context.progress.advance(size=entry.size, files=1)
            if len(rows) >= _AT_ONCE:
                self.inventory.put(rows)
                rows.clear()

        self.context.progress.start("unpack")
        try:
            unpack(
                container,
                top / name,
                on_refused=self._refused,
                limits=limits,
                algorithms=self.options.digest,
                on_unpacked=made,
            )
        except TooMuchError as error:
            raise NotConformantError(
                f"{container.path}: {error}; --max-size and --max-files change the limits"
            ) from error
        self.inventory.put(rows)
        self.context.progress.finish()

    def _alone(self, folder: Path) -> Path | None:
        """Find the container that is all that a container holds."""
        found = [entry for entry in walk(folder, on_error=_ignore) if entry.kind != Kind.FOLDER]
        if len(found) != 1 or found[0].kind != Kind.FILE:
            return None
        path = folder / os.fsdecode(found[0].name)
        return path if kind_of(path) is not None else None

    def _follow_links(self, top: Path) -> None:
        """Let a link to a file stand for that file, as copying does; tell of all others."""
        inside = os.path.realpath(os.fsencode(top)) + b"/"
        for entry in walk(top, on_error=_ignore):
            if entry.kind != Kind.LINK:
                continue
            link = os.path.join(os.fsencode(top), entry.name)
            target = os.path.realpath(link)
            if not (target.startswith(inside) and os.path.isfile(target)):
                self.tell(findings.link_left_out(os.fsdecode(entry.name)))
                os.unlink(link)
                continue
            row = self.inventory.present(target[len(inside) :])
            os.unlink(link)
            os.link(target, link)
            self.inventory.put([row._replace(path=entry.name)])

    def _refused(self, refused: Refused) -> None:
        path = os.fsdecode(refused.member.path)
        self.tell(findings.refused(refused.code, path, refused.message))

    def _problem(self, problem: Problem) -> None:
        path = None if problem.member is None else os.fsdecode(problem.member)
        self.tell(findings.problem(problem.code, problem.severity, path, problem.message))


def name_of(container: Path) -> str:
    """Name the folder that a container is unpacked into: as the container, without its endings."""
    name = container.name
    while (found := next((e for e in _ENDINGS if name.lower().endswith(e)), "")) != "":
        if len(name) == len(found):
            break
        name = name[: -len(found)]
    return name


def _ignore(_name: bytes, _error: OSError) -> None:
    """Everything here was made by this run."""
