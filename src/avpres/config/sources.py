"""Where settings are read from: flags, environment, settings file.

The environment is read as `AVPRES_<SECTION>__<KEY>`, the file as TOML with one table a section.
Reading is pydantic-settings'; it is imported when there is something to read.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from os import environ
from pathlib import Path
from typing import cast

import platformdirs

from avpres.config.base import Options
from avpres.config.settings import DELIMITER, PREFIX, Layer, Settings
from avpres.domain.errors import UsageError

SECTIONS: dict[str, str] = {
    "site": "avpres.config.site:Site",
    "run": "avpres.config.run:RunOptions",
    "copy": "avpres.config.copy:CopyOptions",
    "verify": "avpres.config.verify:VerifyOptions",
    "manifest": "avpres.config.manifest:ManifestOptions",
    "diff": "avpres.config.diff:DiffOptions",
    "characterise": "avpres.config.characterise:CharacteriseOptions",
    "inspect": "avpres.config.inspect:InspectOptions",
    "normalise": "avpres.config.normalise:NormaliseOptions",
    "access": "avpres.config.access:AccessOptions",
    "cook": "avpres.config.cook:CookOptions",
    "uncook": "avpres.config.uncook:UncookOptions",
    "migrate": "avpres.config.migrate:MigrateOptions",
    "repair": "avpres.config.repair:RepairOptions",
    "package": "avpres.config.package:PackageOptions",
    "export": "avpres.config.export:ExportOptions",
    "import": "avpres.config.importing:ImportOptions",
    "convert": "avpres.config.convert:ConvertOptions",
    "edit": "avpres.config.edit:EditOptions",
    "extract": "avpres.config.extract:ExtractOptions",
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
    flags = {name: dict(values) for name, values in given.items()}
    layers: dict[Layer, dict[str, dict[str, object]]] = {
        Layer.FLAG: flags,
        Layer.ENVIRONMENT: {},
        Layer.FILE: {},
    }
    if file is not None or _is_in_environment():
        from avpres.config.reading import environment, shape, table

        models = shape({name: model_of(name) for name in sections})
        layers[Layer.ENVIRONMENT] = environment(models, SECTIONS)
        layers[Layer.FILE] = table(models, file, SECTIONS)
    return Settings(file=file, layers=layers)


def _is_in_environment() -> bool:
    """Say whether any variable may be a setting; pydantic-settings takes them in any case."""
    return any(name.upper().startswith(PREFIX) and DELIMITER in name for name in environ)


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
