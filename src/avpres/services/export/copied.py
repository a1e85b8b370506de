"""Access copies brought into a DIP: read back, described, related to what they were made of."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from avpres.adapters.describing.orders import Orders
from avpres.adapters.formats.description_json import to_line
from avpres.adapters.storage.reading import Reading, ReadRequest, read_files
from avpres.adapters.storage.volume import volume_of
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import Derivation, PackagedFile, file_id
from avpres.domain.premis import Event, EventType
from avpres.services import record
from avpres.services.describing import Asked, Describer, Item
from avpres.services.export import findings
from avpres.services.export.copies import WORK, Copies, Copy
from avpres.services.export.dip import Dip
from avpres.services.packing.chronicle import event_id
from avpres.services.packing.placed import Fault
from avpres.services.viewing import sidecar

_STAGED = re.compile(r"\.([^/]+)\.avpres-[0-9a-f]+\.part")
_KEPT = 1000  # copies that the report names


def take_in(dip: Dip, copies: Copies) -> None:
    """Put finished copies into the tree and onto the shelf; one that does not read back fails."""
    if not copies.made:
        return
    moment = round(dip.stage.created.timestamp()) * 1_000_000_000
    for copy in copies.made:
        place = dip.tree / copy.place
        place.parent.mkdir(parents=True, exist_ok=True)
        os.rename(copy.item.target, place)
        os.utime(place, ns=(moment, moment))
    proved = dict(_read_back(dip, copies))
    if copies.failed:
        return
    lines = dict(_described(dip, copies.made, moment))
    for copy in copies.made:
        size, digests = proved[copy.place]
        file = PackagedFile(copy.place, copy.place, size, moment, digests)
        dip.shelf.take(file, lines.get(copy.place))
        dip.derivations[copy.place] = _derivation(dip, copy)
    dip.report.facts["access_copies"] = [_fact(copy) for copy in copies.made[:_KEPT]]


def events_of(dip: Dip, copies: Copies, began: datetime) -> Iterator[Event]:
    """Give what was done for each copy: derived from its master, held against its plan."""
    for copy in copies.made:
        told = _told(copy)
        step = record.Step(
            objects=[_name(copy)],
            destination=copy.place,
            started=began,
            ended=dip.context.clock(),
            files=1,
            size=copy.master.file.size,
            facts={"profile": str(told["profile"]), "command": _command(dip, copy, told)},
        )
        detail = f"access copy derived from its master, profile {told['profile']}"
        yield record.examination(dip.report, step, EventType.MIGRATION, detail)
        facts: dict[str, record.events.Fact] = {
            name: told[name] for name in ("seconds", "frames") if told.get(name) is not None
        }
        checked = record.Step(
            objects=[copy.place],
            destination=copy.place,
            started=began,
            ended=dip.context.clock(),
            files=1,
            size=int(told["copy"]["size"]),
            facts=facts,
        )
        detail = "tracks, length, fields, sound and layout of the access copy as wanted"
        yield record.examination(dip.report, checked, EventType.VALIDATION, detail)


def _read_back(dip: Dip, copies: Copies) -> Iterator[tuple[str, tuple[int, tuple[Digest, ...]]]]:
    """Read copies from the medium, and hold them against the digests in their records."""
    asked = tuple(dict.fromkeys((*dip.options.digest, *sidecar.ALGORITHMS)))
    requests = [
        ReadRequest(os.fsencode(dip.tree / copy.place), asked, -1, copy) for copy in copies.made
    ]
    progress = dip.context.progress
    progress.start("read back")
    for reading in read_files(
        requests,
        volume=volume_of(dip.tree),
        workers=1,
        advance=lambda size, files: progress.advance(size=size, files=files),
    ):
        copy = reading.request.key
        if not isinstance(copy, Copy):
            raise TypeError(copy)
        if _is_as_made(reading, _told(copy)["copy"]["digests"]):
            yield copy.place, (reading.size, _asked(reading.digests, dip.options.digest))
        else:
            copies.failed += 1
            dip.note(findings.not_read_back(copy.place, Fault.MEDIUM))
    progress.finish()


def _is_as_made(reading: Reading, digests: dict[str, str]) -> bool:
    found = {each.algorithm.value: each.value for each in reading.digests}
    return reading.error is None and all(
        found.get(name) == value for name, value in digests.items()
    )


def _asked(digests: Iterable[Digest], algorithms: Sequence[Algorithm]) -> tuple[Digest, ...]:
    known = {digest.algorithm: digest for digest in digests}
    return tuple(known[each] for each in algorithms)


def _described(dip: Dip, copies: Sequence[Copy], moment: int) -> Iterator[tuple[str, bytes]]:
    """Give what each copy is, as a line."""
    root = os.fsencode(dip.tree)
    tools = tuple(dip.context.site.tools.configured.items())
    dip.context.progress.start("characterise", files=len(copies))
    with closing(
        Describer(Asked(Orders(algorithms=(), tools=tools), None, dip.options.jobs), dip.context)
    ) as describer:
        for described in describer.describe(_items(root, copies, moment)):
            found = described.description
            found.root, found.seconds = "", 0.0
            yield os.fsdecode(described.item.name), to_line(found)
    dip.context.progress.finish()


def _items(root: bytes, copies: Sequence[Copy], moment: int) -> Iterator[Item]:
    for copy in copies:
        name = os.fsencode(copy.place)
        path = os.path.join(root, name)
        size = os.stat(path).st_size
        yield Item(path, root, name, size, (size, moment, 0, 0))


def _derivation(dip: Dip, copy: Copy) -> Derivation:
    """Name the master in its package, and in the DIP if it is there too."""
    master = copy.master
    opened = master.source.opened
    sources = [opened.package.file_id(opened.places.at_home(master.file))]
    place = dip.place_of(master.file.role, master.source.folder + master.relative)
    if dip.shelf.get(place) is not None:
        sources.insert(0, file_id(dip.stage.id, place))
    return Derivation(tuple(sources), event_id(dip.stage.id, EventType.MIGRATION, copy.place))


def _told(copy: Copy) -> dict[str, Any]:
    """Read the record of a copy, which was written with it."""
    told: dict[str, Any] = json.loads(sidecar.place(copy.item.target).read_bytes())
    return told


def _command(dip: Dip, copy: Copy, told: dict[str, Any]) -> str:
    """Give the command line, with names as packages have them."""
    text = str(told["command"])
    work = dip.stage.path / WORK / copy.maker.request[:16]
    for folder in (work, dip.tree, copy.master.source.content):
        text = text.replace(f"{folder}{os.sep}", "")
    return _STAGED.sub(r"\1", text)


def _name(copy: Copy) -> str:
    return f"urn:uuid:{copy.master.source.id}/{copy.master.file.path}"


def _fact(copy: Copy) -> dict[str, str]:
    profile = copy.maker.deciding.profile.name
    return {"path": copy.place, "of": copy.master.file.path, "profile": profile}
