"""The parent's hold on its processes: what they were given, and what is to be done if they die.

A worker that dies or does not come back costs one file its examination, never the batch: that file
is described carefully (identified, not examined) by the next worker, the files after it go on as
if nothing had been. Where metadata records are asked for, these are left out first.
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from avpres.adapters.describing.orders import Greeting, Limits, Orders
from avpres.adapters.describing.task import Task
from avpres.adapters.processes.channel import unpacked
from avpres.adapters.processes.deaths import one_more
from avpres.adapters.processes.family import Child, Family
from avpres.adapters.processes.trades import IDENTIFIER, WORKER
from avpres.adapters.processes.watch import Watch

IDENTIFY_S = 2.0  # processor seconds that the identification of a batch may take at least
LOAD_S = 10.0  # processor seconds that the signatures may take to load
FIND_S = 120.0  # seconds that a file may take to be found, on a tape


class Worker:
    """A worker process that is replaced when it dies."""

    def __init__(self, family: Family, orders: Orders) -> None:
        self._family = family
        self._orders = orders
        self._watch = Watch()
        self._was_stopped = False
        self._deaths = 0
        self.tasks: deque[Task] = deque()
        self.child = self._born()

    def give(self, task: Task) -> None:
        """Give it a batch, after those that it has."""
        if self.child.line.has_ended:
            self._renew()
        self.tasks.append(task)
        self.child.line.send(task.rest)

    def glance(self) -> None:
        """Take what it has done, and see to it if it has died."""
        for packed in self.child.take():
            self._deaths = 0
            self.tasks[0].add(packed)
            if self.tasks[0].is_done:
                self.tasks.popleft()
        if self.child.line.has_ended and self.tasks:
            self._conclude(self.tasks[0])
            self._renew()
            for task in self.tasks:
                self.child.line.send(task.rest)

    def _conclude(self, task: Task) -> None:
        if self._family.is_orphan(self.child) and task.is_lost():
            return
        if not (self._orders.emit and task.spares_records()):
            task.blame("CHR-TIME" if self._was_stopped else "CHR-CRASH")
        if task.is_done:
            self.tasks.popleft()

    def watch(self) -> None:
        """End the process if its file has had its time."""
        if self.tasks:
            task = self.tasks[0]
            limit = self._orders.seconds_for(task.rest[0].size) * (2 if self._orders.emit else 1)
            if self._watch.is_over((id(task), len(task)), self.child.pid, limit):
                self._was_stopped = True
                self._family.end(self.child)

    def forget(self) -> None:
        """Drop what it was given; nobody waits for it any more."""
        if self.tasks:
            self.tasks.clear()
            self._family.end(self.child)
            self._renew()

    def _renew(self) -> None:
        self.child.line.close()
        self._was_stopped = False
        self._watch = Watch()
        self._deaths = one_more(self._deaths, "describe files")
        self.child = self._born()

    def _born(self) -> Child:
        child = self._family.bear(WORKER)
        child.line.send(self._orders)
        return child


class _Question(NamedTuple):
    task: Task
    places: range  # of the requests that it is about
    is_last: bool

    @property
    def size(self) -> int:
        return sum(self.task.requests[place].size for place in self.places)


class Identifier:
    """The process that asks Siegfried, for all workers.

    Args:
        family: where processes come from.
        greeting: what it is told first.
        limits: what one file may take.
        done: is called with batches when their candidates are in them.
    """

    def __init__(
        self, family: Family, greeting: Greeting, limits: Limits, done: Callable[[Task], None]
    ) -> None:
        self._family = family
        self._greeting = greeting
        self._limits = limits
        self._done = done
        self._watch = Watch()
        self._is_loaded = False
        self._deaths = 0
        self._questions: deque[_Question] = deque()
        self.child = self._born()

    def ask(self, task: Task) -> None:
        """Ask for the candidates of a batch."""
        if self.child.line.has_ended:
            self._renew()
        question = _Question(task, range(len(task.requests)), is_last=True)
        self._questions.append(question)
        self._send(question)

    def _send(self, question: _Question) -> None:
        self.child.line.send([question.task.requests[place].path for place in question.places])

    def glance(self) -> None:
        """Take what it has found, and see to it if it has died."""
        for packed in self.child.take():
            self._is_loaded = True
            self._deaths = 0
            question = self._questions.popleft()
            (found,) = unpacked([packed])
            for place, candidates in zip(question.places, found, strict=True):
                request = question.task.requests[place]
                question.task.requests[place] = request._replace(candidates=candidates)
            self._conclude(question)
        if self.child.line.has_ended and self._questions:
            self._go_on()

    def _conclude(self, question: _Question) -> None:
        if question.is_last:
            self._done(question.task)

    def _go_on(self) -> None:
        """Ask for each file of the batch that ended it by itself, then for all others."""
        if not (self._family.is_orphan(self.child) and self._questions[0].task.is_lost()):
            self._part(self._questions.popleft())
        self._renew()
        for question in self._questions:
            self._send(question)

    def _part(self, question: _Question) -> None:
        task, places, is_last = question
        if len(places) > 1:
            parts = [_Question(task, range(n, n + 1), is_last and n == places[-1]) for n in places]
            self._questions.extendleft(reversed(parts))
            return
        note = "Siegfried could not identify it and was stopped"
        task.requests[places[0]] = task.requests[places[0]]._replace(notes=(note,))
        self._conclude(question)

    def watch(self) -> None:
        """End the process if it does not come back."""
        if self._questions:
            question = self._questions[0]
            limit = max(IDENTIFY_S, self._limits.of(question.size))
            mark = (id(question.task), question.places)
            limit = limit if self._is_loaded else LOAD_S
            patience = FIND_S * len(question.places)
            if self._watch.is_over(mark, self.child.pid, limit, patience):
                self._family.end(self.child)

    def forget(self) -> None:
        """Drop what it was asked; nobody waits for it any more."""
        if self._questions:
            self._questions.clear()
            self._family.end(self.child)
            self._renew()

    def _renew(self) -> None:
        self.child.line.close()
        self._is_loaded = False
        self._watch = Watch()
        self._deaths = one_more(self._deaths, "describe files")
        self.child = self._born()

    def _born(self) -> Child:
        child = self._family.bear(IDENTIFIER)
        child.line.send(self._greeting)
        return child
