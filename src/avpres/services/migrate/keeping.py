"""Files that stay as they are, told by the rule that says so: one event for each (PREMIS 2.2).

Nothing is done to them, so they have no migration event; that a policy was applied to them is an
event of its own. Each file has its line in `migration.jsonl`.
"""

import json
from collections import Counter
from typing import NamedTuple

from avpres.adapters.formats import premis_parts as parts
from avpres.domain.migration import Outcome
from avpres.domain.premis import Agent, Event, EventType, event_id
from avpres.domain.premis import Outcome as Verdict
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.migrate.stage import RECORD
from avpres.services.migrate.workshop import Workshop

Fact = str | int | float | bool | None


class Kept(NamedTuple):
    """Why files stay: the rule, and what is to be said beside it."""

    rule: str
    why: str


def kept(shop: Workshop) -> Counter[Kept]:
    """Count the files that stay, by the reason; policies have few."""
    found: Counter[Kept] = Counter()
    for line in shop.journal.lines():
        told = json.loads(line)
        if told["outcome"] == Outcome.KEPT:
            found[Kept(str(told.get("rule", "")), str(told.get("why", "")))] += 1
    return found


def events_of(found: Counter[Kept], shop: Workshop) -> list[Event]:
    """Give the events for the record beside the results."""
    return [
        Event(
            id=parts.named("migrate", "kept", shop.maker.key, *why),
            type=EventType.POLICY_ASSIGNMENT,
            started=shop.moment,
            ended=shop.moment,
            outcome=Verdict.SUCCESS,
            detail=_detail(why),
            outcome_detail=_outcome(files),
            facts=_facts(why, files, shop),
            agents=tuple(_agents(shop)),
        )
        for why, files in sorted(found.items())
    ]


def steps_of(found: Counter[Kept], shop: Workshop, report: Report) -> list[Event]:
    """Give the same events as the run's own record and a package have them."""
    step = record.Step(
        objects=[str(path) for path in shop.options.sources],
        started=report.started,
        ended=shop.context.clock(),
        destination=str(shop.stage.out),
    )
    kind = EventType.POLICY_ASSIGNMENT
    return [
        record.examination(report, step, kind, _detail(why)).model_copy(
            update={
                "id": event_id(report.run_id, kind.value, "\n".join(why)),
                "outcome_detail": _outcome(files),
                "facts": _facts(why, files, shop),
            }
        )
        for why, files in sorted(found.items())
    ]


def occasion_of(event: Event) -> str:
    """Tell events of this type from each other, where an id is made of them."""
    if event.type is not EventType.POLICY_ASSIGNMENT:
        return ""
    return f"{event.facts.get('rule')}\n{event.facts.get('why')}"


def _detail(why: Kept) -> str:
    return f"kept as they are by the rule {why.rule!r}; each file is in {RECORD}"


def _outcome(files: int) -> str:
    return f"{files:,} file{' stays' if files == 1 else 's stay'}"


def _facts(why: Kept, files: int, shop: Workshop) -> dict[str, Fact]:
    told: dict[str, Fact] = {
        "policy": shop.policy.name,
        "rule": why.rule,
        "why": why.why,
        "files": files,
    }
    return {key: value for key, value in told.items() if value}


def _agents(shop: Workshop) -> list[Agent]:
    name, _, version = shop.maker.version.partition(" ")
    people = [Agent(name=shop.context.operator, type="person")] if shop.context.operator else []
    return [Agent(name=name, version=version), *people]
