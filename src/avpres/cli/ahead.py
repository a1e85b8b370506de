"""What a command begins to load before its words are read.

Reading them takes a tenth of a second of one processor, while another one has nothing to do.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import cast

_BEGIN = {"characterise": "avpres.adapters.describing.early:ahead"}
_HELP = {"--help", "-h"}
Beginning = Callable[[Sequence[str]], AbstractContextManager[None]]


def ahead(argv: Sequence[str]) -> AbstractContextManager[None]:
    """Begin to load what the command will need; at the end, end what was not needed after all."""
    target = _BEGIN.get(argv[0]) if len(argv) > 1 and _HELP.isdisjoint(argv) else None
    if target is None:
        return nullcontext()
    module, _, name = target.partition(":")
    return cast("Beginning", getattr(import_module(module), name))(argv)
