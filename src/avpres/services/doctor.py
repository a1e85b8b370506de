"""`avpres doctor`: what is here to work with, what is missing, and how to get it."""

import os
import platform
import shutil
import sqlite3
import ssl
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import humanize

from avpres.adapters.jp2.calling import library as jp2_library
from avpres.adapters.storage.abilities import open_files_limit, read_abilities, speed_of
from avpres.adapters.storage.volume import free_space, volume_of
from avpres.adapters.tools.cp import CP, GCP
from avpres.adapters.tools.ditto import DITTO
from avpres.adapters.tools.engines import FFMPEG, LIBRARIES, LTFS, NEEDED, wheel_version
from avpres.adapters.tools.epubcheck import EPUBCHECK, find_epubcheck
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.adapters.tools.java import JAVA, JavaProgram
from avpres.adapters.tools.jhove import JHOVE
from avpres.adapters.tools.mediaconch import MEDIACONCH, find_mediaconch
from avpres.adapters.tools.rawcooked import RAWCOOKED
from avpres.adapters.tools.robocopy import ROBOCOPY
from avpres.adapters.tools.rsync import RSYNC
from avpres.adapters.tools.tool import Tool, find
from avpres.adapters.tools.vnu import VNU, find_vnu
from avpres.config.doctor import DoctorOptions
from avpres.domain.errors import ToolFailedError, ToolMissingError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm
from avpres.domain.report import Finding, Report
from avpres.services.context import Context

BACKENDS: tuple[tuple[Tool, tuple[str, ...]], ...] = (
    (CP, ("linux",)),
    (RSYNC, ("linux", "darwin")),
    (DITTO, ("darwin",)),
    (GCP, ("darwin",)),
    (ROBOCOPY, ("win32",)),
)
"""Programs that can move bytes, and the systems on which avpres uses them."""

FEW_FILES = 256  # open files; below this, wide trees may not be walked in parallel


class State(StrEnum):
    """How a thing that was looked for was found."""

    HERE = "here"
    MISSING = "missing"
    UNFIT = "unfit"
    ELSEWHERE = "other systems"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked for."""

    group: str
    name: str
    state: State
    value: str = ""
    advice: str = ""
    needed: bool = False


def doctor(options: DoctorOptions, context: Context) -> Report:
    """Look at everything avpres may use, and measure the digests when asked.

    Needed are the libraries, a folder for the journal, and each program that the settings name;
    all else is offered, with the way to get it.
    """
    report = context.report("doctor")
    checks = [
        *_python(),
        *_tools(context),
        _ffmpeg(context),
        _tool("media", RAWCOOKED, context),
        *_libraries(),
        _jp2(),
        *_judges(context),
        _tool("tape", LTFS, context),
        *_places(options.folder, context.state_dir),
        *(_speeds() if options.speed else ()),
    ]
    report.facts["checks"] = [asdict(check) for check in checks]
    for check in checks:
        if check.needed and check.state is not State.HERE:
            context.note(report, _finding(check))
    report.summary = _summary(checks)
    return report


def _python() -> Iterator[Check]:
    yield Check("python", "Python", State.HERE, f"{platform.python_version()}, {sys.executable}")
    yield Check("python", "system", State.HERE, platform.platform())
    yield Check("python", "OpenSSL", State.HERE, ssl.OPENSSL_VERSION)
    yield Check("python", "SQLite", State.HERE, sqlite3.sqlite_version)
    for name in NEEDED:
        found = wheel_version(name)
        state = State.HERE if found else State.MISSING
        advice = "" if found else f"pip install {name}"
        yield Check("python", name, state, found or "", advice, needed=True)


def _tools(context: Context) -> Iterator[Check]:
    yield Check("copy backends", "native", State.HERE, "avpres's own, on every system")
    for tool, systems in BACKENDS:
        yield _tool("copy backends", tool, context, used=sys.platform in systems)


def _tool(group: str, tool: Tool, context: Context, *, used: bool = True) -> Check:
    """Look for a program; one that the settings name must be there, others may be missing."""
    configured = context.site.tools.configured
    named = tool.name in configured
    if not (used or named):
        return Check(group, tool.name, State.ELSEWHERE)
    try:
        found = find(tool, configured)
    except ToolMissingError as error:
        return _lacking(group, tool, error, needed=named)
    value = f"{found.version}, {found.path} ({found.origin})"
    return Check(group, tool.name, State.HERE, value, needed=named)


def _lacking(group: str, tool: Tool, error: ToolMissingError, *, needed: bool) -> Check:
    unfit = needed or any(map(shutil.which, tool.programs))
    state = State.UNFIT if unfit else State.MISSING
    return Check(group, tool.name, state, "", str(error), needed=needed)


def _ffmpeg(context: Context) -> Check:
    """Tell which ffmpeg is taken: not always the one on PATH."""
    configured = context.site.tools.configured
    named = FFMPEG.name in configured
    try:
        found = find_ffmpeg(configured)
    except (ToolMissingError, ToolFailedError) as error:
        return _lacking("media", FFMPEG, ToolMissingError(str(error)), needed=named)
    why = f"; {found.why}" if found.why else ""
    value = f"{found.version}, {found.path} ({found.origin}){why}"
    return Check("media", FFMPEG.name, State.HERE, value, needed=named)


def _libraries() -> Iterator[Check]:
    for library in LIBRARIES:
        found = library.found()
        if found is None:
            yield Check("media", library.name, State.MISSING, "", library.advice)
        else:
            value = f"{found}, from {library.wheel} {library.wheel_version}"
            yield Check("media", library.name, State.HERE, value)


def _jp2() -> Check:
    """Load the copy of OpenJPEG that encodes; Windows' wheels have none that can be called."""
    try:
        found = jp2_library()
    except ToolMissingError as error:
        return Check("media", "OpenJPEG (JP2)", State.MISSING, "", str(error))
    version = found.name.removeprefix("OpenJPEG ")
    value = f"{version}, {found.path} (from {found.origin})"
    return Check("media", "OpenJPEG (JP2)", State.HERE, value)


def _judges(context: Context) -> Iterator[Check]:
    """Look for those who judge files beside avpres; Java is needed by most of them."""
    yield _tool("judges", JHOVE, context)
    yield _tool("judges", JAVA, context)
    for tool, find_it in ((VNU, find_vnu), (EPUBCHECK, find_epubcheck)):
        yield _jar(tool, find_it, context)
    yield _mediaconch(context)


def _jar(
    tool: Tool, find_it: Callable[[Mapping[str, Path]], JavaProgram], context: Context
) -> Check:
    configured = context.site.tools.configured
    try:
        found = find_it(configured)
    except ToolMissingError as error:
        return _lacking("judges", tool, error, needed=tool.name in configured)
    value = f"{found.version}, {found.path} ({found.origin})"
    return Check("judges", tool.name, State.HERE, value, needed=tool.name in configured)


def _mediaconch(context: Context) -> Check:
    configured = context.site.tools.configured
    try:
        found = find_mediaconch(configured)
    except ToolMissingError as error:
        return _lacking("judges", MEDIACONCH, error, needed=MEDIACONCH.name in configured)
    value = f"{found.version}, {found.program or 'from mediaconch'}"
    return Check("judges", MEDIACONCH.name, State.HERE, value, needed=MEDIACONCH.name in configured)


def _places(folder: Path | None, state_dir: Path) -> Iterator[Check]:
    yield _state_folder(state_dir)
    limit = open_files_limit()
    few = limit is not None and limit < FEW_FILES
    yield Check(
        "system",
        "open files",
        State.UNFIT if few else State.HERE,
        "no limit" if limit is None else str(limit),
        "raise it: ulimit -n 1024" if few else "",
    )
    logs = state_dir / "logs"
    yield from _folder(folder or (logs if logs.is_dir() else state_dir))


def _state_folder(state_dir: Path) -> Check:
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"{state_dir} cannot be made ({error.strerror}); set AVPRES_STATE_DIR"
        return Check("system", "state folder", State.UNFIT, "", why, needed=True)
    if not os.access(state_dir, os.W_OK | os.X_OK):
        why = f"{state_dir} cannot be written; set AVPRES_STATE_DIR"
        return Check("system", "state folder", State.UNFIT, "", why, needed=True)
    return Check("system", "state folder", State.HERE, str(state_dir), needed=True)


def _folder(folder: Path) -> Iterator[Check]:
    """Tell what the volume under a folder is, and whether a read-back from it can be proved."""
    try:
        volume = volume_of(folder)
        free = free_space(volume)
        can = read_abilities(folder)
    except OSError as error:
        why = f"{folder}: {error.strerror}"
        yield Check("folder", "volume", State.UNFIT, "", why, needed=True)
        return
    kind = f"{volume.kind} {volume.filesystem}, mounted at {volume.mount}"
    yield Check("folder", "volume", State.HERE, f"{folder}: {kind}")
    believed = "" if free.trusted else " (not to be believed)"
    size = humanize.naturalsize(free.available, binary=True)
    yield Check("folder", "free", State.HERE, f"{size}{believed}")
    yield _ability("direct reads", can.direct, can.tried_on)
    yield _ability("pages dropped and counted", can.evictable, can.tried_on)
    yield _ability("one flush for many files", volume.syncfs_is_enough, "")


def _ability(name: str, can: bool | None, tried_on: str | None) -> Check:
    if can is None:
        value = "not known: no file here to read" if tried_on is None else "not known"
        return Check("folder", name, State.HERE, value)
    return Check("folder", name, State.HERE, "yes" if can else "no")


def _speeds() -> Iterator[Check]:
    for algorithm in Algorithm:
        speed = speed_of(algorithm)
        yield Check("digests", algorithm, State.HERE, f"{speed / 1e6:.0f} MB/s on one core")


def _finding(check: Check) -> Finding:
    place = check.group in {"system", "folder"}
    return Finding.error(
        f"DOC-{check.state.upper()}",
        None,
        f"{check.name} is {check.state}: {check.advice}",
        ExitCode.DESTINATION_REFUSED if place else ExitCode.TOOL_MISSING,
    )


def _summary(checks: Iterable[Check]) -> str:
    wanting = [check.name for check in checks if check.needed and check.state is not State.HERE]
    if wanting:
        return f"avpres cannot do all its work here: {', '.join(wanting)}."
    return "everything that avpres needs is here."
