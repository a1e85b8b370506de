"""What technical records of other archives say of a file, in words that can be compared.

MIX of any version, AES-X098B and AES57, audioMD, videoMD, textMD, MediaInfo's and JHOVE's XML: all
are read by the local names of their elements, so that no version or namespace is a stranger.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LARGEST = 4 * 1024 * 1024
"""Bytes of a record that is read; JHOVE's of a film may be longer, and is then kept unread."""

_LONGEST = 200  # characters of a value
_ELEMENTS: dict[str, str] = {
    "imagewidth": "width",
    "imagelength": "height",
    "imageheight": "height",
    "pixelshorizontal": "width",
    "pixelsvertical": "height",
    "bitspersample": "bits per sample",
    "bitspersamplevalue": "bits per sample",
    "bitdepth": "bits per sample",
    "samplesperpixel": "samples per pixel",
    "samplerate": "sample rate",
    "samplingfrequency": "sample rate",
    "samplingrate": "sample rate",
    "numchannels": "channels",
    "channelcount": "channels",
    "charset": "charset",
    "linebreak": "line break",
    "mimetype": "MIME type",
    "formatname": "format",
    "byteorder": "byte order",
    "byte_order": "byte order",
    "compressionscheme": "compression",
    "colorspace": "colour space",
}
_OF_JHOVE = {"format": "format", "status": "status"}
_OF_MEDIAINFO = {"width": "width", "height": "height", "channels": "channels"}
_LISTS = frozenset({"bits per sample"})  # one element a sample


@dataclass(frozen=True, slots=True)
class Technical:
    """What a record says, by property, and who made it."""

    properties: dict[str, str] = field(default_factory=dict)
    tool: str = ""
    version: str = ""


def read(record: bytes) -> Technical:
    """Read what can be compared; nothing of a record that is too large or no XML."""
    if not record or len(record) > LARGEST:
        return Technical()
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(record, parser)
    except (etree.XMLSyntaxError, ValueError):
        return Technical()
    found: dict[str, str] = {}
    for name, value in _said(root):
        if name not in found:
            found[name] = value
        elif name in _LISTS:
            found[name] = f"{found[name]},{value}"[:_LONGEST]
    return Technical(found, *_maker(root))


def _said(root: object) -> Iterator[tuple[str, str]]:
    from lxml import etree

    kind = ""
    for element in root.iter() if isinstance(root, etree._Element) else ():  # noqa: SLF001 - the only name that lxml gives its type
        if not isinstance(element.tag, str):
            continue
        local = element.tag.rpartition("}")[2].lower()
        kind = local if local in {"repinfo", "track"} else kind
        own = {"repinfo": _OF_JHOVE, "track": _OF_MEDIAINFO}.get(kind, {})
        name = _ELEMENTS.get(local) or own.get(local)
        text = " ".join((element.text or "").split())[:_LONGEST]
        if name and text:
            yield name, re.sub(r"\s*,\s*|\s+(?=\d+(?:\s|$))", ",", text) if name in _LISTS else text


def _maker(root: object) -> tuple[str, str]:
    """Name JHOVE, which writes its name and release into its output."""
    from lxml import etree

    if isinstance(root, etree._Element) and str(root.tag).rpartition("}")[2] == "jhove":  # noqa: SLF001 - as above
        return "JHOVE", str(root.get("release") or "")
    return "", ""
