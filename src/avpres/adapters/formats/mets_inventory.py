"""What a package holds, as METS 1.12.1 lists it: files in their groups, and the tree they make."""

import shutil
import tempfile
from pathlib import Path
from typing import IO, BinaryIO

from avpres.adapters.formats.emit.quantities import digest_name
from avpres.adapters.formats.mets_metadata import package_metadata
from avpres.adapters.formats.report_names import visible
from avpres.adapters.formats.uris import relative_uri
from avpres.adapters.formats.xml_escape import quoteattr
from avpres.adapters.formats.xml_text import date
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Package, PackagedFile, Role

GROUPS = {
    Role.OBJECT: "objects",
    Role.METADATA: "metadata",
    Role.SUPPLEMENTAL: "supplemental",
    Role.LOG: "logs",
}
"""What the file group of each role is called."""
ACCESS = "access"
"""The file group of copies that were made of other files, whatever their role."""

_STRONGEST = (Algorithm.SHA512, Algorithm.SHA256, Algorithm.SHA1, Algorithm.MD5)
_WAITING = 1 << 20  # bytes of a section that waits for its turn; more of it waits on disk
_CHUNK = 1 << 20  # bytes; what waited is copied in pieces of this size
_DEEPEST = 200  # folders; XML parsers stop at 256 nested elements


def attribute(text: str) -> str:
    """Quote a text; what XML cannot hold is shown as an escape."""
    return quoteattr(visible(text))


class Inventory:
    """The file section and the structure of a document, gathered while the files go by.

    Folders and files are named as Archivematica does: Directory and Item. A file deeper than 200
    folders stands in the two-hundredth, under the rest of its path.
    """

    def __init__(self, package: Package, *, external: bool, scratch: Path | None) -> None:
        self._package = package
        self._about = package_metadata(package, external=external)
        self._groups = {name: _waiting(scratch) for name in (*GROUPS.values(), ACCESS)}
        self._tree = _waiting(scratch)
        self._opened: list[str] = []

    def add(self, file: PackagedFile, identity: str, metadata: str) -> None:
        """Take in a file with the names of the sections about it; in the order of paths."""
        is_derived = file.path in self._package.derivations
        group = ACCESS if is_derived else GROUPS[file.role]
        self._groups[group].write(_file(file, identity, metadata).encode())
        *folders, name = file.path.split("/", _DEEPEST)
        way = _way(self._opened, folders)
        self._opened = folders
        pointer = f'<mets:fptr FILEID="file-{identity}"/>'
        item = f'<mets:div TYPE="Item" LABEL={attribute(name)}>{pointer}</mets:div>\n'
        self._tree.write((way + item).encode())

    def write(self, handle: BinaryIO) -> None:
        """Write every file in the group of its role, objects first, and then the tree."""
        handle.write(b"<mets:fileSec>\n")
        for name, entries in self._groups.items():
            if entries.tell() or name == GROUPS[Role.OBJECT]:
                handle.write(f'<mets:fileGrp USE="{name}">\n'.encode())
                _pour(entries, handle)
                handle.write(b"</mets:fileGrp>\n")
        label = attribute(self._package.label or str(self._package.id))
        handle.write(
            f'</mets:fileSec>\n<mets:structMap TYPE="physical">\n<mets:div TYPE="Directory"'
            f' LABEL={label} ADMID="{self._about}">\n'.encode()
        )
        _pour(self._tree, handle)
        handle.write(f"{_way(self._opened, [])}</mets:div>\n</mets:structMap>\n".encode())

    def close(self) -> None:
        """Free what waited."""
        for each in (*self._groups.values(), self._tree):
            each.close()


def _waiting(folder: Path | None) -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(_WAITING, dir=str(folder) if folder else None)


def _pour(entries: IO[bytes], handle: BinaryIO) -> None:
    entries.seek(0)
    shutil.copyfileobj(entries, handle, _CHUNK)


def _file(file: PackagedFile, identity: str, metadata: str) -> str:
    mime = file.description.mime if file.description else ""
    return (
        f'<mets:file ID="file-{identity}" MIMETYPE={attribute(mime or "application/octet-stream")}'
        f' SIZE="{file.size}" CREATED="{date(file.mtime)}"{checksum(file)} ADMID="{metadata}">\n'
        f'<mets:FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="{relative_uri(file.path)}"/>\n'
        "</mets:file>\n"
    )


def checksum(file: PackagedFile) -> str:
    """Write the digest that METS takes: the strongest that it has a name for."""
    known = {digest.algorithm: digest.value for digest in file.digests}
    for algorithm in _STRONGEST:
        if algorithm in known:
            name = digest_name(algorithm)
            return f' CHECKSUM="{known[algorithm]}" CHECKSUMTYPE="{name}"'
    return ""


def _way(here: list[str], there: list[str]) -> str:
    """Close the folders that end here, and open those that begin."""
    if here == there:
        return ""
    common = 0
    while common < min(len(here), len(there)) and here[common] == there[common]:
        common += 1
    return "</mets:div>\n" * (len(here) - common) + "".join(
        f'<mets:div TYPE="Directory" LABEL={attribute(name)}>\n' for name in there[common:]
    )
