"""A batch of files on its way through identification and description."""

import os
from collections import Counter
from collections.abc import Sequence
from typing import cast

from avpres.adapters.describing.orders import Answer, Request
from avpres.adapters.describing.stopping import stopped
from avpres.adapters.formats.description_json import to_line
from avpres.adapters.processes.channel import unpacked
from avpres.domain.description import Description
from avpres.domain.validity import Status


class Task:
    """The requests of a batch, and the answers as far as they have come.

    Answers stay packed until they are wanted, which takes a tenth of the memory.
    """

    def __init__(self, requests: Sequence[Request]) -> None:
        self.requests = list(requests)
        self._answers: list[Answer] = []
        self._packed: list[bytes] = []  # of the process that is at it now
        self._troubles: dict[int, str] = {}  # message ids by number of the request
        self._losses: Counter[int] = Counter()  # processes that ended innocently

    def __len__(self) -> int:
        return len(self._answers) + len(self._packed)

    @property
    def is_done(self) -> bool:
        """Say whether all answers have come."""
        return len(self) == len(self.requests)

    @property
    def rest(self) -> list[Request]:
        """The requests that have no answer yet."""
        return self.requests[len(self) :]

    def add(self, packed: bytes) -> None:
        """Take in an answer."""
        self._packed.append(packed)

    def blame(self, id: str) -> None:
        """Note that the file at hand ended its process; it is then described carefully.

        If even that ends a process, nothing more is asked of it.
        """
        self._settle()
        place = len(self._answers)
        request = self.requests[place]
        if place in self._troubles:
            self._answers.append(_lost(request))
        else:
            self.requests[place] = request._replace(careful=True)
        self._troubles[place] = id

    def spares_records(self) -> bool:
        """Let the file at hand be described once more without records; say no if that was done."""
        self._settle()
        place = len(self._answers)
        request = self.requests[place]
        if request.bare or request.careful:
            return False
        self.requests[place] = request._replace(bare=True)
        return True

    def is_lost(self) -> bool:
        """Note that the process ended for no fault of the file; say no if that was so before."""
        self._settle()
        place = len(self._answers)
        self._losses[place] += 1
        return self._losses[place] == 1

    def answers(self) -> list[Answer]:
        """Give the answers to all requests, in their order."""
        self._settle()
        for place, id in self._troubles.items():
            found = self._answers[place].description
            stopped(found, id)
            self._answers[place] = Answer(found, to_line(found), [])
        self._troubles.clear()
        return self._answers

    def _settle(self) -> None:
        self._answers += cast("list[Answer]", unpacked(self._packed))
        self._packed.clear()


def _lost(request: Request) -> Answer:
    path, root = os.fsdecode(request.name), os.fsdecode(request.root)
    found = Description(path, root, request.size, status=Status.UNKNOWN)
    return Answer(found, to_line(found), [])
