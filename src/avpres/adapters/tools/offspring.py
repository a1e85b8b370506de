"""Child processes that run a module of avpres itself, and speak in pickles over their pipes.

They read from standard input and end when that does, so none outlives its parent; on Linux the
kernel sees to that too.
"""

import ctypes
import os
import signal
import subprocess
import sys

_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


def start(module: str) -> "subprocess.Popen[bytes]":
    """Start `python -m module` with this process's own interpreter and search path.

    Raises:
        OSError: the interpreter may not be started a second time.
    """
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
        [sys.executable, "-S", "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    )


def environment() -> dict[str, str]:
    """Give the variables that let another Python find what this one finds."""
    return dict(os.environ, PYTHONPATH=os.pathsep.join(p for p in sys.path if p))


def end_with_parent() -> None:
    """Leave interrupts to the parent, and never outlive it (Linux; elsewhere the pipe ends)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(0)
