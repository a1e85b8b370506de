"""Policies of migrations in TOML: read with errors that name the place, and written again.

name = "stills"

[[rule]]
name = "photographs"
when = { format = "JPEG" }
target = { kind = "jxl" }

[[rule]]
name = "all else"
target = { kind = "keep" }
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from avpres.adapters.formats.migration_policy_faults import told
from avpres.adapters.formats.toml_page import table_of
from avpres.config.migration_policy import Policy
from avpres.domain.errors import UsageError


def read(path: Path) -> Policy:
    """Read a policy; a name that it does not give is the file's.

    Raises:
        UsageError: something in it is wrong; the text names file, rule and field.
    """
    return checked(table_of(path), path.stem, str(path))


def parse(text: str, stem: str, place: str) -> Policy:
    """Read a policy from its text; errors begin with `place`.

    Raises:
        UsageError: something in it is wrong.
    """
    try:
        return checked(tomllib.loads(text), stem, place)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{place}: not TOML: {error}") from error


def checked(table: Mapping[str, Any], stem: str, place: str) -> Policy:
    """Make a policy of a table.

    Raises:
        UsageError: something in it is wrong.
    """
    if "rules" in table:
        raise UsageError(f"{place}: rules: write each as a table of its own, [[rule]]")
    named = {"name": stem, **table}
    rules = named.pop("rule", [])
    try:
        return Policy.model_validate({**named, "rules": rules})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UsageError(f"{place}: {told(first, rules)}") from error


def written(policy: Policy) -> str:
    """Write a policy in full, so that a record shows all that was decided by."""
    said = policy.model_dump(mode="json")
    lines = [f"{key} = {_value(said[key])}" for key in ("name", "description")]
    for key in ("qa", "limits"):
        lines += ["", f"[{key}]", *(f"{name} = {_value(at)}" for name, at in said[key].items())]
    for rule in policy.rules:
        when = rule.when.model_dump(mode="json", exclude_defaults=True)
        target = rule.target.model_dump(mode="json")
        lines += ["", "[[rule]]", f"name = {_value(rule.name)}"]
        lines += [f"when = {_value(when)}"] if when else []
        lines.append(f"target = {_value(target)}")
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    """Write a value as TOML has it: texts with JSON's escapes, which are TOML's as well."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(at)}" for key, at in value.items()) + " }"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return repr(value)


def _text(text: str) -> str:
    escaped = "".join(_escaped(character) for character in text)
    return f'"{escaped}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character >= " " and character != "\x7f" else f"\\u{ord(character):04x}"
