"""Plan a migration by headers alone: what each file is, and what is to become of it."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from avpres.adapters.identification.migrants import Look, look
from avpres.adapters.storage.folders import extended, open_unseen
from avpres.config.migration_fitness import is_already, unfit
from avpres.config.migration_policy import Jp2, Policy, Rule, Target
from avpres.domain.imaging import Traits
from avpres.domain.migration import Outcome, Reason, Unmigratable
from avpres.domain.migration_class import Migrant, OtherTraits
from avpres.services.context import Context
from avpres.services.migrate.classes import Key, class_of

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Candidate(Protocol):
    """A file that was listed."""

    @property
    def path(self) -> bytes:
        """Where it is."""


Each = TypeVar("Each", bound=Candidate)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says of one file; OK means that it is to be migrated.

    `problem` says why it is refused.
    """

    migrant: Migrant
    rule: Rule
    outcome: Outcome
    problem: Unmigratable | None = None

    @property
    def target(self) -> Target:
        """Give what the file is to become."""
        return self.rule.target

    @property
    def key(self) -> Key:
        """Name its row in the plan."""
        reason = self.problem.reason if self.problem else None
        return Key(class_of(self.migrant), self.rule.name, self._levels, self.outcome, reason)

    @property
    def _levels(self) -> int:
        if isinstance(self.target, Jp2) and isinstance(self.migrant, Traits):
            return self.target.levels_of(self.migrant)
        return 0


def decide(found: Look, policy: Policy) -> Decision:
    """Hold one file against the policy; what it keeps is kept, even if it is damaged."""
    rule, target = policy.decide(found.migrant)
    if found.problem is not None and found.problem.reason is Reason.UNREADABLE:
        return Decision(found.migrant, rule, Outcome.FAILED, found.problem)
    if target.kind == "keep" or is_already(target, found.migrant):
        return Decision(found.migrant, rule, Outcome.KEPT)
    problem = found.problem or unfit(target, found.migrant, policy.limits)
    outcome = Outcome.OK if problem is None else Outcome.REFUSED
    return Decision(found.migrant, rule, outcome, problem)


def look_at(path: bytes) -> Look:
    """Tell what a file is from its headers; nothing about it is raised."""
    try:
        with open(open_unseen(extended(path), _FLAGS), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                return _unread("it is no regular file")
            return look(file, found.st_size)
    except OSError as error:
        return _unread(error.strerror or str(error))
    except Exception as error:  # noqa: BLE001 - one hostile file never ends a plan
        text = f"its headers cannot be read: {type(error).__name__}"
        return Look(OtherTraits(), Unmigratable(Reason.DAMAGED, text))


def decided(
    found: Iterable[Each], policy: Policy, context: Context
) -> Iterator[tuple[Each, Decision]]:
    """Decide on each file in the order in which they come; memory holds one of them."""
    for each in found:
        decision = decide(look_at(each.path), policy)
        context.progress.advance(files=1)
        yield each, decision


def _unread(why: str) -> Look:
    return Look(OtherTraits(), Unmigratable(Reason.UNREADABLE, why))
