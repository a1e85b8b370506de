"""What a validator says as it goes, and the verdict that comes of it."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from avpres.domain.severity import Severity
from avpres.domain.technical import Technical
from avpres.domain.validity import Impact, Message, Status

KEPT_OF_AN_ID = 20  # messages of one id that are kept of a file; beyond them only the count grows


class HaltError(Exception):
    """The rest of the file cannot be read in any sensible way; what was said stands."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How strict to be.

    `strict` adds JHOVE's rules that practice left behind (50 pages in a TIFF); `schemas` is the
    folder with the local catalogue of XML schemas and DTDs: the network is never asked. `deep`
    lifts the bounds on what is followed slowly, code by code.
    """

    strict: bool = False
    schemas: Path | None = None
    deep: bool = False


@dataclass(slots=True)
class Examination:
    """Collects messages and properties of one file.

    A validator calls `broken` for what makes the file not well-formed, `invalid` for what is
    well-formed against the rules of the format, `undetermined` where validity cannot be told, and
    `warn` and `note` for what has no influence on the status.
    """

    rules: Rules = field(default_factory=Rules)
    technical: Technical = field(default_factory=Technical)
    version: str = ""  # of the format, as the file itself says it: "89a", "1.01", "6.0"
    profile: str = ""  # of the format: "BWF version 1", "RF64", "BigTIFF"
    mime: str = ""  # more exact than the identification's, if the file itself says so
    messages: list[Message] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    stopped: bool = False  # before its end, by a limit: nothing can be said of the rest
    _impacts: set[Impact] = field(default_factory=set)

    def broken(
        self, id: str, text: str, offset: int | None = None, *, jhove: str | None = None
    ) -> None:
        """Say what makes the file not well-formed."""
        self._say(Message(id, Severity.ERROR, text, offset, jhove, Impact.NOT_WELL_FORMED))

    def halt(
        self, id: str, text: str, offset: int | None = None, *, jhove: str | None = None
    ) -> NoReturn:
        """Say what makes the file not well-formed and ends its examination."""
        self.broken(id, text, offset, jhove=jhove)
        raise HaltError

    def flood(self, id: str, text: str, offset: int | None = None) -> NoReturn:
        """Say that the file holds more of something than makes sense, and leave it at once.

        It is not well-formed, and nothing else is to read it: it may be made to do harm.
        """
        self.stopped = True
        self.halt(id, text, offset)

    def invalid(
        self, id: str, text: str, offset: int | None = None, *, jhove: str | None = None
    ) -> None:
        """Say what is against the rules of the format in a file that can be read."""
        self._say(Message(id, Severity.ERROR, text, offset, jhove, Impact.NOT_VALID))

    def undetermined(self, id: str, text: str, offset: int | None = None) -> None:
        """Say why validity cannot be told; the file is well-formed."""
        self._say(Message(id, Severity.WARNING, text, offset, None, Impact.UNDETERMINED))

    def stop(self, id: str, text: str, offset: int | None = None) -> None:
        """Say why the rest of the file is left unread: nothing can be told of it."""
        self.stopped = True
        self._say(Message(id, Severity.WARNING, text, offset, None, Impact.UNDETERMINED))

    def warn(
        self, id: str, text: str, offset: int | None = None, *, jhove: str | None = None
    ) -> None:
        """Say what a person should look at; the status stays."""
        self._say(Message(id, Severity.WARNING, text, offset, jhove))

    def note(
        self, id: str, text: str, offset: int | None = None, *, jhove: str | None = None
    ) -> None:
        """Say what is good to know; the status stays."""
        self._say(Message(id, Severity.INFO, text, offset, jhove))

    @property
    def status(self) -> Status:
        """The verdict so far."""
        if Impact.NOT_WELL_FORMED in self._impacts:
            return Status.NOT_WELL_FORMED
        if self.stopped:
            return Status.UNKNOWN
        if Impact.NOT_VALID in self._impacts:
            return Status.NOT_VALID
        if Impact.UNDETERMINED in self._impacts:
            return Status.WELL_FORMED
        return Status.VALID

    def take(self, message: Message) -> None:
        """Take in what another program said, and what it means for the status."""
        self._say(message)

    def _say(self, message: Message) -> None:
        self.counts[message.id] += 1
        self._impacts.add(message.impact)
        if self.counts[message.id] <= KEPT_OF_AN_ID:
            self.messages.append(message)
