"""XML parts of packages, parsed without network, entities or great depth."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.zip_directory import Member
from avpres.adapters.validators.zip_member import unpacked

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST = 8 * 1024 * 1024  # bytes of one part


def parse_part(
    source: Source,
    members: Mapping[bytes, Member],
    name: bytes,
    prefix: str,
    exam: Examination,
) -> "_Element | None":
    """Give the root of a part that must be there; say `PREFIX-PART` or `PREFIX-XML` if not."""
    member = members.get(name)
    if member is None:
        text = f"{name.decode(errors='replace')} is missing, which a package of this kind must have"
        exam.invalid(f"{prefix}-PART", text)
        return None
    content = unpacked(source, member, LARGEST)
    if content is None:
        return None
    root, problem, _ = parsed(content)
    if root is None:
        text = f"{member.label} is not well-formed XML: {problem}"
        exam.invalid(f"{prefix}-XML", text, member.offset)
    return root


def parsed(content: bytes) -> "tuple[_Element | None, str, int]":
    """Parse a document; give its root, or what is wrong and in which line."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(content, parser), "", 0
    except etree.XMLSyntaxError as error:
        return None, str(error)[:200], error.lineno or 0
    except ValueError as error:
        return None, str(error)[:200], 0
