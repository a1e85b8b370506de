"""What `bag-info.txt` says of a bag (`package-info.txt` up to 0.95), held against §2.2.2."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from avpres.adapters.rules.bag_rules import BAG_RULES
from avpres.adapters.rules.rule import Breach, Level

_STRICT = re.compile(r"([^\s:](?:[^:\r\n]*[^\s:])?):[ \t](.*)", re.DOTALL)
_OLD = re.compile(r"[ \t]*([^\s:](?:[^:\r\n]*?[^\s:])?)[ \t]*:[ \t]*(.*)", re.DOTALL)
_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_COUNT = re.compile(r"\d+ of (?:\d+|\?)", re.IGNORECASE)
_OXUM = re.compile(r"(\d{1,19})\.(\d{1,19})")
_SIZE = re.compile(r"(\d{0,15}(?:\.\d{1,6})?) ?([KMGTPE]?)(i?)B(?:ytes)?", re.IGNORECASE)
_UNITS = "KMGTPE"
_SLACK = Fraction(1, 10)  # of a size that is given in rounded units
_SHOWN = 60  # characters of a line that are repeated in a message


@dataclass(frozen=True, slots=True)
class Element:
    """A label and its value, on the line where it begins."""

    line: int
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Payload:
    """What the payload is: bytes and files, and the bytes of the whole bag."""

    size: int
    files: int
    bag: int


def elements(text: str, version: tuple[int, ...]) -> Iterator[Element | Breach]:
    """Yield the elements of a metadata file in their order, or what is no element.

    A line that begins with white space goes on with the value before it.
    """
    waiting: Element | None = None
    pattern = _STRICT if version >= (1, 0) else _OLD
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), start=1):
        if waiting is not None and line[:1] in {" ", "\t"} and line.strip():
            waiting = Element(waiting.line, waiting.label, f"{waiting.value} {line.strip()}")
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        if not line.strip():
            continue
        match = pattern.fullmatch(line)
        if match is None:
            said = f"line {number} is no label, colon, white space and value"
            yield Breach(BAG_RULES["BAG-INFO-LINE"], said, found=line[:_SHOWN])
        else:
            waiting = Element(number, match[1], match[2].strip())
    if waiting is not None:
        yield waiting


def judge(found: Iterable[Element], payload: Payload, version: tuple[int, ...]) -> Iterator[Breach]:
    """Yield what is wrong with the reserved elements."""
    seen = 0
    for element in found:
        label = element.label.lower()
        if label == "payload-oxum":
            seen += 1
            yield from _oxum(element, payload)
        elif label == "bag-size":
            yield from _size(element, payload)
        elif label == "bagging-date" and not _DATE.fullmatch(element.value):
            yield Breach(BAG_RULES["BAG-DATE"], f"{element.value[:_SHOWN]!r} is no date")
        elif label == "bag-count" and not _COUNT.fullmatch(element.value):
            yield Breach(BAG_RULES["BAG-COUNT"], f"{element.value[:_SHOWN]!r} is not N of T")
    if seen > 1:
        level = None if version >= (1, 0) else Level.SHOULD
        said = f"Payload-Oxum stands there {seen} times"
        yield Breach(BAG_RULES["BAG-OXUM-FORM"], said, level=level)


def _oxum(element: Element, payload: Payload) -> Iterator[Breach]:
    match = _OXUM.fullmatch(element.value)
    if match is None:
        said = f"{element.value[:_SHOWN]!r} is no Payload-Oxum"
        yield Breach(BAG_RULES["BAG-OXUM-FORM"], said)
    elif (int(match[1]), int(match[2])) != (payload.size, payload.files):
        yield Breach(
            BAG_RULES["BAG-OXUM"],
            "Payload-Oxum is not what the payload comes to",
            expected=element.value,
            found=f"{payload.size}.{payload.files}",
        )


def _size(element: Element, payload: Payload) -> Iterator[Breach]:
    match = _SIZE.fullmatch(element.value)
    if match is None or not match[1]:
        yield Breach(BAG_RULES["BAG-SIZE"], f"{element.value[:_SHOWN]!r} is no size with a unit")
        return
    power = _UNITS.find(match[2].upper()) + 1 if match[2] else 0
    said = [Fraction(match[1]) * base**power for base in (1000, 1024)]
    digits = len(match[1].partition(".")[2])
    rounding = Fraction(1, 10**digits) * 1024**power
    low, high = min(said) * (1 - _SLACK) - rounding, max(said) * (1 + _SLACK) + rounding
    if not any(low <= size <= high for size in (payload.size, payload.bag)):
        yield Breach(
            BAG_RULES["BAG-SIZE"],
            "Bag-Size is far from what the bag comes to",
            expected=element.value[:_SHOWN],
            found=f"{payload.bag} bytes",
        )
