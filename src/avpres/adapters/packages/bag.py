"""Bags of any version, 0.93 to 1.0, with or without a document inside that tells more."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from avpres.adapters.formats import bagit
from avpres.adapters.formats.names import from_bytes
from avpres.adapters.packages import bag_lines
from avpres.adapters.packages.foreign import Creator, Document, Notify, Provenance, Reader, notice
from avpres.adapters.packages.ground import Ground
from avpres.adapters.packages.overlay import Overlay
from avpres.domain.errors import NotConformantError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.listing import Listed
from avpres.domain.oais import Role

_INFO = 1 << 20  # bytes of bag-info.txt that are read
_MOST = 10_000  # lines of it


def role_of(path: str) -> Role:
    """Tell payload from tag files."""
    return Role.OBJECT if path.startswith("data/") else Role.METADATA


class BagReader:
    """What the manifests of a bag list; `inner` reads a document in the bag, if there is one."""

    def __init__(
        self,
        root: Path,
        inner: Reader | None = None,
        role_of: Callable[[str], Role] = role_of,
    ) -> None:
        self._root = root
        self._ground = Ground(root)
        self._inner = inner
        self._role_of = role_of

    def documents(self) -> tuple[Document, ...]:
        """Name the tag files that are there."""
        usual = [("bagit.txt", "declaration"), ("bag-info.txt", "bag-info")]
        usual += [("package-info.txt", "bag-info"), ("fetch.txt", "fetch")]
        found = [Document(name, kind) for name, kind in usual if self._ground.document(name)]
        return (*found, *(Document(path.name, "manifest") for path in self._manifests()))

    def info(self) -> dict[str, list[str]]:
        """Read `bag-info.txt` (before 0.96 `package-info.txt`), names in lower case."""
        for name in ("bag-info.txt", "package-info.txt"):
            if (path := self._ground.document(name)) is not None:
                with path.open("rb") as handle:
                    return _info(handle.read(_INFO), bagit.declaration(self._root)[1])
        return {}

    def listed(self, notify: Notify) -> Iterator[Listed]:
        """Yield what the document inside lists, with its digests, then the rest of the bag."""
        self._say_what_is_lost(notify)
        with closing(Overlay(self._role_of)) as overlay:
            payload = self._read_manifests(overlay, notify)
            self._read_fetch(overlay, notify)
            count, first = overlay.partial(payload)
            if count:
                files = "1 file stands" if count == 1 else f"{count:,} files stand"
                message = f"{files} in some of the bag's manifests and not in all"
                notify(notice("IMP-MANIFESTS", message, first))
            yield from overlay.upon(self._inner.listed(notify) if self._inner else ())

    def provenance(self) -> Iterator[Provenance]:
        """Yield what the document inside holds."""
        if self._inner is not None:
            yield from self._inner.provenance()

    def _say_what_is_lost(self, notify: Notify) -> None:
        code = ExitCode.NOT_CONFORMANT
        if self._ground.document("bagit.txt") is None:
            message = "is not there; the rest was read as a bag, find out whether more is missing"
            notify(notice("IMP-DOCUMENT", message, "bagit.txt", exit_code=code))
        if all(path.name.lower().startswith("tag") for path in self._manifests()):
            message = "no manifest of the payload is there; ask whoever made the bag for it"
            notify(notice("IMP-DOCUMENT", message, "data", exit_code=code))

    def _manifests(self) -> list[Path]:
        found = [path for path in self._root.iterdir() if bag_lines.MANIFEST.fullmatch(path.name)]
        found = [path for path in found if self._ground.document(path.name)]
        return sorted(found, key=lambda path: (path.name.lower().startswith("tag"), path.name))

    def _read_manifests(self, overlay: Overlay, notify: Notify) -> int:
        """Read all manifests, those of the payload first, and count those."""
        payload = 0
        for path in self._manifests():
            if bag_lines.algorithm_of(path.name) is None:
                message = "avpres takes no digests of this kind: they were compared with nothing"
                code = ExitCode.INCOMPLETE
                notify(notice("IMP-ALGORITHM", message, path.name, exit_code=code))
            number = 62 if path.name.lower().startswith("tag") else payload
            payload += number == payload
            try:
                for line in bag_lines.read(path, self._ground):
                    self._add(line, path.name, number, overlay, notify)
            except NotConformantError as error:
                code = ExitCode.NOT_CONFORMANT
                notify(notice("IMP-DOCUMENT", bag_lines.damage(error), path.name, exit_code=code))
        return payload

    def _add(
        self, line: bag_lines.Line, name: str, number: int, overlay: Overlay, notify: Notify
    ) -> None:
        if line.fault:
            message = f"line {line.number}: {line.fault}: {line.written}"
            code = ExitCode.NOT_CONFORMANT
            notify(notice("IMP-DOCUMENT", message, name, exit_code=code))
        if line.paths:
            overlay.add(line.paths, (line.digest,) if line.digest else (), list=number)
        elif not line.fault:
            message = (
                f"{name}, line {line.number}: the path leads out of the bag; it was not looked at"
            )
            notify(notice("IMP-OUTSIDE", message, line.written))

    def _read_fetch(self, overlay: Overlay, notify: Notify) -> None:
        try:
            for line in bag_lines.fetched(self._root, self._ground):
                if not line.paths:
                    message = "fetch.txt: the path leads out of the bag; it was not looked at"
                    notify(notice("IMP-OUTSIDE", message, line.written))
                    continue
                if not self._ground.is_there(line.paths[0]):
                    message = (
                        f"the bag does not hold it and names {line.fault}; nothing was fetched"
                    )
                    notify(notice("IMP-FETCH", message, line.paths[0]))
                overlay.add(line.paths, (), list=62)
        except NotConformantError as error:
            code = ExitCode.NOT_CONFORMANT
            notify(notice("IMP-DOCUMENT", bag_lines.damage(error), "fetch.txt", exit_code=code))


def creators(info: dict[str, list[str]]) -> tuple[Creator, ...]:
    """Tell from bag-info which organisation and which program made a bag."""
    made = [Creator(name, "", "source") for name in info.get("source-organization", ())]
    for agent in info.get("bag-software-agent", ()):
        found = re.search(r"^(.*?)[\s/]+v?(\d[\w.+-]*)", agent)
        name, version = (found[1], found[2]) if found else (agent, "")
        made.append(Creator(name.strip(" <"), version, "software"))
    return tuple(made)


def _info(data: bytes, encoding: str) -> dict[str, list[str]]:
    try:
        text = data.decode(encoding, "replace")
    except LookupError:
        text = from_bytes(data)
    said: dict[str, list[str]] = {}
    last: list[str] = []
    for line in islice(text.removeprefix("\ufeff").splitlines(), _MOST):
        label, colon, value = line.partition(":")
        if line[:1] in {" ", "\t"} and last:
            last[-1] += " " + line.strip()  # a value goes on in indented lines
        elif colon:
            last = said.setdefault(label.strip().lower(), [])
            last.append(value.strip())
    return said
