"""ZIP and ZIP64, and the office packages that are ZIP files: OOXML, ODF, JAR.

Directory, local headers and their places are compared with each other, and the content of members
with its CRC, up to `BUDGET` bytes of it; `decode_all` compares everything.
"""

from contextlib import suppress

from avpres.adapters.validators.examination import Examination, HaltError
from avpres.adapters.validators.source import CutError, Source
from avpres.adapters.validators.xml_parts import parse_part
from avpres.adapters.validators.zip_kinds import (
    CONTENT_TYPES,
    EPUB_MIME,
    Kind,
    kind_of,
    ooxml_type,
    type_of_mimetype,
)
from avpres.adapters.validators.zip_member import DATA_IDS, unpacked
from avpres.adapters.validators.zip_survey import BUDGET, Survey, survey

__all__ = ["Kind", "decode_all", "kind_of", "validate"]

_EVERYTHING = 1 << 63
_PART = 1024 * 1024  # bytes; the parts that say what a package is are far smaller


def validate(source: Source, exam: Examination) -> None:
    """Check the archive, and its members as far as the budget goes."""
    exam.mime = "application/zip"
    found = survey(source, exam, BUDGET)
    exam.version = "ZIP64" if found.directory.is_zip64 else ""
    members = found.members
    if CONTENT_TYPES in members:
        _check_ooxml(source, found, exam)
    elif b"mimetype" in members:
        _check_mimetype(source, found, exam)
    elif b"META-INF/MANIFEST.MF" in members:
        exam.profile, exam.mime = "JAR", "application/java-archive"


def decode_all(source: Source, exam: Examination) -> None:
    """Compare the CRC of every member, where the examination so far left some out."""
    if not exam.counts["ZIP-CRC-NOT-CHECKED"]:
        return
    deep = Examination()
    with suppress(HaltError, CutError):
        survey(source, deep, _EVERYTHING)
    for message in deep.messages:
        if message.id in DATA_IDS and message not in exam.messages:
            exam.broken(f"DEEP-{message.id}", message.text, message.offset)


def _check_ooxml(source: Source, found: Survey, exam: Examination) -> None:
    types = unpacked(source, found.members[CONTENT_TYPES], _PART) or b""
    exam.mime, name = ooxml_type(types)
    exam.profile = f"OOXML {name}".strip()
    for part in (CONTENT_TYPES, b"_rels/.rels"):
        parse_part(source, found.members, part, "ZIP-OOXML", exam)


def _check_mimetype(source: Source, found: Survey, exam: Examination) -> None:
    said = type_of_mimetype(source, found.members[b"mimetype"])
    if said == EPUB_MIME.decode():
        exam.profile, exam.mime = "EPUB", said
    elif said.startswith("application/vnd.oasis.opendocument."):
        exam.profile, exam.mime = f"ODF {said.rpartition('.')[2]}", said
        for part in (b"META-INF/manifest.xml", b"content.xml"):
            parse_part(source, found.members, part, "ZIP-ODF", exam)
