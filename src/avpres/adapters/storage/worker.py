"""The life of a worker process of the crew: `python -m avpres.adapters.storage.worker`."""

import pickle
import sys
from collections.abc import Sequence
from typing import BinaryIO

from avpres.adapters.storage.crew import Result
from avpres.adapters.storage.small import do
from avpres.adapters.tools.offspring import end_with_parent


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


if __name__ == "__main__":
    end_with_parent()
    serve(sys.stdin.buffer, sys.stdout.buffer)
