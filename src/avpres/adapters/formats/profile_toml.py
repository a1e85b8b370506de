"""Profiles of required properties as archives write them, in TOML.

name = "film-lab"
extends = "default"

[[rule]]
kind = "audio"
formats = ["WAVE"]
required = ["audio.bits_per_sample >= 24", "properties.bext"]
"""

from collections.abc import Mapping
from pathlib import Path

from avpres.adapters.formats.toml_page import either, read_page, refuse_strangers, suggestion
from avpres.domain.errors import UsageError
from avpres.domain.formats import Format
from avpres.domain.profiles import BUILT_IN, PROPERTIES, Profile, Requirement, Rule
from avpres.domain.technical import MediaKind

_KEYS = ("name", "extends", "rule")
_RULE_KEYS = ("kind", "formats", "required")


def find(named: str) -> Profile:
    """Give a built-in profile by its name, or read the file at a path.

    Raises:
        UsageError: it is neither, or the file is no profile.
    """
    if named in BUILT_IN:
        return BUILT_IN[named]
    path = Path(named)
    if not path.is_file():
        built_in = ", ".join(BUILT_IN)
        raise UsageError(
            f"profile {named}: no such profile or file; take {built_in}, or a TOML file"
        )
    return read(path)


def read(path: Path) -> Profile:
    """Read a profile; a name that it does not give is the file's.

    Raises:
        UsageError: something in it is wrong; the text names file and key, and what to write.
    """
    return read_page(path, _profile)


def _profile(table: Mapping[str, object], stem: str) -> Profile:
    refuse_strangers(table, _KEYS)
    name = table.get("name", stem)
    if not isinstance(name, str) or not name.strip():
        raise ValueError('name: write it as text, name = "film-lab"')
    rules = table.get("rule", [])
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise ValueError("rule: write each as a table of its own, [[rule]]")
    own = tuple(_rule(rule, f"rule {place}") for place, rule in enumerate(rules, 1))
    rules_of = _base(table["extends"]).rules if "extends" in table else ()
    if not own and not rules_of:
        raise ValueError("holds no [[rule]]; write one, or extend a built-in profile")
    return Profile(name, rules_of + own)


def _base(named: object) -> Profile:
    if not isinstance(named, str) or named not in BUILT_IN:
        raise ValueError(f"extends: {named!r} is not built in; write {either(BUILT_IN)}")
    return BUILT_IN[named]


def _rule(table: Mapping[str, object], place: str) -> Rule:
    refuse_strangers(table, _RULE_KEYS, f"{place} ")
    kinds = {kind.value: kind for kind in MediaKind}
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise ValueError(f"{place} kind: {_said(kind)}; write {either(kinds)}")
    required = _texts(table, "required", place)
    if not required:
        raise ValueError(f'{place} required: names nothing; write required = ["{PROPERTIES[0]}"]')
    return Rule(
        kinds[kind],
        tuple(_requirement(one, f"{place} required") for one in required),
        tuple(_format(one, f"{place} formats") for one in _texts(table, "formats", place)),
    )


def _requirement(written: str, place: str) -> Requirement:
    try:
        return Requirement.parse(written)
    except ValueError as error:
        name = written.partition(">")[0].strip()
        raise ValueError(f"{place}: {written!r}: {error}{suggestion(name, PROPERTIES)}") from error


def _format(written: str, place: str) -> Format:
    known = {format.value.lower(): format for format in Format}
    found = known.get(written.strip().lower())
    if found is None:
        names = [format.value for format in Format]
        hint = suggestion(written, names) or f"; write {either(names)}"
        raise ValueError(f"{place}: no such format: {written!r}{hint}")
    return found


def _texts(table: Mapping[str, object], key: str, place: str) -> list[str]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError(f'{place} {key}: write it as a list of texts, {key} = ["…"]')
    return found


def _said(value: object) -> str:
    return "is missing" if value is None else f"no such kind: {value!r}"
