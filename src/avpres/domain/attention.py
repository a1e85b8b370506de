"""What needs attention: files that someone should look at, the gravest first."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from avpres.domain import verdict
from avpres.domain.description import Description
from avpres.domain.severity import Severity
from avpres.domain.validity import Status
from avpres.domain.verdict import Soundness

KEPT = 10_000
"""Files kept of each reason; beyond them only the count grows. The NDJSON has them all."""


class Reason(StrEnum):
    """Why a file needs attention, the gravest first."""

    UNREADABLE = "unreadable"
    BROKEN = "not well-formed"
    INVALID = "not valid"
    UNDECIDED = "not decided"  # a validator came to no end
    UNKNOWN = "no validator"
    EMPTY = "empty"
    INCOMPLETE = "incomplete"


ADVICE: dict[Reason, str] = {
    Reason.UNREADABLE: "They could not be read, so nothing is known of them. Find out why (rights, "
    "the medium, a limit that was reached), then run the same command again: what is done is not "
    "done twice.",
    Reason.BROKEN: "Compare their checksums with the producer's or with another copy. If these "
    "differ, fetch the file again; if they agree, it was damaged or badly made before: ask the "
    "producer for a sound one and keep this one with its message.",
    Reason.INVALID: "They can be read, but break rules of their format. Keep them with their "
    "messages; many programs will open them, and a migration should be looked at closely.",
    Reason.UNDECIDED: "Their validator came to no end, so they are neither sound nor broken. "
    "Open them by hand, or let another program judge them.",
    Reason.UNKNOWN: "Nothing here can validate their formats, so their soundness is not known. "
    "Open them by hand, and think of moving them to formats that can be validated.",
    Reason.EMPTY: "They hold no bytes. Ask the producer whether that is meant; an interrupted "
    "transfer leaves such files.",
    Reason.INCOMPLETE: "They do not say what the profile requires. The files are not at fault: "
    "add what is missing to their description, or choose another profile.",
}
"""What to do about the files of each reason."""


@dataclass(frozen=True, slots=True)
class Attention:
    """One file to look at: why, and what is said of it first."""

    reason: Reason
    path: str
    root: str
    size: int
    format: str
    id: str
    text: str
    offset: int | None
    more: int  # errors and warnings beyond the one that is told
    missing: tuple[str, ...]


class Attentions:
    """The files to look at: exact counts, and the first of each reason by name."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._rows: dict[Reason, list[Attention]] = {reason: [] for reason in Reason}
        self.counts: Counter[Reason] = Counter()

    def add(self, description: Description) -> None:
        """Take a file up, if there is a reason."""
        reason = reason_of(description)
        if reason is None:
            return
        self.counts[reason] += 1
        rows = self._rows[reason]
        if len(rows) < self._kept:
            rows.append(_attention(reason, description))

    @property
    def total(self) -> int:
        """Count the files to look at, kept or not."""
        return sum(self.counts.values())

    def of(self, reason: Reason) -> Sequence[Attention]:
        """Give the files that are kept of a reason, in the order they were met."""
        return self._rows[reason]

    def rows(self, limit: int = KEPT) -> Iterator[Attention]:
        """Yield up to `limit` files, the gravest reason first."""
        yield from islice((row for reason in Reason for row in self._rows[reason]), limit)


def reason_of(description: Description) -> Reason | None:
    """Say why a file needs attention; None if it does not."""
    kind = verdict.soundness(description)
    if kind is Soundness.UNREADABLE:
        return Reason.UNREADABLE
    if kind is Soundness.UNSOUND:
        is_broken = description.status is Status.NOT_WELL_FORMED
        return Reason.BROKEN if is_broken else Reason.INVALID
    if kind is Soundness.EMPTY:
        return Reason.EMPTY
    if kind is Soundness.UNKNOWN:
        is_begun = description.validator or verdict.first_error(description)
        return Reason.UNDECIDED if is_begun else Reason.UNKNOWN
    return Reason.INCOMPLETE if verdict.is_incomplete(description) else None


def _attention(reason: Reason, description: Description) -> Attention:
    message = verdict.decisive(description)
    amounts = verdict.amounts(description)
    said = amounts[Severity.ERROR] + amounts[Severity.WARNING]
    is_counted = message is not None and message.severity is not Severity.INFO
    completeness = description.completeness
    return Attention(
        reason=reason,
        path=description.path,
        root=description.root,
        size=description.size,
        format=description.format,
        id=message.id if message else "",
        text=description.error or (message.text if message else ""),
        offset=message.offset if message else None,
        more=said - is_counted,
        missing=completeness.missing if completeness else (),
    )
