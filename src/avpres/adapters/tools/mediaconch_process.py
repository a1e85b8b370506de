"""The process in which MediaConch's library lives, from both of its sides.

`python -m avpres.adapters.tools.mediaconch_process` is the child's.
"""

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from typing import Any, BinaryIO, NamedTuple

from avpres.adapters.tools import offspring
from avpres.domain.errors import ToolFailedError

MEMORY = 2 * 1024**3  # bytes that the library may take
FAILS_ONLY = 4  # verbosity; beyond it there is a line for each element of a film


class Question(NamedTuple):
    """A file, and the policies that it is held against; without any, its format's own rules."""

    path: str
    policies: tuple[str, ...] = ()


class Worker:
    """The parent's side: asks, and begins anew when the child has died or has had its time."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, question: Question, seconds: float) -> bytes:
        """Give MediaConch's report on a file.

        Raises:
            ToolFailedError: it died of the file, took too long, or refused.
        """
        process = self._process = self._process or self._start()
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            pickle.dump(question, process.stdin)  # type: ignore[arg-type]
            process.stdin.flush()  # type: ignore[union-attr]
            answer = pickle.load(process.stdout)  # type: ignore[arg-type]  # noqa: S301 - ours
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            out_of_time = timer.finished.is_set()
            self.close()
            why = f"did not end within {seconds:g} seconds" if out_of_time else "died of this file"
            raise ToolFailedError(f"MediaConch {why}") from error
        finally:
            timer.cancel()
        if isinstance(answer, str):
            raise ToolFailedError(f"MediaConch gave no report: {answer}")
        return bytes(answer)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()  # type: ignore[union-attr]
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        try:
            process = offspring.start(__name__)
        except OSError as error:
            raise ToolFailedError(f"no process can be started for MediaConch: {error}") from error
        pickle.dump(self._home, process.stdin)  # type: ignore[arg-type]
        return process


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until there are no more questions."""
    home: str = pickle.load(questions)  # noqa: S301 - from our parent
    os.environ.update(HOME=home, XDG_DATA_HOME=home, XDG_CONFIG_HOME=home, APPDATA=home)
    _limit_memory()
    while True:
        try:
            question: Question = pickle.load(questions)  # noqa: S301 - from our parent
        except EOFError:
            return
        pickle.dump(_report(question), answers)
        answers.flush()


def _report(question: Question) -> bytes | str:
    """Give the report, or as text why there is none."""
    import mediaconch

    try:
        asked: Any = mediaconch.MediaConch()
        asked.add_report(mediaconch.Report.mediaconch)
        asked.set_format(mediaconch.Format.xml)
        asked.set_implementation_verbosity(FAILS_ONLY)
        for policy in question.policies:
            asked.add_policy(policy)
        return str(asked.get_report(asked.add_file(question.path))).encode("utf-8", "replace")
    except mediaconch.MediaConchException as error:
        return " ".join(str(error).split())[:300]


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _answers_alone() -> BinaryIO:
    """Keep standard output for answers; what the library prints is for nobody."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


if __name__ == "__main__":
    offspring.end_with_parent()
    serve(sys.stdin.buffer, _answers_alone())
