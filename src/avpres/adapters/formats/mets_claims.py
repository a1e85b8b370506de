"""What a PREMIS object inside a METS says of its file: digests, size, format, the name it had."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from avpres.adapters.formats import values
from avpres.adapters.formats.xml_text import Element
from avpres.domain.fixity import Algorithm, Digest, pack, unpack

_PUID = re.compile(r"(?:x-)?fmt/\d{1,6}")


class Claims(NamedTuple):
    """What is said, as written but for the digests."""

    digests: tuple[Digest, ...] = ()
    size: str = ""
    format: str = ""
    original: str = ""

    def written(self) -> str:
        """Write the claims as one text, empty if nothing is said; XML holds no NUL."""
        if not any(self):
            return ""
        return "\0".join((pack(self.digests), self.size, self.format, self.original))


def read(text: str) -> Claims:
    """Read what `Claims.written` wrote."""
    if not text:
        return Claims()
    digests, size, format, original = text.split("\0")
    return Claims(unpack(digests), size, format, original)


def of_object(wrap: Element) -> Claims:
    """Read the PREMIS object, of any version, that a section holds.

    Of a thing packed in another nothing but the name is taken: its digests are of several states.
    A record of several objects says nothing, as it does not say which of them the file is.
    """
    found = next(wrap.iterdescendants("{*}object"), None)
    if found is None or len(list(islice(wrap.iterdescendants(str(found.tag)), 2))) > 1:
        return Claims()
    original = ""
    characteristics: list[Element] = []
    for child in found:
        name = _name(child.tag)
        if name == "objectCharacteristics":
            characteristics.append(child)
        elif name == "originalName":
            original = original or child.text or ""
    if len(characteristics) != 1:
        return Claims(original=original)
    return _characteristics(characteristics[0])._replace(original=original)


def _characteristics(element: Element) -> Claims:
    digests: list[Digest] = []
    size, format = "", ""
    for child in element:
        name = _name(child.tag)
        if name == "fixity":
            digests += _fixity(child)
        elif name == "size":
            size = size or (child.text or "").strip()
        elif name == "format":
            format = format or _format(child)
    return Claims(tuple(digests), size, format)


def _fixity(element: Element) -> Iterator[Digest]:
    said = {_name(child.tag): (child.text or "").strip() for child in element}
    algorithm = _algorithm(said.get("messageDigestAlgorithm", ""))
    digest = values.digest(said.get("messageDigest", ""), algorithm) if algorithm else None
    if digest is not None and digest.algorithm is algorithm:
        yield digest


def _format(element: Element) -> str:
    """Give the PRONOM identifier of a format, else its name: other registries have keys too."""
    said = {_name(part.tag): (part.text or "").strip() for child in element for part in child}
    key = said.get("formatRegistryKey", "")
    return key if _PUID.fullmatch(key) else said.get("formatName") or key


@lru_cache(maxsize=256)
def _name(tag: object) -> str:
    """Give a tag without its namespace; nothing for comments."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


@lru_cache(maxsize=64)
def _algorithm(label: str) -> Algorithm | None:
    return values.labelled(label)
