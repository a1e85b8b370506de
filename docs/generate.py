"""Write the generated parts of the pages: options, exit statuses, messages of validation.

usage: python docs/generate.py [--check]

A page has a generated part where it says `<!-- generated: options copy -->`,
`<!-- generated: statuses copy -->`, `<!-- generated: statuses -->`,
`<!-- generated: messages -->`, `<!-- generated: rules BAG -->` or
`<!-- generated: findings BAG -->`, up to `<!-- end -->`.
With --check nothing is written, and the status is 1 if a page is out of date.
"""
# ruff: noqa: INP001, T201 - a script, not a package; it speaks to whoever runs it

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import typer
import validation_messages

from avpres.adapters.rules.all_rules import ALL_RULES
from avpres.adapters.rules.rule import SEVERITY
from avpres.cli.app import COMMANDS, app
from avpres.cli.command import ALWAYS
from avpres.domain.exit_codes import MEANING, ExitCode
from avpres.domain.severity import Severity

DOCS = Path(__file__).parent
PART = re.compile(r"(<!-- generated: (\w+) ?(\w*) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def options(command: str) -> Iterator[str]:
    """Write a command's options as a table, in the order of its --help."""
    yield "| option | meaning |"
    yield "| --- | --- |"
    for parameter in typer.main.get_command(app).commands[command].params:  # type: ignore[attr-defined]
        if not parameter.opts[0].startswith("-"):
            continue
        flags = " or ".join(f"`{flag}`" for flag in (*parameter.opts, *parameter.secondary_opts))
        yield f"| {flags} | {parameter.help.replace('|', 'or')} |"


def statuses(command: str) -> Iterator[str]:
    """Write the statuses that a command can end with, or all there are."""
    of_command = {each.name: {*ALWAYS, *each.statuses} for each in COMMANDS}
    yield "| status | name | meaning |"
    yield "| --: | --- | --- |"
    for code in sorted(of_command[command] if command else ExitCode):
        yield f"| {code.value} | `{code.name}` | {MEANING[code]} |"


def messages(_: str) -> Iterator[str]:
    """Write every message of validation, a table for each format."""
    return validation_messages.page()


def findings(prefix: str) -> Iterator[str]:
    """Write the rules of packages that begin so as findings, with their statuses."""
    yield "| code | status | what it means | what to do |"
    yield "| --- | --- | --- | --- |"
    for rule in ALL_RULES.values():
        if rule.id.startswith(prefix + "-"):
            status = rule.status.value if SEVERITY[rule.level] is Severity.ERROR else "-"
            yield f"| `{rule.id}` | {status} | not so: {rule.text} | {rule.advice} |"


def rules(prefix: str) -> Iterator[str]:
    """Write the rules of packages that begin so, with where they stand."""
    yield "| rule | level | where | what it asks |"
    yield "| --- | --- | --- | --- |"
    for rule in ALL_RULES.values():
        if re.fullmatch(rf"{prefix}-?[A-Z0-9-]+", rule.id):
            yield f"| `{rule.id}` | {rule.level} | {rule.source} | {rule.text} |"


WRITERS: dict[str, Callable[[str], Iterator[str]]] = {
    "options": options,
    "statuses": statuses,
    "messages": messages,
    "findings": findings,
    "rules": rules,
}


def fresh(text: str) -> str:
    """Give a page with its generated parts written anew."""

    def write(part: re.Match[str]) -> str:
        begin, kind, subject, _, end = part.groups()
        return begin + "\n" + "\n".join(WRITERS[kind](subject)) + "\n\n" + end

    return PART.sub(write, text)


def main(*, check: bool) -> int:
    """Write or check every page."""
    stale = []
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        if fresh(text) != text:
            stale.append(page.name)
            if not check:
                page.write_text(fresh(text), encoding="utf-8")
    for name in stale:
        print(f"docs/{name}: {'out of date; run docs/generate.py' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
