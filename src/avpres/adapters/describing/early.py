"""Processes that are started before it is known what they will be asked.

They take a while to load; meanwhile the command reads its settings and imports what it needs.
"""

import contextlib
from collections.abc import Iterator, Sequence

from avpres.adapters.processes.family import MAY_FORK, Forked
from avpres.adapters.processes.trades import DESCRIBING, EARLY_IDENTIFIER, IDENTIFIER
from avpres.domain.errors import ToolFailedError

_waiting: list[Forked] = []


@contextlib.contextmanager
def ahead(argv: Sequence[str]) -> Iterator[None]:
    """Start them; at the end, end what nobody has taken.

    Args:
        argv: the words of the command: another signature file than the usual must be known first.
    """
    started = _started(argv) if MAY_FORK else None
    if started is not None:
        _waiting.append(started)
    try:
        yield
    finally:
        if started in _waiting:
            _waiting.remove(started)
            started.abandon()


def _started(argv: Sequence[str]) -> Forked | None:
    with contextlib.suppress(ToolFailedError):  # whoever needs them says so better
        started = Forked(DESCRIBING)
        if not any(word.startswith("--signatures") for word in argv):
            started.bear_early(EARLY_IDENTIFIER, as_kind=IDENTIFIER)
        return started
    return None


def taken() -> Forked | None:
    """Give what was started, once."""
    return _waiting.pop() if _waiting else None
