"""Whether a reel can be cooked, in one sentence."""

from collections.abc import Sequence
from typing import NamedTuple

from avpres.domain.report import Finding
from avpres.domain.severity import Severity

CONSENT = {
    "COK-GAP": "--gaps hold",
    "COK-BAD": "--bad-frames attach",
    "COK-UNCODABLE": "--uncodable attach",
    "COK-HEADER": "--mixed accept",
    "COK-MANIFEST": "--manifests ignore",
}
"""What must be said for a reel to be cooked in spite of a finding."""


class Verdict(NamedTuple):
    """A sentence, and whether the reel can be cooked as it was asked."""

    text: str
    is_clean: bool


def verdict_of(findings: Sequence[Finding]) -> Verdict:
    """Judge a reel by what was found of it."""
    errors = [each for each in findings if each.severity is Severity.ERROR]
    if not errors:
        return Verdict("can be cooked", is_clean=True)
    hard = [each for each in errors if each.code not in CONSENT]
    if hard:
        what = hard[0].message.partition(";")[0]
        return Verdict(f"cannot be cooked: {hard[0].path} {what}", is_clean=False)
    words = dict.fromkeys(CONSENT[each.code] for each in errors)
    return Verdict(f"can be cooked with {' '.join(words)}", is_clean=False)
