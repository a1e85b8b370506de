"""What JHOVE's JSON handler says of a file, and what may be believed of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from avpres.adapters.tools.checked import gathered
from avpres.domain.errors import AvpresError
from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Message, Status

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
    impact = _IMPACTS.get(status, Impact.NONE)
    messages = [_message(each, impact) for each in told]
    if status.value != word:
        text = f'JHOVE says "{word}", which is not to be believed: {_why(errors)}'
        messages.append(Message("JHOVE-CONTRADICTION", Severity.WARNING, text))
    kept, counts = gathered(messages)
    name, release = str(by.get("name", module)), str(by.get("release", ""))
    return Verdict(word, status, version, name, release, kept, counts)


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
