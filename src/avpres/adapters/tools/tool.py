"""External programs by name: where they are, which version, and what to do when they are not."""

import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from avpres.adapters.tools.process import run
from avpres.domain.errors import AvpresError, ToolFailedError, ToolMissingError
from avpres.domain.premis import Agent

PROBE_S = 10.0
"""Seconds that a program may take to tell its version."""

NOTHING_CONFIGURED: Mapping[str, Path] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class VersionRange:
    """Versions that must not be used, both ends included, with the reason and a link to it."""

    first: str
    last: str
    link: str
    why: str

    def holds(self, version: str) -> bool:
        """Say whether a version lies in the range."""
        return _key(self.first) <= _key(version) <= _key(self.last)


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, as it is found and asked for its version.

    `programs` are looked for on PATH in this order. `version_args` empty means that the program
    is a part of the system and tells none: the system's version stands for it. The first group of
    `version_pattern` is the version; a program whose answer does not match is another program of
    that name. `advice` says how to get it, by `sys.platform`. `bundled` gives the path of a copy
    that a Python wheel brings, used when PATH has none. `environment` changes what it is asked in.
    """

    name: str
    programs: tuple[str, ...]
    version_args: tuple[str, ...] = ("--version",)
    version_pattern: str = r"(\d+(?:\.\d+)+)"
    version_status: tuple[int, ...] = (0,)
    least: str | None = None
    broken: tuple[VersionRange, ...] = ()
    advice: Mapping[str, str] = field(default_factory=dict)
    bundled: Callable[[], Path | None] | None = None
    environment: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def remedy(self) -> str:
        """What to do on this system when the program is missing."""
        return self.advice.get(sys.platform, f"install {self.name} or configure its path")


class Origin(StrEnum):
    """Why this copy of a program was taken."""

    CONFIGURED = "configured"
    PATH = "path"
    BUNDLED = "bundled"


@dataclass(frozen=True, slots=True)
class FoundTool:
    """A program that is here and fit for use. The path is absolute."""

    name: str
    path: Path
    version: str
    origin: Origin

    @property
    def agent(self) -> Agent:
        """The program as records name it (PREMIS 3.0, 3)."""
        return Agent(name=self.name, version=self.version, note=str(self.path))


def find(tool: Tool, configured: Mapping[str, Path] = NOTHING_CONFIGURED) -> FoundTool:
    """Find a program: where configuration says, else on PATH, else in a wheel.

    A configured path is final: when nothing fit is there, nothing else is tried. Answers are
    remembered as long as the program's file stays the same.

    Raises:
        ToolMissingError: it is not here, is another program, too old, or known to be broken.
    """
    path, origin = _locate(tool, configured)
    status = path.stat()
    version = _version(tool, path, (status.st_mtime_ns, status.st_size))
    _refuse_unfit(tool, path, version)
    return FoundTool(tool.name, path, version, origin)


def _locate(tool: Tool, configured: Mapping[str, Path]) -> tuple[Path, Origin]:
    if tool.name in configured:
        path = Path(os.path.abspath(configured[tool.name].expanduser()))
        if not os.access(path, os.X_OK) or path.is_dir():
            raise ToolMissingError(f"{path} is configured as {tool.name} but is no program")
        return path, Origin.CONFIGURED
    for program in tool.programs:
        if found := shutil.which(program):
            return Path(os.path.abspath(found)), Origin.PATH
    bundled = tool.bundled() if tool.bundled else None
    if bundled is not None:
        return Path(os.path.abspath(bundled)), Origin.BUNDLED
    raise ToolMissingError(f"{tool.name} is not installed; {tool.remedy}")


def _version(tool: Tool, path: Path, stamp: tuple[int, int]) -> str:
    if not tool.version_args:
        return f"{platform.system()} {platform.mac_ver()[0] or platform.version()}"
    try:
        environment = tuple(sorted(tool.environment.items()))
        answer = _ask(path, tool.version_args, tool.version_status, environment, stamp)
    except ToolFailedError as error:
        raise ToolMissingError(
            f"{path} does not tell its version ({error}); {tool.remedy}"
        ) from error
    match = re.search(tool.version_pattern, answer, re.MULTILINE)
    if match is None:
        first = answer.partition("\n")[0][:80] or "no version"
        raise ToolMissingError(f"{path} is not the {tool.name} needed: {first}; {tool.remedy}")
    return match[1]


@lru_cache(maxsize=64)
def _ask(
    path: Path,
    args: tuple[str, ...],
    status: tuple[int, ...],
    environment: tuple[tuple[str, str | None], ...],
    _stamp: tuple[int, int],
) -> str:
    completed = run([path, *args], env=dict(environment), ok=status, timeout_s=PROBE_S)
    return b"\n".join(completed.stdout + completed.stderr).decode("utf-8", "replace")


def _refuse_unfit(tool: Tool, path: Path, version: str) -> None:
    if tool.least is not None and _key(version) < _key(tool.least):
        raise ToolMissingError(
            f"{path} is {tool.name} {version}, {tool.least} is needed; {tool.remedy}"
        )
    for broken in tool.broken:
        if broken.holds(version):
            raise ToolMissingError(
                f"{path} is {tool.name} {version}, which {broken.why} ({broken.link}); "
                f"use another version"
            )


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def survey(
    tools: tuple[Tool, ...], configured: Mapping[str, Path] = NOTHING_CONFIGURED
) -> dict[str, FoundTool | AvpresError]:
    """Look for several programs and keep what is wrong with those that are not fit."""
    found: dict[str, FoundTool | AvpresError] = {}
    for tool in tools:
        try:
            found[tool.name] = find(tool, configured)
        except AvpresError as error:
            found[tool.name] = error
    return found
