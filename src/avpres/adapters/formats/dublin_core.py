"""What a package is, in the fifteen elements of Dublin Core."""

from collections.abc import Iterator
from typing import BinaryIO

from avpres.adapters.formats.report_names import visible
from avpres.adapters.formats.xml_escape import escape
from avpres.adapters.formats.xml_text import stamp
from avpres.domain.oais import Package


def write_dublin_core(handle: BinaryIO, package: Package) -> None:
    """Write title, identifiers, publisher, date and rights of a package."""
    handle.write(
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
    )
    for name, text in _said(package):
        if text:
            handle.write(f"<dc:{name}>{escape(visible(text))}</dc:{name}>\n".encode())
    handle.write(b"</metadata>\n")


def _said(package: Package) -> Iterator[tuple[str, str]]:
    yield "title", package.label
    yield "identifier", f"urn:uuid:{package.id}"
    for _, value in sorted(package.identifiers.items()):
        yield "identifier", value
    yield "publisher", package.institution
    yield "date", stamp(package.created)
    yield "rights", package.rights
