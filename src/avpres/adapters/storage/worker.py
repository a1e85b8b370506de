"""The life of a worker process of the crew: `python -m avpres.adapters.storage.worker`."""

import ctypes
import os
import pickle
import signal
import sys
from collections.abc import Sequence
from typing import BinaryIO

from avpres.adapters.storage.crew import Result
from avpres.adapters.storage.small import do

_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


def serve(tasks: BinaryIO, results: BinaryIO) -> None:
    """Do tasks until there are no more."""
    while True:
        try:
            task = pickle.load(tasks)  # noqa: S301 - from the parent that started this process
        except EOFError:
            return
        try:
            answer: Sequence[Result] | BaseException = do(task)
        except Exception as error:  # noqa: BLE001 - handed to the parent, which raises it
            answer = error
        pickle.dump(answer, results, pickle.HIGHEST_PROTOCOL)
        results.flush()


def _end_with_parent() -> None:
    """Leave interrupts to the parent, and never outlive it (Linux; elsewhere the pipe ends)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(0)


if __name__ == "__main__":
    _end_with_parent()
    serve(sys.stdin.buffer, sys.stdout.buffer)
