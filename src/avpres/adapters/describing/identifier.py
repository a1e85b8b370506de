"""The process that asks Siegfried: `python -m avpres.adapters.describing.identifier`.

Its signatures take 70 MB; one process with threads of its own serves all workers.
"""

import os
import pickle
import sys
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.identification.siegfried import Siegfried
from avpres.adapters.tools.offspring import end_with_parent


def serve(tasks: BinaryIO, results: BinaryIO) -> None:
    """Identify lists of files until there are no more."""
    signatures: Path | None = pickle.load(tasks)  # noqa: S301 - from our parent
    siegfried = Siegfried(signatures, threads=os.cpu_count() or 1)
    while True:
        try:
            paths = pickle.load(tasks)  # noqa: S301 - from our parent
        except EOFError:
            return
        pickle.dump(siegfried.identify(paths), results, pickle.HIGHEST_PROTOCOL)
        results.flush()


if __name__ == "__main__":
    end_with_parent()
    serve(sys.stdin.buffer, sys.stdout.buffer)
