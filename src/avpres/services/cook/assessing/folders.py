"""What stands beside the frames: other sequences, names, and what nobody meant to keep."""

import os
from collections.abc import Iterator
from itertools import groupby

from avpres.adapters.cooking.survey import Survey
from avpres.adapters.cooking.surveyed import Run
from avpres.domain.ranges import Ranges, listed
from avpres.domain.reel import Role
from avpres.domain.report import Finding
from avpres.services.cook.stage import Reel

_MOST = 5  # things that are named of many
CLUTTER = frozenset({b"thumbs.db", b".ds_store", b"desktop.ini", b"ehthumbs.db", b".localized"})
_PARTIAL = (b".part", b".partial", b".filepart", b".crdownload", b".tmp")
LARGE = 256 * 1024 * 1024  # bytes; FFmpeg's reader takes no attachment beyond it


def mixed(reel: Reel, survey: Survey) -> Iterator[Finding]:
    """Tell of folders that hold several sequences: each becomes a track of its own."""
    for folder, group in groupby(survey.runs(), key=lambda run: run.folder):
        kept: list[Run] = []
        count = 0
        for run in group:
            count += 1
            kept += [run] if count <= _MOST else []
        if count > 1:
            text = listed([_sequence(run) for run in kept], count)
            advice = "each becomes a track of its own. Move what does not belong here"
            text = f"holds {count:,} sequences: {text}; {advice}"
            yield Finding.warning("COK-MIXED", reel.shown_at(folder), text)


def _sequence(run: Run) -> str:
    name = os.fsdecode(os.path.basename(run.star))
    if run.first is None or run.last is None:
        return name
    span = Ranges()
    span.add(run.first, run.last, len(run.first_digits))
    return f"{name} ({span}, {run.frames:,} frame{'' if run.frames == 1 else 's'})"


def names(reel: Reel, survey: Survey) -> Iterator[Finding]:
    """Tell of names that other programs or disks cannot hold; `uncook` brings them all back."""
    odd = Tally()
    for path in survey.paths():
        if not is_utf8(path):
            odd.add(path)
    if not is_utf8(reel.name):
        odd.add(b"")
    if odd.count:
        text = f"is not UTF-8{odd.more}; Matroska shows it escaped, and RAWcooked cannot restore it"
        yield Finding.info("COK-NAME", reel.shown_at(odd.first), f"the name {text}; uncook can")
    for one, other in survey.twins(_MOST):
        text = (
            f"and {os.fsdecode(one)} are one name to Windows and macOS; restore them elsewhere, "
            "or rename one"
        )
        yield Finding.info("COK-NAME", reel.shown_at(other), text)


def remains(reel: Reel, survey: Survey) -> Iterator[Finding]:
    """Tell of files of unfinished copies, and of what operating systems leave behind."""
    clutter, partial, large = Tally(), Tally(), Tally()
    for file in survey.files():
        name = os.path.basename(file.path).lower()
        if file.role is Role.FOLDER:
            continue
        if name in CLUTTER or name.startswith(b"._"):
            clutter.add(file.path)
        if name.endswith(_PARTIAL):
            partial.add(file.path)
        if file.role in {Role.ATTACHED, Role.OPAQUE} and file.size > LARGE:
            large.add(file.path)
    if partial.count:
        text = f"is named as an unfinished copy{partial.more}; look whether the copy is done"
        yield Finding.warning("COK-GROWING", reel.shown_at(partial.first), text)
    if large.count:
        text = f"is attached{large.more}, and is larger than players built on FFmpeg take"
        yield Finding.warning(
            "COK-LARGE", reel.shown_at(large.first), f"{text}; uncook restores it"
        )
    if clutter.count:
        text = f"is left by an operating system{clutter.more}; it is attached as all others are"
        yield Finding.info("COK-CLUTTER", reel.shown_at(clutter.first), text)


class Tally:
    """Counts things, and remembers the first."""

    def __init__(self) -> None:
        self.count = 0
        self.first = b""

    def add(self, path: bytes) -> None:
        """Count one."""
        self.first = self.first if self.count else path
        self.count += 1

    @property
    def more(self) -> str:
        """Say that there are others, if there are."""
        return f" (the first of {self.count:,})" if self.count > 1 else ""


def is_utf8(name: bytes) -> bool:
    """Say whether a name can stand in a text."""
    if name.isascii():
        return True
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
