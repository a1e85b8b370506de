"""What most tags of an HTML file do: so little that it is done by a table."""

from enum import Enum

from avpres.adapters.validators.html_words import (
    CLOSES,
    FOREIGN,
    KNOWN,
    NEEDS,
    NOT_INSIDE_ITSELF,
    PLAIN,
    RAW,
    VOID,
)

STRUCTURE = frozenset((b"html", b"head", b"body", b"title", b"frameset"))
_SPECIAL = RAW | FOREIGN | NOT_INSIDE_ITSELF | STRUCTURE | {PLAIN}


class Step(Enum):
    """What the commonest tags do where nothing is unusual."""

    END = 0
    PUSH = 1
    OPEN = 2
    NOTHING = 3


_SHUTTING = frozenset(CLOSES) | frozenset(NEEDS)

STEPS = {
    **dict.fromkeys(KNOWN - VOID - _SPECIAL - _SHUTTING, Step.PUSH),
    **dict.fromkeys(_SHUTTING - VOID - _SPECIAL, Step.OPEN),
    **dict.fromkeys(VOID - _SHUTTING, Step.NOTHING),
}
"""Start tags of which a look at the innermost open element is enough."""
