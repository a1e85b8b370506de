"""The record of one source: a line of `migration.jsonl`, and what is read back from it."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from avpres import __version__
from avpres.adapters.formats.report_names import encodable, from_base64, raw_base64
from avpres.adapters.migrating.journal import Settled, Source, TargetRow
from avpres.adapters.migrating.orders import Made, Part
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.imaging import Traits
from avpres.domain.migration import SENTENCES, Outcome
from avpres.domain.migration_class import Migrant
from avpres.domain.premis import utc
from avpres.services.migrate.classes import class_of

FORM = 1
MADE_BY = f"avpres {__version__}"


@dataclass(frozen=True, slots=True)
class Maker:
    """Who settles outcomes: a version, and a policy by its name and by what it says."""

    policy: str
    id: str
    version: str = MADE_BY

    @property
    def key(self) -> str:
        """Name it for comparison; the name of a policy does not matter."""
        return f"{self.version}; {self.id}"


def line_of(
    made: Made,
    source: Source,
    targets: Iterable[tuple[bytes, Part]],
    maker: Maker,
    moment: datetime,
) -> str:
    """Write all that is known of one source on a line of JSON."""
    told: dict[str, object] = {
        "form": FORM,
        **named("path", source.path),
        **named("place", source.place),
        "size": source.signature[0],
        "mtime_ns": source.signature[1],
        "outcome": made.outcome.value,
        "time": utc(moment),
        "made_by": maker.version,
        "policy": maker.policy,
        "policy_id": maker.id,
    }
    if made.reason is not None:
        told |= {"reason": made.reason.value, "sentence": SENTENCES[made.reason]}
        told |= {"detail": encodable(made.detail)} if made.detail else {}
    if made.migrant is not None:
        told |= {"class": str(class_of(made.migrant)), "traits": traits_of(made.migrant)}
    if made.target is not None:
        told |= {"rule": made.rule, "target": made.target.model_dump(mode="json")}
        told |= {"decided": made.decided}
    if made.outcome is Outcome.KEPT:
        told |= {"why": made.detail or "the policy keeps what this rule takes"}
    told |= {"digests": _digests(made.digests)} if made.digests else {}
    told |= {"tools": list(made.tools)} if made.tools else {}
    told |= dict(made.facts)
    files = [_target(path, part) for path, part in targets]
    told |= {"second": made.second, "files": files} if files else {}
    return json.dumps(told, ensure_ascii=False, default=_plain)


def named(key: str, path: bytes) -> dict[str, object]:
    """Write a path, and its exact bytes where UTF-8 cannot hold it."""
    text = os.fsdecode(path)
    exact = raw_base64(text)
    return {key: encodable(text), **({f"{key}_base64": exact} if exact else {})}


def path_of(told: Mapping[str, Any], key: str) -> bytes:
    """Read a path back.

    Raises:
        KeyError: it is not there.
        ValueError: it is none.
    """
    exact = told.get(f"{key}_base64")
    return os.fsencode(from_base64(exact) if exact is not None else str(told[key]))


def traits_of(migrant: Migrant) -> dict[str, object]:
    """Give what decided, as JSON can carry it."""
    if isinstance(migrant, Traits):
        return migrant.as_dict()
    return {key: _plain(value) for key, value in asdict(migrant).items()}


def under(line: str, maker: Maker) -> str:
    """Give a record under another policy that wants the same."""
    told = json.loads(line) | {"policy": maker.policy, "policy_id": maker.id}
    return json.dumps(told, ensure_ascii=False)


def settled_of(made: Made, source: Source, maker: Maker, line: str) -> Settled:
    """Give what the journal keeps of an outcome beside its line."""
    return Settled(
        source.id,
        source.signature[:2],
        made.outcome.value,
        None if made.reason is None else made.reason.value,
        made.decided,
        maker.key,
        made.second,
        line,
    )


def read_line(line: str) -> tuple[bytes, bytes, Settled, list[TargetRow]]:
    """Read a record back: path, place, outcome, and the files that were made.

    Raises:
        ValueError: it is no such record.
    """
    try:
        told = json.loads(line)
        settled = Settled(
            0,
            (int(told["size"]), int(told["mtime_ns"])),
            str(told["outcome"]),
            told.get("reason"),
            str(told.get("decided", "")),
            f"{told['made_by']}; {told['policy_id']}",
            bool(told.get("second", True)),
            line,
        )
        rows = [_row(each) for each in told.get("files", [])]
        return path_of(told, "path"), path_of(told, "place"), settled, rows
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a record of a migration: {error}") from error


def _row(told: Mapping[str, Any]) -> TargetRow:
    digests = tuple(Digest(Algorithm(name), str(value)) for name, value in told["digests"].items())
    return TargetRow(path_of(told, "path"), 0, int(told["size"]), digests, told["role"], True)


def _target(path: bytes, part: Part) -> dict[str, object]:
    told: dict[str, object] = {
        **named("path", path),
        "role": part.role,
        "size": part.size,
        "digests": _digests(part.digests),
    }
    told |= {"page": part.page} if part.page else {}
    told |= {"pixels_sha256": part.pixels} if part.pixels else {}
    told |= {"read_by": list(part.read_by)} if part.read_by else {}
    told |= {"proved_by": list(part.proved_by)} if part.proved_by else {}
    return told | dict(part.facts)


def _digests(digests: Iterable[Digest]) -> dict[str, str]:
    return {each.algorithm.value: each.value for each in digests}


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted(map(str, value))
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if value is None or isinstance(value, str | int | float | list | tuple):
        return value
    return str(value)


def read_lines(lines: Iterable[bytes]) -> Iterator[str]:
    """Give the lines of a record without their ends."""
    for line in lines:
        if text := line.decode("utf-8", "replace").strip():
            yield text
