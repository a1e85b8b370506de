"""What a description amounts to: sound or not, and what was said of it, in numbers."""

from collections import Counter
from enum import StrEnum

from avpres.domain.description import Description
from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Message, Status


class Soundness(StrEnum):
    """The class of a file; each file is of exactly one.

    A file that lacks a required property stays sound: that is counted beside.
    """

    SOUND = "sound"
    UNSOUND = "unsound"  # a validator found it not valid or not well-formed
    UNKNOWN = "unknown"  # no validator, or it came to no end
    EMPTY = "empty"  # no bytes, so of no format
    UNREADABLE = "unreadable"


def soundness(description: Description) -> Soundness:
    """Say which class a file is of; what could not be read is neither sound nor unsound."""
    if description.error:
        return Soundness.UNREADABLE
    if description.size == 0:
        return Soundness.EMPTY
    if description.status is Status.UNKNOWN:
        return Soundness.UNKNOWN
    return Soundness.SOUND if description.status.is_sound else Soundness.UNSOUND


def is_incomplete(description: Description) -> bool:
    """Say whether a property that the profile requires is missing."""
    return description.completeness is not None and not description.completeness.is_complete


def decisive(description: Description) -> Message | None:
    """Give the message to show of a file: what broke it, else its first error, else a warning."""
    return min(description.messages, key=_weight, default=None)


def first_error(description: Description) -> Message | None:
    """Give the first error in the order in which the validator met them."""
    return next((m for m in description.messages if m.severity is Severity.ERROR), None)


def amounts(description: Description) -> Counter[Severity]:
    """Count messages by severity, also those beyond the ones that are kept."""
    kept = Counter(message.id for message in description.messages)
    severities = {message.id: message.severity for message in description.messages}
    told: Counter[Severity] = Counter()
    for id, severity in severities.items():
        told[severity] += max(kept[id], description.counts.get(id, 0))
    return told


_IMPACTS = (Impact.NOT_WELL_FORMED, Impact.NOT_VALID, Impact.UNDETERMINED, Impact.NONE)
_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def _weight(message: Message) -> tuple[int, int]:
    return _IMPACTS.index(message.impact), _SEVERITIES.index(message.severity)
