"""MediaConch: whether files keep to their formats' rules and to an archive's own policies.

It is asked in a process of its own, with a home of its own: a damaged file can crash the library,
and it writes a database into the home that it finds.
"""

import os
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from avpres.adapters.tools.aliases import Aliases
from avpres.adapters.tools.child import Stream
from avpres.adapters.tools.mediaconch_process import Question, Worker
from avpres.adapters.tools.mediaconch_report import checks_in, rules_in
from avpres.adapters.tools.process import run
from avpres.adapters.tools.tool import NOTHING_CONFIGURED, Tool, find
from avpres.domain.errors import ToolFailedError, UsageError
from avpres.domain.validity import Message

LIMIT_S = 60.0  # seconds that one file may take, and more for its size
PER_GIB_S = 120.0
GIB = 1024**3
FAILS_ONLY = "4"  # verbosity; beyond it there is a line for each element of a film
FILES_OF_A_HOME = 500  # after which MediaConch's database is begun anew

MEDIACONCH = Tool(
    name="mediaconch",
    programs=("mediaconch",),
    version_pattern=r"MediaConch[^\n]* (\d+(?:\.\d+)+)",
    advice={
        "linux": "pip install 'avpres[conform]', or apt install mediaconch",
        "darwin": "pip install 'avpres[conform]', or brew install mediaconch",
        "win32": "pip install 'avpres[conform]'",
    },
)


@dataclass(frozen=True, slots=True)
class Found:
    """A MediaConch that is here; `program` is None for the library of the wheel."""

    version: str
    program: Path | None = None


class MediaConch:
    """MediaConch, to be asked of one file after the other; close it at the end."""

    def __init__(self, found: Found, stop: threading.Event | None = None) -> None:
        self.found = found
        self._stop = stop
        self._asked = 0
        self._home: tempfile.TemporaryDirectory[str] | None = None
        self._worker: Worker | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def validator(self) -> str:
        """Name it, for records."""
        return f"MediaConch {self.found.version}"

    def check(self, path: bytes) -> list[Message]:
        """Hold a file against the rules of its format: a message for each that it breaks.

        There is none for a format whose rules MediaConch does not know.

        Raises:
            ToolFailedError: it came to no end with the file, or its answer cannot be read.
        """
        return checks_in(self._ask(path, ()))

    def policy(self, path: bytes, policies: Sequence[Path]) -> list[Message]:
        """Hold a file against policies: a message for each rule that fails.

        Raises:
            ToolFailedError: it came to no end with the file, or its answer cannot be read.
        """
        return rules_in(self._ask(path, policies), len(policies))

    def close(self) -> None:
        """End the process, and take its home away."""
        if self._worker is not None:
            self._worker.close()
        if self._home is not None:
            self._home.cleanup()
        self._worker = self._home = None
        self._asked = 0

    def _ask(self, path: bytes, policies: Sequence[Path]) -> bytes:
        try:
            seconds = LIMIT_S + PER_GIB_S * os.stat(path).st_size / GIB
        except OSError as error:
            raise ToolFailedError(f"the file cannot be read: {error.strerror}") from error
        with self._lock, Aliases() as alias:
            if self._asked >= FILES_OF_A_HOME:
                self.close()
            self._asked += 1
            chosen = tuple(alias(os.fsencode(policy)) for policy in policies)
            return self._answer(Question(alias(path), chosen), seconds)

    def _answer(self, question: Question, seconds: float) -> bytes:
        if self._home is None:
            self._home = tempfile.TemporaryDirectory(prefix="avpres-", ignore_cleanup_errors=True)
        if self.found.program is not None:
            return _run(self.found.program, question, self._home.name, seconds, self._stop)
        if self._worker is None:
            self._worker = Worker(self._home.name)
        return self._worker.ask(question, seconds)


def find_mediaconch(configured: Mapping[str, Path] = NOTHING_CONFIGURED) -> Found:
    """Choose: the configured program, else the library of the wheel, else the program on PATH.

    Raises:
        ToolMissingError: there is none.
    """
    if MEDIACONCH.name not in configured:
        try:
            if find_spec("mediaconch") is not None:
                return Found(version_of("mediaconch"))
        except (PackageNotFoundError, ValueError):
            pass
    program = find(MEDIACONCH, configured)
    return Found(program.version, program.path)


def require_policies(policies: Sequence[Path]) -> None:
    """Look at policies before any file is: MediaConch passes over one that it cannot read.

    Raises:
        UsageError: one is not there, or is no policy.
    """
    from lxml import etree

    for policy in policies:
        try:
            root = etree.parse(os.fspath(policy), etree.XMLParser(resolve_entities=False)).getroot()
        except (OSError, etree.XMLSyntaxError) as error:
            raise UsageError(f"{policy} cannot be read as a MediaConch policy: {error}") from error
        if etree.QName(root).localname != "policy" or not len(root):
            raise UsageError(
                f"{policy} is no MediaConch policy: its root is not <policy> with rules"
            )


def _run(
    program: Path, question: Question, home: str, seconds: float, stop: threading.Event | None
) -> bytes:
    said: list[bytes] = []

    def keep(stream: Stream, line: bytes) -> None:
        if stream is Stream.STDOUT:
            said.append(line)

    chosen = [word for policy in question.policies for word in ("-p", policy)]
    run(
        [program, "-mc", "-fx", "-iv", FAILS_ONLY, *chosen, question.path],
        env={"HOME": home, "XDG_DATA_HOME": None, "XDG_CONFIG_HOME": None, "LC_ALL": "C.UTF-8"},
        on_line=keep,
        timeout_s=seconds,
        stop=stop,
    )
    return b"\n".join(said)
