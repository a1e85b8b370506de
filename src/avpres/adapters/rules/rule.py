"""A rule of a package: where it stands, how binding it is, and what breaking it means."""

from dataclasses import dataclass
from enum import StrEnum

from avpres.domain.exit_codes import ExitCode
from avpres.domain.severity import Severity


class Level(StrEnum):
    """How binding a rule is (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


SEVERITY = {
    Level.MUST: Severity.ERROR,
    Level.SHOULD: Severity.WARNING,
    Level.MAY: Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its id; `text` says what it asks, `advice` what to do when it is broken."""

    id: str
    level: Level
    source: str
    text: str
    advice: str
    status: ExitCode = ExitCode.NOT_CONFORMANT


@dataclass(frozen=True, slots=True)
class Breach:
    """A place where a rule is broken; `path` is relative to the package, empty for the whole.

    `level` is another than the rule's where the package's version or kind has it so.
    """

    rule: Rule
    message: str
    path: bytes = b""
    expected: str | None = None
    found: str | None = None
    level: Level | None = None

    @property
    def severity(self) -> Severity:
        """Say how much it matters."""
        return SEVERITY[self.level or self.rule.level]

    @property
    def status(self) -> ExitCode:
        """Give the exit status that it leads to."""
        return self.rule.status if self.severity is Severity.ERROR else ExitCode.OK


def catalogue(*rules: Rule) -> dict[str, Rule]:
    """Put rules under their ids.

    Raises:
        ValueError: two rules have one id.
    """
    found = {rule.id: rule for rule in rules}
    if len(found) != len(rules):
        raise ValueError("two rules have one id")
    return found
