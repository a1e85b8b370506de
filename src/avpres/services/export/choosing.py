"""Which files of a package become part of a DIP, and why the others do not."""

import fnmatch
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from avpres.config.export import ExportOptions
from avpres.domain.dissemination import Companion
from avpres.domain.oais import PackagedFile, Role
from avpres.domain.technical import MediaKind
from avpres.services.export.rights import Rights, rights_of
from avpres.services.export.sources import Source
from avpres.services.transfer.selection import Why, selection
from avpres.services.viewing.item import ENDINGS

NOT_ASKED = "supplemental, and not asked for"
NOT_SELECTED = "not selected by path"
OTHER_FORMAT = "of another format"
EXCLUDED = "excluded"
ONLY_COPIES = "film or sound, of which only access copies were asked for"

_FILMS_AND_SOUNDS = frozenset({MediaKind.VIDEO.value, MediaKind.AUDIO.value})


@dataclass(frozen=True, slots=True)
class Choice:
    """The rules of one run for one package."""

    options: ExportOptions
    source: Source
    rights: Rights
    selected: Why | None
    excluded: Why | None

    def why_not(self, file: PackagedFile, relative: str, line: bytes | None) -> str | None:
        """Say why a file is left out; None for one that is not."""
        reason = self.why_no_copy(file, relative, line)
        if reason is None and self.options.access_only and is_film_or_sound(file, line):
            return ONLY_COPIES
        return reason

    def why_no_copy(self, file: PackagedFile, relative: str, line: bytes | None) -> str | None:
        """Say why neither a file nor a copy of it can be in the DIP; None when it can."""
        if file.role is Role.SUPPLEMENTAL and Companion.SUPPLEMENTAL not in self.options.include:
            return NOT_ASKED
        if self.excluded and _meets(self.excluded, relative):
            return EXCLUDED
        if file.role is Role.OBJECT:
            if self.selected and not _meets(self.selected, relative):
                return NOT_SELECTED
            if self.options.format and not _is_of(self.options.format, line):
                return OTHER_FORMAT
        return self._forbidden(file, relative)

    def _forbidden(self, file: PackagedFile, relative: str) -> str | None:
        ruling = self.rights.ruling(self.source, file, relative)
        if ruling is None or ruling.granted:
            return None
        return f"the right to {self.options.right} is not granted"


def choice(options: ExportOptions, source: Source, day: date) -> Choice:
    """Make the rules for one package.

    Raises:
        NotConformantError: what it states of rights cannot be read.
    """
    return Choice(
        options,
        source,
        rights_of(source, options.right, day),
        selection(options.select, skip_junk=False),
        selection(options.exclude, skip_junk=False),
    )


def is_film_or_sound(file: PackagedFile, line: bytes | None) -> bool:
    """Say whether access copies are made of a file: by its description, else by its name."""
    if file.role is not Role.OBJECT:
        return False
    kind = _kind(line)
    if kind:
        return kind in _FILMS_AND_SOUNDS
    return os.path.splitext(os.fsencode(file.path))[1].lower() in ENDINGS


def _kind(line: bytes | None) -> str:
    technical = json.loads(line).get("technical") if line else None
    return str(technical.get("kind") or "") if isinstance(technical, dict) else ""


def _meets(rule: Why, relative: str) -> bool:
    """Say whether a rule speaks of a path, or of a folder that it lies in."""
    path = os.fsencode(relative)
    while path:
        if rule(path):
            return True
        path = path.rpartition(b"/")[0]
    return False


def _is_of(wanted: Sequence[str], line: bytes | None) -> bool:
    """Hold a description against PUIDs, MIME types and names of formats, in any case."""
    if line is None:
        return False
    told = json.loads(line)
    known = [str(told.get(key, "")).casefold() for key in ("puid", "mime", "format")]
    return any(
        fnmatch.fnmatchcase(each, pattern.casefold())
        for pattern in wanted
        for each in known
        if each
    )
