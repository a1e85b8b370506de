"""What a checker that is not ours says of a file."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from avpres.domain.validity import Message, Status

KEPT_OF_AN_ID = 20  # messages of one id that are kept of a file


@dataclass(frozen=True, slots=True)
class Checked:
    """A checker's word on a file; `status` is None when it could not judge.

    `counts` has all messages by id, also those that were not kept.
    """

    status: Status | None
    messages: tuple[Message, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


def gathered(messages: Iterable[Message]) -> tuple[tuple[Message, ...], dict[str, int]]:
    """Count messages by id, and keep the first of each."""
    counts: Counter[str] = Counter()
    kept: list[Message] = []
    for message in messages:
        counts[message.id] += 1
        if counts[message.id] <= KEPT_OF_AN_ID:
            kept.append(message)
    return tuple(kept), dict(counts)
