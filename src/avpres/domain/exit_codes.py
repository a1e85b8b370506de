"""Exit statuses: a promise to shell scripts, the same for every command."""

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What the status of a finished process means. Tens are classes; numbers never change."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    FIXITY_MISMATCH = 10
    INCOMPLETE = 11
    NOT_REVERSIBLE = 12
    NOT_CONFORMANT = 13
    SOURCE_UNREADABLE = 20
    DESTINATION_REFUSED = 21
    DESTINATION_EXISTS = 22
    TOOL_MISSING = 30
    TOOL_FAILED = 31
    INTERRUPTED = 130
    TERMINATED = 143


MEANING: dict[ExitCode, str] = {
    ExitCode.OK: "everything asked was done and proved",
    ExitCode.INTERNAL: "a defect in avpres",
    ExitCode.USAGE: "flags, configuration or environment are wrong",
    ExitCode.FIXITY_MISMATCH: "bytes differ from the source or the manifest",
    ExitCode.INCOMPLETE: "something is missing or extra, or the proof could not be completed",
    ExitCode.NOT_REVERSIBLE: "the outcome does not give back the source",
    ExitCode.NOT_CONFORMANT: "a format, package or policy check failed",
    ExitCode.SOURCE_UNREADABLE: "a source could not be read",
    ExitCode.DESTINATION_REFUSED: "a destination is full, read-only or cannot hold a name",
    ExitCode.DESTINATION_EXISTS: "a destination holds other content; nothing was overwritten",
    ExitCode.TOOL_MISSING: "an external program is not installed",
    ExitCode.TOOL_FAILED: "an external program failed",
    ExitCode.INTERRUPTED: "interrupted; safe to run again",
    ExitCode.TERMINATED: "terminated; safe to run again",
}

_GRAVEST_FIRST = (
    ExitCode.TERMINATED,
    ExitCode.INTERRUPTED,
    ExitCode.INTERNAL,
    ExitCode.FIXITY_MISMATCH,
    ExitCode.NOT_REVERSIBLE,
    ExitCode.SOURCE_UNREADABLE,
    ExitCode.DESTINATION_REFUSED,
    ExitCode.DESTINATION_EXISTS,
    ExitCode.NOT_CONFORMANT,
    ExitCode.INCOMPLETE,
    ExitCode.TOOL_FAILED,
    ExitCode.TOOL_MISSING,
    ExitCode.USAGE,
    ExitCode.OK,
)


def gravest(codes: Iterable[ExitCode]) -> ExitCode:
    """Pick the status that a run ends with when several things happened: damage before absence."""
    return min(codes, key=_GRAVEST_FIRST.index, default=ExitCode.OK)
