"""What all options models share."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Options(BaseModel):
    """Options of one subcommand: frozen, and strange names are refused.

    Each field stands in one place only; flags, environment and TOML are derived from the model,
    and a test keeps the command line equal to it.
    """

    FLAGS: ClassVar[Mapping[str, str]] = {}
    """Flags that are called otherwise than their fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=False)
