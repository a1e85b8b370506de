"""What a reel holds, and whether it can be cooked: every header is read before any encoding."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from stat import S_IMODE
from typing import NamedTuple

from avpres.adapters.cooking.journal import Journal, Sequence
from avpres.adapters.cooking.survey import Survey
from avpres.adapters.cooking.surveyed import File
from avpres.adapters.storage.walk import Entry, Kind, walk
from avpres.config.cook import CookOptions
from avpres.domain.reel import Misfits, Role, numbered
from avpres.domain.report import Finding
from avpres.services.context import Progress
from avpres.services.cook import findings
from avpres.services.cook.assessing import clips, folders, frames, manifests, rates, state
from avpres.services.cook.assessing.capping import Capped
from avpres.services.cook.assessing.looking import KEPT, SCANS, Look, look
from avpres.services.cook.assessing.policies import policies
from avpres.services.cook.assessing.restoring import by_content, why_not_named
from avpres.services.cook.stage import Reel
from avpres.services.reversible.ordered import in_order

__all__ = ["RAWCOOKED", "Telling", "assess", "examine", "missing_frames"]

Tell = Callable[[Finding], None]


class Telling(NamedTuple):
    """Where findings go, and who is told how far the reading is."""

    tell: Tell
    progress: Progress | None = None


RAWCOOKED = "rawcooked"
"""What the journal calls why RAWcooked does not restore the film, since when, and which name."""

_BROKEN = frozenset({"EMPTY", "UNKNOWN", "HEADER", "GEOMETRY", "OVERLAP", "TRUNCATED"})
_ALONE = 3  # frames that stand alone before their names are looked at again
_READERS = 4  # threads; a cold disk or a server answers several questions at once
_BATCH = 32  # headers that a thread reads before it hands them on


def assess(
    reel: Reel,
    journal: Journal,
    options: CookOptions,
    tell: Tell,
    progress: Progress | None = None,
) -> None:
    """List a reel into the journal, and tell of all that stands against cooking it.

    Findings that are errors mean that it must not be cooked. Memory holds one folder's listing.

    Raises:
        OSError: the reel itself cannot be listed.
    """
    survey = Survey()
    try:
        examine(reel, survey, options, Telling(tell, progress), journal)
        journal.say(RAWCOOKED, [*by_content(survey), why_not_named(reel, survey)])
    finally:
        survey.close()


def examine(
    reel: Reel,
    survey: Survey,
    options: CookOptions,
    telling: Telling,
    journal: Journal | None = None,
) -> int:
    """Read every header into a survey, and tell of all that stands against cooking the reel.

    Returns:
        How many of its files are listed in manifests.

    Raises:
        OSError: the reel itself cannot be listed.
    """
    capped = Capped(reel, options, telling.tell)
    for count in _list(reel, survey, journal, options, capped):
        if telling.progress is not None:
            telling.progress.advance(files=count)
    survey.complete()
    count = survey.count(Role.FRAME)[0] + survey.count(Role.PIECE)[0]
    if not count:
        capped(findings.refused("COK-NOTHING", reel.shown, _nothing(survey)))
    _settle_numbers(survey, journal, count)
    for found in _judged(reel, survey, options):
        capped(found)
    listed = manifests.check_presence(reel, survey, options, capped)
    for found in state.changed(reel, survey):
        capped(found)
    capped.conclude()
    return listed


def _nothing(survey: Survey) -> str:
    """Say why a folder is no reel: it holds other things, or pictures that cannot be coded."""
    pictures = survey.count(Role.OPAQUE)[0]
    if not pictures:
        return "there are no frames here that can be coded; name the folder of a reel"
    text = f"none of its {pictures:,} pictures and sounds can be coded, for the reasons given"
    return f"{text}; `avpres package` keeps such a folder as it is"


def missing_frames(sequence: Sequence) -> int:
    """Count the numbers between first and last that no frame bears."""
    if sequence.first is None or sequence.last is None:
        return 0
    return sequence.last - sequence.first + 1 - sequence.distinct


def _list(
    reel: Reel, survey: Survey, journal: Journal | None, options: CookOptions, tell: Tell
) -> Iterator[int]:
    """Take all files in; yield how many were, from time to time."""

    def unreadable(name: bytes, error: OSError) -> None:
        tell(findings.unreadable(reel.shown_at(name), error.strerror))

    def read(entries: list[Entry]) -> list[tuple[Entry, Look | OSError]]:
        return [(entry, _look(reel, entry)) for entry in entries]

    batches = _batched(walk(Path(reel.shown), on_error=unreadable))
    for batch in in_order(batches, read, workers=_READERS):
        for entry, found in batch:
            if isinstance(found, OSError):
                unreadable(entry.name, found)
            elif entry.kind in {Kind.FILE, Kind.FOLDER}:
                if found.code:
                    tell(_misfit(reel, entry, found, options))
                _keep(survey, journal, entry, found)
                if found.clip is not None:
                    clips.keep(reel, survey, journal, entry, found, tell)
            else:
                tell(_link(reel, entry))
        yield len(batch)


def _batched(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    source = iter(entries)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _look(reel: Reel, entry: Entry) -> Look | OSError:
    if entry.kind not in {Kind.FILE, Kind.FOLDER}:
        return Look(Role.ATTACHED)
    try:
        return look(reel, entry)
    except OSError as error:
        return error


def _link(reel: Reel, entry: Entry) -> Finding:
    path, what = reel.shown_at(entry.name), "is a device, a pipe or a socket"
    if entry.kind == Kind.LINK:
        what = f"is a link to {os.fsdecode(os.readlink(reel.at(entry.name)))}"
    text = f"{what}, and a film cannot hold it; take it out of the reel"
    return findings.refused("COK-LINK", path, text)


def _keep(survey: Survey, journal: Journal | None, entry: Entry, found: Look) -> None:
    signature = (entry.size, entry.mtime_ns, entry.ctime_ns, entry.inode)
    is_picture = found.role is Role.FRAME or (found.role is Role.OPAQUE and _is_scan(entry))
    name = numbered(entry.name) if is_picture else None
    file = File(entry.name, *signature, found.role, found.flavour, found.words)
    form = None if found.clip else found.form  # that of its pieces
    survey.add(file, name, form, found.claims)
    if found.sound is not None:
        survey.add_sound(found.sound)
    if found.why:
        survey.add_misread(entry.name, found.why)
    if journal is not None:
        traits = found.form.traits if found.form else ""
        mode = S_IMODE(entry.mode)
        journal.list_file(entry.name, signature, mode, found.role, name=name, traits=traits)


def _is_scan(entry: Entry) -> bool:
    return os.path.splitext(entry.name)[1].lower() in SCANS


def _misfit(reel: Reel, entry: Entry, found: Look, options: CookOptions) -> Finding:
    path = reel.shown_at(entry.name)
    if found.code == KEPT:
        return Finding.info("COK-CLIP", path, f"{found.words}; it is attached as it is")
    is_bad = found.code in _BROKEN and _is_scan(entry)
    wish, flag = (
        (options.bad_frames, "--bad-frames") if is_bad else (options.uncodable, "--uncodable")
    )
    code = "COK-BAD" if is_bad else "COK-UNCODABLE"
    if wish is Misfits.ATTACH:
        return Finding.warning(code, path, f"{found.words}; attached as it is, byte by byte")
    advice = "find a better copy, or " if is_bad else ""
    advice = "store it uncompressed, or " if found.code == "COMPRESSED" else advice
    text = f"{found.words}; {advice}say {flag} attach to keep it whole beside the frames"
    return findings.refused(code, path, text)


def _settle_numbers(survey: Survey, journal: Journal | None, count: int) -> None:
    """Take an earlier group of digits for the number where the last one is the same in all names.

    In `scan_0001_2k.dpx` the last digits number nothing: each frame would be alone.
    """
    found = sum(1 for _ in survey.runs())
    if found < _ALONE or 2 * found <= count:
        return
    counts = {0: found}
    for skip in (1, 2):
        names = (numbered(file.path, skip) for file in survey.files() if file.role is Role.FRAME)
        counts[skip] = len({hash((name.lead, name.tail)) for name in names})
    best = min(counts, key=lambda skip: (counts[skip], skip))
    if best:
        survey.renumber(lambda path: numbered(path, best))
    if best and journal is not None:
        journal.renumber(lambda path: numbered(path, best))


def _judged(reel: Reel, survey: Survey, options: CookOptions) -> Iterator[Finding]:
    for run in survey.runs():
        yield from frames.judge(reel, survey, run, options)
    yield from folders.mixed(reel, survey)
    yield from rates.rates(reel, survey, options)
    yield from rates.lengths(reel, survey, options)
    yield from policies(reel, survey, options)
    yield from folders.names(reel, survey)
    yield from folders.remains(reel, survey)
    yield from state.young(reel, survey, options)
