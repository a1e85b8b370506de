"""Descriptions as JHOVE's Audit handler writes them: path, MIME type and status of each file.

JHOVE closes with a summary whose folders' names can hold `--`, which makes its comment, and so
the document, not well-formed. Here no comment holds it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from avpres.adapters.formats import xml_text
from avpres.adapters.formats.jhove_xml import Heading, head, whole_path
from avpres.adapters.formats.xml_text import attribute
from avpres.domain.description import Description
from avpres.domain.fixity import Algorithm
from avpres.domain.validity import Status

KINDS = 2000
"""MIME types counted one by one in the summary; any beyond are one."""


def write_audit(
    handle: BinaryIO, descriptions: Iterable[Description], home: str, heading: Heading | None = None
) -> None:
    """Write one `file` a file, then how many there were of each MIME type."""
    handle.write(head(heading or Heading()))
    handle.write(f" <audit home={attribute(home)}>\n".encode())
    summary = _Summary()
    try:
        for description in descriptions:
            handle.write(f"  {file_element(description, home)}\n".encode())
            summary.add(description)
    finally:
        handle.write(b" </audit>\n</jhove>\n")
    handle.writelines(f"{line}\n".encode() for line in summary.lines())


def file_element(description: Description, home: str) -> str:
    """Write the element of one file; its path is relative to `home` where it lies below."""
    path = whole_path(description).removeprefix(home.rstrip("/") + "/")
    written, comment = xml_text.path_text(path)
    md5 = next((d.value for d in description.digests if d.algorithm is Algorithm.MD5), "")
    attributes = {"mime": description.mime, "status": _status(description), "md5": md5}
    said = "".join(f" {key}={attribute(value)}" for key, value in attributes.items() if value)
    return f"<file{said}>{written}{comment}</file>"


def _status(description: Description) -> str:
    return "not found" if description.error else description.status.audit


class _Summary:
    """Counts of files, of valid and of other ones, by MIME type."""

    def __init__(self) -> None:
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])

    def add(self, description: Description) -> None:
        mime = description.mime or "unknown"
        if mime not in self._counts and len(self._counts) >= KINDS:
            mime = "other"
        self._counts[mime][description.status is not Status.VALID] += 1

    def lines(self) -> Iterator[str]:
        yield "<!-- Summary by MIME type (valid, not valid or not known to be):"
        for mime, (valid, other) in sorted(self._counts.items()):
            name = (
                xml_text.text(mime).replace("-", "&#45;") if "--" in mime else xml_text.text(mime)
            )
            yield f"{name}: {valid + other} ({valid},{other})"
        valid, other = (sum(count[i] for count in self._counts.values()) for i in (0, 1))
        yield f"Total: {valid + other} ({valid},{other})"
        yield "-->"
