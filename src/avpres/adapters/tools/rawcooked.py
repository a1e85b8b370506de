"""RAWcooked: started with words that mean one thing, watched, and judged by more than its status.

RAWcooked hands names to a shell (`system()`), says 0 where gaps were passed over with `-y`, crashes
with `--all` (25.12), sometimes never ends, and leaves failed films under their final names. What
this module does about each stands beside it.
"""

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.tools.child import Stream
from avpres.adapters.tools.process import ANY_STATUS, Completed, Word, run, show
from avpres.adapters.tools.tool import NOTHING_CONFIGURED, FoundTool, Tool, find
from avpres.domain.errors import ToolFailedError

RAWCOOKED = Tool(
    name="rawcooked",
    programs=("rawcooked",),
    version_pattern=r"RAWcooked[^\n]*? (\d+(?:\.\d+)+)",
    version_status=(0, 1),
    least="21.09",  # writes and checks the data that avpres reads
    advice={
        "linux": "take it from mediaarea.net/RAWcooked, or use --engine native",
        "darwin": "brew install rawcooked, or use --engine native",
        "win32": "take it from mediaarea.net/RAWcooked, or use --engine native",
    },
)

ACTIONS = ("--info", "--conch", "--encode", "--hash", "--coherency", "--check-padding", "--check")
"""What is asked for, one by one: `--all` would add `--accept-gaps` and crashes."""
REFUSALS = ("--no-accept-gaps", "-n")
"""With `-y` a gap would be passed over; nobody is there to be asked."""

SUCCESS = "Reversibility was checked, no issue detected"

_HOSTILE = re.compile(r"[\"$\\`%'\x00-\x1f\x7f-\x9f\udc80-\udcff]")
_LICENCE = re.compile(r"licen[cs]e", re.IGNORECASE)
_ERROR = re.compile(r"^\s*error\b", re.IGNORECASE)
_LOOK_S = 1.0  # seconds between looks at how large the film is


def is_hostile(name: bytes | str) -> bool:
    """Say whether a name holds what a shell or ffmpeg's patterns would read, or no UTF-8."""
    return bool(_HOSTILE.search(os.fsdecode(name)))


def harmless(name: bytes) -> str:
    """Give a name that no shell reads, for one that it might."""
    return re.sub(r"[^\w.+-]", "_", name.decode("ascii", "replace"), flags=re.ASCII)


def find_rawcooked(configured: Mapping[str, Path] = NOTHING_CONFIGURED) -> FoundTool:
    """Find the program.

    Raises:
        ToolMissingError: it is not here, or older than 21.09.
    """
    return find(RAWCOOKED, configured)


@dataclass(slots=True)
class Heard:
    """What one run said. `errors` are its lines that begin so, wherever they stand."""

    log: BinaryIO
    is_checked: bool = False
    errors: list[str] = field(default_factory=list)
    licence: str = ""
    last: float = field(default_factory=time.monotonic)

    def take(self, _stream: Stream, line: bytes) -> None:
        """Take a line."""
        self.last = time.monotonic()
        self.log.write(line + b"\n")
        text = show(line)
        if SUCCESS in text:
            self.is_checked = True
        if _ERROR.match(text) and len(self.errors) < 100:  # noqa: PLR2004 - enough for people
            self.errors.append(text)
        if not self.licence and _LICENCE.search(text):
            self.licence = text


@dataclass(frozen=True, slots=True)
class Ways:
    """Names of the reel and of the film as RAWcooked is given them."""

    reel: Path
    film: Path


@contextmanager
def ways(reel: bytes, film: Path) -> Iterator[Ways]:
    """Give paths that no shell misreads: the real ones, or links to them in a folder of ours.

    The film's folder may be linked, its own name must be harmless. Where the name of the reel
    itself is not, a harmless one stands in the film in its place.

    Raises:
        ToolFailedError: the folder for temporary files has a name that a shell would read.
    """
    with ExitStack() as stack:
        if not is_hostile(reel) and not is_hostile(os.fspath(film)):
            yield Ways(Path(os.fsdecode(reel)), film)
            return
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="avpres-")))
        if is_hostile(os.fspath(folder)):
            raise ToolFailedError(
                f"RAWcooked hands names to a shell, and {folder} holds characters that it reads; "
                "set TMPDIR to another folder"
            )
        (folder / "in").mkdir()
        name = os.path.basename(reel)
        link = folder / "in" / (harmless(name) if is_hostile(name) else os.fsdecode(name))
        link.symlink_to(os.fsdecode(reel), target_is_directory=True)
        (folder / "out").symlink_to(film.parent.absolute(), target_is_directory=True)
        yield Ways(link, folder / "out" / film.name)


def cook(tool: FoundTool, words: Sequence[Word], film: Path, log: BinaryIO, stall_s: float) -> str:
    """Run RAWcooked to its end; give what it said of licences.

    Args:
        tool: which one.
        words: after the program's name; no name in them is hostile.
        film: what is to be written; while it grows there is progress.
        log: takes every line.
        stall_s: seconds without a line and without growth, after which it is stopped.

    Raises:
        ToolFailedError: it did not end well, in whatever way.
    """
    heard = Heard(log)
    ended = run(
        [tool.path, *words],
        on_line=heard.take,
        ok=ANY_STATUS,
        check=_watch(heard, film, stall_s),
    )
    _judge(heard, ended, film)
    return heard.licence


def _watch(heard: Heard, film: Path, stall_s: float) -> Callable[[], None]:
    """Give a check that stops a program which neither speaks nor writes."""
    seen = {"size": -1, "at": time.monotonic(), "looked": 0.0}

    def check() -> None:
        now = time.monotonic()
        if now - seen["looked"] < min(_LOOK_S, stall_s / 4):
            return
        seen["looked"] = now
        size = film.stat().st_size if film.exists() else -1
        if size != seen["size"]:
            seen["size"], seen["at"] = size, now
        if now - max(seen["at"], heard.last) > stall_s:
            raise ToolFailedError(
                f"rawcooked made no progress for {stall_s / 60:g} minutes and was stopped"
            )

    return check


def _judge(heard: Heard, ended: Completed, film: Path) -> None:
    """Believe in a success only where nothing speaks against it."""
    if ended.status != 0:
        raise ToolFailedError(
            f"rawcooked {ended.outcome}: {(heard.errors or [ended.last_line])[0]}"
        )
    if heard.errors:
        raise ToolFailedError(f"rawcooked ended with status 0, but said: {heard.errors[0]}")
    if not heard.is_checked:
        raise ToolFailedError(
            f"rawcooked ended with status 0, but did not say that it has checked the film: "
            f"{ended.last_line}"
        )
    if not film.is_file() or film.stat().st_size == 0:
        raise ToolFailedError("rawcooked ended with status 0, but wrote no film")
