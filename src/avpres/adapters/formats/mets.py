"""METS 1.12.1 of a package, written as text: constant memory for any number of files.

The files go by once: what a document has to say of them later waits in a scratch file. What is
written depends on the package alone, so that the same package gives the same bytes.
"""

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from avpres import __version__
from avpres.adapters.formats.mets_children import children_map
from avpres.adapters.formats.mets_inventory import Inventory, attribute
from avpres.adapters.formats.mets_metadata import (
    Sections,
    file_sections,
    provenance_sections,
    representation_sections,
)
from avpres.adapters.formats.report_names import visible
from avpres.adapters.formats.xml_escape import escape
from avpres.adapters.formats.xml_text import stamp
from avpres.domain.oais import Package, PackagedFile

About = Callable[[PackagedFile, str], Sections]
NAMESPACE = "http://www.loc.gov/METS/"


def write_mets(  # noqa: PLR0913 - each is one property of a document
    handle: BinaryIO,
    package: Package,
    files: Callable[[], Iterable[PackagedFile]],
    *,
    external: bool = False,
    scratch: Path | None = None,
    about: About | None = None,
) -> None:
    """Write the METS document of a package.

    `files` is called once, and gives the files in the order of their paths, no path twice. With
    `external`, PREMIS is expected in `PREMIS_PATH` and the technical records where
    `technical_records` puts them; METS then refers to both. `scratch` is a folder for about
    700 bytes a file, else that of the system. `about` writes the sections that speak of a file, for
    whoever keeps its records elsewhere; it is given the file and its name.
    """
    with closing(Inventory(package, external=external, scratch=scratch)) as inventory:
        handle.write(_opening(package).encode())
        handle.write(b'<mets:amdSec ID="amd">\n')
        handle.writelines(representation_sections(package, external=external))
        for file in files():
            identity = str(package.file_id(file))
            if about is None:
                sections = file_sections(package, file, identity, external=external)
            else:
                sections = about(file, identity)
            handle.write(sections.written)
            inventory.add(file, identity, sections.names)
        handle.writelines(provenance_sections(package, external=external))
        handle.write(b"</mets:amdSec>\n")
        inventory.write(handle)
        handle.writelines(children_map(package))
        handle.write(b"</mets:mets>\n")


def _opening(package: Package) -> str:
    label = f" LABEL={attribute(package.label)}" if package.label else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<mets:mets xmlns:mets="{NAMESPACE}" xmlns:premis="http://www.loc.gov/premis/v3"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' OBJID="urn:uuid:{package.id}"{label} TYPE="{package.kind.value}">\n'
        f'<mets:metsHdr CREATEDATE="{stamp(package.created)}">\n'
        f"{_agents(package)}{_identifiers(package)}</mets:metsHdr>\n"
    )


def _agents(package: Package) -> str:
    written = _agent('ROLE="CREATOR" TYPE="OTHER" OTHERTYPE="SOFTWARE"', "avpres", __version__)
    if package.institution:
        written += _agent('ROLE="CUSTODIAN" TYPE="ORGANIZATION"', package.institution)
    return written


def _agent(kind: str, name: str, note: str = "") -> str:
    content = f"<mets:name>{escape(visible(name))}</mets:name>\n"
    if note:
        content += f"<mets:note>{escape(visible(note))}</mets:note>\n"
    return f"<mets:agent {kind}>\n{content}</mets:agent>\n"


def _identifiers(package: Package) -> str:
    return "".join(
        f"<mets:altRecordID TYPE={attribute(kind)}>{escape(visible(value))}</mets:altRecordID>\n"
        for kind, value in sorted(package.identifiers.items())
    )
