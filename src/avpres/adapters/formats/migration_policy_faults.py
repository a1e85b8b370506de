"""What is wrong in a policy, in one sentence that names the rule and the field."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from avpres.config.migration_match import Match
from avpres.config.migration_policy import Limits, Policy, Qa, Rule
from avpres.config.migration_targets import KINDS, Flac, Jp2, Jxl, Keep, Refuse, Text, Tiff
from avpres.config.settings import did_you_mean

_TARGETS: Mapping[str, type[BaseModel]] = dict(
    zip(KINDS, (Jp2, Jxl, Tiff, Flac, Text, Keep, Refuse), strict=True)
)
_WORDS = {
    "a valid integer, unable to parse string as an integer": "a whole number",
    "a valid integer, got a number with a fractional part": "a whole number",
    "a valid integer": "a whole number",
    "a valid boolean, unable to interpret input": "true or false",
    "a valid boolean": "true or false",
    "greater than": "a number greater than",
    "less than": "a number less than",
    "String should have": "a text of",
}
_TABLES: Mapping[str, type[BaseModel]] = {"qa": Qa, "limits": Limits, "when": Match}


def told(error: ErrorDetails, rules: object) -> str:
    """Turn an error of the model into a sentence; `rules` are the tables as they were read."""
    where = list(error["loc"])
    lead = ""
    model: type[BaseModel] = Policy
    if where[:1] == ["rules"]:
        if len(where) == 1:
            return _no_rules(error)
        lead = f"{_rule(where[1], rules)}: "
        where, model = where[2:], Rule
    keys = [part for part in where if isinstance(part, str) and part.isidentifier()]
    text = _sentence(error, keys, model)
    if keys[:1] == ["target"] and keys[1:2] and keys[1] in KINDS:
        keys.pop(1)
    field = f"{'.'.join(keys)}: " if keys else ""
    return f"{lead}{field}{text}"


def _no_rules(error: ErrorDetails) -> str:
    if error["type"] == "too_short":
        return "it holds no [[rule]]; write one at least, which takes every file"
    if error["type"] == "too_long":
        return "it holds too many rules; 1,000 are taken"
    return "rule: write each as a table of its own, [[rule]]"


def _rule(place: object, rules: object) -> str:
    if not isinstance(place, int) or not isinstance(rules, Sequence):
        return "rule"
    rule = rules[place]
    name = rule.get("name") if isinstance(rule, dict) else None
    return f"rule {place + 1} ({name})" if isinstance(name, str) else f"rule {place + 1}"


def _sentence(error: ErrorDetails, keys: Sequence[str], model: type[BaseModel]) -> str:
    kind, given = error["type"], error["input"]
    if kind == "extra_forbidden":
        return f"no such key{did_you_mean(keys[-1], _fields(keys, model))}"
    if kind == "missing":
        return "is missing"
    if kind.startswith("union_tag"):
        return f"write a kind of target, which is {', '.join(KINDS[:-1])} or {KINDS[-1]}"
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        return "write it as a table, with a name and a value for each key"
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    message = str(error["msg"]).removeprefix("Input should be ")
    for theirs, ours in _WORDS.items():
        message = message.replace(theirs, ours)
    shown = f", not {given!r}" if isinstance(given, str | int | float) else ""
    return f"write {message}{shown}"


def _fields(keys: Sequence[str], model: type[BaseModel]) -> list[str]:
    """List the keys that may stand where a strange one stood."""
    if len(keys) > 1:
        model = _TABLES.get(keys[0]) or _TARGETS.get(keys[1], model)
    names = list(model.model_fields)
    return ["rule" if name == "rules" else name for name in names]
