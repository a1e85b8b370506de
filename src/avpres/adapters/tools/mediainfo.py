"""MediaInfo: what audiovisual files hold, by the bundled library or by a newer program.

Call these inside a worker with limits: a damaged file can make the library crash or dawdle, and
neither can be caught here.
"""

import html
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from avpres.adapters.formats.report_names import visible
from avpres.adapters.tools import mediainfo_library
from avpres.adapters.tools.child import Stream
from avpres.adapters.tools.mediainfo_filling import fill
from avpres.adapters.tools.mediainfo_saying import complaints
from avpres.adapters.tools.process import run
from avpres.adapters.tools.tool import NOTHING_CONFIGURED, Tool, find
from avpres.domain.errors import SourceUnreadableError, ToolFailedError, ToolMissingError
from avpres.domain.premis import Agent

__all__ = ["Engine", "Output", "complaints", "describe", "engine", "fill", "outputs", "several"]
__all__ += ["version"]

LIMIT_S = 300.0  # seconds that the program may take with one file

PROGRAM = Tool(
    name="MediaInfo",
    programs=("mediainfo",),
    version_args=("--Version",),
    version_pattern=r"MediaInfoLib - v(\d+(?:\.\d+)+)",
    version_status=(0, 1, 255),
    advice={
        "linux": "apt install mediainfo, dnf install mediainfo, or pip install pymediainfo",
        "darwin": "brew install media-info, or pip install pymediainfo",
        "win32": "winget install MediaArea.MediaInfo, or pip install pymediainfo",
    },
)


class Output(StrEnum):
    """What MediaInfo can write; the value is its own name for it."""

    JSON = "JSON"
    XML = "XML"
    OLD_XML = "OLDXML"
    MEDIA_TRACE = "MediaTrace"
    EBUCORE = "EBUCore_1.8"
    PBCORE = "PBCore_2.1"
    MIX = "NISO_Z39.87"
    TEXT = "Text"


_OPTIONS: dict[Output, dict[str, str]] = {
    Output.OLD_XML: {"Inform": "OLDXML", "Complete": "1", "Language": "raw"},
    Output.MEDIA_TRACE: {"Inform": "XML", "Details": "1"},
    Output.TEXT: {"Inform": ""},
}
_ARGUMENTS: dict[Output, tuple[str, ...]] = {
    Output.OLD_XML: ("--Output=OLDXML", "--Full", "--Language=raw"),
    Output.MEDIA_TRACE: ("--Details=1", "--Output=XML"),
    Output.TEXT: (),
}
_MADE_AT = re.compile(
    r'<!-- Generated at [^\n]*-->\n| (?:date|time)LastModified="[^"]*"', re.MULTILINE
)
_REFUSED_BY_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Engine:
    """Which MediaInfo is asked; `path` is the program, or None for the library in the wheel."""

    version: str
    path: Path | None = None

    @property
    def agent(self) -> Agent:
        """The engine as records name it."""
        return Agent(name="MediaInfo", version=self.version, note=os.fspath(self.path or "library"))


def engine(configured: Mapping[str, Path] = NOTHING_CONFIGURED) -> Engine:
    """Choose: the configured program, else the newer of the one on PATH and the library.

    Raises:
        ToolMissingError: the configured one is not fit, or there is none at all.
    """
    if PROGRAM.name in configured:
        chosen = find(PROGRAM, configured)
        return Engine(chosen.version, chosen.path)
    return _newest(shutil.which(PROGRAM.programs[0]) or "")


@lru_cache(maxsize=4)
def _newest(on_path: str) -> Engine:
    try:
        library = Engine(mediainfo_library.version())
    except ToolMissingError:
        library = None
    try:
        found = find(PROGRAM) if on_path else None
    except ToolMissingError:
        found = None
    if found is not None and (library is None or _key(found.version) > _key(library.version)):
        return Engine(found.version, found.path)
    if library is None:
        raise ToolMissingError(f"MediaInfo is not installed; {PROGRAM.remedy}")
    return library


def _key(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def version() -> str:
    """Give the version of the MediaInfo that is asked when nothing is configured."""
    return engine().version


def describe(path: str | bytes | Path, chosen: Engine | None = None) -> dict[str, object]:
    """Give MediaInfo's JSON on a file.

    Raises:
        SourceUnreadableError: the file cannot be opened.
        ToolMissingError: there is no MediaInfo.
        ToolFailedError: it does not come to an end, or its answer cannot be read.
    """
    try:
        answer = json.loads(_ask(path, [Output.JSON], chosen, "")[0])
    except (ValueError, RecursionError) as error:
        raise ToolFailedError("MediaInfo's answer on this file is no JSON") from error
    return answer if isinstance(answer, dict) else {}


def outputs(path: str | bytes | Path, kind: Output, chosen: Engine | None = None) -> bytes:
    """Give what MediaInfo writes of a file, in UTF-8.

    The moment of writing is taken out, so that the same file gives the same record; what XML
    cannot hold becomes U+FFFD, since MediaInfo copies control characters from damaged tags.

    Raises:
        SourceUnreadableError: the file cannot be opened.
        ToolMissingError: there is no MediaInfo.
        ToolFailedError: it does not come to an end, or gave nothing.
    """
    return several(path, [kind], chosen)[kind]


def several(
    path: str | bytes | Path,
    kinds: Sequence[Output],
    chosen: Engine | None = None,
    name: str = "",
    *,
    brief: bool = False,
) -> dict[Output, bytes]:
    """Give several of MediaInfo's outputs on a file, as `outputs` does; the library reads it once.

    Args:
        path: of the file.
        kinds: of output.
        chosen: which MediaInfo.
        name: that stands for the path in what is written; else the path itself.
        brief: read a film's first few frames in place of some 500; a trace lists fewer of them.

    Raises:
        SourceUnreadableError: the file cannot be opened.
        ToolMissingError: there is no MediaInfo.
        ToolFailedError: it does not come to an end, or gave nothing.
    """
    texts = _ask(path, kinds, chosen, name or visible(os.fsdecode(path)), brief=brief)
    return {kind: _clean(path, kind, text) for kind, text in zip(kinds, texts, strict=True)}


def _clean(path: str | bytes | Path, kind: Output, text: str) -> bytes:
    if not text.strip():
        raise ToolFailedError(f"MediaInfo gave no {kind} on {visible(os.fsdecode(path))}")
    text = _REFUSED_BY_XML.sub("\ufffd", _MADE_AT.sub("", text, count=3))
    return text.replace("\r\n", "\n").strip().encode() + b"\n"


def _ask(
    path: str | bytes | Path,
    kinds: Sequence[Output],
    chosen: Engine | None,
    name: str,
    *,
    brief: bool = False,
) -> list[str]:
    asked = chosen or engine()
    if asked.path is not None:
        return [_run(asked.path, path, kind, name, brief=brief) for kind in kinds]
    wanted = [_OPTIONS.get(kind, {"Inform": kind.value}) for kind in kinds]
    try:
        with open(path, "rb", buffering=0) as file:
            return mediainfo_library.informs(file, wanted, name, brief=brief)
    except OSError as error:
        shown = visible(os.fsdecode(path))
        raise SourceUnreadableError(f"{shown} cannot be read: {error.strerror}") from error


def _run(program: Path, path: str | bytes | Path, kind: Output, name: str, *, brief: bool) -> str:
    """Ask the program, by a name of plain letters: it reads others by the locale, or not at all.

    What it writes of that name is put right afterwards.
    """
    lines: list[bytes] = []

    def keep(stream: Stream, line: bytes) -> None:
        if stream is Stream.STDOUT:
            lines.append(line)

    arguments = _ARGUMENTS.get(kind, (f"--Output={kind.value}",))
    real = os.path.abspath(os.fsencode(path))
    if not os.access(real, os.R_OK):
        raise SourceUnreadableError(f"{visible(os.fsdecode(path))} cannot be read")
    with tempfile.TemporaryDirectory(prefix="avpres-") as folder:
        named = real if re.fullmatch(rb"[\w./ -]+", real) else _link(real, folder)
        options = ["--File_TestContinuousFileNames=0", *arguments]
        options += [f"--{key}={value}" for key, value in mediainfo_library.BRIEF.items() if brief]
        run([program, *options, named], on_line=keep, timeout_s=LIMIT_S)
    shown = json.dumps(name)[1:-1] if kind is Output.JSON else html.escape(name)
    return b"\n".join(lines).decode("utf-8", "replace").replace(os.fsdecode(named), shown)


def _link(real: bytes, folder: str) -> bytes:
    suffix = os.path.splitext(real)[1]
    plain = suffix if re.fullmatch(rb"\.[A-Za-z0-9]{1,8}", suffix) else b""
    link = os.path.join(os.fsencode(folder), b"file" + plain)
    os.symlink(real, link)
    return link
