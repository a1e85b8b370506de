"""What decoding amounts to: its counts, its event, its sentence."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from avpres.domain.premis import Event, EventType
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.fixity.rows import shown
from avpres.services.verify.decoding.model import Outcome
from avpres.services.verify.targets import Target

RESTORED = "source files restored"
_INNER = (RESTORED, "FFV1 slice CRCs", "FLAC MD5", "FLAC frame CRCs", "Matroska CRCs", "WAV MD5")
_LISTS = "frame digests"
_SUMS = ("proved", "partly", "plain", "failed", "boxed", "others", "recalled", "size")


@dataclass(slots=True)
class Counts:
    """Films by what became of them; `by` counts those that each kind of proof spoke for.

    `partly`: some streams are proved, others have nothing to be compared with. `plain`: nothing
    could be compared. `boxed`: not decoded, since they lie in a container. `others` are files that
    are neither films nor about them. `recalled`: decoded by a run that was interrupted.
    """

    proved: int = 0
    partly: int = 0
    plain: int = 0
    failed: int = 0
    boxed: int = 0
    others: int = 0
    recalled: int = 0
    size: int = 0
    by: Counter[str] = field(default_factory=Counter)

    @property
    def films(self) -> int:
        """Count what was decoded, well or not."""
        return self.proved + self.partly + self.plain + self.failed

    @property
    def is_whole(self) -> bool:
        """Say whether decoding proved all there is, so that no manifest is missed."""
        rest = (self.partly, self.plain, self.failed, self.boxed, self.others)
        return self.proved > 0 and not any(rest)

    def add(self, outcome: Outcome) -> None:
        """Count a film."""
        self.size += outcome.film.size
        self.recalled += outcome.is_recalled
        if outcome.is_wrong or not outcome.is_decoded:
            self.failed += 1
            return
        kinds = {kind for proofs in outcome.proofs.values() for kind in proofs}
        self.by.update({kind if kind in _INNER else _LISTS for kind in kinds})
        if not kinds:
            self.plain += 1
        elif outcome.unproved:
            self.partly += 1
        else:
            self.proved += 1

    def merge(self, other: "Counts") -> None:
        """Add the counts of another target."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.by += other.by

    def facts(self) -> dict[str, object]:
        """Give them as JSON has them."""
        return {
            **{name: getattr(self, name) for name in _SUMS},
            "by": dict(sorted(self.by.items())),
        }

    @property
    def sentence(self) -> str:
        """Say what was done and proved, and no more."""
        if not self.films:
            return "Nothing was decoded."
        what = "film or sound" if self.films == 1 else "films and sounds"
        if self.proved == self.films:
            return f"{self.films:,} {what} decoded and proved{self._by()}."
        parts = []
        if self.proved:
            parts.append(f"{self.proved:,} proved{self._by()}")
        if self.partly:
            parts.append(f"{self.partly:,} proved in part{'' if self.proved else self._by()}")
        if self.plain:
            verb = "has" if self.plain == 1 else "have"
            parts.append(f"{self.plain:,} without complaint, which {verb} nothing to compare with")
        if self.failed:
            parts.append(f"{self.failed:,} failed")
        return f"{self.films:,} {what} decoded: {', '.join(parts)}."

    def _by(self) -> str:
        kinds = [kind for kind in (*_INNER, _LISTS) if self.by[kind]]
        if "FLAC MD5" in kinds:
            kinds = [kind for kind in kinds if kind != "FLAC frame CRCs"]
        return f" ({', '.join(kinds)})" if kinds else ""


def event_of(
    report: Report, target: Target, counts: Counts, times: tuple[datetime, datetime]
) -> Event:
    """Record that films were decoded and compared (PREMIS `validation`)."""
    step = record.Step(
        objects=(shown(str(target.path).encode("utf-8", "surrogateescape")),),
        started=times[0],
        ended=times[1],
        files=counts.films,
        size=counts.size,
        failed=counts.failed,
        remarks=counts.partly + counts.plain,
        facts={
            **{name: getattr(counts, name) for name in ("proved", "partly", "plain", "recalled")},
            **{f"proved by {kind}": number for kind, number in sorted(counts.by.items())},
        },
    )
    detail = f"decoded, and compared with what they carry and what lies beside: {counts.sentence}"
    return record.examination(report, step, EventType.VALIDATION, detail)
