"""What the layers of settings say, laid over one another, and who said what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from avpres.config.base import Options
from avpres.domain.errors import UsageError

PREFIX = "AVPRES_"
DELIMITER = "__"
_Model = TypeVar("_Model", bound=Options)


class Layer(StrEnum):
    """Where a value comes from, the strongest first."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Settings:
    """What each layer says, by section and key; nothing is checked yet."""

    file: Path | None
    layers: dict[Layer, dict[str, dict[str, object]]] = field(default_factory=dict)

    def section(self, name: str, model: type[_Model]) -> _Model:
        """Check one section and make its options.

        Raises:
            UsageError: a value is wrong; the text names its layer and key.
        """
        try:
            return model.model_validate(self.merged(name))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise UsageError(self._complaint(name, model, first)) from error

    def check(self, name: str, model: type[Options]) -> None:
        """Check what is said in a section; what a command line has yet to say may be missing.

        Raises:
            UsageError: a value is wrong; the text names its layer and key.
        """
        try:
            model.model_validate(self.merged(name))
        except ValidationError as error:
            for each in error.errors(include_url=False):
                if each["type"] != "missing":
                    raise UsageError(self._complaint(name, model, each)) from error

    def merged(self, name: str) -> dict[str, object]:
        """Lay the layers of a section over one another; tables inside are merged by key."""
        result: dict[str, object] = {}
        for layer in (Layer.FILE, Layer.ENVIRONMENT, Layer.FLAG):
            result = _over(result, self.layers.get(layer, {}).get(name, {}))
        return result

    def origin(self, name: str, keys: Sequence[str]) -> Layer:
        """Tell which layer decides a value; `keys` leads to it inside the section."""
        for layer in (Layer.FLAG, Layer.ENVIRONMENT, Layer.FILE):
            if _holds(self.layers.get(layer, {}).get(name, {}), keys):
                return layer
        return Layer.DEFAULT

    def place(self, name: str, keys: Sequence[str]) -> str:
        """Name a value as its layer writes it: `--jobs`, `AVPRES_COPY__JOBS`, `[copy] jobs`."""
        layer = self.origin(name, keys)
        if layer is Layer.FLAG:
            return "--" + keys[-1].replace("_", "-")
        if layer is Layer.ENVIRONMENT:
            return "environment " + PREFIX + DELIMITER.join([name, *keys]).upper()
        if layer is Layer.FILE:
            return f"{self.file} [{'.'.join([name, *keys[:-1]])}] {keys[-1]}"
        return f"{name} {'.'.join(keys)}"

    def _complaint(self, name: str, model: type[Options], first: ErrorDetails) -> str:
        keys = [part for part in first["loc"] if isinstance(part, str)]
        message = str(first["msg"]).removeprefix("Value error, ")
        if not keys:
            return f"{name}: {message}"
        while len(keys) > 1 and self.origin(name, keys) is Layer.DEFAULT:
            keys.pop()  # a part that pydantic names but nobody wrote, such as a union's member
        where = self.place(name, keys)
        if self.origin(name, keys) is Layer.FLAG:
            where = model.FLAGS.get(keys[-1], where)
        if first["type"] == "extra_forbidden":
            return f"{where}: no such setting{did_you_mean(keys[-1], _names(model, keys[:-1]))}"
        if first["type"] == "missing":
            return f"{name} needs {keys[-1]}"
        return f"{where}: {message[:1].lower()}{message[1:]}, not {first['input']!r}"


def did_you_mean(word: str, known: Mapping[str, object] | Sequence[str]) -> str:
    """Suggest the nearest known name, or list them all."""
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"


def _over(under: Mapping[str, object], upper: Mapping[str, object]) -> dict[str, object]:
    result = dict(under)
    for key, value in upper.items():
        below = result.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        result[key] = _over(cast("dict[str, object]", below), value) if both else value  # type: ignore[arg-type]
    return result


def _holds(values: object, keys: Sequence[str]) -> bool:
    for key in keys:
        if not isinstance(values, Mapping) or key not in values:
            return False
        values = values[key]
    return True


def _names(model: type[Options], keys: Sequence[str]) -> list[str]:
    for key in keys:
        found = model.model_fields[key].annotation
        if not (isinstance(found, type) and issubclass(found, Options)):
            return []
        model = found
    return list(model.model_fields)
