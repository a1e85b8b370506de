"""What a run amounts to: its counts, and the sentence that people quote."""

from dataclasses import dataclass, field

import humanize

from avpres.adapters.identification.names import BY_EXTENSION, BY_MIME
from avpres.domain.description import Description
from avpres.domain.distribution import Distribution
from avpres.domain.report import Report
from avpres.domain.validity import Status
from avpres.domain.verdict import Soundness


def _distribution() -> Distribution:
    return Distribution(
        {extension: format.value for extension, format in BY_EXTENSION.items()},
        {mime: format.value for mime, format in BY_MIME.items()},
    )


@dataclass(slots=True)
class Counts:
    """All that was counted. `known`: not read again; `unlisted`: could not even be listed."""

    distribution: Distribution = field(default_factory=_distribution)
    known: int = 0
    unlisted: int = 0

    def add(self, description: Description, *, was_known: bool) -> None:
        """Count a file."""
        self.distribution.add(description)
        self.known += was_known

    @property
    def failed(self) -> int:
        """Count the files of which something is wrong or not known."""
        classes = self.distribution.classes
        sound = classes[Soundness.SOUND].files
        return self.distribution.total.files - sound + self.unlisted


def fill(report: Report, counts: Counts, opinions: str = "") -> None:
    """Put the counts into the report, and the sentence; `opinions` is what other judges say."""
    total = counts.distribution.total
    report.totals.files, report.totals.size = total.files, total.size
    report.totals.already_there = counts.known
    report.totals.failed = counts.failed
    report.facts["formats"] = {
        name: {status.value: count.files for status, count in row.statuses.items() if count.files}
        for name, row in counts.distribution.formats()
    }
    report.facts["classes"] = {
        kind.value: count.files for kind, count in counts.distribution.classes.items()
    }
    report.facts["incomplete"] = counts.distribution.incomplete.files
    sentence = _sentence(counts)
    report.summary = f"{sentence.removesuffix('.')}; {opinions}." if opinions else sentence


def _sentence(counts: Counts) -> str:
    """Claim what was found, and no more."""
    total = counts.distribution.total
    if not total.files:
        return "there is no file here, so nothing was described."
    size = humanize.naturalsize(total.size, binary=True)
    files = f"{total.files:,} file{'' if total.files == 1 else 's'}, {size}"
    wrong = _wrong(counts)
    if not wrong:
        whom = "it is" if total.files == 1 else "every file is"
        return f"{files}: {whom} sound and completely described{_again(counts)}."
    sound = counts.distribution.classes[Soundness.SOUND].files
    return f"{files}: {sound:,} sound; {wrong}{_again(counts)}."


def _wrong(counts: Counts) -> str:
    statuses, classes = counts.distribution.statuses(), counts.distribution.classes
    words = (
        (statuses[Status.NOT_WELL_FORMED].files, "not well-formed"),
        (statuses[Status.NOT_VALID].files, "well-formed, but not valid"),
        (classes[Soundness.UNKNOWN].files, "of unknown soundness"),
        (classes[Soundness.EMPTY].files, "empty"),
        (classes[Soundness.UNREADABLE].files + counts.unlisted, "unreadable"),
        (counts.distribution.incomplete.files, "incompletely described"),
    )
    return ", ".join(f"{count:,} {word}" for count, word in words if count)


def _again(counts: Counts) -> str:
    if not counts.known:
        return ""
    return f" ({counts.known:,} unchanged since an earlier run, not read again)"
