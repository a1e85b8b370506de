"""Names that people choose for packages and the folders above them, and what bags say besides."""

import re
from collections.abc import Iterator
from string import Formatter

NUMBER = "number"
_SPEC = re.compile(r"0?[1-9]?")
_LONGEST = 200  # bytes: manifests beside a package begin with its name
_BAG_FIELD = re.compile(r"[^\s:][^:]*: ?\S.*")
_OURS = frozenset(
    {"bag-size", "bag-software-agent", "bagging-date", "external-identifier", "payload-oxum"}
)


def folder_name(text: str) -> str:
    """Take the name of a folder that any system can hold and a manifest can show."""
    shown = text.isprintable() and text == text.strip()
    if not shown or text.startswith(".") or re.search(r'[/\\:*?"<>|]', text):
        raise ValueError('write a name without / \\ : * ? " < > |, outer spaces or a first dot')
    if len(text.encode()) > _LONGEST:
        raise ValueError(f"write a name of at most {_LONGEST} bytes")
    return text


def parent_pattern(text: str) -> str:
    """Take the name of a folder, or a pattern with one number: `oe{number:04}`."""
    try:
        list(_fields(text))
        folder_name(written(text, 1))
    except (ValueError, KeyError, IndexError) as error:
        raise ValueError(f"write a name, or a pattern such as oe{{number:04}} ({error})") from error
    return text


def is_numbered(pattern: str) -> bool:
    """Say whether a pattern has a number in it."""
    return any(_fields(pattern))


def written(pattern: str, number: int) -> str:
    """Write a pattern with its number."""
    return pattern.format(number=number)


def number_in(pattern: str, name: str) -> int | None:
    """Read the number of a folder that a pattern may have named."""
    parts = [
        re.escape(lead) + (r"(\d{1,18})" if field is not None else "")
        for lead, field, _, _ in Formatter().parse(pattern)
    ]
    match = re.fullmatch("".join(parts), name, re.ASCII)
    return int(match[1]) if match else None


def kind_of(name: str) -> str:
    """Say what kind of number a folder's name is: `oe1234` is an `oe`."""
    match = re.match(r"[^\W\d_]+", name)
    return match[0] if match else "parent"


def bag_field(text: str) -> str:
    """Take a line of `bag-info.txt`: `Name: value` (RFC 8493 §2.2.2)."""
    if not text.isprintable() or not _BAG_FIELD.fullmatch(text):
        raise ValueError("write it as Name: value, on one line")
    if text.partition(":")[0].lower() in _OURS:
        raise ValueError("avpres writes this line itself")
    return text


def _fields(pattern: str) -> Iterator[str]:
    seen = False
    for _, field, spec, conversion in Formatter().parse(pattern):
        if field is None:
            continue
        if seen or field != NUMBER or conversion or not _SPEC.fullmatch(spec or ""):
            raise ValueError("its only field is {number}, with a width such as {number:04}")
        seen = True
        yield field
