"""Which fields a WARC record must, may and must not have, and how their values must look.

ISO 28500:2009 and :2017, 5 and 6. Fields that nobody knows are to be ignored; one that differs in
a single letter from a known one is taken for damage.
"""

import re
from datetime import datetime

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.warc_digest import Wanted, read_digest
from avpres.adapters.validators.warc_head import FIELD, Head

TYPES = (
    "warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion",
    "continuation",
)  # fmt: skip

_ALWAYS = ("warc-type", "warc-record-id", "warc-date", "content-length")
_IDS = ("warc-record-id", "warc-concurrent-to", "warc-refers-to", "warc-warcinfo-id",
        "warc-segment-origin-id")  # fmt: skip
_URIS = ("warc-target-uri", "warc-refers-to-target-uri", "warc-profile")
_DATES = ("warc-date", "warc-refers-to-date")
_NUMBERS = ("content-length", "warc-segment-number", "warc-segment-total-length")
_MIMES = ("content-type", "warc-identified-payload-type")
_OTHERS = ("warc-type", "warc-ip-address", "warc-truncated", "warc-filename",
           "warc-block-digest", "warc-payload-digest")  # fmt: skip
_KNOWN = frozenset((*_ALWAYS, *_IDS, *_URIS, *_DATES, *_NUMBERS, *_MIMES, *_OTHERS))
_REPEATABLE = frozenset(("warc-concurrent-to", "warc-protocol"))
_NEEDED = {
    **dict.fromkeys(("response", "resource", "request", "conversion"), ("warc-target-uri",)),
    "revisit": ("warc-target-uri", "warc-profile"),
    "continuation": ("warc-target-uri", "warc-segment-origin-id", "warc-segment-number"),
}
_OF_CAPTURES = ("request", "response", "resource", "metadata", "revisit")
_ONLY_IN = {  # fields that no other type may have
    "warc-ip-address": _OF_CAPTURES,
    "warc-concurrent-to": _OF_CAPTURES,
    "warc-refers-to": ("metadata", "conversion", "revisit"),
    "warc-target-uri": TYPES[1:],
    "warc-warcinfo-id": TYPES[1:],
    "warc-filename": ("warcinfo",),
    "warc-segment-origin-id": ("continuation",),
    "warc-segment-total-length": ("continuation",),
    "content-type": TYPES[:-1],
}
_PROFILES = tuple(
    f"http://netpreserve.org/warc/{version}/revisit/{what}"
    for version in ("1.0", "1.1")
    for what in ("identical-payload-digest", "server-not-modified")
)
_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):([^\s<>\x00-\x20]+)$")
_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z$")
_SHORT_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T[0-2]\d:[0-5]\dZ)?)?)?$")
_MIME = re.compile(
    r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(\s*;\s*[\w!#$&^.+-]+\s*=\s*(\"[^\"]*\"|[^\s;\"]+))*;?$"
)


def check_fields(head: Head, exam: Examination) -> None:
    """Check the fields of one record against its type."""
    values = head.values
    for name in head.repeated:
        if name in _KNOWN and name not in _REPEATABLE:
            text = f"{name} is there more than once"
            exam.invalid("WARC-DUPLICATE-FIELD", text, head.offset, jhove="WARC-KB-100")
    for name in (*_ALWAYS, *_NEEDED.get(head.type, ())):
        if name not in values:
            text = f"{name} is missing, which a record of this type must have"
            exam.invalid("WARC-MISSING-FIELD", text, head.offset)
    for name, value in values.items():
        if name not in _KNOWN:
            _check_unknown(head, name, exam)
        elif not value:
            exam.invalid("WARC-EMPTY", f"{name} is empty", head.offset, jhove="WARC-KB-101")
        else:
            _check_value(head, name, value, exam)
        if name in _ONLY_IN and head.type in TYPES and head.type not in _ONLY_IN[name]:
            text = f"{name} must not be in a record of the type {head.type}"
            exam.invalid("WARC-MISPLACED-FIELD", text, head.offset)
    _check_type(head, exam)
    _check_content_type(head, exam)


def is_misspelt(word: str, known: str) -> bool:
    """Say whether two words differ in one letter, or one letter is too many or too few."""
    if len(word) == len(known):
        return sum(one != other for one, other in zip(word, known, strict=True)) == 1
    longer, shorter = (word, known) if len(word) > len(known) else (known, word)
    if len(longer) != len(shorter) + 1:
        return False
    at = next((n for n, letter in enumerate(shorter) if letter != longer[n]), len(shorter))
    return longer[at + 1 :] == shorter[at:]


def _check_unknown(head: Head, name: str, exam: Examination) -> None:
    meant = next((known for known in _KNOWN if is_misspelt(name, known)), "")
    if meant:
        text = f"there is no field {name}; {meant} must be meant"
        exam.invalid("WARC-MISSPELT-FIELD", text, head.offset)


def _check_value(head: Head, name: str, value: str, exam: Examination) -> None:
    problem = ""
    if name in _IDS:
        problem = _problem_of_id(value)
    elif name in _URIS:
        problem = _problem_of_uri(value, head.version)
    elif name in _DATES:
        problem = _problem_of_date(value, head.version)
    elif name in _NUMBERS:
        problem = "" if value.isascii() and value.isdigit() else "is no number"
    elif name in _MIMES:
        problem = "" if _MIME.match(value) else "is no media type"
    elif name == "warc-ip-address":
        problem = _problem_of_address(value)
    elif name.endswith("-digest"):
        problem = "is no digest" if read_digest(value) is Wanted.MALFORMED else ""
    if problem:
        shown = value[:100]
        exam.invalid("WARC-VALUE", f"{name} {problem}: {shown}", head.offset, jhove=FIELD)


def _problem_of_id(value: str) -> str:
    if not (value.startswith("<") and value.endswith(">")):
        return "must be a URI in angle brackets"
    uri = _URI.match(value[1:-1])
    if uri is None:
        return "is no URI"
    if uri[1].lower() == "urn" and uri[2].startswith("uuid") and not _UUID.match(value[1:-1]):
        return "is no UUID"
    return "names a scheme that does not exist" if is_misspelt(uri[1], "urn") else ""


def _problem_of_uri(value: str, version: str) -> str:
    if value.startswith("<") and value.endswith(">"):
        if version == "1.1":
            return "must not stand in angle brackets"
        value = value[1:-1]
    uri = _URI.match(value)
    if uri is None:
        return "is no absolute URI"
    scheme = uri[1].lower()
    if scheme in {"http", "https"}:
        return "" if re.match(r"//[^/?#]", uri[2]) else "names no host"
    is_wrong = is_misspelt(scheme, "http") or is_misspelt(scheme, "https")
    return "names a scheme that does not exist" if is_wrong else ""


def _problem_of_date(value: str, version: str) -> str:
    found = _DATE.match(value)
    if found is None:
        is_right = version == "1.1" and _SHORT_DATE.match(value)
        return "" if is_right else "must be like 2005-05-25T12:00:00Z"
    if found[2] and version != "1.1":
        return "has fractions of a second, which WARC 1.1 brought"
    try:
        datetime.fromisoformat(found[1])
    except ValueError:
        return "is no date"
    return ""


def _problem_of_address(value: str) -> str:
    from ipaddress import ip_address

    try:
        ip_address(value)
    except ValueError:
        return "is no IP address"
    return ""


def _check_type(head: Head, exam: Examination) -> None:
    kind, values = head.type, head.values
    if kind and kind not in TYPES:
        near = next((known for known in TYPES if is_misspelt(kind, known)), "")
        say = exam.invalid if near else exam.warn
        text = f"the type {kind[:60]} is not known" + (f"; {near} must be meant" if near else "")
        say("WARC-TYPE", text, head.offset)
    profile = values.get("warc-profile", "")
    if kind == "revisit" and profile and profile not in _PROFILES:
        near = next((known for known in _PROFILES if is_misspelt(profile, known)), "")
        say = exam.invalid if near else exam.warn
        say("WARC-PROFILE", f"the profile {profile[:100]} is not known", head.offset)
    segment = values.get("warc-segment-number", "")
    if segment.isdigit() and (segment in {"0", "1"}) == (kind == "continuation"):
        text = f"the segment number {segment} does not go with the type {kind}"
        exam.invalid("WARC-SEGMENT", text, head.offset, jhove=FIELD)


def _check_content_type(head: Head, exam: Examination) -> None:
    kind, value = head.type, head.values.get("content-type", "").lower()
    if not value and head.length and kind != "continuation":
        text = "a record with content should say its Content-Type"
        exam.warn("WARC-NO-CONTENT-TYPE", text, head.offset)
    if kind == "warcinfo" and value and not value.startswith("application/warc-fields"):
        text = "a warcinfo record should be of the type application/warc-fields"
        exam.warn("WARC-CONTENT-TYPE", text, head.offset, jhove="WARC-KB-108")
    known = ("application/http", "application/warc-fields")
    if kind in {"request", "response"} and value:
        word = value.partition(";")[0].strip()
        if any(is_misspelt(word, one) for one in known):
            text = f"there is no media type {word}"
            exam.invalid("WARC-VALUE", text, head.offset, jhove=FIELD)
