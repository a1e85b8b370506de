"""How grave a line of ffmpeg's log is, where `-loglevel level+info` makes it say so."""

import re

_GRAVE = re.compile(rb"(?:\[[^\]]* @ [0-9a-fx]+\] )*\[(?:error|fatal|panic)\] ")


def is_grave(line: bytes) -> bool:
    """Say whether it tells of an error; names and tags, which may hold any words, come later."""
    return _GRAVE.match(line) is not None
