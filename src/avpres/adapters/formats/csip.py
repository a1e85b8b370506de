"""METS of E-ARK's Common Specification for Information Packages 2 (CSIP), for a whole package.

It names metadata, documentation, schemas and the METS of the representation, which has the files:
its length does not depend on their number. The rules are those of CSIP 2.1 and 2.2, and of the
SIP, AIP and DIP that build on it; what 2.0.4 asks for besides is there, too.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from avpres.adapters.formats.csip_parts import (
    CLOSING,
    agent,
    group,
    identifiers,
    name_of,
    opening,
    reference,
    structure,
)
from avpres.adapters.formats.mets_inventory import attribute
from avpres.domain.oais import Package, PackagedFile, PackageKind

METS = "METS.xml"
PREMIS = "metadata/preservation/premis.xml"
DUBLIN_CORE = "metadata/descriptive/dc.xml"
_PROFILE = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"
_PROFILES = {
    PackageKind.SIP: "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml",
    PackageKind.AIP: "https://earkaip.dilcis.eu/profile/E-ARK-AIP.xml",
    PackageKind.DIP: "https://earkdip.dilcis.eu/profile/E-ARK-DIP.xml",
}

Below = Callable[[str], Iterable[PackagedFile]]
"""Gives the files below a folder that is named with its slash, in the order of their paths."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a package holds, in the words of CSIP: its category, its one representation."""

    category: str
    representation: str = "rep1"

    @property
    def folder(self) -> str:
        """Give the folder of the representation, with its slash."""
        return f"representations/{self.representation}/"


def write_package_mets(handle: BinaryIO, package: Package, content: Content, below: Below) -> None:
    """Write the METS document in the root folder of a package."""
    profile = _PROFILES.get(package.kind, _PROFILE)
    handle.write(opening(str(package.id), package, content.category, profile).encode())
    handle.write(f"{agent()}{_submitter(package)}{identifiers(package)}</mets:metsHdr>\n".encode())
    described = list(_references("dmdSec", below("metadata/descriptive/")))
    handle.writelines(text.encode() for _, text in described)
    kept = list(_references("digiprovMD", below("metadata/preservation/")))
    kept += _references("digiprovMD", below("metadata/other/"))
    handle.write(b'<mets:amdSec ID="amd">\n')
    handle.writelines(text.encode() for _, text in kept)
    handle.write(b'</mets:amdSec>\n<mets:fileSec ID="files">\n')
    mets, premis = (_only(below, content.folder + name) for name in (METS, PREMIS))
    handle.writelines(group("Documentation", below("documentation/")))
    handle.writelines(group("Schemas", below("schemas/")))
    handle.writelines(group("Representations", premis))  # 2.0.4 asks for a group of this name
    handle.writelines(group(f"Representations/{content.representation}", mets))
    handle.write(b"</mets:fileSec>\n")
    handle.write(_structure(package, content, described, kept).encode())
    handle.write(CLOSING)


def _only(below: Below, path: str) -> list[PackagedFile]:
    folder = path.rpartition("/")[0] + "/"
    return [file for file in below(folder) if file.path == path]


def _submitter(package: Package) -> str:
    """Name who hands a SIP over (SIP15); a CREATOR would break CSIP12, which asks for software."""
    if package.kind is not PackageKind.SIP or not package.institution:
        return ""
    return agent(package.institution, 'ROLE="OTHER" OTHERROLE="SUBMITTER" TYPE="ORGANIZATION"')


def _references(section: str, files: Iterable[PackagedFile]) -> Iterator[tuple[str, str]]:
    """Give each reference with the name of its section."""
    for file in files:
        yield name_of(section, file.path), reference(section, file)


def _structure(
    package: Package,
    content: Content,
    described: list[tuple[str, str]],
    kept: list[tuple[str, str]],
) -> str:
    about = f'ADMID="{" ".join(name for name, _ in kept)}"'
    about += f' DMDID="{" ".join(name for name, _ in described)}"'
    label = f"Representations/{content.representation}"
    pointer = (
        f'<mets:div ID="{name_of("div", label)}" LABEL={attribute(label)}>\n'
        f'<mets:mptr LOCTYPE="URL" xlink:type="simple" xlink:href="{content.folder}{METS}"'
        f' xlink:title="{name_of("group", label)}"/>\n</mets:div>\n'
    )
    return structure(
        str(package.id),
        [
            ("Metadata", about, ""),
            ("Documentation", "", "Documentation"),
            ("Schemas", "", "Schemas"),
            ("Representations", "", "Representations"),
        ],
        pointer,
    )


__all__ = ["DUBLIN_CORE", "METS", "PREMIS", "Content", "write_package_mets"]
