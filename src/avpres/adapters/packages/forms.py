"""What form a foreign package has, told by what is in it."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from avpres.adapters.formats import manifests, xml_root
from avpres.adapters.formats.mets_head import MetsHead, read_head
from avpres.adapters.formats.mets_parallel import is_technical
from avpres.adapters.formats.xml_root import Root
from avpres.adapters.packages import bag_lines, ifi
from avpres.adapters.packages.sidecar_trees import has_sidecars
from avpres.domain.errors import AvpresError, SourceUnreadableError
from avpres.domain.manifest import ManifestFormat


class Form(StrEnum):
    """Forms of packages that other archives make, and our own."""

    AVPRES = "avpres"  # one of ours, in any layout
    BAG = "bag"
    IFI = "ifi"
    E_ARK = "e-ark"
    ARCHIVEMATICA = "archivematica"
    METS_INLINE = "mets-inline"  # technical records inside the METS, as Harvard did
    METS_SIDECAR = "mets-sidecar"  # technical records in a tree beside, as Stanford did
    METS = "mets"  # no technical records, as Johns Hopkins did, or any other profile
    DIDL = "didl"  # MPEG-21, as Old Dominion did
    OCFL = "ocfl"
    ASCMHL = "ascmhl"
    MHL = "mhl"
    MANIFEST = "manifest"  # any other manifest beside or in a tree, or a digest beside each file
    TREE = "tree"


@dataclass(frozen=True, slots=True)
class Detected:
    """A form, and where the package of that form lies.

    `root` is the folder that its paths are relative to: it may lie below the folder that was
    looked at. `bag` says whether it is wrapped in a bag; `documents` are the METS or DIDL
    documents that list its files, `lists` the manifests beside or in it, and `trouble` is why
    these could not be looked at.
    """

    form: Form
    root: Path
    documents: tuple[Path, ...] = ()
    lists: tuple[Path, ...] = ()
    bag: bool = False
    trouble: AvpresError | None = None
    head: MetsHead | None = None


_LEVELS = 4  # folders that hold nothing but one folder
_LOOKED_AT = 1000  # files of a folder that might be its list
_DIDL = re.compile(r"urn:mpeg:mpeg21:200\d:0[12]-DIDL-NS", re.IGNORECASE)
_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_ARCHIVEMATICA = re.compile(rf"METS\.{_UUID}\.xml")
_JUNK = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX"})


def detect(root: Path) -> Detected:
    """Say what form the package in a folder has; names decide nothing by themselves.

    A folder that holds nothing but one folder is looked through, as archives unpack to one.

    Raises:
        SourceUnreadableError: the folder cannot be listed.
    """
    root = Path(os.path.abspath(root))
    first = _form_of(root)
    if first.form is Form.TREE:
        for folder in _only_folders(root):
            if (found := _form_of(folder)).form is not Form.TREE:
                return found
        if has_sidecars(root):
            return replace(first, form=Form.MANIFEST)
    return first


def _form_of(root: Path) -> Detected:
    files, folders = _names(root)
    if any(_is_ocfl(root / name) for name in files if name.startswith("0=ocfl_object_")):
        return Detected(Form.OCFL, root)
    if _is_bag(root, files, folders):
        return _of_bag(root)
    if (package := ifi.find(root)) is not None:
        inner = _of_documents(package.root, *_names(package.root))
        ours = inner.head is not None and _is_ours(inner.head)
        form = Form.AVPRES if ours else Form.IFI
        return replace(inner, form=form, lists=package.manifests)
    found = _of_documents(root, files, folders)
    return found if found.form is not Form.TREE else _of_manifests(root)


def _is_bag(root: Path, files: list[str], folders: list[str]) -> bool:
    """Tell a bag by its declaration; one that has lost it, by a payload and what lists it."""
    if "bagit.txt" in files and _begins(root / "bagit.txt", b"BagIt-Version"):
        return True
    found = (bag_lines.MANIFEST.fullmatch(name) for name in files)
    return "data" in folders and any(match and not match[1] for match in found)


def _of_bag(root: Path) -> Detected:
    """Look for a package of another form in a bag, in its payload or among its tag files."""
    data = root / "data"
    inside = (data, *_only_folders(data)) if data.is_dir() and not data.is_symlink() else ()
    for folder in (*inside, root):
        inner = _of_documents(folder, *_names(folder))
        if inner.form is Form.DIDL or inner.head is not None:
            return replace(inner, root=root, bag=True)
    return Detected(Form.BAG, root, bag=True)


def _of_documents(root: Path, files: list[str], folders: list[str]) -> Detected:
    """Look for documents that list files: METS and DIDL, in the folder or its `metadata`."""
    mets: list[Path] = []
    for path in _candidates(root, files, folders):
        found = xml_root.root_of(path)
        if found is None:
            continue
        if found.name == "DIDL" and _DIDL.fullmatch(found.namespace):
            return Detected(Form.DIDL, root, (path,))
        if found.name == "mets" and _is_mets(found):
            mets.append(path)
    if not mets:
        return Detected(Form.TREE, root)
    documents = _chosen(mets)
    head = _head(documents[0])
    if head is None:
        return Detected(Form.METS, root, documents)
    return Detected(_of_head(documents[0], head, folders), root, documents, head=head)


def _candidates(root: Path, files: list[str], folders: list[str]) -> Iterator[Path]:
    likely = [name for name in files if re.search(r"(?i)mets|didl|\.xml$", name)]
    likely.sort(key=lambda name: re.search(r"(?i)mets|didl", name) is None)
    yield from (root / name for name in (likely or files)[:_LOOKED_AT])
    if "metadata" in folders:
        inside = (root / "metadata" / name for name in ("mets.xml", "METS.xml"))
        yield from (path for path in inside if not path.is_symlink())


def _chosen(found: list[Path]) -> tuple[Path, ...]:
    """Choose the METS that speaks for the package; all, when none has a usual name."""
    usual = [path for path in found if path.name.lower() == "mets.xml"]
    usual += [path for path in found if _ARCHIVEMATICA.fullmatch(path.name)]
    return tuple(usual[:1] or found)


def _of_head(path: Path, head: MetsHead, folders: list[str]) -> Form:
    if _is_ours(head):
        return Form.AVPRES
    marks = " ".join((head.profile, *head.namespaces)).lower()
    if "dilcis" in marks or "earkcsip" in marks or "e-ark" in marks:
        return Form.E_ARK
    makers = " ".join(agent.name for agent in head.agents).lower()
    named = _ARCHIVEMATICA.fullmatch(path.name) is not None and "objects" in folders
    if named or "archivematica" in makers:
        return Form.ARCHIVEMATICA
    if head.wraps:
        return Form.METS_INLINE
    listed = any(is_technical(use, surely=True) for use in head.groups)
    return Form.METS_SIDECAR if head.refers or listed else Form.METS


def _is_ours(head: MetsHead) -> bool:
    return any(agent.name == "avpres" and agent.role == "CREATOR" for agent in head.agents)


def _is_mets(root: Root) -> bool:
    return "METS" in root.namespace.upper() or not root.namespace


def _head(path: Path) -> MetsHead | None:
    try:
        with path.open("rb") as handle:
            return read_head(handle)
    except OSError:
        return None


def _of_manifests(root: Path) -> Detected:
    """Look for lists of digests in a folder or beside it."""
    try:
        found = manifests.find(root, on_doubtful=_pass)
    except AvpresError as error:
        return Detected(Form.TREE, root, trouble=error)
    found = [one for one in found if not one.path.is_symlink()]
    if not found:
        return Detected(Form.TREE, root)
    forms = {ManifestFormat.ASCMHL: Form.ASCMHL, ManifestFormat.MHL: Form.MHL}
    form = next((forms[one.format] for one in found if one.format in forms), Form.MANIFEST)
    return Detected(form, root, lists=tuple(one.path for one in found))


def _pass(_path: Path) -> None:
    """Take a file that only has a manifest's name for one of the files."""


def _is_ocfl(path: Path) -> bool:
    return _begins(path, b"ocfl_object_")


def _begins(path: Path, start: bytes) -> bool:
    try:
        with path.open("rb") as handle:
            return handle.read(64).removeprefix(b"\xef\xbb\xbf").startswith(start)
    except OSError:
        return False


def _only_folders(root: Path) -> Iterator[Path]:
    """Yield the folders below one that hold nothing but the next."""
    for _ in range(_LEVELS):
        files, folders = _names(root)
        if files or len(folders) != 1:
            return
        root /= folders[0]
        yield root


def _names(root: Path) -> tuple[list[str], list[str]]:
    """List the files and folders at the top, without what systems strew about; no links."""
    files, folders = [], []
    try:
        with os.scandir(root) as listing:
            for entry in listing:
                if entry.name in _JUNK or entry.name.startswith("._"):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.is_file(follow_symlinks=False):
                    files.append(entry.name)
    except OSError as error:
        raise SourceUnreadableError(f"{root} cannot be listed: {error.strerror}") from error
    return sorted(files), sorted(folders)
