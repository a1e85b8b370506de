"""What one file of a reel is: its first bytes and its name tell."""

import os
from typing import BinaryIO, NamedTuple

from avpres.adapters.clips.avi import read_clip
from avpres.adapters.clips.avi_header import FIRST as FIRST_OF_CLIP
from avpres.adapters.clips.chunks import is_avi
from avpres.adapters.cooking.surveyed import Claims, Form, Heard
from avpres.adapters.scans import claims
from avpres.adapters.scans.reading import is_scan, read_scan
from avpres.adapters.sounds.reading import FIRST, is_sound, read_sound
from avpres.adapters.storage.walk import Entry, Kind
from avpres.domain.clip import Clip
from avpres.domain.reel import Role
from avpres.domain.scan import Scan, UncodableScan
from avpres.domain.sounding import UncodableSound
from avpres.services.cook.stage import Reel

SCANS = frozenset({b".dpx", b".cin", b".tif", b".tiff", b".exr"})
SOUNDS = frozenset({b".wav", b".bwf", b".rf64", b".w64", b".aif", b".aiff", b".aifc"})


KEPT = "KEPT"  # the code of a file of many frames that cannot be cut into them


class Look(NamedTuple):
    """How a file is to be kept; `code` and `words` say why it cannot be coded, if so."""

    role: Role
    form: Form | None = None
    claims: Claims = Claims()
    sound: Heard | None = None
    code: str = ""
    words: str = ""
    clip: Clip | None = None
    why: str = ""  # RAWcooked does not restore it, if it is attached

    @property
    def flavour(self) -> str:
        """Name the form, if it has one."""
        return self.form.flavour if self.form else self.sound.flavour if self.sound else ""


def look(reel: Reel, entry: Entry) -> Look:
    """Find out by its first bytes, and by its name, what a file is.

    Raises:
        OSError: it cannot be read.
    """
    if entry.kind == Kind.FOLDER:
        return Look(Role.FOLDER)
    ending = os.path.splitext(entry.name)[1].lower()
    if not entry.size and ending not in SCANS:
        return Look(Role.EMPTY)
    with open(reel.at(entry.name), "rb", buffering=0) as handle:
        head = handle.read(_HEAD)
        if ending in SCANS or is_scan(head):
            return _scan(handle, head, entry, is_named=ending in SCANS)
        if ending in SOUNDS or is_sound(head[:FIRST]):
            return _sound(handle, entry, is_named=ending in SOUNDS)
        if is_avi(head[:FIRST_OF_CLIP]):
            return _clip(handle, entry)
    return Look(Role.ATTACHED, why=_TAKEN if head.startswith(_ITS_OWN) else "")


_ITS_OWN = (b"\x1a\x45\xdf\xa3", b"\x20\x72\x62", b"\x20\x72\x74")
_TAKEN = "RAWcooked takes an attachment that begins like this one for its own data"


_HEAD = 4096  # bytes; the whole header of most scans


def _scan(handle: BinaryIO, head: bytes, entry: Entry, *, is_named: bool) -> Look:
    try:
        scan = read_scan(_Begun(handle, head), entry.size)  # type: ignore[arg-type]
    except UncodableScan as error:
        if is_named:
            return Look(Role.OPAQUE, code=error.code, words=error.sentence)
        return Look(Role.ATTACHED)
    behind, position = claims.behind(scan), scan.number
    said = Claims(scan.claimed_size, behind, position, scan.timecode)
    return Look(Role.FRAME, form_of(scan, head), said)


def _clip(handle: BinaryIO, entry: Entry) -> Look:
    """Look whether a file of many frames can be cut into them; if not, it is attached."""
    try:
        clip = read_clip(handle, entry.size)
    except UncodableScan as error:
        return Look(Role.ATTACHED, code=KEPT, words=error.sentence)
    return Look(Role.CLIP, form_of(clip.scan, b""), clip=clip)


class _Begun:
    """A file whose first bytes are read already."""

    def __init__(self, handle: BinaryIO, head: bytes) -> None:
        self._handle, self._head = handle, head
        self._at = 0

    def seek(self, offset: int) -> int:
        self._at = offset
        return offset

    def read(self, size: int) -> bytes:
        end = self._at + size
        if end <= len(self._head):
            return self._head[self._at : end]
        self._handle.seek(self._at)
        data = self._handle.read(size)
        while data and len(data) < size:
            more = self._handle.read(size - len(data))
            if not more:
                break
            data += more
        return data


def form_of(scan: Scan, head: bytes) -> Form:
    """Gather what the frames of a sequence have in common."""
    rates = claims.rates(head, scan)
    return Form(
        traits="; ".join(f"{name} {value}" for name, value in scan.traits),
        flavour=scan.flavour,
        rate=str(scan.rate or ""),
        film=str(rates.film or ""),
        television=str(rates.television or ""),
        why=scan.why_not_rawcooked,
        since=scan.rawcooked_since,
    )


def _sound(handle: BinaryIO, entry: Entry, *, is_named: bool) -> Look:
    handle.seek(0)
    try:
        sound = read_sound(handle, entry.size)
    except UncodableSound as error:
        if is_named:
            return Look(Role.OPAQUE, code=error.code, words=error.sentence)
        return Look(Role.ATTACHED)
    return Look(Role.SOUND, sound=Heard.of(entry.name, sound))
