"""What JHOVE's JSON handler says of a file, and what may be believed of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from avpres.domain.errors import AvpresError
from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Message, Status

KEPT_OF_AN_ID = 20  # messages of one id that are kept of a file
OFFLINE = "JHOVE-CORE-2"
"""JHOVE could not read something, as a schema on the network, to which it has no way from here."""

_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}
_IMPACTS = {Status.NOT_VALID: Impact.NOT_VALID, Status.NOT_WELL_FORMED: Impact.NOT_WELL_FORMED}


@dataclass(frozen=True, slots=True)
class Verdict:
    """JHOVE's word on a file, and who in JHOVE said it."""

    word: str  # verbatim; "" when it said none
    status: Status  # what the word is worth
    version: str  # of JHOVE
    module: str
    release: str  # of the module
    messages: tuple[Message, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def validator(self) -> str:
        """Name who judged, for records."""
        return f"JHOVE {self.version} {self.module} {self.release}"


def verdict_of(said: Mapping[str, Any], version: str, module: str) -> Verdict:
    """Read what JHOVE said of one file.

    "Valid" beside an error is not valid (openpreserve/jhove issues 853, 924). What JHOVE calls
    broken for want of a network is not known.
    """
    by = said.get("reportingModule")
    by = by if isinstance(by, dict) else {}
    told = [each for each in _listed(said.get("messages")) if isinstance(each, dict)]
    word = str(said.get("status", ""))
    errors = {_id(each) for each in told if each.get("severity") == "error"}
    status = _worth(word, errors)
    messages, counts = _messages(told, _IMPACTS.get(status, Impact.NONE))
    if status.value != word:
        counts["JHOVE-CONTRADICTION"] = 1
        text = f'JHOVE says "{word}", which is not to be believed: {_why(errors)}'
        messages.append(Message("JHOVE-CONTRADICTION", Severity.WARNING, text))
    return Verdict(
        word,
        status,
        version,
        str(by.get("name", module)),
        str(by.get("release", "")),
        tuple(messages),
        dict(counts),
    )


def no_verdict(version: str, module: str, release: str, error: AvpresError) -> Verdict:
    """Say that JHOVE came to no end with a file, or said nothing of it."""
    text = f"JHOVE gave no verdict: {error}"
    message = Message("JHOVE-NO-VERDICT", Severity.ERROR, text)
    return Verdict("", Status.UNKNOWN, version, module, release, (message,), {message.id: 1})


def _worth(word: str, errors: set[str]) -> Status:
    try:
        status = Status(word)
    except ValueError:
        return Status.UNKNOWN
    if status is Status.VALID and errors:
        return Status.NOT_VALID
    if status is Status.NOT_WELL_FORMED and errors == {OFFLINE}:
        return Status.UNKNOWN
    return status


def _why(errors: set[str]) -> str:
    if errors == {OFFLINE}:
        return "it had no network to fetch a schema from"
    return "it reports an error" if errors else "that is no status"


def _messages(told: list[dict[str, Any]], impact: Impact) -> tuple[list[Message], Counter[str]]:
    counts: Counter[str] = Counter()
    kept: list[Message] = []
    for each in told:
        message = _message(each, impact)
        counts[message.id] += 1
        if counts[message.id] <= KEPT_OF_AN_ID:
            kept.append(message)
    return kept, counts


def _message(said: Mapping[str, Any], impact: Impact) -> Message:
    severity = _SEVERITIES.get(str(said.get("severity")), Severity.INFO)
    words = [str(said[key]) for key in ("message", "subMessage") if said.get(key)]
    offset = said.get("offset")
    own = said.get("id")
    return Message(
        _id(said),
        severity,
        ": ".join(words),
        offset if type(offset) is int and offset >= 0 else None,
        str(own) if own else None,
        impact if severity is Severity.ERROR else Impact.NONE,
    )


def _id(said: Mapping[str, Any]) -> str:
    return str(said.get("id") or "JHOVE-MESSAGE")


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
