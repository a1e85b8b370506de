"""What judges from outside make of a description, and what is said of that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from avpres.adapters.tools.checked import Checked, gathered
from avpres.adapters.tools.jhove_answer import Verdict
from avpres.adapters.tools.mediaconch_report import POLICY
from avpres.domain.description import Description
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Message, Status

AGREE = "CHR-ENGINES-AGREE"
DISAGREE = "CHR-ENGINES-DISAGREE"
NOT_COMPARED = "CHR-ENGINES-NOT-COMPARED"
NO_POLICY = "MEDIACONCH-NO-VERDICT"
_OURS = {"CHR-IDENTIFICATION", "CHR-EMPTY"}
"""Messages that are no validator's."""


def by_checker(description: Description, checked: Checked, validator: str) -> Description:
    """Let a checker decide what our own validator had to leave open."""
    if checked.status is None:
        return _with(description, checked.messages)
    decided = [each for each in description.messages if each.impact is not Impact.UNDETERMINED]
    dropped = {each.id for each in description.messages} - {each.id for each in decided}
    counts = {id: count for id, count in description.counts.items() if id not in dropped}
    return replace(
        description,
        status=checked.status,
        validator=f"{description.validator}, {validator}",
        messages=[*decided, *checked.messages],
        counts={**counts, **checked.counts},
    )


def by_jhove(description: Description, verdict: Verdict) -> Description:
    """Put JHOVE's verdict in the place of ours."""
    own = _own(description)
    return replace(
        description,
        status=verdict.status,
        validator=verdict.validator,
        messages=[*own, *verdict.messages],
        counts={**gathered(own)[1], **verdict.counts},
    )


def beyond_jhove(description: Description) -> Description:
    """Say that JHOVE knows nothing of the format: no other verdict takes the place of its own."""
    text = f"JHOVE has no module for {description.format or 'this format'}"
    kept, counts = gathered([*_own(description), Message("JHOVE-NO-MODULE", Severity.INFO, text)])
    return replace(
        description, status=Status.UNKNOWN, validator="", messages=list(kept), counts=counts
    )


def compared(description: Description, verdict: Verdict | None) -> Description:
    """Keep our verdict, and say how JHOVE's compares: sound or not."""
    if verdict is None:
        text = f"JHOVE has no module for {description.format or 'this format'}"
        return _with(description, [Message(NOT_COMPARED, Severity.INFO, text)])
    theirs = f'{verdict.validator} says "{verdict.word}"'
    if Status.UNKNOWN in {verdict.status, description.status}:
        text = f"{theirs}{_first(verdict.messages)}" if verdict.word else verdict.messages[0].text
        return _with(description, [Message(NOT_COMPARED, Severity.INFO, text)])
    if verdict.status.is_sound == description.status.is_sound:
        return _with(description, [Message(AGREE, Severity.INFO, theirs)])
    text = (
        f'{theirs}{_first(verdict.messages)}; {description.validator} says "{description.status}"'
    )
    return _with(description, [Message(DISAGREE, Severity.WARNING, text)])


def by_policies(description: Description, failed: Sequence[Message]) -> Description:
    """Add the rules of policies that a file fails; they are no matter of its format."""
    return _with(description, failed)


def findings_of(description: Description, path: str) -> Iterator[Finding]:
    """Yield what a person must look at in the words of outside judges."""
    for message in description.messages:
        if message.id == DISAGREE:
            text = f"the engines disagree: {message.text}"
            yield Finding.warning(DISAGREE, path, text)
        elif message.id == NO_POLICY:
            yield Finding.error("CHR-POLICY-UNKNOWN", path, message.text, ExitCode.INCOMPLETE)
    failed = [
        each
        for each in description.messages
        if each.id == POLICY and each.severity is Severity.ERROR
    ]
    if failed:
        more = description.counts.get(POLICY, len(failed)) - 1
        rest = f"; {more:,} more" if more > 0 else ""
        yield Finding.error("CHR-POLICY", path, f"{failed[0].text}{rest}", ExitCode.NOT_CONFORMANT)


@dataclass(slots=True)
class Tally:
    """How the engines compare over a run, and how many files a policy fails."""

    agreed: int = 0
    disagreed: int = 0
    not_compared: int = 0
    policy_failed: int = 0

    def add(self, description: Description) -> None:
        """Count a file."""
        counts = description.counts
        self.agreed += AGREE in counts
        self.disagreed += DISAGREE in counts
        self.not_compared += NOT_COMPARED in counts
        self.policy_failed += any(
            each.id == POLICY and each.severity is Severity.ERROR for each in description.messages
        )


def _own(description: Description) -> list[Message]:
    return [each for each in description.messages if each.id in _OURS]


def _with(description: Description, messages: Sequence[Message]) -> Description:
    kept, counts = gathered(messages)
    return replace(
        description,
        messages=[*description.messages, *kept],
        counts={**description.counts, **counts},
    )


def _first(messages: Sequence[Message]) -> str:
    errors = [each for each in messages if each.severity is Severity.ERROR]
    if not errors:
        return ""
    place = f" at byte {errors[0].offset:,}" if errors[0].offset is not None else ""
    return f" ({errors[0].id}: {errors[0].text}{place})"
