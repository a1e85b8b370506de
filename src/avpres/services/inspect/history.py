"""What a package says was done to it: events with their dates and outcomes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats.report_json import event_from_json
from avpres.adapters.packages.foreign import Foreign
from avpres.adapters.rules.premis_entities import event_of
from avpres.domain.premis import utc
from avpres.services.inspect.view import Noted

MOST = 1000
"""Events that are told; some packages have five for each file."""

_LARGEST = 64 << 20  # bytes of one PREMIS document


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as a package tells it."""

    type: str
    date: str
    outcome: str
    detail: str = ""


def of_ours(path: Path, notes: Noted) -> list[Happened]:
    """Read the events that avpres has written."""
    found: list[Happened] = []
    with path.open("rb") as handle:
        for line in handle:
            try:
                event = event_from_json(line)
            except ValueError:
                notes.damaged(os.fsdecode(path), "a line tells of no event")
                break
            if len(found) < MOST:
                said = event.outcome_detail or event.detail
                found.append(
                    Happened(event.type.value, utc(event.ended), event.outcome.value, said)
                )
    return found


def of_others(foreign: Foreign) -> list[Happened]:
    """Read the PREMIS events that a package's documents hold."""
    found: list[Happened] = []
    for each in foreign.provenance():
        if len(found) >= MOST:
            break
        content = each.content
        if content is None and each.path is not None:
            content = _document(foreign.root / each.path)
        if content is not None and "PREMIS" in each.type.upper():
            found += _events(content)
    return found[:MOST]


def _document(path: Path) -> bytes | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        return path.read_bytes()
    except OSError:
        return None


def _events(content: bytes) -> Iterator[Happened]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return
    for element in root.iter("{*}event"):
        event = event_of(element)
        if event.type:
            yield Happened(event.type, event.date, ", ".join(event.outcomes))
