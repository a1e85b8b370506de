"""METS of a representation in an E-ARK package: every file, with the records that describe it.

The files go by once; the file section waits in a scratch file while the records are written.
"""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.formats.csip_parts import (
    CLOSING,
    CONTENT,
    agent,
    file_element,
    name_of,
    opening,
    reference,
    structure,
)
from avpres.adapters.formats.mets_techmd import inline, records
from avpres.domain.oais import Package, PackagedFile

PROFILE = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"
_WAITING = 1 << 20  # bytes of the file section that wait in memory; more of it waits on disk
_DATA = "Data"


def write_representation_mets(  # noqa: PLR0913 - a document and the three kinds of files it lists
    handle: BinaryIO,
    package: Package,
    name: str,
    category: str,
    *,
    data: Iterable[tuple[str, PackagedFile]],
    others: Iterable[PackagedFile],
    premis: PackagedFile,
    scratch: Path | None = None,
) -> None:
    """Write the METS document of a representation.

    Args:
        handle: where to.
        package: the package that it is in.
        name: the name of its folder.
        category: its content, a term of CSIP's vocabulary.
        data: its files with their identifiers, paths relative to its folder.
        others: what else is said of them, one document each.
        premis: its PREMIS document.
        scratch: a folder for what has to wait, else that of the system.
    """
    handle.write(opening(name, package, category, PROFILE).encode())
    handle.write(f'{agent()}</mets:metsHdr>\n<mets:amdSec ID="amd">\n'.encode())
    about = name_of("digiprovMD", premis.path)
    with tempfile.SpooledTemporaryFile(_WAITING, dir=str(scratch) if scratch else None) as waiting:
        for identity, file in data:
            names = [about]
            for standard, record in records(file):
                names.append(f"{standard.name}-{identity}")
                handle.write(inline(standard, record, identity))
            waiting.write(file_element(file, f"file-{identity}", " ".join(names)).encode())
        handle.writelines(reference("techMD", file).encode() for file in others)
        handle.write(reference("digiprovMD", premis).encode())
        use = f'<mets:fileGrp ID="{name_of("group", _DATA)}" USE="{_DATA}" {CONTENT}>\n'
        handle.write(f'</mets:amdSec>\n<mets:fileSec ID="files">\n{use}'.encode())
        waiting.seek(0)
        shutil.copyfileobj(waiting, handle, _WAITING)
    handle.write(b"</mets:fileGrp>\n</mets:fileSec>\n")
    parts = [("Metadata", f'ADMID="{about}"', ""), (_DATA, "", _DATA)]
    handle.write(structure(name, parts).encode())
    handle.write(CLOSING)
