"""MediaInfo on several files, what it says of them in one document, in a process of its own."""

import os
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.tools import mediainfo, offspring
from avpres.adapters.tools.child import Stream
from avpres.adapters.tools.process import run, show
from avpres.domain.errors import AvpresError

LIMIT_S = 1800.0  # seconds that MediaInfo may take with all files together

_BEGIN, _END = b"\n<media ", b"</media>"


def tell_several(
    files: Iterable[tuple[bytes, str]],
    outputs: Mapping[mediainfo.Output, Path],
    engine: mediainfo.Engine,
    *,
    stop: threading.Event | None = None,
) -> list[str]:
    """Write what MediaInfo says of files, all of them in one document of each kind.

    Args:
        files: paths, and what is written in place of each; neither holds a zero byte.
        outputs: where each kind of output is written, of those that have `media` elements
            (MediaInfo and MediaTrace in XML); nothing may be there.
        engine: which MediaInfo.
        stop: set by another thread to give up.

    Returns:
        What went wrong with single files, in words; they are left out.

    Raises:
        ToolFailedError: it crashed or took too long.
        ToolStoppedError: `stop` was set.
    """
    words: list[str | bytes] = [sys.executable, "-S", "-P", "-m", __name__]
    words += [engine.version, os.fspath(engine.path or "")]
    for kind, place in outputs.items():
        words += [kind.name, os.fspath(place)]
    troubles: list[bytes] = []
    run(
        words,
        env=dict(offspring.environment()),
        stdin=b"".join(path + b"\0" + os.fsencode(name) + b"\0" for path, name in files),
        on_line=lambda stream, line: troubles.append(line) if stream is Stream.STDOUT else None,
        timeout_s=LIMIT_S,
        stop=stop,
    )
    return [show(line) for line in troubles]


def main(arguments: list[str], asked: bytes) -> int:
    """Answer the process that started this one."""
    version, program, *rest = arguments
    chosen = mediainfo.Engine(version, Path(program) if program else None)
    places = {
        mediainfo.Output[kind]: place for kind, place in zip(rest[::2], rest[1::2], strict=True)
    }
    words = asked.split(b"\0")[:-1]
    handles = {kind: open(place, "xb") for kind, place in places.items()}  # noqa: SIM115
    tails = dict.fromkeys(handles, b"")
    for path, name in zip(words[::2], words[1::2], strict=True):
        try:
            said = mediainfo.several(path, list(places), chosen, os.fsdecode(name))
        except (AvpresError, OSError) as error:
            sys.stdout.write(f"{error}\n".encode("utf-8", "replace").decode())
            continue
        for kind, handle in handles.items():
            tails[kind] = _write(handle, said[kind], is_first=not tails[kind])
    for kind, handle in handles.items():
        with handle:
            handle.write(tails[kind])
    return 0


def _write(handle: BinaryIO, text: bytes, *, is_first: bool) -> bytes:
    """Write the part of a document that speaks of its file; give what closes the document."""
    begin, end = text.index(_BEGIN) + 1, text.rindex(_END) + len(_END)
    handle.write(text[0 if is_first else begin : end] + b"\n")
    return text[end:].lstrip()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], sys.stdin.buffer.read()))
