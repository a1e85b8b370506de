"""What ffmpeg has against a source while it goes on: damage that ends in no bad status."""

from avpres.adapters.tools.ffmpeg_log import is_grave
from avpres.adapters.tools.process import show

TELLING = ("-loglevel", "level+info")
"""Words that make ffmpeg begin each line with how grave it is."""

_LONGEST = 200  # characters of a complaint that are told


class Complaints:
    """Counts grave lines, and keeps the first."""

    def __init__(self) -> None:
        self.count = 0
        self.first = ""

    def take(self, line: bytes) -> None:
        """Take a line of the log."""
        if is_grave(line):
            self.count += 1
            self.first = self.first or show(line)[:_LONGEST]
