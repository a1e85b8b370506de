"""The packages inside a package, as METS points at them (METS 1.12.1 `mptr`)."""

from collections.abc import Iterator

from avpres.adapters.formats.mets_inventory import attribute
from avpres.domain.oais import Child, Package, PackagedFile


def children_map(package: Package) -> Iterator[bytes]:
    """Write a structure of its own, in which each package stands with what it says of itself."""
    if not package.children:
        return
    label = attribute(package.label or str(package.id))
    yield f'<mets:structMap TYPE="logical">\n<mets:div TYPE="packages" LABEL={label}>\n'.encode()
    for order, child in enumerate(package.children, start=1):
        yield _child(package, child, order).encode()
    yield b"</mets:div>\n</mets:structMap>\n"


def _child(package: Package, child: Child, order: int) -> str:
    label = attribute(f"{child.label} [{child.files} files, {child.size} bytes]")
    pointer = attribute(f"urn:uuid:{child.id}")
    place = ""
    if child.is_file:
        identity = package.file_id(PackagedFile(child.path, child.path, 0, 0, ()))
        place = f'<mets:fptr FILEID="file-{identity}"/>\n'
    return (
        f'<mets:div TYPE={attribute(child.kind)} ORDER="{order}" LABEL={label}>\n'
        f'<mets:mptr LOCTYPE="URN" xlink:type="simple" xlink:href={pointer}/>\n'
        f"{place}</mets:div>\n"
    )
