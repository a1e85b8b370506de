"""Policies by name or by file."""

from importlib.resources import files
from pathlib import Path

from avpres.adapters.formats.migration_policy_toml import parse, read
from avpres.config.migration_policy import Policy
from avpres.config.settings import did_you_mean
from avpres.domain.errors import UsageError

PRESETS = ("avpres", "avpres-jp2", "aiht-2005", "jxl", "keep", "kb", "bodleian")
"""Policies that avpres brings, in the order in which people are shown them."""


def load(named: str | Path) -> Policy:
    """Give a policy that avpres brings, or read the TOML file at a path.

    Raises:
        UsageError: it is neither, or something in the file is wrong.
    """
    if str(named) in PRESETS:
        page = files("avpres.config").joinpath("presets", f"{named}.toml")
        return parse(page.read_text(encoding="utf-8"), str(named), f"policy {named}")
    path = Path(named).expanduser()
    if not path.is_file():
        hint = did_you_mean(str(named), PRESETS)
        raise UsageError(f"policy {named}: there is no such policy or file{hint}")
    return read(path)
