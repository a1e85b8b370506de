"""Which value each setting has, and which layer said so."""

from collections.abc import Sequence

from pydantic import BaseModel

from avpres.config.settings import Layer, Settings
from avpres.config.sources import model_of


def origins(settings: Settings, sections: Sequence[str], *, all_of: bool) -> dict[str, object]:
    """List the settings of some sections for a record.

    Flags are in the argument list of the record; so a command's own record holds what came from
    environment and file, and only commands about the settings list them all.
    """
    rows = [row for section in sections for row in _rows(settings, section)]
    wanted = rows if all_of else [r for r in rows if r["from"] in {Layer.ENVIRONMENT, Layer.FILE}]
    return {"file": str(settings.file) if settings.file else None, "values": wanted}


def _rows(settings: Settings, section: str) -> list[dict[str, object]]:
    said = settings.merged(section)
    return [
        {
            "key": ".".join((section, *keys)),
            "value": _plain(_at(said, keys, default)),
            "from": settings.origin(section, keys),
        }
        for keys, default in _leaves(model_of(section))
    ]


def _leaves(model: type[BaseModel]) -> list[tuple[tuple[str, ...], object]]:
    """Walk a model's keys, tables inside included, with their defaults."""
    found: list[tuple[tuple[str, ...], object]] = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += [((name, *keys), default) for keys, default in _leaves(inner)]
        else:
            found.append(((name,), None if field.is_required() else field.default))
    return found


def _at(values: object, keys: Sequence[str], default: object) -> object:
    for key in keys:
        if not isinstance(values, dict) or key not in values:
            return default
        values = values[key]
    return values


def _plain(value: object) -> object:
    """Make a value fit for JSON: paths and enumerations by their text."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value)
