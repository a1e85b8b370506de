"""The folder above a package: an object entry, numbered by what is there already."""

import os
import re
from pathlib import Path

from avpres.config import naming
from avpres.domain.errors import UsageError
from avpres.services.context import Context


def check(parent: str, context: Context) -> None:
    """Hold a folder's name against the institution's own pattern of item numbers.

    Raises:
        UsageError: it is none of them.
    """
    pattern = context.site.ids.item
    if parent and pattern and not re.fullmatch(pattern, parent):
        raise UsageError(
            f"--parent {parent}: is no item number here ([site.ids] item = {pattern}); correct one "
            "of the two"
        )


def reserve(out: Path, pattern: str) -> tuple[str, bool]:
    """Make the folder above a package, and say whether it was not there before.

    A numbered one gets the number after the highest that is there. Making it reserves the number:
    of two runs at the same time each gets its own, on any computer.
    """
    if not naming.is_numbered(pattern):
        there = (out / pattern).is_dir()
        (out / pattern).mkdir(exist_ok=True)
        return pattern, not there
    number = _highest(out, pattern) + 1
    while True:
        name = naming.written(pattern, number)
        try:
            (out / name).mkdir()
        except FileExistsError:
            number += 1
        else:
            return name, True


def _highest(out: Path, pattern: str) -> int:
    numbers = (naming.number_in(pattern, name) for name in os.listdir(out))
    return max((number for number in numbers if number is not None), default=0)
