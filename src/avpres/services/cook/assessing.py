"""What a reel holds, and whether it can be cooked: every header is read before any encoding."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE
from typing import BinaryIO

from avpres.adapters.cooking.journal import Journal, Sequence
from avpres.adapters.scans.reading import read_scan
from avpres.adapters.sounds.reading import read_sound
from avpres.adapters.storage.walk import Entry, Kind, walk
from avpres.config.cook import CookOptions
from avpres.domain.reel import Gaps, Misfits, Role, numbered
from avpres.domain.report import Finding
from avpres.domain.scan import UncodableScan
from avpres.domain.sounding import UncodableSound
from avpres.services.cook import findings
from avpres.services.cook.stage import Reel

SCANS = frozenset({b".dpx", b".cin", b".tif", b".tiff", b".exr"})
SOUNDS = frozenset({b".wav", b".bwf", b".rf64", b".w64", b".aif", b".aiff", b".aifc"})
_SCAN_MAGIC = (b"SDPX", b"XPDS", b"\x80\x2a\x5f\xd7", b"\xd7\x5f\x2a\x80", b"v/1\x01")
_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_SOUND_MAGIC = (b"RIFF", b"RF64", b"BW64", b"riff", b"FORM")
_BROKEN = frozenset({"EMPTY", "UNKNOWN", "HEADER", "GEOMETRY", "OVERLAP", "TRUNCATED"})
LARGE = 256 * 1024 * 1024  # bytes; FFmpeg's reader takes no attachment beyond it
_ALONE = 3  # frames that stand alone before their names are looked at again
_MOST = 10  # gaps and changes that are named of one sequence

Tell = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class _Look:
    """How a file is to be kept; `code` and `words` say why it cannot be coded, if so."""

    role: Role
    traits: str = ""
    code: str = ""
    words: str = ""


def assess(reel: Reel, journal: Journal, options: CookOptions, tell: Tell) -> None:
    """List a reel into the journal, and tell of all that stands against cooking it.

    Findings that are errors mean that it must not be cooked. Memory holds one folder's listing.

    Raises:
        OSError: the reel itself cannot be listed.
    """

    def unreadable(name: bytes, error: OSError) -> None:
        tell(findings.unreadable(reel.shown_at(name), error.strerror))

    for entry in walk(Path(reel.shown), on_error=unreadable):
        if entry.kind == Kind.FOLDER:
            journal.list_file(entry.name, _signature(entry), S_IMODE(entry.mode), Role.FOLDER)
        elif entry.kind == Kind.FILE:
            _take(reel, entry, journal, options, tell)
        else:
            text = "is a link or a device, and a film cannot hold it; take it out of the reel"
            tell(findings.refused("COK-LINK", reel.shown_at(entry.name), text))
    frames, _ = journal.count(Role.FRAME)
    if not frames:
        text = "there are no frames here that can be coded; name the folder of a reel"
        tell(findings.refused("COK-NOTHING", reel.shown, text))
    _settle_numbers(journal, frames)
    for sequence in journal.sequences():
        for found in _judge(reel, journal, sequence, options):
            tell(found)


def missing_frames(sequence: Sequence) -> int:
    """Count the numbers between first and last that no frame bears."""
    if sequence.first is None or sequence.last is None:
        return 0
    return sequence.last - sequence.first + 1 - sequence.distinct


def _take(reel: Reel, entry: Entry, journal: Journal, options: CookOptions, tell: Tell) -> None:
    try:
        look = _look(reel, entry)
    except OSError as error:
        tell(findings.unreadable(reel.shown_at(entry.name), error.strerror))
        return
    if look.code:
        tell(_misfit(reel, entry, look, options))
    if look.role in {Role.ATTACHED, Role.OPAQUE} and entry.size > LARGE:
        text = "is attached, and is larger than players built on FFmpeg take; uncook restores it"
        tell(findings.warning("COK-LARGE", reel.shown_at(entry.name), text))
    name = numbered(entry.name) if look.role in {Role.FRAME, Role.OPAQUE} else None
    journal.list_file(
        entry.name,
        _signature(entry),
        S_IMODE(entry.mode),
        look.role,
        name=name,
        traits=look.traits,
    )


def _look(reel: Reel, entry: Entry) -> _Look:
    """Find out by its first bytes, and by its name, what a file is."""
    ending = os.path.splitext(entry.name)[1].lower()
    if not entry.size and ending not in SCANS:
        return _Look(Role.EMPTY)
    with open(reel.at(entry.name), "rb") as handle:
        magic = handle.read(4)
        handle.seek(0)
        if ending in SCANS or magic in _SCAN_MAGIC or magic in _TIFF_MAGIC:
            return _scan(handle, entry, is_named=ending in SCANS)
        if ending in SOUNDS or magic in _SOUND_MAGIC:
            return _sound(handle, entry, is_named=ending in SOUNDS)
    return _Look(Role.ATTACHED)


def _scan(handle: BinaryIO, entry: Entry, *, is_named: bool) -> _Look:
    try:
        scan = read_scan(handle, entry.size)
    except UncodableScan as error:
        if is_named:
            return _Look(Role.OPAQUE, "", error.code, error.sentence)
        return _Look(Role.ATTACHED)
    return _Look(Role.FRAME, "; ".join(f"{name} {value}" for name, value in scan.traits))


def _sound(handle: BinaryIO, entry: Entry, *, is_named: bool) -> _Look:
    try:
        read_sound(handle, entry.size)
    except UncodableSound as error:
        if is_named:
            return _Look(Role.OPAQUE, "", error.code, error.sentence)
        return _Look(Role.ATTACHED)
    return _Look(Role.SOUND)


def _misfit(reel: Reel, entry: Entry, look: _Look, options: CookOptions) -> Finding:
    path = reel.shown_at(entry.name)
    ending = os.path.splitext(entry.name)[1].lower()
    is_bad = look.code in _BROKEN and ending in SCANS
    wish, flag = (
        (options.bad_frames, "--bad-frames") if is_bad else (options.uncodable, "--uncodable")
    )
    code = "COK-BAD" if is_bad else "COK-UNCODABLE"
    if wish is Misfits.ATTACH:
        return findings.warning(code, path, f"{look.words}; it is attached as it is, byte by byte")
    advice = "find a better copy" if is_bad else "store it uncompressed"
    text = f"{look.words}; {advice}, or say {flag} attach to keep it whole beside the frames"
    return findings.refused(code, path, text)


def _settle_numbers(journal: Journal, frames: int) -> None:
    """Take an earlier group of digits for the number where the last one is the same in all names.

    In `scan_0001_2k.dpx` the last digits number nothing: each frame would be alone.
    """
    found = sum(1 for _ in journal.sequences())
    if found < _ALONE or 2 * found <= frames:
        return
    counts = {0: found}
    for skip in (1, 2):
        names = (numbered(file.path, skip) for file in journal.of(Role.FRAME))
        counts[skip] = len({hash((name.lead, name.tail)) for name in names})
    best = min(counts, key=lambda skip: (counts[skip], skip))
    if best:
        journal.renumber(lambda path: numbered(path, best))


def _judge(
    reel: Reel, journal: Journal, sequence: Sequence, options: CookOptions
) -> Iterator[Finding]:
    for number, one, other in journal.doubles(sequence, _MOST):
        text = f"has the number {number}, and so has {os.fsdecode(os.path.basename(one))}"
        yield findings.refused("COK-DOUBLE", reel.shown_at(other), f"{text}; keep one of them")
    for path, before, now in journal.changes(sequence, _MOST):
        text = f"is not like the frames before it: {_difference(before, now)}"
        advice = "put frames that differ into a folder of their own"
        yield findings.refused("COK-CHANGED", reel.shown_at(path), f"{text}; {advice}")
    if not missing_frames(sequence):
        return
    shown = reel.shown_at(sequence.lead + b"*" + sequence.tail)
    for begin, end in journal.gaps(sequence, _MOST):
        what = f"frame {begin} is" if begin == end else f"frames {begin} to {end} are"
        yield _gap(shown, f"{what} missing", options)


def _gap(path: str, what: str, options: CookOptions) -> Finding:
    if options.gaps is Gaps.REFUSE:
        text = f"{what}; find them, or say --gaps hold to keep their time, or --gaps close"
        return findings.refused("COK-GAP", path, text)
    how = "their time is kept" if options.gaps is Gaps.HOLD else "the frames are closed up"
    return findings.warning("COK-GAP", path, f"{what}; {how}, as it was asked")


def _difference(before: str, now: str) -> str:
    old, new = before.split("; "), now.split("; ")
    words = [f"{b} before, {a} here" for a, b in zip(new, old, strict=False) if a != b]
    return ", ".join(words) or f"{before} before, {now} here"


def _signature(entry: Entry) -> tuple[int, int, int, int]:
    return (entry.size, entry.mtime_ns, entry.ctime_ns, entry.inode)
