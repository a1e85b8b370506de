"""METS 1.12.1 of a package, written as text: constant memory for any number of files.

Each section runs through the files once. What is written depends on the package alone, so that
the same package gives the same bytes.
"""

from collections.abc import Callable, Iterable
from typing import BinaryIO

from avpres import __version__
from avpres.adapters.formats.mets_inventory import (
    attribute,
    write_file_section,
    write_structure,
)
from avpres.adapters.formats.mets_metadata import provenance_sections, technical_sections
from avpres.adapters.formats.report_names import visible
from avpres.adapters.formats.xml_escape import escape
from avpres.adapters.formats.xml_text import stamp
from avpres.domain.oais import Package, PackagedFile

NAMESPACE = "http://www.loc.gov/METS/"


def write_mets(
    handle: BinaryIO,
    package: Package,
    files: Callable[[], Iterable[PackagedFile]],
    *,
    external: bool = False,
) -> None:
    """Write the METS document of a package.

    `files` is called once for each of three sections and gives the same files each time, in the
    order of their paths, no path twice. With `external`, PREMIS is expected in `PREMIS_PATH` and
    the technical records where `technical_records` puts them; METS then refers to both.
    """
    handle.write(_opening(package).encode())
    handle.write(b'<mets:amdSec ID="amd">\n')
    handle.writelines(technical_sections(package, files(), external=external))
    handle.writelines(provenance_sections(package, external=external))
    handle.write(b"</mets:amdSec>\n")
    write_file_section(handle, package, files(), external=external)
    write_structure(handle, package, files(), external=external)
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
