"""Descriptions as JHOVE's XML handler writes them, for programs that read JHOVE.

The schema is jhove.xsd 1.9 of the Open Preservation Foundation. Unlike JHOVE's, a document that is
broken off is well-formed still: what was begun is closed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import BinaryIO

from avpres import __version__
from avpres.adapters.formats import names, xml_text
from avpres.adapters.formats.xml_text import attribute, text
from avpres.domain.description import Description
from avpres.domain.fixity import Algorithm
from avpres.domain.validity import Message

Emit = Callable[[Description], Iterable[tuple[str, str]]]
"""Gives technical metadata of a file as XML: `mix`, `aes` or `textmd`, and the element."""

NAMESPACE = "http://schema.openpreservation.org/ois/xml/ns/jhove"
_SCHEMA = "https://schema.openpreservation.org/ois/xml/xsd/jhove/1.9/jhove.xsd"
BEGINNING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<jhove xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xmlns="{NAMESPACE}" xsi:schemaLocation="{NAMESPACE} {_SCHEMA}" name="avpres" '
).encode()
"""How documents of ours begin; JHOVE's own have another name in them."""

_EMBEDDED = {  # name and type of JHOVE's property
    "mix": ("NisoImageMetadata", "NISOImageMetadata"),
    "aes": ("AESAudioMetadata", "AESAudioMetadata"),
    "textmd": ("TextMDMetadata", "TextMDMetadata"),
}
_CHECKSUMS = {  # the only ones that the schema has a word for
    Algorithm.MD5: "MD5",
    Algorithm.SHA1: "SHA-1",
    Algorithm.SHA256: "SHA-256",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """What the document says of itself; `released` is of avpres, else the day of the run."""

    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    version: str = __version__
    released: date | None = None

    @property
    def day(self) -> str:
        """The date of release that the schema wants of every program."""
        return (self.released or self.made.date()).isoformat()


def write_jhove(
    handle: BinaryIO,
    descriptions: Iterable[Description],
    heading: Heading | None = None,
    *,
    emit: Emit | None = None,
) -> None:
    """Write one `repInfo` a file; nothing is held."""
    heading = heading or Heading()
    handle.write(head(heading))
    try:
        handle.writelines(rep_info(one, heading, emit=emit).encode() for one in descriptions)
    finally:
        handle.write(b"</jhove>\n")


def head(heading: Heading) -> bytes:
    """Write what stands before the first file."""
    return (
        BEGINNING
        + (
            f'release={attribute(heading.version)} date="{heading.day}">\n'
            f" <date>{xml_text.stamp(heading.made)}</date>\n"
        ).encode()
    )


def rep_info(description: Description, heading: Heading, *, emit: Emit | None = None) -> str:
    """Write what is known of one file, in the order of the schema."""
    return "".join(f" {line}\n" for line in _rep_info(description, heading, emit))


def _rep_info(d: Description, heading: Heading, emit: Emit | None) -> Iterator[str]:
    uri, encoded = _uri(whole_path(d))
    yield f"<repInfo uri={attribute(uri)}>"
    if encoded:
        yield f" <!-- {xml_text.ENCODED} -->"
    yield from _module(d, heading)
    yield f" <lastModified>{xml_text.date(d.mtime)}</lastModified>"
    yield f" <size>{d.size}</size>"
    yield from _plain("format", d.format)
    yield from _plain("version", d.version)
    yield f" <status>{d.status.value}</status>"
    if d.validator and d.basis in {"signature", "magic"}:
        yield f" <sigMatch>\n   <module>{text(_module_name(d))}</module>\n  </sigMatch>"
    yield from _grouped("messages", _messages(d))
    yield from _plain("mimeType", d.mime)
    yield from _grouped("profiles", _plain("profile", d.profile))
    yield from _grouped("properties", _properties(d, emit))
    yield from _grouped("checksums", _checksums(d))
    yield from _plain("note", "; ".join(_cut_off(d)))
    yield "</repInfo>"


def whole_path(description: Description) -> str:
    """Give the path of a file with the folder that was walked."""
    root = description.root
    return f"{root.rstrip('/')}/{description.path}" if root else description.path


def _uri(path: str) -> tuple[str, bool]:
    """Give a path as xs:anyURI takes it, which is as it is unless it holds what no URI may."""
    also = "%[]#" + (":" if ":" in path.split("/", 1)[0] else "")
    return names.xml_encode(path, also=also)


def _module(d: Description, heading: Heading) -> Iterator[str]:
    if d.validator:
        release = d.validator.rpartition(" ")[2]
        yield (
            f' <reportingModule release={attribute(release)} date="{heading.day}">'
            f"{text(_module_name(d))}</reportingModule>"
        )


def _module_name(d: Description) -> str:
    """Name a validator as JHOVE names modules, format and vendor: `GIF-avpres`."""
    return f"{d.format.replace(' ', '')}-{d.validator.partition(' ')[0]}"


def _plain(tag: str, value: str) -> Iterator[str]:
    if value:
        yield f" <{tag}>{text(value)}</{tag}>"


def _grouped(tag: str, lines: Iterable[str]) -> Iterator[str]:
    inner = [f" {line}" for line in lines]
    if inner:
        yield f" <{tag}>"
        yield from inner
        yield f" </{tag}>"


def _messages(d: Description) -> Iterator[str]:
    if d.error:
        yield f' <message id="AVPRES-UNREADABLE" severity="error">{text(d.error)}</message>'
    for message in d.messages:
        yield f" <message{_about(message)}>{text(message.text)}</message>"


def _about(message: Message) -> str:
    own = f" subMessage={attribute(message.id)}" if message.jhove else ""
    offset = "" if message.offset is None else f' offset="{max(message.offset, 0)}"'
    id = attribute(message.jhove or message.id)
    return f'{own}{offset} severity="{message.severity.value}" id={id}'


def _properties(d: Description, emit: Emit | None) -> Iterator[str]:
    if d.puid:
        yield from _property("PUID", "String", [f"<value>{text(d.puid)}</value>"])
    more = [x for x in d.digests if x.algorithm not in _CHECKSUMS]
    if more:
        values = [f'<value key="{x.algorithm.value}">{text(x.value)}</value>' for x in more]
        yield from _property("Checksums", "String", values, arity="Map")
    if d.completeness:
        said = {"profile": d.completeness.profile, "missing": ", ".join(d.completeness.missing)}
        values = [f'<value key="{key}">{text(value)}</value>' for key, value in said.items()]
        yield from _property("Completeness", "String", values, arity="Map")
    for kind, element in emit(d) if emit else ():
        name, type = _EMBEDDED.get(kind, (kind, "Object"))
        value = f"<value>{_without_declaration(element)}</value>"
        yield from _property(name, type, [value])


def _property(
    name: str, type: str, values: Iterable[str], *, arity: str = "Scalar"
) -> Iterator[str]:
    yield " <property>"
    yield f"  <name>{text(name)}</name>"
    yield f'  <values arity="{arity}" type="{type}">'
    yield from (f"   {value}" for value in values)
    yield "  </values>"
    yield " </property>"


def _without_declaration(element: str) -> str:
    return element.partition("?>")[2].strip() if element.startswith("<?xml") else element.strip()


def _checksums(d: Description) -> Iterator[str]:
    for digest in d.digests:
        word = _CHECKSUMS.get(digest.algorithm)
        if word:
            yield f' <checksum type="{word}">{text(digest.value)}</checksum>'


def _cut_off(d: Description) -> Iterator[str]:
    """Say how many messages there were of an id of which not all are kept."""
    for id, count in d.counts.items():
        kept = sum(1 for message in d.messages if message.id == id)
        if count > kept:
            yield f"{id}: {count:,} times, {kept:,} of them above"
