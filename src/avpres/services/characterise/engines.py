"""Judges from outside, asked over groups of files: JHOVE, vnu, EPUBCheck, MediaConch.

JHOVE and policies are asked for when they are wanted, and missing ones are an error then. vnu and
EPUBCheck decide what our own validators leave open, where they are there.
"""

import contextlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain

from avpres.adapters.formats.description_json import to_line
from avpres.config.characterise import CharacteriseOptions
from avpres.domain.description import Description
from avpres.domain.formats import Engine
from avpres.services.characterise import asking, opinions
from avpres.services.characterise.asking import Changes
from avpres.services.characterise.panel import CONCHES, Panel, open_panel
from avpres.services.context import Context
from avpres.services.describing import Described
from avpres.services.describing.known import Known, open_known

__all__ = ["Engines", "open_engines", "with_engines"]

GROUP = 1000  # files that are judged together: a Java machine takes a second to start
AHEAD = 2  # groups that are being judged while the next one is described
JVMS = 2  # Java machines at once; each may take a gigabyte
_PASSING = frozenset(
    {
        "CHR-CRASH",
        "CHR-MEMORY",
        "CHR-TIME",
        "EPUBCHECK-NO-VERDICT",
        "JHOVE-NO-VERDICT",
        "MEDIACONCH-NO-VERDICT",
        "VNU-NO-VERDICT",
    }
)
"""Messages on what may go better the next time."""


@dataclass(slots=True)
class Engines:
    """The judges of one run, and how they compare."""

    panel: Panel
    known: Known | None
    tally: opinions.Tally = field(default_factory=opinions.Tally)

    @property
    def facts(self) -> dict[str, object]:
        """What the report says of them; nothing without one that was asked for."""
        facts: dict[str, object] = {}
        if self.panel.engine is not Engine.AVPRES:
            facts["engine"] = self.panel.engine.value
        if self.panel.engine is Engine.BOTH:
            facts["agreed"] = self.tally.agreed
            facts["disagreed"] = self.tally.disagreed
            facts["not_compared"] = self.tally.not_compared
        if self.panel.policies:
            facts["policy_failed"] = self.tally.policy_failed
        return facts

    @property
    def sentence(self) -> str:
        """What the summary says of them; nothing where there is nothing to say."""
        parts = []
        both = self.tally.agreed + self.tally.disagreed
        if self.panel.engine is Engine.BOTH:
            parts.append(f"JHOVE disagrees on {self.tally.disagreed:,} of {both:,} files")
        failed = self.tally.policy_failed
        if failed:
            parts.append(f"{failed:,} {'fails' if failed == 1 else 'fail'} a policy")
        return "; ".join(parts)


@contextlib.contextmanager
def open_engines(
    options: CharacteriseOptions, context: Context, key: Iterable[bytes]
) -> Iterator[Engines]:
    """Open what is asked for, before any file is read.

    `key` is whatever would make a description another one; judgements are remembered beside it.

    Raises:
        ToolMissingError: something that is asked for is not here.
        ToolFailedError: JHOVE does not say what it can do.
        UsageError: options do not go together, or a policy is none.
        DestinationRefusedError: the state folder cannot be written.
    """
    with contextlib.ExitStack() as stack:
        panel = open_panel(options, context.site.tools.configured)
        stack.callback(panel.close)
        known = None
        if not panel.is_empty:
            whole = (b"judged", *key, *panel.key())
            known = stack.enter_context(open_known(context.state_dir / "characterise", whole))
            if options.restart:
                known.pass_over()
        yield Engines(panel, known)


def with_engines(described: Iterable[Described], engines: Engines) -> Iterator[Described]:
    """Have descriptions judged, some groups at a time, in the order in which they come.

    Until the first file comes that concerns a judge, nothing is held back.

    Raises:
        ToolMissingError: a program that the settings name cannot be used.
    """
    if engines.panel.is_empty:
        yield from described
        return
    coming = iter(described)
    for each in coming:
        if asking.concerns(engines.panel, each.description):
            yield from _judged_in_groups(chain([each], coming), engines)
        else:
            engines.tally.add(each.description)
            yield each


def _judged_in_groups(described: Iterable[Described], engines: Engines) -> Iterator[Described]:
    javas = ThreadPoolExecutor(JVMS, thread_name_prefix="java")
    conches = ThreadPoolExecutor(CONCHES, thread_name_prefix="conch")
    waiting: deque[_Group] = deque()
    try:
        for members in _groups(described):
            waiting.append(_Group(engines, members, javas, conches))
            if len(waiting) > AHEAD:
                yield from waiting.popleft().results()
        while waiting:
            yield from waiting.popleft().results()
    except BaseException:  # an interrupt, or a caller who wants no more
        engines.panel.stop.set()
        raise
    finally:
        for pool in (javas, conches):
            pool.shutdown(cancel_futures=True)


def _groups(described: Iterable[Described]) -> Iterator[list[Described]]:
    group: list[Described] = []
    for each in described:
        group.append(each)
        if len(group) == GROUP:
            yield group
            group = []
    if group:
        yield group


class _Group:
    """Some files on their way through the judges."""

    def __init__(
        self,
        engines: Engines,
        members: Sequence[Described],
        javas: ThreadPoolExecutor,
        conches: ThreadPoolExecutor,
    ) -> None:
        self._engines = engines
        self._members = [self._remembered(each) for each in members]
        open_ones = {number: each for number, (each, done) in enumerate(self._members) if not done}
        self._futures: list[Future[Changes]] = [
            *(javas.submit(task) for task in asking.checkers(engines.panel, open_ones)),
            *(javas.submit(task) for task in asking.jhove(engines.panel, open_ones)),
            *(conches.submit(task) for task in asking.policies(engines.panel, open_ones)),
        ]

    def results(self) -> Iterator[Described]:
        """Wait, and yield the files as they are judged now."""
        changed: dict[int, Description] = {}
        for future in self._futures:
            for number, change in future.result().items():
                before = changed.get(number) or self._members[number][0].description
                changed[number] = change(before)
        for number, (member, done) in enumerate(self._members):
            judged = _judged(member, changed.get(number))
            if not done:
                self._keep(judged)
            self._engines.tally.add(judged.description)
            yield judged

    def _remembered(self, described: Described) -> tuple[Described, bool]:
        """Give a file, and whether nobody needs to be asked about it."""
        if not asking.concerns(self._engines.panel, described.description):
            return described, True
        known = self._engines.known
        found = known.find(described.item.key, described.item.signature) if known else None
        if found is None:
            return described, False
        return replace(described, description=found[0], line=found[1]), True

    def _keep(self, described: Described) -> None:
        known, found = self._engines.known, described.description
        if known is not None and not found.error and _PASSING.isdisjoint(found.counts):
            item = described.item
            known.keep(item.key, item.signature, described.line, listed=item.listed)


def _judged(member: Described, description: Description | None) -> Described:
    if description is None:
        return member
    return replace(member, description=description, line=to_line(description), was_known=False)
