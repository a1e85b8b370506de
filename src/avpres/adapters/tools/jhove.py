"""JHOVE, if it is installed: files in few long runs, each with the module of their format forced.

JHOVE left to itself tries one module after the other and takes what none of them accepts for a
valid stream of bytes. It ends with status 0 whatever happens, or without any answer; so only what
it says of a file counts, and a file of which it says nothing is "Unknown".
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Any

from avpres.adapters.tools.aliases import Aliases
from avpres.adapters.tools.java import environment
from avpres.adapters.tools.jhove_answer import Verdict, no_verdict, verdict_of
from avpres.adapters.tools.lots import answers, lots
from avpres.adapters.tools.process import run
from avpres.adapters.tools.tool import NOTHING_CONFIGURED, FoundTool, Tool, find
from avpres.domain.errors import ToolFailedError
from avpres.domain.formats import Format

__all__ = ["JHOVE", "MODULES", "Jhove", "Patience", "Verdict", "open_jhove"]

MOST = 500  # files of one run: JHOVE holds all answers in memory until its end
LARGEST = 256 * 1024 * 1024  # bytes of an answer that are read
MIB = 1024 * 1024

JHOVE = Tool(
    name="jhove",
    programs=("jhove",),
    version_args=("-h", "JSON", "-l", "OFF"),
    version_pattern=r'"release"\s*:\s*"(\d[^"]*)"',
    least="1.26",  # the first whose JSON holds all files of a run
    environment=environment(),
    advice=dict.fromkeys(
        ("linux", "darwin", "win32"),
        "install Java and JHOVE from jhove.openpreservation.org, and put jhove on PATH or its "
        "path into [site.tools]",
    ),
)

MODULES: Mapping[Format, str] = MappingProxyType(
    {
        Format.AIFF: "AIFF-hul",
        Format.ASCII: "ASCII-hul",
        Format.EPUB: "EPUB-ptc",
        Format.GIF: "GIF-hul",
        Format.GZIP: "GZIP-kb",
        Format.HTML: "HTML-hul",
        Format.JPEG: "JPEG-hul",
        Format.JPEG2000: "JPEG2000-hul",
        Format.PDF: "PDF-hul",
        Format.PNG: "PNG-gdm",
        Format.TIFF: "TIFF-hul",
        Format.UTF8: "UTF8-hul",
        Format.WARC: "WARC-kb",
        Format.WAVE: "WAVE-hul",
        Format.XHTML: "HTML-hul",
        Format.XML: "XML-hul",
    }
)
"""JHOVE's modules for the formats that it knows; of other formats it can say nothing."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a run may take, in seconds: a file alone, and many together."""

    alone: float = 60.0
    together: float = 30.0
    per_file: float = 0.2
    per_epub: float = 2.0
    per_mib: float = 0.5

    def of(self, files: int, size: int, format: Format) -> float:
        """Give the time of a run; a file alone has twice the time for its bytes."""
        if files == 1:
            return self.alone + 2 * self.per_mib * size / MIB
        each = self.per_epub if format is Format.EPUB else self.per_file
        return self.together + each * files + self.per_mib * size / MIB


@dataclass(frozen=True, slots=True)
class Jhove:
    """A JHOVE that is here, with the modules that this installation has."""

    found: FoundTool
    modules: Mapping[str, str]  # name to release
    patience: Patience = field(default_factory=Patience)
    stop: Event | None = None

    @property
    def version(self) -> str:
        """Its version, as records name it."""
        return self.found.version

    def has(self, format: Format) -> bool:
        """Say whether it can judge files of a format."""
        return MODULES.get(format, "") in self.modules

    def run(self, files: Sequence[bytes], format: Format) -> dict[bytes, Verdict]:
        """Give a verdict on each file by the module of a format; nothing about a file is raised.

        Raises:
            KeyError: there is no module for the format; see `has`.
        """
        module = MODULES[format]
        with Aliases() as alias:
            paths = {alias(path): path for path in files}
            return {
                paths[name]: verdict for name, verdict in self._judged(paths, module, format, alias)
            }

    def _judged(
        self, names: Mapping[str, bytes], module: str, format: Format, alias: Aliases
    ) -> Iterator[tuple[str, Verdict]]:
        def attempt(some: Sequence[str]) -> dict[str, Verdict]:
            seconds = self.patience.of(len(some), _size(some), format)
            return self._ask(some, module, alias.folder, seconds)

        for lot in lots(names, MOST):
            for name, answer in answers(lot, attempt):
                if isinstance(answer, ToolFailedError):
                    yield name, no_verdict(self.version, module, self.modules[module], answer)
                else:
                    yield name, answer

    def _ask(
        self, names: Sequence[str], module: str, folder: Path, seconds: float
    ) -> dict[str, Verdict]:
        target = folder / "answer.json"
        target.unlink(missing_ok=True)
        words = ("-m", module, "-h", "JSON", "-l", "OFF", "-o", str(target))
        run(
            [self.found.path, *words, *names],
            env={**environment(), "LC_ALL": None},
            timeout_s=seconds,
            stop=self.stop,
        )
        wanted = set(names)
        verdicts = {}
        for said in _answers_in(target):
            name = said.get("uri")
            if name in wanted:
                verdicts[name] = verdict_of(said, self.version, module)
        return verdicts


def open_jhove(
    configured: Mapping[str, Path] = NOTHING_CONFIGURED, *, stop: Event | None = None
) -> Jhove:
    """Find JHOVE and ask it for its modules.

    Raises:
        ToolMissingError: it is not here, or too old.
        ToolFailedError: it does not say what modules it has.
    """
    found = find(JHOVE, configured)
    said: list[bytes] = []
    run(
        [found.path, *JHOVE.version_args],
        env=environment(),
        timeout_s=30.0,
        on_line=lambda _stream, line: said.append(line),
    )
    modules = _modules_in(b"".join(said))
    if not modules:
        raise ToolFailedError(
            f"{found.path} does not say what modules it has; look at its jhove.conf"
        )
    return Jhove(found, modules, stop=stop)


def _modules_in(said: bytes) -> dict[str, str]:
    begin = said.find(b'{"jhove"')
    with suppress(ValueError, KeyError, TypeError, RecursionError):
        answer, _ = json.JSONDecoder().raw_decode(said[max(begin, 0) :].decode("utf-8", "replace"))
        listed = answer["jhove"]["app"]["modules"]
        return {str(each["module"]): str(each["release"]) for each in listed}
    return {}


def _answers_in(target: Path) -> list[dict[str, Any]]:
    """Read what JHOVE wrote.

    Raises:
        ToolFailedError: it wrote nothing, or no JSON, or more than can be read.
    """
    try:
        if target.stat().st_size > LARGEST:
            raise ToolFailedError("its answer is too large to be read")
        answer = json.loads(target.read_bytes().decode("utf-8", "replace"))
        listed = answer["jhove"].get("repInfo", [])
    except OSError as error:
        raise ToolFailedError("it ended without an answer") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ToolFailedError("its answer cannot be read") from error
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _size(names: Sequence[str]) -> int:
    size = 0
    for name in names:
        with suppress(OSError):
            size += os.stat(name).st_size
    return size
