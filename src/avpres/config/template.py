"""A commented settings file, made from the models, so that it never tells of old keys."""

import json
from collections.abc import Iterator
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from avpres.config.sources import SECTIONS, model_of

OF_ONE_RUN = frozenset(
    {
        "action",
        "assess",
        "dry_run",
        "file",
        "folder",
        "from_list",
        "glob",
        "paths",
        "recheck",
        "report",
    }
    | {
        "begin",
        "date",
        "destination",
        "end",
        "label",
        "manifest",
        "onto",
        "output",
        "package_id",
        "packages",
        "replace",
        "restart",
        "skip_space_check",
        "sip",
        "sources",
        "speed",
        "status",
        "supplement",
        "to",
    }
    | {"audit_xml", "csv", "emit", "html", "into", "jhove_xml", "ndjson"}
    | {"plan", "prove", "restore", "review", "table"}
)
"""Keys that belong on a command line; in a file they would surprise the next run."""

NOT_SET = " (not set; for example)"
"""Said of a key that has no default."""

_HEAD = """\
# Settings of avpres. Flags and environment variables (AVPRES_COPY__JOBS=2) are stronger.
# Lines that begin with # are not in force; each is shown at its default.
"""


def template() -> str:
    """Write every section with every key commented out, at its default."""
    blocks = [_HEAD]
    for section in SECTIONS:
        block = list(_table(section, model_of(section)))
        if len(block) > 1:
            blocks.append("\n".join(block) + "\n")
    return "\n".join(blocks)


def _table(name: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"[{name}]"
    tables = []
    for key, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            tables.append((f"{name}.{key}", inner))
        elif key not in OF_ONE_RUN and not field.is_required():
            unset = "" if field.default is not None else NOT_SET
            yield f"# {field.description or key}{_choices(field)}{unset}"
            yield f"# {key} = {_toml(_example(field))}"
    for inner_name, inner_model in tables:
        yield ""
        yield from _table(inner_name, inner_model)


def _choices(field: FieldInfo) -> str:
    for kind in _kinds(field.annotation):
        if isinstance(kind, type) and issubclass(kind, Enum):
            return f": {', '.join(str(member.value) for member in kind)}"
        if get_origin(kind) is Literal:
            return f": {', '.join(map(str, get_args(kind)))}"
    return ""


def _example(field: FieldInfo) -> object:
    """Give the default, or, when nothing is the default, something of the right type."""
    if field.default is not None:
        return field.default
    if field.examples:
        return field.examples[0]
    kinds = set(_kinds(field.annotation))
    for each in kinds:
        if isinstance(each, type) and issubclass(each, Enum):
            return next(iter(each))
    bounds = (getattr(each, "ge", None) for each in field.metadata)
    least = next((bound for bound in bounds if isinstance(bound, int)), 1)
    by_kind: tuple[tuple[type, object], ...] = (
        (bool, True),
        (int, max(1, least)),
        (float, 5.0),
        (Fraction, 24),
    )
    return next((value for kind, value in by_kind if kind in kinds), "")


def _kinds(annotation: object) -> Iterator[Any]:
    """Take a union or a tuple apart, down to the types that a value can have."""
    inner = get_args(annotation)
    if not inner or get_origin(annotation) is Literal:
        yield annotation
    for each in inner:
        if get_origin(annotation) is not Literal:
            yield from _kinds(each)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Enum):
        return _toml(value.value)
    if isinstance(value, (str, Path)):
        return json.dumps(str(value))
    return str(value)
