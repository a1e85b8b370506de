"""Every outcome as PREMIS 3.0: source and target as objects, an event between them, agents."""

import json
import os
import re
import shutil
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, BinaryIO

from avpres.adapters.formats import premis_parts as parts
from avpres.adapters.formats.emit.quantities import digest_name
from avpres.domain.fixity import Algorithm
from avpres.domain.migration import Outcome
from avpres.domain.premis import Agent, Event, EventType
from avpres.domain.premis import Outcome as Verdict
from avpres.services.migrate import keeping
from avpres.services.migrate.derivations import source_id
from avpres.services.migrate.keeping import Kept
from avpres.services.migrate.lines import path_of
from avpres.services.migrate.workshop import Workshop

_VERDICTS = {Outcome.OK: Verdict.SUCCESS, Outcome.KEPT: Verdict.SUCCESS}
_DERIVATION = f"{parts.VOCABULARY}relationshipType/der"
_HAS_SOURCE = ("has source", f"{parts.VOCABULARY}relationshipSubType/hss")
_IS_SOURCE = ("is source of", f"{parts.VOCABULARY}relationshipSubType/iso")


def write_premis(handle: BinaryIO, shop: Workshop, kept: Counter[Kept]) -> list[Agent]:
    """Write objects, events and agents of all that is recorded, in flat memory.

    Files that stay as they are have one event for each rule that keeps them, of the whole.

    PREMIS wants objects before events before agents, so events wait on disk.

    Returns:
        Who had a part in it: avpres, libraries, the operator.
    """
    handle.write(parts.OPENING)
    whole = parts.named("migrate", "results", shop.maker.key)
    handle.write(_whole(whole).encode())
    agents: dict[Agent, None] = {}
    with tempfile.TemporaryFile(dir=shop.stage.folder) as events:
        for told in _told(shop):
            one = _Outcome.of(told)
            handle.writelines(each.encode() for each in _objects(one))
            event = _event(one, shop)
            agents |= dict.fromkeys(event.agents)
            linked = [(one.source, parts.SOURCE), *((each, parts.RESULT) for each in one.files)]
            events.write(parts.event_element(event, event.agents, linked).encode())
        for event in keeping.events_of(kept, shop):
            agents |= dict.fromkeys(event.agents)
            linked = [(whole, parts.SOURCE)]
            events.write(parts.event_element(event, event.agents, linked).encode())
        events.seek(0)
        shutil.copyfileobj(events, handle)
    handle.writelines(parts.agent_element(each).encode() for each in agents)
    handle.write(parts.CLOSING)
    return list(agents)


def _whole(identity: uuid.UUID) -> str:
    """Write the results as a whole: the schema asks for one object at least."""
    content = parts.identifier("objectIdentifier", identity)
    content += parts.element("originalName", "results of a migration")
    return f'<premis:object xsi:type="premis:representation">\n{content}</premis:object>\n'


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A record, and the names of what it tells of."""

    told: dict[str, Any]
    source: uuid.UUID
    files: tuple[uuid.UUID, ...]
    event: uuid.UUID

    @classmethod
    def of(cls, told: dict[str, Any]) -> "_Outcome":
        source = source_id(path_of(told, "path"), int(told["size"]))
        files = tuple(_file_id(each) for each in told.get("files", []))
        words = (str(source), told["outcome"], *map(str, files))
        return cls(told, source, files, parts.named("migrate", "event", *words))


def _told(shop: Workshop) -> Iterator[dict[str, Any]]:
    for line in shop.journal.lines():
        told: dict[str, Any] = json.loads(line)
        if told["outcome"] != Outcome.KEPT:
            yield told


def _file_id(file: dict[str, Any]) -> uuid.UUID:
    digests = json.dumps(file["digests"], sort_keys=True)
    return parts.named("migrate", "target", os.fsdecode(path_of(file, "path")), digests)


def _objects(one: _Outcome) -> Iterator[str]:
    """Write a source and what was made of it, each related to the other (PREMIS 3.0, 1.13)."""
    told = one.told
    made = list(zip(told.get("files", []), one.files, strict=True))
    format = str(told.get("traits", {}).get("format", "unknown"))
    links = [_related(_IS_SOURCE, each, one.event) for _, each in made]
    yield _object(one.source, told, format, links)
    for file, identity in made:
        format = _FORMATS.get(str(told["target"]["kind"]), "")
        yield _object(identity, file, format, [_related(_HAS_SOURCE, one.source, one.event)])


_FORMATS = {
    "jp2": "JPEG 2000 Part 1 (JP2)",
    "jxl": "JPEG XL",
    "tiff": "TIFF",
    "flac": "FLAC",
    "text": "UTF-8",
}


def _object(identity: uuid.UUID, told: dict[str, Any], format: str, links: list[str]) -> str:
    path = os.fsdecode(path_of(told, "path"))
    fixities = "".join(
        _fixity(Algorithm(name), value) for name, value in told.get("digests", {}).items()
    )
    characteristics = parts.wrap(
        "objectCharacteristics",
        parts.element("compositionLevel", "0")
        + fixities
        + parts.element("size", str(told["size"]))
        + _format(format or "unknown"),
    )
    location = parts.element("contentLocationType", "path")
    location += parts.element("contentLocationValue", path)
    return (
        '<premis:object xsi:type="premis:file">\n'
        + parts.identifier("objectIdentifier", identity)
        + characteristics
        + parts.element("originalName", path)
        + parts.wrap("storage", parts.wrap("contentLocation", location))
        + "".join(links)
        + "</premis:object>\n"
    )


def _format(name: str) -> str:
    named = parts.element("formatName", name)
    return parts.wrap("format", parts.wrap("formatDesignation", named))


def _fixity(algorithm: Algorithm, value: str) -> str:
    known = digest_name(algorithm)
    uri = f"{parts.VOCABULARY}cryptographicHashFunctions/{algorithm.value}" if known else None
    name = parts.element("messageDigestAlgorithm", known or algorithm.value.upper(), uri)
    return parts.wrap("fixity", name + parts.element("messageDigest", value))


def _related(kind: tuple[str, str], other: uuid.UUID, event: uuid.UUID) -> str:
    content = parts.element("relationshipType", "derivation", _DERIVATION)
    content += parts.element("relationshipSubType", *kind)
    content += parts.identifier("relatedObjectIdentifier", other)
    content += parts.identifier("relatedEventIdentifier", event)
    return parts.wrap("relationship", content)


def _event(one: _Outcome, shop: Workshop) -> Event:
    told = one.told
    moment = datetime.fromisoformat(told["time"])
    outcome = Outcome(told["outcome"])
    return Event(
        id=one.event,
        type=EventType.MIGRATION,
        started=moment,
        ended=moment,
        outcome=_VERDICTS.get(outcome, Verdict.FAIL),
        detail=f"rule: {told['rule']}" if told.get("rule") else "no rule was reached",
        outcome_detail=_outcome_words(told),
        facts=dict(_facts(told)),
        agents=tuple(_agents(told, shop)),
    )


def _outcome_words(told: dict[str, Any]) -> str:
    words = [str(told["outcome"])]
    if told.get("reason"):
        words += [str(told["reason"]), str(told["sentence"])]
        words += [str(told["detail"])] if told.get("detail") else []
    for file in told.get("files", []):
        if file.get("proved_by"):
            words.append(f"{file['path']}: proved by {', '.join(file['proved_by'])}")
    return "; ".join(words)


def _facts(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if told.get("target"):
        yield "parameters", json.dumps(told["target"], sort_keys=True)
    for number, file in enumerate(told.get("files", []), 1):
        if file.get("codestream"):
            yield f"file {number} codestream", json.dumps(file["codestream"], sort_keys=True)
        for key in ("pixels_sha256", "read_by", "proved_by", "notes"):
            if file.get(key):
                value = file[key]
                text = value if isinstance(value, str) else ", ".join(map(str, value))
                yield f"file {number} {key}", text


def _agents(told: dict[str, Any], shop: Workshop) -> Iterator[Agent]:
    names = [str(told["made_by"]), *told.get("tools", [])]
    for file in told.get("files", []):
        names += [*file.get("read_by", []), *file.get("proved_by", [])]
    yield from map(_agent, dict.fromkeys(names))
    if shop.context.operator:
        yield Agent(name=shop.context.operator, type="person")


@lru_cache(maxsize=1000)
def _agent(name: str) -> Agent:
    """Part the version from the name: `FFmpeg gif (libavcodec 62.28)`, `avpres 1.0 (GIF)`."""
    found = _VERSION.search(name)
    if found is None:
        return Agent(name=name)
    program = f"{name[: found.start()]}{name[found.end() :]}".removesuffix(" ()")
    return Agent(name=program, version=found[1])


_VERSION = re.compile(r"(?: |(?<=\())(\d+(?:\.[\w+-]+)+)(?=[ )]|$)")
