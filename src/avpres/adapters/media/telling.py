"""MediaInfo on one file, in a process of its own: a damaged file can make the library crash."""

import json
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from avpres.adapters.tools import mediainfo, offspring
from avpres.adapters.tools.process import run
from avpres.domain.errors import AvpresError, ToolFailedError

LIMIT_S = 900.0  # seconds that MediaInfo may take with one file, all its outputs together


def tell(  # noqa: PLR0913 - the parts of one question
    path: bytes,
    outputs: Mapping[mediainfo.Output, Path],
    engine: mediainfo.Engine,
    name: str = "",
    *,
    stop: threading.Event | None = None,
    brief: bool = False,
) -> dict[str, object]:
    """Write what MediaInfo says of a file, and give its JSON.

    Args:
        path: the file.
        outputs: where each kind of output is written; nothing may be there.
        engine: which MediaInfo.
        name: what is written in place of the path; else the path.
        stop: set by another thread to give up.
        brief: read a film's first few frames in place of some 500; a trace lists fewer of them.

    Raises:
        ToolFailedError: it crashed, took too long, or its answer cannot be read.
        ToolStoppedError: `stop` was set.
    """
    words: list[str | bytes] = [sys.executable, "-S", "-P", "-m", __name__]
    words += [engine.version, os.fspath(engine.path or ""), path, name, "brief" * brief]
    for kind, place in outputs.items():
        words += [kind.name, os.fspath(place)]
    json_lines: list[bytes] = []
    run(
        words,
        env=dict(offspring.environment()),
        on_line=lambda stream, line: json_lines.append(line) if stream == "stdout" else None,
        timeout_s=LIMIT_S,
        stop=stop,
    )
    try:
        answer = json.loads(b"".join(json_lines))
    except ValueError as error:
        raise ToolFailedError("MediaInfo's answer on this file is no JSON") from error
    return answer if isinstance(answer, dict) else {}


def main(arguments: list[str]) -> int:
    """Answer the process that started this one."""
    version, program, path, name, brief, *rest = arguments
    chosen = mediainfo.Engine(version, Path(program) if program else None)
    places = {
        mediainfo.Output[kind]: place for kind, place in zip(rest[::2], rest[1::2], strict=True)
    }
    try:
        kinds = [*places, mediainfo.Output.JSON]
        said = mediainfo.several(os.fsencode(path), kinds, chosen, name, brief=bool(brief))
        for kind, place in places.items():
            with open(place, "xb") as handle:
                handle.write(said[kind])
        sys.stdout.write(json.dumps(json.loads(said[mediainfo.Output.JSON])) + "\n")
    except (AvpresError, OSError, ValueError, RecursionError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
