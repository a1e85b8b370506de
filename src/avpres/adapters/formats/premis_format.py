"""What a file's format is, as PREMIS 3.0 says it: by name, and by its PRONOM identifier."""

from functools import lru_cache

from avpres.adapters.formats import premis_parts as parts
from avpres.adapters.formats.uris import relative_uri
from avpres.domain.description import Description

PRONOM = "http://www.nationalarchives.gov.uk/PRONOM/"


def format_element(description: Description) -> str:
    """Write the format; one that is not known is called so, in a note that searches will find."""
    name = description.format or description.mime or "unknown"
    return _element(name, description.version if description.format else "", description.puid)


@lru_cache(1000)
def _element(name: str, version: str, puid: str) -> str:
    designation = parts.element("formatName", name)
    if version:
        designation += parts.element("formatVersion", version)
    content = parts.wrap("formatDesignation", designation)
    if puid:
        key = parts.element("formatRegistryName", "PRONOM")
        key += parts.element("formatRegistryKey", puid, PRONOM + relative_uri(puid))
        content += parts.wrap("formatRegistry", key)
    elif name == "unknown":
        content += parts.element("formatNote", "unknown format")
    else:
        content += parts.element("formatNote", "unknown PRONOM identifier")
    return parts.wrap("format", content)
