"""Which files of a film are restored."""

import fnmatch
import os
from collections.abc import Callable, Sequence

Wanted = Callable[[bytes], bool]


def wanted(patterns: Sequence[str]) -> Wanted:
    """Make the rule of a run: every file without patterns, else those that match one.

    A pattern with a slash is matched against the path in the film, with and without the reel's
    name; one without against the name alone. `*`, `?` and `[0-9]` work as in a shell.
    """
    if not patterns:
        return lambda _: True

    def is_wanted(name: bytes) -> bool:
        path = os.fsdecode(name)
        bare = path.rpartition("/")[2]
        within = path.partition("/")[2]
        return any(
            any(fnmatch.fnmatchcase(each, pattern) for each in (path, within))
            if "/" in pattern
            else fnmatch.fnmatchcase(bare, pattern)
            for pattern in patterns
        )

    return is_wanted
