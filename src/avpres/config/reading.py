"""How environment and settings file are read, by pydantic-settings.

It takes 30 ms to load, so `sources` imports this when there is something to read.
"""

import json
import tomllib
from collections.abc import Mapping
from os import environ
from pathlib import Path
from typing import Any

from pydantic import Field, create_model
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, TomlConfigSettingsSource

from avpres.config.base import Options
from avpres.config.settings import DELIMITER, PREFIX, did_you_mean
from avpres.domain.errors import UsageError


class _Environment(EnvSettingsSource):
    """pydantic-settings' environment, with lists as people write them: `md5,sha256`."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Never read a section whole: `AVPRES_CONFIG` is a file, not the section `config`."""
        _, key, is_complex = super().get_field_value(field, field_name)
        return None, key, is_complex

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:  # noqa: ARG002 (its signature)
        try:
            return json.loads(value)
        except ValueError:
            return [part.strip() for part in str(value).split(",") if part.strip()]


def shape(models: Mapping[str, type[Options]]) -> type[BaseSettings]:
    """Make a settings class with a field for each section, none named like pydantic's methods."""
    fields: dict[str, Any] = {
        f"section_{name}": (model | None, Field(default=None, alias=PREFIX + name))
        for name, model in models.items()
    }
    return create_model("Shape", __base__=BaseSettings, **fields)


def environment(
    shape: type[BaseSettings], sections: Mapping[str, str]
) -> dict[str, dict[str, object]]:
    """Read the environment.

    Raises:
        UsageError: a variable names a section that is none.
    """
    for name in environ:
        section, delimiter, _ = name.removeprefix(PREFIX).partition(DELIMITER)
        if name.startswith(PREFIX) and delimiter and section.lower() not in sections:
            raise UsageError(
                f"environment {name}: no such section{did_you_mean(section.lower(), sections)}"
            )
    found = _Environment(shape, env_nested_delimiter=DELIMITER)()
    return {name.removeprefix(PREFIX): table for name, table in found.items()}


def table(
    shape: type[BaseSettings], file: Path | None, sections: Mapping[str, str]
) -> dict[str, dict[str, object]]:
    """Read the settings file, if there is one.

    Raises:
        UsageError: it is broken, or a table of it is no section.
    """
    if file is None:
        return {}
    try:
        tables = TomlConfigSettingsSource(shape, toml_file=file).toml_data
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: not TOML: {error}") from error
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    for name, table in tables.items():
        if name not in sections:
            raise UsageError(f"{file} [{name}]: no such section{did_you_mean(name, sections)}")
        if not isinstance(table, dict):
            raise UsageError(f"{file} {name}: write it as a table, [{name}]")
    return tables
