"""What a verification amounts to: its counts, its event, its sentence."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import humanize

from avpres.domain.fixity import Algorithm, Evidence
from avpres.domain.report import Report
from avpres.services.fixity.judging import Judgement, Verdict

_WORDS = {
    Verdict.CHANGED: "changed",
    Verdict.MISSING: "missing",
    Verdict.RENAMED: "renamed",
    Verdict.EXTRA: "extra",
    Verdict.UNREADABLE: "unreadable",
    Verdict.UNPROVED: "without a digest that could be compared",
}

_SUMS = (
    *("files", "size", "verified_size", "not_from_medium", "remarks", "errors"),
    *("packages", "broken", "empty"),
)


@dataclass(slots=True)
class Tally:
    """Counts of one target, or of all; sizes in bytes. Only errors count as extra."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    evidence: Counter[Evidence] = field(default_factory=Counter)
    algorithms: set[Algorithm] = field(default_factory=set)
    files: int = 0
    size: int = 0
    verified_size: int = 0
    not_from_medium: int = 0
    remarks: int = 0
    errors: int = 0
    forms: dict[str, None] = field(default_factory=dict)  # of packages, in their order
    unasked: set[str] = field(default_factory=set)  # what could have spoken against one
    packages: int = 0
    broken: int = 0  # places where a package breaks a rule
    empty: int = 0  # packages that rightly hold no files

    def add(self, judgement: Judgement) -> None:
        """Count a listed path."""
        self.verdicts[judgement.verdict] += 1
        self.files += 1
        self.size += judgement.size
        compared = {d.algorithm for claim in judgement.claims for d in claim.digests}
        self.algorithms |= compared & {d.algorithm for d in judgement.found}
        if judgement.evidence is not None:
            self.evidence[judgement.evidence] += 1
        if judgement.verdict is Verdict.VERIFIED:
            self.verified_size += judgement.size

    def add_verified(self, counted: Mapping[tuple[str, str], int], size: int) -> None:
        """Count paths that are verified, by evidence and names of algorithms; `size` of all."""
        for (evidence, names), count in counted.items():
            self.verdicts[Verdict.VERIFIED] += count
            self.files += count
            self.evidence[Evidence(evidence)] += count
            self.algorithms |= set(map(Algorithm, names.split()))
        self.size += size
        self.verified_size += size

    def add_package(self, forms: Iterable[str], unasked: Iterable[str], broken: int) -> None:
        """Count a package, and the places where it breaks a rule."""
        self.forms |= dict.fromkeys(forms)
        self.unasked.update(unasked)
        self.packages += 1
        self.broken += broken

    def merge(self, other: "Tally") -> None:
        """Add the counts of another target."""
        self.verdicts += other.verdicts
        self.evidence += other.evidence
        self.algorithms |= other.algorithms
        self.forms |= other.forms
        self.unasked |= other.unasked
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def failed(self) -> int:
        """Count the files about which something is wrong."""
        return sum(self.verdicts[verdict] for verdict in _WORDS)


def in_order(algorithms: Iterable[Algorithm]) -> list[Algorithm]:
    """Give algorithms in the order in which avpres lists them."""
    chosen = set(algorithms)
    return [algorithm for algorithm in Algorithm if algorithm in chosen]


def fill(report: Report, tally: Tally, *, is_decoded: bool = False) -> None:
    """Put the counts into the report, and the sentence that people quote.

    `is_decoded`: there is more to say of what was proved than what the manifests say.
    """
    totals = report.totals
    totals.files, totals.size = tally.files, tally.size
    totals.verified_files = tally.verdicts[Verdict.VERIFIED]
    totals.verified_size = tally.verified_size
    totals.failed = tally.failed
    report.evidence = {kind.value: count for kind, count in tally.evidence.items() if count}
    report.summary = sentence(report, tally)
    if is_decoded and not tally.files and not tally.empty:
        report.summary = "no manifest lists these files, so that no digest of them was compared."


def sentence(report: Report, tally: Tally) -> str:
    """Claim what was done and proved, and no more."""
    if not tally.files and tally.empty:
        return f"no files, as the manifests say.{_rules(tally)}"
    if not tally.files:
        return "nothing was compared, so nothing is proved: no manifest lists these files."
    size = humanize.naturalsize(tally.size, binary=True)
    files = f"{humanize.intcomma(tally.files)} file{'' if tally.files == 1 else 's'}, {size}"
    read = _read(tally)
    if tally.failed:
        return f"{files}: {_wrong(tally)}; {_rest(tally)}{read}.{_rules(tally)}"
    if tally.not_from_medium:
        return f"{files}: the digests match{_by(tally)}, but {_doubt(tally)}."
    ending = _rules(tally)
    if report.exit_code and not tally.broken:
        ending = " Not all could be checked: see the findings above."
    whom = "it matches its" if tally.files == 1 else "every file matches its"
    return f"{files}: {whom} manifest{_by(tally)}{read}.{ending}"


def _rules(tally: Tally) -> str:
    """Say how the packages stand to their rules; `valid` only where nothing speaks against it."""
    if not tally.packages:
        return ""
    forms = ", ".join(tally.forms)
    if tally.broken:
        times = "rule is" if tally.broken == 1 else "rules are"
        return f" {humanize.intcomma(tally.broken)} {times} broken ({forms})."
    if tally.errors:
        return ""
    one = tally.packages == 1
    if tally.unasked:
        whom = "The package keeps its" if one else "The packages keep their"
        what = ", ".join(sorted(tally.unasked))
        return f" {whom} rules ({forms}), as far as they were asked: without {what}."
    return f" {'The package is' if one else 'All packages are'} valid ({forms})."


def _doubt(tally: Tally) -> str:
    count = humanize.intcomma(tally.not_from_medium)
    return f"{count} were not proven to come from the medium"


def _wrong(tally: Tally) -> str:
    found = [
        f"{humanize.intcomma(tally.verdicts[verdict])} {word}"
        for verdict, word in _WORDS.items()
        if tally.verdicts[verdict]
    ]
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def _rest(tally: Tally) -> str:
    count = tally.verdicts[Verdict.VERIFIED]
    verb = "matches" if count == 1 else "match"
    return f"{humanize.intcomma(count)} {verb}{_by(tally)}"


def _by(tally: Tally) -> str:
    names = ", ".join(in_order(tally.algorithms))
    return f" ({names})" if names else ""


def _read(tally: Tally) -> str:
    """Say where the bytes came from."""
    kinds = {kind for kind, count in tally.evidence.items() if count}
    if not kinds or Evidence.CACHED in kinds:
        return ""
    if Evidence.UNKNOWN in kinds:
        return ", read past this computer's memory; whether a server's answered cannot be known"
    return ", read from the medium"
