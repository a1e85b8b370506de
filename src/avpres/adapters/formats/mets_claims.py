"""What a PREMIS object inside a METS says of its file: digests, size, format, the name it had."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from avpres.adapters.formats import values
from avpres.adapters.formats.xml_text import Element, local
from avpres.domain.fixity import Algorithm, Digest, pack, unpack


class Claims(NamedTuple):
    """What is said, as written but for the digests."""

    digests: tuple[Digest, ...] = ()
    size: str = ""
    format: str = ""
    original: str = ""

    def written(self) -> str:
        """Write the claims as one text, empty if nothing is said."""
        if not any(self):
            return ""
        return json.dumps([pack(self.digests), self.size, self.format, self.original])


def read(text: str) -> Claims:
    """Read what `Claims.written` wrote."""
    if not text:
        return Claims()
    digests, size, format, original = json.loads(text)
    return Claims(unpack(digests), size, format, original)


def of_object(wrap: Element) -> Claims:
    """Read the PREMIS object, of any version, that a section holds.

    Of a thing packed in another nothing but the name is taken: its digests are of several states.
    """
    found = next((child for child in wrap.iterdescendants("{*}object")), None)
    if found is None:
        return Claims()
    characteristics = list(found.iterchildren("{*}objectCharacteristics"))
    original = _text(found, "originalName")
    if len(characteristics) != 1:
        return Claims(original=original)
    (one,) = characteristics
    size = _text(one, "size").strip()
    return Claims(tuple(_fixity(one)), size, _format(one), original)


def _fixity(characteristics: Element) -> Iterator[Digest]:
    for fixity in characteristics.iterchildren("{*}fixity"):
        said = {local(child): (child.text or "").strip() for child in fixity}
        algorithm = _algorithm(said.get("messageDigestAlgorithm", ""))
        digest = values.digest(said.get("messageDigest", ""), algorithm) if algorithm else None
        if digest is not None and digest.algorithm is algorithm:
            yield digest


def _format(characteristics: Element) -> str:
    """Give the PRONOM identifier of the format, else its name."""
    formats = list(characteristics.iterchildren("{*}format"))
    keys = (_text(one, "formatRegistry", "formatRegistryKey").strip() for one in formats)
    names = (_text(one, "formatDesignation", "formatName").strip() for one in formats)
    return next(filter(None, (*keys, *names)), "")


def _text(element: Element, *path: str) -> str:
    for name in path:
        child = next(element.iterchildren(f"{{*}}{name}"), None)
        if child is None:
            return ""
        element = child
    return element.text or ""


@lru_cache(maxsize=64)
def _algorithm(label: str) -> Algorithm | None:
    return values.labelled(label)
