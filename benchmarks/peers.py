"""The ways to copy that are measured side by side."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import copyit_pattern
from benchmarks.data import count
from benchmarks.lab import Lab
from benchmarks.timing import Command, Contender

BLOCKS = ("bs=8M", "status=none")
COPYIT = Path(copyit_pattern.__file__)


@dataclass(frozen=True)
class Copying:
    """One source, one target, and how to begin each run."""

    lab: Lab
    data: Path
    solid: Path  # the same number of bytes in one file
    target: Path
    prepare: Callable[[], None]

    def limit(self) -> Contender:
        """Read and write past the page cache, then read back: what the disks alone need."""
        copy = self.target / "limit"
        commands = (
            ("dd", f"if={self.solid}", f"of={copy}", *BLOCKS, "iflag=direct", "oflag=direct"),
            ("dd", f"if={copy}", "of=/dev/null", *BLOCKS, "iflag=direct"),
        )
        return Contender("limit", commands, (self.target,), self.prepare)

    def cp(self) -> Contender:
        """The plain copy, unverified."""
        return self._copier("cp", ("cp", "-r", self.data, self.target))

    def rsync(self) -> Contender:
        """The copy of most scripts, unverified on the medium."""
        return self._copier("rsync", ("rsync", "-a", self.data, self.target))

    def copyit(self) -> Contender:
        """The verified copy that archives know, in three passes."""
        command = (sys.executable, "-I", COPYIT, self.data, self.target)
        return self._copier("copyit", command)

    def avpres(self, name: str, *flags: str | Path) -> Contender:
        """Ours, verified on the medium."""
        return self._copier(name, (self.lab.program, "copy", *flags, self.data, self.target))

    def _copier(self, name: str, command: Command) -> Contender:
        return Contender(
            name, (command,), (self.target,), self.prepare, self._arrived, env=self.lab.env
        )

    def _arrived(self) -> None:
        wanted, found = count(self.data), count(self.target / self.data.name)
        if wanted != found:
            raise RuntimeError(f"{self.target}: {found} files and bytes arrived of {wanted}")
