"""The chunks of WAVE that hold XML: iXML, axml, XMP, and the links of Broadcast Wave."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from avpres.adapters.validators.riff import Chunk
from avpres.adapters.validators.wave_model import Wave

if TYPE_CHECKING:
    from lxml.etree import XMLParser

MOST_XML = 16 * 1024 * 1024  # bytes of iXML, axml or XMP that are parsed
MOST_NAMES = 1000  # of linked files that are kept
XML = {b"iXML": "ixml", b"axml": "axml", b"_PMX": "xmp", b"aXML": "axml"}


def _xml(wave: Wave, chunk: Chunk) -> None:
    from lxml import etree

    name = XML[chunk.id]
    content = wave.content(chunk, MOST_XML + 1).strip(b"\0 \r\n\t")
    if not content or len(content) > MOST_XML or not chunk.is_whole:
        return
    try:
        root = etree.fromstring(content, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        wave.exam.warn(
            "WAVE-XML", f"the {chunk.name} chunk is not well-formed XML: {error}", chunk.start
        )
        return
    if name == "ixml":
        found = {str(part.tag): (part.text or "").strip() for part in root if not len(part)}
        wave.properties[name] = {key: text for key, text in found.items() if text}
    else:
        wave.properties[name] = etree.QName(root).localname


def _link(wave: Wave, chunk: Chunk) -> None:
    """Read which files go on with this one (EBU Tech 3285, supplement 4)."""
    from lxml import etree

    content = wave.content(chunk, MOST_XML + 1)
    if len(content) > MOST_XML or not chunk.is_whole:
        return
    try:
        root = etree.fromstring(content, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        text = f"the link chunk is not well-formed XML: {error}"
        wave.exam.invalid("WAVE-LINK", text, chunk.start, jhove="WAVE-HUL-13")
        return
    names = [(part.text or "").strip() for part in root.iter("FILENAME")]
    wave.properties["linked_files"] = names[:MOST_NAMES]


def _parser() -> "XMLParser":
    from lxml import etree

    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


READERS: dict[bytes, Callable[[Wave, Chunk], None]] = {
    **dict.fromkeys(XML, _xml),
    b"link": _link,
}
