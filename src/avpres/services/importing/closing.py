"""What an import amounts to: the three sets in numbers, and the sentence that people quote."""

from collections.abc import Mapping
from dataclasses import dataclass

import humanize

from avpres.domain.report import Report

_CLASSES = {  # finding codes, and how the sentence speaks of so many of them
    "IMP-MISSING": "listed and not there",
    "IMP-UNLISTED": "there and not listed",
    "IMP-UNLISTED-JUNK": "left there by an operating system",
    "IMP-SIZE": "of another size",
    "IMP-DIGEST": "with another digest",
    "IMP-NO-DIGEST": "without a digest to compare",
    "IMP-CASE": "in other upper and lower case",
    "IMP-UNICODE": "in another Unicode form",
    "IMP-ENCODING": "encoded otherwise",
    "IMP-FOLDER": "in another folder",
    "IMP-TWICE": "listed more than once",
    "IMP-CONTRADICTION": "of which the package contradicts itself",
    "IMP-OUTSIDE": "outside the package, not looked at",
}
_WRONG = ("IMP-MISSING", "IMP-UNLISTED", "IMP-SIZE", "IMP-DIGEST")


@dataclass(frozen=True, slots=True)
class Outlook:
    """The three sets of an import in numbers.

    `resolved` are listings of which the file is there, `agreed` those of them of which every
    digest was compared and is the same. `classes` counts findings by code.
    """

    form: str
    has_list: bool
    listed: int
    present: int
    size: int
    resolved: int
    agreed: int
    classes: Mapping[str, int]

    @property
    def wrong(self) -> int:
        """Count what is missing, extra or differs."""
        return sum(self.classes.get(code, 0) for code in _WRONG)

    @property
    def refused(self) -> int:
        """Count entries of a container that were not unpacked."""
        return sum(count for code, count in self.classes.items() if code.startswith("UNP-"))

    def facts(self) -> dict[str, str | int | float | bool | None]:
        """Give the numbers by name, for records."""
        return {
            "listed": self.listed,
            "found": self.present,
            "resolved": self.resolved,
            "digests_agree": self.agreed,
            **{code: count for code, count in self.classes.items() if code in _CLASSES},
        }

    def sentence(self) -> str:
        """Say in words how the sets compare."""
        if self.has_list:
            said = [
                f"{_files(self.listed)} listed, {self.present:,} found",
                f"{_many(self.agreed, 'digest')} compared and alike",
            ]
        else:
            said = [f"no list came with them: {_files(self.present)} found, nothing to compare"]
        said += [
            f"{self.classes[code]:,} {words}"
            for code, words in _CLASSES.items()
            if self.classes.get(code)
        ]
        if self.refused:
            said.append(f"{self.refused:,} refused and not unpacked")
        return ", ".join(said)


def conclude(report: Report, outlook: Outlook, lead: str, *, doubtful: int = 0) -> None:
    """Write the closing sentence and the facts of a run; `lead` says what became of the package."""
    report.facts["reconciliation"] = outlook.facts()
    report.facts["form"] = outlook.form
    size = humanize.naturalsize(outlook.size, binary=True)
    unsound = f"; {doubtful:,} not known to be sound, see the findings" if doubtful else ""
    report.summary = f"{_files(outlook.present)}, {size}: {lead}; {outlook.sentence()}{unsound}."


def _files(count: int) -> str:
    return _many(count, "file")


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
