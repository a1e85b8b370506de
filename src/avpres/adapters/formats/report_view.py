"""What the reports for people say, in the same words on every page."""

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeGuard

import humanize

from avpres.domain.exit_codes import MEANING, ExitCode
from avpres.domain.fixity import Evidence
from avpres.domain.premis import Event, EventType, Outcome, utc
from avpres.domain.report import FileRecord, Finding, Report
from avpres.domain.severity import Severity

Row = tuple[str, Sequence[str]]
"""A label and what belongs to it, each value on a line of its own."""

EVIDENCE_WORDS: dict[Evidence, str] = {
    Evidence.DIRECT: "read from the medium itself, around this computer's memory",
    Evidence.EVICTED: "read after this computer's memory of the file was dropped "
    "and counted as gone",
    Evidence.UNKNOWN: "read after this computer's memory of the file was dropped; "
    "a server or a driver may have answered from its own",
    Evidence.CACHED: "memory answered or may have answered: no proof of what the medium holds",
}

OUTCOME_WORDS: dict[str, str] = {
    "already there": "already there, equal by digest",
    "linked": "made as a link",
    "skipped": "left out by rule",
    "renamed": "found under another name",
    "duplicate": "same content as another file",
}

_FINE = frozenset({"copied", "already there", "linked", "recorded", "verified", "proved"})
_REMARKABLE = frozenset({"skipped", "duplicate", "decoded"})

_LABELS = {
    "volume_uuid": "volume UUID",
    "volume_name": "volume name",
    "volume_serial": "serial number",
    "index_generation": "index generation",
    "start_block": "start block",
    "startblock": "start block",
    "uuid": "UUID",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a run in a word, a sentence, and what the exit status means."""

    kind: str  # pass, done or fail: what the page looks like
    word: str
    sentence: str
    status: str


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table of facts; `columns` is empty when each row is a label and its values."""

    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(slots=True)
class Shown:
    """The files that a page shows, problems first, out of any number of files."""

    limit: int
    total: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    kept: tuple[list[FileRecord], list[FileRecord], list[FileRecord]] = field(
        default_factory=lambda: ([], [], [])
    )

    def take(self, files: Iterable[FileRecord]) -> "Shown":
        """Count every file and keep what may be shown."""
        for record in files:
            self.total += 1
            self.outcomes[record.outcome] += 1
            kept = self.kept[_rank(record.outcome)]
            if len(kept) < self.limit:
                kept.append(record)
        return self

    @property
    def problems(self) -> int:
        """Count the files that something is wrong with, shown or not."""
        return sum(n for outcome, n in self.outcomes.items() if _rank(outcome) == 0)

    def records(self, *, problems_only: bool = False) -> Iterator[FileRecord]:
        """Yield up to `limit` files: problems, then what was left out, then the rest."""
        problems, remarkable, fine = self.kept
        rest = [] if problems_only else [*remarkable, *fine]
        yield from [*problems, *rest][: self.limit]


def is_problem(outcome: str) -> bool:
    """Say whether something is wrong with a file of this outcome; a strange outcome is wrong."""
    return _rank(outcome) == 0


def verdict(report: Report) -> Verdict:
    """Judge a run: `pass` is said only where a fixity check was made and nothing failed."""
    code = report.exit_code
    status = f"exit status {code.value}: {MEANING[code]}"
    if report.ended is None:
        return Verdict("fail", "Unfinished", report.summary or "the run did not end", status)
    if code is not ExitCode.OK:
        return Verdict("fail", "Fail", report.summary or MEANING[code], status)
    proved = any(_compared(event) and event.outcome is not Outcome.FAIL for event in report.events)
    word = ("pass", "Pass") if proved else ("done", "Done, nothing compared")
    return Verdict(*word, report.summary or "the run ended without a finding", status)


def _compared(event: Event) -> bool:
    """Say whether an event compared bytes, or what they decode to, with what was recorded."""
    return event.type is EventType.FIXITY_CHECK or "proved" in event.facts


def circumstances(report: Report) -> list[Row]:
    """Say what was done, from where, to where, when, by whom."""
    sources = _once(name for event in report.events for name in event.objects)
    places = _once(event.destination for event in report.events if event.destination)
    rows: list[Row] = [
        ("From" if places else "What", sources),
        ("To", places),
        ("Begun", [utc(report.started)]),
        ("Ended", [utc(report.ended)] if report.ended else ["not ended"]),
        ("Took", [_duration(report)]),
        ("By", [report.operator] if report.operator else []),
        ("On", [report.host] if report.host else []),
        ("Command", [shlex.join(report.argv)] if report.argv else []),
        ("Run", [report.run_id]),
    ]
    return [(label, values) for label, values in rows if any(values)]


def totals(report: Report) -> list[Row]:
    """Say how much there was; what is nought is left out, but for files and failures."""
    count = report.totals
    rows = [
        ("Files", count.files, count.size),
        ("Copied", count.copied_files, count.copied_size),
        ("Already there", count.already_there, None),
        ("Read back and compared", count.verified_files, count.verified_size),
        ("Folders", count.folders, None),
        ("Links", count.links, None),
        ("Left out by rule", count.skipped, None),
        ("Failed", count.failed, None),
    ]
    kept = [row for row in rows if row[1] or row[0] in {"Files", "Failed"}]
    shown: list[Row] = [(label, [amount(files, size)]) for label, files, size in kept]
    if count.seconds > 0 and count.size:
        rate = humanize.naturalsize(count.size / count.seconds, binary=True)
        shown.append(("Rate", [f"{rate}/s over {count.seconds:,.1f} s"]))
    return shown


def amount(files: int, size: int | None = None) -> str:
    """Write a count, and a size both rounded and exact."""
    if size is None:
        return f"{files:,}"
    return f"{files:,} file{'' if files == 1 else 's'}, {exact_size(size)}"


def exact_size(size: int) -> str:
    """Write a size rounded for people, and exact in brackets where rounding lost something."""
    short = humanize.naturalsize(size, binary=True)
    return short if size < 1024 else f"{short} ({size:,} bytes)"  # noqa: PLR2004


def evidence(report: Report) -> list[tuple[str, str, str]]:
    """Say how files were read back: the word, the count, and what the word means."""
    rows = []
    for kind in Evidence:
        count = report.evidence.get(kind.value, 0)
        if count:
            rows.append((kind.value, f"{count:,}", EVIDENCE_WORDS[kind]))
    return rows


def facts(report: Report) -> list[Section]:
    """Turn the run's own facts into tables: a mapping or a list of mappings has its own."""
    return [section for section in _sections("", report.facts) if section.rows]


def _sections(title: str, values: Mapping[str, object]) -> Iterator[Section]:
    """Yield a table for each mapping inside, at any depth, then one for what is plain."""
    single = []
    for key, value in values.items():
        name = f"{title}: {key}" if title else label(str(key))
        if isinstance(value, Mapping):
            yield from _sections(name, value)
        elif _is_table(value):
            yield _table(name, value)
        elif value not in (None, "", [], ()):
            single.append([label(str(key)), _text(value)])
    yield Section(title or "Further facts", (), single)


def findings(report: Report) -> list[Finding]:
    """Give the kept findings, errors first."""
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    return sorted(report.findings, key=lambda finding: order[finding.severity])


def label(key: str) -> str:
    """Turn a key into words."""
    words = _LABELS.get(key, key.replace("_", " "))
    return words[:1].upper() + words[1:]


def _table(title: str, value: Sequence[Mapping[str, object]]) -> Section:
    columns = _once(str(name) for item in value for name in item)
    rows = [[_text(item.get(name)) for name in columns] for item in value]
    return Section(title, [label(name) for name in columns], rows)


def _is_table(value: object) -> TypeGuard[Sequence[Mapping[str, object]]]:
    return (
        isinstance(value, (list, tuple))
        and bool(value)
        and all(isinstance(item, Mapping) for item in value)
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(_text(item) for item in value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _rank(outcome: str) -> int:
    if outcome in _FINE:
        return 2
    return 1 if outcome in _REMARKABLE else 0


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _duration(report: Report) -> str:
    if report.ended is None:
        return ""
    took = report.ended - report.started
    if took < timedelta(minutes=1):
        return f"{max(took.total_seconds(), 0):.1f} s"
    return humanize.precisedelta(took, minimum_unit="seconds", format="%0.0f")
