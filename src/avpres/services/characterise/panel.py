"""The judges from outside that a run has, opened when they are first needed."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from avpres.adapters.tools.epubcheck import Epubcheck, find_epubcheck, locate_epubcheck
from avpres.adapters.tools.java import JavaProgram
from avpres.adapters.tools.jhove import Jhove, open_jhove
from avpres.adapters.tools.mediaconch import MediaConch, find_mediaconch, require_policies
from avpres.adapters.tools.vnu import Vnu, find_vnu, locate_vnu
from avpres.config.characterise import CharacteriseOptions
from avpres.domain.errors import ToolMissingError, UsageError
from avpres.domain.formats import Engine
from avpres.domain.premis import Agent

CONCHES = 4  # MediaConch waits half a second on each file, doing nothing


@dataclass(slots=True)
class Panel:
    """Who may be asked in a run."""

    engine: Engine = Engine.AVPRES
    policies: tuple[Path, ...] = ()
    configured: Mapping[str, Path] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    jhove: Jhove | None = None
    conches: tuple[MediaConch, ...] = ()
    _idle: "SimpleQueue[MediaConch]" = field(default_factory=SimpleQueue)
    _programs: dict[str, JavaProgram | None] = field(default_factory=dict)
    _checkers: frozenset[str] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def checkers(self) -> frozenset[str]:
        """Name those that are here to decide what our own validators leave open."""
        if self._checkers is None:
            asked = self.engine is not Engine.JHOVE
            self._checkers = frozenset(name for name, _ in self._places()) if asked else frozenset()
        return self._checkers

    @property
    def is_empty(self) -> bool:
        """Say whether nobody will be asked anything."""
        return not (self.jhove or self.policies or self.checkers)

    def vnu(self) -> Vnu | None:
        """Open the Nu Html Checker.

        Raises:
            ToolMissingError: the settings name it and it cannot be used.
        """
        program = self._program("vnu", find_vnu)
        return Vnu(program, self.stop) if program else None

    def epubcheck(self) -> Epubcheck | None:
        """Open EPUBCheck.

        Raises:
            ToolMissingError: the settings name it and it cannot be used.
        """
        program = self._program("epubcheck", find_epubcheck)
        return Epubcheck(program, self.stop) if program else None

    def seat(self, conches: tuple[MediaConch, ...]) -> None:
        """Take in those who hold files against policies."""
        self.conches = conches
        for conch in conches:
            self._idle.put(conch)

    @contextlib.contextmanager
    def conch(self) -> Iterator[MediaConch]:
        """Lend a MediaConch that nobody else is asking."""
        conch = self._idle.get()
        try:
            yield conch
        finally:
            self._idle.put(conch)

    @property
    def agents(self) -> list[Agent]:
        """Name those who were opened, for records."""
        found = [self.jhove.found.agent] if self.jhove else []
        for program in filter(None, self._programs.values()):
            note = os.fspath(program.path)
            found.append(Agent(name=program.name, version=program.version, note=note))
        if self.conches:
            found.append(Agent(name="MediaConch", version=self.conches[0].found.version))
        return found

    def key(self) -> Iterator[bytes]:
        """Yield whatever would make a judgement another one."""
        yield self.engine.encode()
        if self.jhove:
            yield f"{self.jhove.version} {sorted(self.jhove.modules.items())}".encode()
        if self.conches:
            yield self.conches[0].validator.encode()
        for path in (*(place for _, place in self._places()), *self.policies):
            status = path.stat()
            yield os.fsencode(f"{path} {status.st_mtime_ns} {status.st_size}")

    def close(self) -> None:
        """Stop whoever is still at work."""
        self.stop.set()
        for conch in self.conches:
            conch.close()

    def _places(self) -> Iterator[tuple[str, Path]]:
        for name, locate in (("vnu", locate_vnu), ("epubcheck", locate_epubcheck)):
            place = locate(self.configured)
            if place is not None and place.exists():
                yield name, place

    def _program(
        self, name: str, find: Callable[[Mapping[str, Path]], JavaProgram]
    ) -> JavaProgram | None:
        with self._lock:
            if name not in self._programs:
                self._programs[name] = None
                try:
                    self._programs[name] = find(self.configured)
                except ToolMissingError:
                    if name in self.configured:
                        raise
            return self._programs[name]


def open_panel(options: CharacteriseOptions, configured: Mapping[str, Path]) -> Panel:
    """Open those that were asked for; the others are opened when a file needs them.

    Raises:
        ToolMissingError: JHOVE or MediaConch is asked for and not here.
        ToolFailedError: JHOVE does not say what it can do.
        UsageError: options do not go together, or a policy is none.
    """
    if options.engine is Engine.JHOVE and options.deep:
        raise UsageError("--deep is work of avpres's own; use it with --engine both")
    require_policies(options.policy)
    panel = Panel(options.engine, options.policy, configured)
    for name, find in (("vnu", find_vnu), ("epubcheck", find_epubcheck)):
        if name in configured and panel.engine is not Engine.JHOVE:
            find(configured)
    if options.engine is not Engine.AVPRES:
        panel.jhove = open_jhove(configured, stop=panel.stop)
    if options.policy:
        found = find_mediaconch(configured)
        panel.seat(tuple(MediaConch(found, panel.stop) for _ in range(CONCHES)))
    return panel
