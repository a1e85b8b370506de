"""What a package holds, as METS 1.12.1 lists it: files in their groups, and the tree they make."""

import shutil
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from typing import IO, BinaryIO

from avpres.adapters.formats.emit.quantities import digest_name
from avpres.adapters.formats.mets_metadata import file_metadata, package_metadata
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

_STRONGEST = (Algorithm.SHA512, Algorithm.SHA256, Algorithm.SHA1, Algorithm.MD5)
_WAITING = 1 << 20  # bytes of a file group that waits for its turn; more of it waits on disk
_DEEPEST = 200  # folders; XML parsers stop at 256 nested elements


def attribute(text: str) -> str:
    """Quote a text; what XML cannot hold is shown as an escape."""
    return quoteattr(visible(text))


def write_file_section(
    handle: BinaryIO, package: Package, files: Iterable[PackagedFile], *, external: bool
) -> None:
    """Write every file in the group of its role; objects at once, the others after them."""
    handle.write(b'<mets:fileSec>\n<mets:fileGrp USE="objects">\n')
    with ExitStack() as stack:
        waiting: dict[Role, IO[bytes]] = {
            role: stack.enter_context(tempfile.SpooledTemporaryFile(_WAITING))
            for role in GROUPS
            if role is not Role.OBJECT
        }
        for file in files:
            group = waiting.get(file.role, handle)
            group.write(_file(package, file, external=external).encode())
        handle.write(b"</mets:fileGrp>\n")
        for role, entries in waiting.items():
            _write_group(handle, GROUPS[role], entries)
    handle.write(b"</mets:fileSec>\n")


def _write_group(handle: BinaryIO, use: str, entries: IO[bytes]) -> None:
    if not entries.tell():
        return
    handle.write(f'<mets:fileGrp USE="{use}">\n'.encode())
    entries.seek(0)
    shutil.copyfileobj(entries, handle)
    handle.write(b"</mets:fileGrp>\n")


def _file(package: Package, file: PackagedFile, *, external: bool) -> str:
    identity = package.file_id(file)
    mime = file.description.mime if file.description else ""
    return (
        f'<mets:file ID="file-{identity}" MIMETYPE={attribute(mime or "application/octet-stream")}'
        f' SIZE="{file.size}" CREATED="{date(file.mtime)}"{_checksum(file)}'
        f' ADMID="{file_metadata(file, identity, external=external)}">\n'
        f'<mets:FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="{relative_uri(file.path)}"/>\n'
        "</mets:file>\n"
    )


def _checksum(file: PackagedFile) -> str:
    """METS takes one digest: the strongest that it has a name for; PREMIS holds them all."""
    known = {digest.algorithm: digest.value for digest in file.digests}
    for algorithm in _STRONGEST:
        if algorithm in known:
            name = digest_name(algorithm)
            return f' CHECKSUM="{known[algorithm]}" CHECKSUMTYPE="{name}"'
    return ""


def write_structure(
    handle: BinaryIO, package: Package, files: Iterable[PackagedFile], *, external: bool
) -> None:
    """Write the tree of folders and files, which come in the order of their paths.

    Folders and files are named as Archivematica does: Directory and Item. A file deeper than 200
    folders stands in the two-hundredth, under the rest of its path.
    """
    about = package_metadata(package, external=external)
    label = attribute(package.label or str(package.id))
    handle.write(
        f'<mets:structMap TYPE="physical">\n<mets:div TYPE="Directory" LABEL={label}'
        f' ADMID="{about}">\n'.encode()
    )
    opened: list[str] = []
    for file in files:
        *folders, name = file.path.split("/", _DEEPEST)
        handle.write(_way(opened, folders).encode())
        opened = folders
        pointer = f'<mets:fptr FILEID="file-{package.file_id(file)}"/>'
        item = f'<mets:div TYPE="Item" LABEL={attribute(name)}>{pointer}</mets:div>\n'
        handle.write(item.encode())
    handle.write(f"{_way(opened, [])}</mets:div>\n</mets:structMap>\n".encode())


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
