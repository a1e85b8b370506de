"""Verdicts on files: the statuses are JHOVE's words, the messages say where and why."""

from dataclasses import dataclass
from enum import StrEnum

from avpres.domain.severity import Severity


class Status(StrEnum):
    """What a validator can say of a file, verbatim as JHOVE says it."""

    VALID = "Well-Formed and valid"
    NOT_VALID = "Well-Formed, but not valid"
    WELL_FORMED = "Well-Formed"  # validity cannot be told, as for XML without its schema
    NOT_WELL_FORMED = "Not well-formed"
    UNKNOWN = "Unknown"  # no validator, or it could not come to an end

    @property
    def is_sound(self) -> bool:
        """Say whether nothing was found wrong by a validator that could have found it."""
        return self in {Status.VALID, Status.WELL_FORMED}

    @property
    def audit(self) -> str:
        """Give the word of JHOVE's Audit handler."""
        return _AUDIT[self]


_AUDIT = {
    Status.VALID: "valid",
    Status.NOT_VALID: "well-formed",
    Status.WELL_FORMED: "well-formed",
    Status.NOT_WELL_FORMED: "not well-formed",
    Status.UNKNOWN: "unknown",
}


class Impact(StrEnum):
    """What a message does to the status of a file."""

    NONE = "none"
    NOT_VALID = "not valid"
    NOT_WELL_FORMED = "not well-formed"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that a validator has to say.

    `id` is stable (`GIF-EOF`), `offset` is in bytes from the start of the file, `text` is for
    people, `jhove` is JHOVE's id where the rule is one of its own (`GIF-HUL-3`).
    """

    id: str
    severity: Severity
    text: str
    offset: int | None = None
    jhove: str | None = None
    impact: Impact = Impact.NONE
