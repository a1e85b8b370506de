"""Tools' own records inside a PREMIS object, as Archivematica puts them there."""

from collections.abc import Iterator

from avpres.adapters.formats.xml_text import is_comment, local
from avpres.adapters.packages.tools import told_by
from avpres.domain.listing import TechnicalRecord

_NAME = b"objectCharacteristicsExtension"
_LARGEST = 8 << 20  # bytes of an object that is taken apart


def premis_extensions(premis: bytes) -> Iterator[TechnicalRecord]:
    """Yield each tool's record of an object that was itself taken out of a document.

    A record is called by its first element: `fits`, `jhove`, `MediaInfo`, `ffprobe`.
    """
    if _NAME not in premis or len(premis) > _LARGEST:
        return
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        found = etree.fromstring(premis, parser)
    except etree.XMLSyntaxError:
        return
    for extension in found.iter(f"{{*}}{_NAME.decode()}"):
        for record in extension:
            if not is_comment(record):
                content = etree.tostring(record, encoding="utf-8", with_tail=False)
                tool, version = told_by(content)
                yield TechnicalRecord(local(record), content, None, tool, version)
