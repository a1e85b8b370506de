"""MediaConch's reports, read."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from avpres.domain.errors import ToolFailedError
from avpres.domain.severity import Severity
from avpres.domain.validity import Message

if TYPE_CHECKING:
    from lxml import etree

POLICY = "MEDIACONCH-POLICY"
"""The id of every rule of a policy that fails."""

_SPACE = "{https://mediaarea.net/mediaconch}"
_SEVERITIES = {"fail": Severity.ERROR, "warn": Severity.WARNING, "info": Severity.INFO}


def checks_in(report: bytes) -> list[Message]:
    """Give a message for each place where a file breaks a rule of its format.

    They are warnings: MediaConch knows the formats of its own day.

    Raises:
        ToolFailedError: it is no report.
    """
    return [
        message
        for check in _media(report).iter(f"{_SPACE}check")
        for test in check.iter(f"{_SPACE}test")
        if test.get("outcome") in {"fail", "warn"}
        for message in _of_test(check, test)
    ]


def rules_in(report: bytes, applied: int) -> list[Message]:
    """Give a message for each rule that a file fails; `applied` is how many policies there were.

    In a policy of which one rule must hold, none is told when one does.

    Raises:
        ToolFailedError: it is no report, or the policy was not applied.
    """
    policies = list(_media(report).iterchildren(f"{_SPACE}policy"))
    if len(policies) != applied:
        raise ToolFailedError(f"MediaConch applied {len(policies)} of {applied} policies")
    return [message for policy in policies for message in _of_policy(policy, "")]


def _media(report: bytes) -> "etree._Element":
    from lxml import etree

    parser = etree.XMLParser(recover=True, resolve_entities=False, huge_tree=True)
    try:
        root = etree.fromstring(report.strip(), parser)
    except etree.XMLSyntaxError as error:
        raise ToolFailedError("MediaConch's report cannot be read") from error
    media = None if root is None else root.find(f"{_SPACE}media")
    if media is None:
        raise ToolFailedError("MediaConch reported nothing on this file")
    return media


def _of_test(check: "etree._Element", test: "etree._Element") -> Iterator[Message]:
    rule = check.get("icid", "CHECK")
    reason = (test.get("reason") or "").strip().rstrip(".")
    for value in test.iterchildren(f"{_SPACE}value"):
        where = value.get("context") or value.get("name") or "it"
        found = (value.text or "").strip()
        text = f"{where} breaks MediaConch's rule {rule}"
        text += f": {reason}" if reason else f", it is {found}" if found else ""
        yield Message(f"MEDIACONCH-{rule}", Severity.WARNING, text, _offset(value.get("offset")))


def _offset(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"\d{1,18}", text) else None


def _of_policy(policy: "etree._Element", above: str) -> Iterator[Message]:
    severity = _SEVERITIES.get(policy.get("outcome", ""))
    if severity is None:
        return
    name = " / ".join(filter(None, (above, policy.get("name"))))
    told = 0
    for part in policy:
        inner = _of_policy if part.tag == f"{_SPACE}policy" else _of_rule
        for message in inner(part, name):
            told += 1
            yield message
    if not told:
        yield Message(POLICY, severity, f'policy "{name}" is not met')


def _of_rule(rule: "etree._Element", policy: str) -> Iterator[Message]:
    severity = _SEVERITIES.get(rule.get("outcome", ""))
    if severity is None or rule.tag != f"{_SPACE}rule":
        return
    place = rule.get("xpath") or rule.get("value") or ""
    found = rule.get("actual") or "nothing"
    asked = _asked(rule.get("operator") or "=", rule.get("requested") or "")
    rule_name = rule.get("name", "")
    text = f'policy "{policy}", rule "{rule_name}": {place} must {asked}, found {found}'
    yield Message(POLICY, severity, text)


def _asked(operator: str, value: str) -> str:
    if operator == "exists":
        return "exist"
    if operator.startswith("must "):  # "must not exist"
        return operator.removeprefix("must ")
    return f"be {value}" if operator == "=" else f"be {operator} {value}"
