"""Where settings are read from: flags, environment, settings file.

The environment is read as `AVPRES_<SECTION>__<KEY>`, the file as TOML with one table a section.
Reading is pydantic-settings'; it is imported by commands at work, never for `--help`.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from importlib import import_module
from os import environ
from pathlib import Path
from typing import Any, cast

import platformdirs
from pydantic import Field, create_model
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, TomlConfigSettingsSource

from avpres.config.base import Options
from avpres.config.settings import DELIMITER, PREFIX, Layer, Settings, did_you_mean
from avpres.domain.errors import UsageError

SECTIONS: dict[str, str] = {
    "site": "avpres.config.site:Site",
    "run": "avpres.config.run:RunOptions",
    "copy": "avpres.config.copy:CopyOptions",
    "verify": "avpres.config.verify:VerifyOptions",
    "manifest": "avpres.config.manifest:ManifestOptions",
    "diff": "avpres.config.diff:DiffOptions",
    "characterise": "avpres.config.characterise:CharacteriseOptions",
    "package": "avpres.config.package:PackageOptions",
    "doctor": "avpres.config.doctor:DoctorOptions",
    "config": "avpres.config.setup:ConfigOptions",
}
"""Tables of the settings file and where their models are; a new command adds its line."""


def read(
    given: Mapping[str, Mapping[str, object]],
    *,
    sections: Sequence[str],
    config: Path | None = None,
    may_be_absent: bool = False,
) -> Settings:
    """Read the layers of some sections.

    Args:
        given: flags by section and key.
        sections: sections whose environment is read; their models are imported.
        config: settings file of the command line; else `AVPRES_CONFIG`, else the user's.
        may_be_absent: a file that was named but is not there counts as none.

    Raises:
        UsageError: the file is missing or broken, or a layer names a section that is none.
    """
    file = settings_file(config, may_be_absent=may_be_absent)
    shape = _shape(sections)
    return Settings(
        file=file,
        layers={
            Layer.FLAG: {name: dict(values) for name, values in given.items()},
            Layer.ENVIRONMENT: _environment(shape),
            Layer.FILE: _file(shape, file),
        },
    )


def model_of(section: str) -> type[Options]:
    """Import the model of a section."""
    module, _, name = SECTIONS[section].partition(":")
    return cast("type[Options]", getattr(import_module(module), name))


def user_file() -> Path:
    """Find where the user's settings file is, or would be."""
    return platformdirs.user_config_path("avpres", appauthor=False) / "avpres.toml"


def settings_file(config: Path | None = None, *, may_be_absent: bool = False) -> Path | None:
    """Find the settings file in force, None when the user has none.

    Raises:
        UsageError: a file that was asked for by flag or environment is not there.
    """
    named = environ.get("AVPRES_CONFIG")
    chosen = config or (Path(named) if named else None)
    if chosen is None:
        return user_file() if user_file().is_file() else None
    if chosen.is_file():
        return chosen
    if not may_be_absent:
        layer = "--config" if config else "environment AVPRES_CONFIG"
        raise UsageError(f"{layer}: {chosen} is no file; `avpres config init` writes one")
    return None


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


def _shape(sections: Sequence[str]) -> type[BaseSettings]:
    """Make a settings class with a field for each section, none named like pydantic's methods."""
    fields: dict[str, Any] = {
        f"section_{name}": (model_of(name) | None, Field(default=None, alias=PREFIX + name))
        for name in sections
    }
    return create_model("Shape", __base__=BaseSettings, **fields)


def _environment(shape: type[BaseSettings]) -> dict[str, dict[str, object]]:
    for name in environ:
        section, delimiter, _ = name.removeprefix(PREFIX).partition(DELIMITER)
        if name.startswith(PREFIX) and delimiter and section.lower() not in SECTIONS:
            raise UsageError(
                f"environment {name}: no such section{did_you_mean(section.lower(), SECTIONS)}"
            )
    found = _Environment(shape, env_nested_delimiter=DELIMITER)()
    return {name.removeprefix(PREFIX): table for name, table in found.items()}


def _file(shape: type[BaseSettings], file: Path | None) -> dict[str, dict[str, object]]:
    if file is None:
        return {}
    try:
        tables = TomlConfigSettingsSource(shape, toml_file=file).toml_data
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: not TOML: {error}") from error
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    for name, table in tables.items():
        if name not in SECTIONS:
            raise UsageError(f"{file} [{name}]: no such section{did_you_mean(name, SECTIONS)}")
        if not isinstance(table, dict):
            raise UsageError(f"{file} {name}: write it as a table, [{name}]")
    return tables
