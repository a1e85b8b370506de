"""Whether something still writes into a reel: two listings, and the age of its files."""

import time
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from avpres.adapters.cooking.survey import Survey
from avpres.adapters.cooking.surveyed import File
from avpres.adapters.storage.walk import Entry, Kind, walk
from avpres.config.cook import CookOptions
from avpres.domain.exit_codes import ExitCode
from avpres.domain.reel import Role
from avpres.domain.report import Finding
from avpres.services.cook.stage import Reel

_MOST = 10  # files that are named
_FUTURE_S = 60.0  # seconds that clocks may differ


def young(reel: Reel, survey: Survey, options: CookOptions) -> Iterator[Finding]:
    """Refuse a reel in which something was written within the quiet time that was asked for."""
    latest = survey.latest() if options.quiet_for else None
    if latest is None:
        return
    path, *times = latest
    now = time.time()
    ages = [now - stamp / 1e9 for stamp in times]
    age = min((age for age in ages if age > -_FUTURE_S), default=options.quiet_for * 60.0)
    if age < options.quiet_for * 60:
        text = (
            f"was written {max(0, age) / 60:,.1f} minutes ago, and nothing must have been for "
            f"{options.quiet_for:g}; is the reel still being copied? Run again later"
        )
        yield Finding.error("COK-GROWING", reel.shown_at(path), text, ExitCode.INCOMPLETE)


def changed(reel: Reel, survey: Survey) -> Iterator[Finding]:
    """List the reel again, and name the files that came, went or changed meanwhile."""
    count = 0
    for path, what in _differences(survey.files(), _again(reel)):
        count += 1
        if count <= _MOST:
            text = f"{what} while the reel was looked at; it is still being written. {_ADVICE}"
            yield Finding.error("COK-GROWING", reel.shown_at(path), text, ExitCode.INCOMPLETE)
    if count > _MOST:
        text = f"{count - _MOST:,} more files came, went or changed meanwhile. {_ADVICE}"
        yield Finding.error("COK-GROWING", reel.shown, text, ExitCode.INCOMPLETE)


_ADVICE = "Wait until nothing writes there, then run again"


def _again(reel: Reel) -> Iterator[Entry]:
    for entry in walk(Path(reel.shown), on_error=lambda _name, _error: None):
        if entry.kind in {Kind.FILE, Kind.FOLDER}:
            yield entry


def _differences(before: Iterable[File], after: Iterable[Entry]) -> Iterator[tuple[bytes, str]]:
    """Merge two listings, both in the order of paths."""
    old = chain(before, [None])
    new = chain(after, [None])
    one, two = next(old), next(new)
    while one is not None or two is not None:
        if two is None or (one is not None and one.path < two.name):
            yield (one.path if one else b""), "went away"
            one = next(old)
        elif one is None or two.name < one.path:
            yield two.name, "came"
            two = next(new)
        else:
            if one.role is not Role.FOLDER and _signature(one) != _signature_of(two):
                yield one.path, "changed"
            one, two = next(old), next(new)


def _signature(file: File) -> tuple[int, int, int, int]:
    return (file.size, file.mtime_ns, file.ctime_ns, file.inode)


def _signature_of(entry: Entry) -> tuple[int, int, int, int]:
    return (entry.size, entry.mtime_ns, entry.ctime_ns, entry.inode)
