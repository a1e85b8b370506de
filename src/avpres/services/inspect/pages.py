"""What is in a package, written for people."""

import os
from collections.abc import Iterable, Iterator, Mapping

import humanize

from avpres.adapters.formats.report_names import visible
from avpres.services.inspect.contents import MOST, Contents
from avpres.services.inspect.view import Amount

_SHOWN = 20
"""Formats, events, manifests and parts of a package that are shown; JSON has all."""

_HEADINGS = (
    ("path", "package"),
    ("container", "container"),
    ("form", "form"),
    ("layout", "layout"),
    ("id", "id"),
    ("kind", "kind"),
    ("label", "label"),
    ("institution", "institution"),
    ("rights", "rights"),
    ("created", "created"),
    ("profile", "profile"),
    ("version", "version"),
    ("part", "part"),
)


def lines(found: Contents) -> Iterator[str]:
    """Write what was found, a line for each thing."""
    for name, heading in _HEADINGS:
        value = getattr(found, name)
        if value:
            yield _line(heading, str(value))
    for heading, values in (("identifier", found.identifiers), ("made by", found.made_by)):
        yield from (_line(heading, value) for value in values[:_SHOWN])
    yield _line("holds", _amount(found.present))
    if found.listed.files:
        yield _line("lists", _amount(found.listed))
    yield from _amounts("role", found.roles)
    yield from _amounts("format", found.formats)
    yield from _documents(found)
    yield from (_line("known", value) for value in found.known)
    if found.files is not None:
        yield from _tree(found.files, found.present.files)


def _documents(found: Contents) -> Iterator[str]:
    for each in found.manifests[:_SHOWN]:
        digests = ", ".join(each.algorithms)
        yield _line("manifest", f"{each.path} ({each.format}, {digests}), {each.written}")
    for event in found.events[:_SHOWN]:
        outcome = f": {event.outcome}" if event.outcome else ""
        yield _line("event", f"{event.date} {event.type}{outcome}")
    yield from _more("event", len(found.events))
    for child in found.children[:_SHOWN]:
        contains = f"contains {child['files']} files, {child['size']} bytes"
        yield _line("child", f"{child['path']} ({child['kind']} {child['id']}), {contains}")
    yield from _more("child", len(found.children))


def _more(heading: str, count: int) -> Iterator[str]:
    if count > _SHOWN:
        yield _line(heading, f"and {count - _SHOWN:,} more; --json has all")


def _amounts(heading: str, counted: Mapping[str, Amount]) -> Iterator[str]:
    largest = sorted(counted.items(), key=lambda item: (-item[1].size, item[0]))
    for name, amount in largest[:_SHOWN]:
        yield _line(heading, f"{name}: {_amount(amount)}")
    yield from _more(heading, len(largest))


def _amount(amount: Amount) -> str:
    size = humanize.naturalsize(amount.size, binary=True)
    return f"{humanize.intcomma(amount.files)} file{'' if amount.files == 1 else 's'}, {size}"


def _line(heading: str, value: str) -> str:
    return f"{heading:<11} {visible(value)}"


def _tree(files: Iterable[tuple[bytes, int]], count: int) -> Iterator[str]:
    """Write files under their folders, two spaces for each."""
    above: list[str] = []
    for path, size in files:
        *folders, name = os.fsdecode(path).split("/")
        common = 0
        while common < min(len(above), len(folders)) and above[common] == folders[common]:
            common += 1
        for depth in range(common, len(folders)):
            yield f"{'  ' * depth}{visible(folders[depth])}/"
        above = folders
        shown = humanize.naturalsize(size, binary=True)
        yield f"{'  ' * len(folders)}{visible(name)}  {shown}"
    if count > MOST:
        yield f"and {count - MOST:,} more files"
