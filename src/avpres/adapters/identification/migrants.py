"""What a policy decides by, told from a file's headers: bounded reads, by content alone."""

import os
from dataclasses import dataclass
from typing import BinaryIO

from avpres.adapters.identification.decide import EMPTY, decide
from avpres.adapters.identification.magic import HEAD, by_magic
from avpres.adapters.images.probing import probe
from avpres.adapters.sounds.reading import is_sound, read_sound
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.text_encoding import bom_of, sniff
from avpres.domain.formats import Format
from avpres.domain.migration import Reason, Unmigratable
from avpres.domain.migration_class import (
    NOT_IDENTIFIED,
    TEXT,
    Migrant,
    OtherTraits,
    SoundTraits,
    TextTraits,
)
from avpres.domain.sounding import UncodableSound

_LONG = 65_536  # bytes of what has no mark at its beginning
_IMAGES = {Format.GIF, Format.JPEG, Format.PNG, Format.TIFF}
_PLAIN = {Format.ASCII, Format.UTF8, Format.TEXT}
_MARKUP = {Format.HTML, Format.XHTML, Format.XML}
_SOUNDS = {Format.WAVE, Format.AIFF}
_PNM = {bytes((0x50, each)) for each in b"1234567"}
_REASONS = {
    "EMPTY": Reason.EMPTY,
    "NO-SOUND": Reason.EMPTY,
    "HEADER": Reason.DAMAGED,
    "COMPRESSED": Reason.COMPRESSED,
    "FLAVOUR": Reason.NOT_REVERSIBLE,
}


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is; `problem` says why it cannot be migrated, whatever the policy says."""

    migrant: Migrant
    problem: Unmigratable | None = None


def look(file: BinaryIO, size: int) -> Look:
    """Tell what an open file is from its headers.

    Nothing about the file is raised: what is damaged or of no known form is a `problem`, and the
    format is then all that is told.

    Raises:
        OSError: it cannot be read.
    """
    if not size:
        return Look(OtherTraits(EMPTY), Unmigratable(Reason.EMPTY))
    head = _read(file, 0, HEAD)
    if is_sound(head):
        return _sound(file, size, head)
    found = by_magic(Source(file, "", head))
    if found is not None:
        return _image(file, size, found.value) if found in _IMAGES else Look(OtherTraits(found))
    return _unmarked(file, size, head)


def _image(file: BinaryIO, size: int, format: str) -> Look:
    try:
        return Look(probe(file, size))
    except Unmigratable as problem:
        return Look(OtherTraits(format), problem)


def _sound(file: BinaryIO, size: int, head: bytes) -> Look:
    try:
        return Look(SoundTraits.of(read_sound(file, size)))
    except UncodableSound as error:
        format = "AIFF" if head.startswith(b"FORM") else "WAVE"
        reason = _REASONS.get(error.code, Reason.UNKNOWN_FORMAT)
        return Look(OtherTraits(format), Unmigratable(reason, str(error)))


def _unmarked(file: BinaryIO, size: int, head: bytes) -> Look:
    """Tell formats without a mark of their own, which are texts and some images.

    The headers of such images hold zero bytes, except PNM's, which are text themselves.
    """
    head = head if len(head) == size else _read(file, 0, _LONG)
    charset = sniff(head, _read(file, size - HEAD, HEAD) if size > len(head) else None)
    could_be_image = 0 in head[:HEAD] or head[:2] in _PNM
    if charset and (bom_of(head) or not could_be_image):
        return _text(file, head, charset)
    looked = _image(file, size, NOT_IDENTIFIED)
    if looked.problem is None or not (charset or looked.problem.reason is Reason.UNKNOWN_FORMAT):
        return looked
    return _text(file, head, charset) if charset else Look(OtherTraits(NOT_IDENTIFIED))


def _text(file: BinaryIO, head: bytes, charset: str) -> Look:
    identity = decide(Source(file, "", head), b"", ())
    markup = identity.validator in _MARKUP
    return Look(TextTraits(identity.format if markup else TEXT, charset))


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(max(0, offset), os.SEEK_SET)
    return file.read(length)
