"""The technical record of one file as a document: PREMIS, with MIX, audioMD and the like in it."""

from avpres.adapters.formats import premis_parts as parts
from avpres.adapters.formats.mets_techmd import records
from avpres.adapters.formats.premis_objects import file_object
from avpres.domain.oais import Package, PackagedFile

KIND = 'MDTYPE="PREMIS:OBJECT" MDTYPEVERSION="3.0"'
"""The attributes by which METS names such a record."""

_END = "</premis:objectCharacteristics>\n"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def file_record(package: Package, file: PackagedFile, identity: str) -> bytes:
    """Write all that is known of how a file is made (PREMIS 3.0, 1.5.7)."""
    head, end, tail = file_object(package, file, identity).partition(_END)
    extensions = [
        b"<premis:objectCharacteristicsExtension>\n"
        + record.removeprefix(_DECLARATION)
        + b"</premis:objectCharacteristicsExtension>\n"
        for _, record in records(file)
    ]
    content = b"".join((head.encode(), *extensions, end.encode(), tail.encode()))
    return parts.OPENING + content + parts.CLOSING
