"""What a collection is made of: formats, statuses, what names and manifests say, what is wrong.

Fed with descriptions one by one; its memory does not grow with their number.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from avpres.domain import verdict
from avpres.domain.attention import KEPT, Attentions
from avpres.domain.description import Description
from avpres.domain.formats import Format
from avpres.domain.severity import Severity
from avpres.domain.tally import OTHER, Count, Tally
from avpres.domain.validity import Message, Status
from avpres.domain.verdict import Soundness

UNIDENTIFIED = "not identified"
EMPTY = "empty"
PLAIN_TEXT = "plain text"
KEYS = 1000
"""Formats, extensions, types and message ids that are counted one by one."""

_KINDS: dict[str, str] = {  # formats that one extension and one MIME type stand for
    **{format.value: format.value for format in Format},
    Format.ASCII.value: PLAIN_TEXT,
    Format.UTF8.value: PLAIN_TEXT,
    Format.TEXT.value: PLAIN_TEXT,
    Format.XHTML.value: Format.HTML.value,
}
_PLAIN = frozenset({"txt", "text", "asc", "md", "log", "csv", "tsv", "text/plain"})


@dataclass(slots=True)
class Compared:
    """How many files are of a kind: by their names, by a manifest, in truth, and sound."""

    by_extension: int = 0
    declared: int = 0
    found: int = 0
    validated: int = 0


@dataclass(slots=True)
class Told:
    """A message id: how often it was said, of how many files, and its first text."""

    severity: Severity
    text: str
    messages: int = 0
    files: int = 0


@dataclass(slots=True)
class Row:
    """A format with its files by status."""

    statuses: dict[Status, Count] = field(
        default_factory=lambda: {status: Count() for status in Status}
    )

    @property
    def total(self) -> Count:
        """Count the files of the format, whatever their status."""
        counts = self.statuses.values()
        return Count(sum(c.files for c in counts), sum(c.size for c in counts))


class Distribution:
    """The tally of a run.

    Args:
        extensions: formats by extension, lower case without the dot.
        types: formats by MIME type, lower case.
        keys: how many formats, extensions and so on are told apart; the long tail is `other`.
        attention: how many files of each reason are kept by name.
    """

    def __init__(
        self,
        extensions: Mapping[str, str] | None = None,
        types: Mapping[str, str] | None = None,
        *,
        keys: int = KEYS,
        attention: int = KEPT,
    ) -> None:
        self._names = {**(extensions or {}), **(types or {})}
        self._keys = keys
        self._rows: dict[str, Row] = {}
        self._told: dict[str, Told] = {}
        self.total = Count()
        self.classes = {kind: Count() for kind in Soundness}
        self.incomplete = Count()
        self.missing = Tally(keys)  # files by the property that they lack
        self.extensions = Tally(keys)
        self.declared = Tally(keys)
        self.validators = Tally(keys)  # files by who judged them
        self.compared: defaultdict[str, Compared] = defaultdict(Compared)
        self.attention = Attentions(attention)

    def add(self, description: Description) -> None:
        """Count a file."""
        size = description.size
        kind = verdict.soundness(description)
        self.total.add(size)
        self.classes[kind].add(size)
        self._row(_format(description)).statuses[description.status].add(size)
        self._compare(description, is_sound=kind is Soundness.SOUND)
        if description.validator:
            self.validators.add(description.validator, size)
        if description.completeness and description.completeness.missing:
            self.incomplete.add(size)
            for name in description.completeness.missing:
                self.missing.add(name, size)
        if description.messages:
            self._tell(description)
        self.attention.add(description)

    def declare(self, type: str) -> None:
        """Count a file that a manifest lists as of a type: MIME type, format or extension."""
        self.declared.add(type)
        self.compared[self._kind_of(type)].declared += 1

    def formats(self) -> Iterator[tuple[str, Row]]:
        """Yield formats and their counts, most files first; `other` is last."""
        yield from sorted(
            self._rows.items(),
            key=lambda item: (item[0] == OTHER, -item[1].total.files, item[0]),
        )

    def statuses(self) -> dict[Status, Count]:
        """Count the files of all formats by status."""
        totals = {status: Count() for status in Status}
        for row in self._rows.values():
            for status, count in row.statuses.items():
                totals[status].files += count.files
                totals[status].size += count.size
        return totals

    def kinds(self) -> Iterator[tuple[str, Compared]]:
        """Yield kinds of files as names, manifest and content count them, most files first."""
        last = (OTHER, EMPTY, UNIDENTIFIED)
        yield from sorted(
            self.compared.items(),
            key=lambda item: (
                item[0] in last,
                -max(item[1].found, item[1].by_extension, item[1].declared),
                item[0],
            ),
        )

    def findings(self) -> Iterator[tuple[str, Told]]:
        """Yield message ids, errors before warnings, those of most files first."""
        order = (Severity.ERROR, Severity.WARNING, Severity.INFO)
        yield from sorted(
            self._told.items(),
            key=lambda item: (order.index(item[1].severity), -item[1].files, item[0]),
        )

    def _row(self, format: str) -> Row:
        row = self._rows.get(format)
        if row is None:
            full = len(self._rows) >= self._keys
            row = self._rows.setdefault(OTHER if full else format, Row())
        return row

    def _compare(self, description: Description, *, is_sound: bool) -> None:
        extension = extension_of(description.path)
        self.extensions.add(extension, description.size)
        self.compared[self._kind_of(extension)].by_extension += 1
        format = _format(description)
        special = format in {EMPTY, UNIDENTIFIED}
        found = self.compared[format if special else _KINDS.get(format, OTHER)]
        found.found += 1
        found.validated += is_sound

    def _kind_of(self, said: str) -> str:
        word = said.partition(";")[0].strip().lower()
        if word in _PLAIN:
            return PLAIN_TEXT
        format = self._names.get(word) or _BY_LOWER.get(word, "")
        return _KINDS.get(format, OTHER)

    def _tell(self, description: Description) -> None:
        first: dict[str, Message] = {}
        amounts: defaultdict[str, int] = defaultdict(int)
        for message in description.messages:
            first.setdefault(message.id, message)
            amounts[message.id] += 1
        for id, message in first.items():
            told = self._told.get(id)
            if told is None:
                full = len(self._told) >= self._keys
                new = Told(message.severity, "" if full else message.text)
                told = self._told.setdefault(OTHER if full else id, new)
            told.messages += max(amounts[id], description.counts.get(id, 0))
            told.files += 1


def extension_of(path: str) -> str:
    """Give the extension of a path in lower case without its dot; empty if there is none."""
    stem, dot, extension = path.rpartition("/")[2].rpartition(".")
    return extension.lower() if dot and stem else ""


def _format(description: Description) -> str:
    if description.size == 0 and not description.error:
        return EMPTY
    return description.format or UNIDENTIFIED


_BY_LOWER = {format.value.lower(): format.value for format in Format}
