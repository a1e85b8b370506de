"""OCFL objects: the files of the head version under their logical names, and what came before."""

from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.formats import names, ocfl_inventory
from avpres.adapters.formats.ocfl_inventory import Inventory, Version
from avpres.adapters.packages.foreign import Creator, Document, Notify, Provenance, notice
from avpres.adapters.packages.ground import Ground
from avpres.domain.errors import AvpresError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Digest
from avpres.domain.listing import Listed
from avpres.domain.oais import Role
from avpres.domain.report import Finding

_INVENTORY = "inventory.json"


class OcflReader:
    """The files of an OCFL object.

    Several files may have one content path, as OCFL stores equal content once: `original` is the
    logical name, by which they differ.
    """

    def __init__(self, root: Path) -> None:
        self._ground = Ground(root)
        self.notices: list[Finding] = []
        self.inventory = self._read()

    def documents(self) -> tuple[Document, ...]:
        """Name the inventories and their digests, and the object's declaration."""
        root = self._ground.root
        found = [path for path in sorted(root.glob("0=ocfl_object_*")) if path.is_file()]
        folders = [root, *_folders(root)]
        found += [path for one in folders for path in sorted(one.glob("inventory.json*"))]
        return tuple(
            Document(path.relative_to(root).as_posix(), "inventory")
            for path in found
            if self._ground.document(path.relative_to(root).as_posix())
        )

    def creators(self) -> tuple[Creator, ...]:
        """Name those who made versions, each once."""
        users = dict.fromkeys(version.user for version in self._versions())
        return tuple(Creator(user, "", "version") for user in users if user)

    def listed(self, notify: Notify) -> Iterator[Listed]:
        """Yield the files of the head version, then those that only older versions have."""
        if self.inventory is None:
            return
        objects = _Objects(self._ground, self.inventory, notify)
        head = self.inventory.versions.get(self.inventory.head)
        state = head.state if head else {}
        for written, logical in state.items():
            for name in logical:
                yield objects.listed(written, name, Role.OBJECT)
        older = {
            written: f"{version.name}/{logical[0]}"
            for version in reversed(self._versions())
            for written, logical in version.state.items()
        }
        for written in self.inventory.manifest:
            if written not in state:
                yield objects.listed(written, older.get(written, ""), Role.SUPPLEMENTAL)

    def provenance(self) -> Iterator[Provenance]:
        """Yield nothing: an inventory holds no events but its versions' messages."""
        yield from ()

    def _versions(self) -> list[Version]:
        return self.inventory.ordered() if self.inventory else []

    def _read(self) -> Inventory | None:
        """Read the object's inventory, else the latest copy of it that a version holds."""
        root = self._ground.root
        for folder in (root, *_folders(root)):
            path = (folder / _INVENTORY).relative_to(root).as_posix()
            file = self._ground.document(path)
            if file is None:
                self._tell(path, "the inventory is not there", ExitCode.INCOMPLETE)
                continue
            try:
                found = ocfl_inventory.read(file)
            except AvpresError as error:
                self._tell(path, str(error), error.exit_code)
                continue
            if fault := ocfl_inventory.sidecar_fault(file, found.algorithm):
                self._tell(path, fault, ExitCode.FIXITY_MISMATCH)
            for fault in found.faults:
                self._tell(path, fault, ExitCode.NOT_CONFORMANT)
            return found
        return None

    def _tell(self, path: str, message: str, exit_code: ExitCode) -> None:
        self.notices.append(notice("IMP-DOCUMENT", message, path, exit_code=exit_code))


class _Objects:
    """The files of an inventory by their digests."""

    def __init__(self, ground: Ground, inventory: Inventory, notify: Notify) -> None:
        self._ground = ground
        self._inventory = inventory
        self._notify = notify
        self._others: dict[str, list[Digest]] = {}
        for path, digest in inventory.other_digests():
            self._others.setdefault(path, []).append(digest)

    def listed(self, written: str, logical: str, role: Role) -> Listed:
        """Make the entry of a logical name and the content that its digest stands for."""
        content = self._inventory.manifest.get(written, [])
        paths = dict.fromkeys(path for one in content for path in self._ground.listed(one))
        there = sorted(paths, key=lambda path: not self._ground.is_there(path))
        if content and not there:
            message = "the inventory leads out of the object; it was not looked at"
            self._notify(notice("IMP-OUTSIDE", message, content[0]))
        if logical and not names.stays_inside(logical):
            message = "a logical name leads out of the object; it was not kept"
            self._notify(notice("IMP-OUTSIDE", message, logical))
            logical = ""
        first = self._inventory.digest(written)
        others = (digest for path in content for digest in self._others.get(path, ()))
        return Listed(
            path=there[0] if there else "",
            candidates=tuple(there[1:]),
            digests=tuple(dict.fromkeys((*((first,) if first else ()), *others))),
            original=logical,
            role=role,
            reference=content[0] if content else logical,
        )


def _folders(root: Path) -> list[Path]:
    """List the folders of versions, the latest first."""
    found = [path for path in root.glob("v*") if ocfl_inventory.number_of(path.name)]
    found = [path for path in found if path.is_dir() and not path.is_symlink()]
    return sorted(found, key=lambda path: ocfl_inventory.number_of(path.name), reverse=True)
