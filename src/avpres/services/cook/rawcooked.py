"""A film made by an installed RAWcooked, and proved here, by our own reader."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.cooking.journal import FILES, Result
from avpres.adapters.storage.hashing import digests_of
from avpres.adapters.storage.reading import ChangedError, signature
from avpres.adapters.tools import rawcooked
from avpres.adapters.tools.tool import FoundTool
from avpres.config.cook import CookOptions
from avpres.domain.errors import NotConformantError, ToolFailedError
from avpres.domain.fixity import Digest
from avpres.domain.reel import Role
from avpres.domain.report import Finding
from avpres.domain.reversible import ReversibilityError
from avpres.services.cook.assessing.folders import is_utf8
from avpres.services.cook.foreign import prove_all
from avpres.services.cook.frames import NotReversibleError
from avpres.services.cook.kitchen import MOST, Kitchen
from avpres.services.cook.planning import restorable
from avpres.services.cook.result import LOG
from avpres.services.cook.stage import ALGORITHMS
from avpres.services.reversible.opening import open_cooked

_CHUNK = 1024 * 1024  # bytes
_ATTACHED = 1024 * 1024  # bytes; a larger sidecar must be asked for (RAWcooked's `-s`)


class EngineRefusedError(Exception):
    """RAWcooked cannot do that reel; nothing was begun."""

    def __init__(self, path: bytes, why: str) -> None:
        super().__init__(why)
        self.path = path


@dataclass(slots=True)
class RawcookedEngine:
    """Cooks by RAWcooked. `told` are findings that nobody has taken yet."""

    tool: FoundTool
    options: CookOptions
    told: list[Finding] = field(default_factory=list)

    def write(self, kitchen: Kitchen) -> tuple[str, int, bool]:
        """Let RAWcooked make the film; its sources are digested here first.

        Returns:
            The place of its data, and that nothing of an earlier run was taken up.

        Raises:
            NotReversibleError: what it wrote holds no data that give files back.
            EngineRefusedError: RAWcooked cannot do this reel, or would lose something of it.
            ToolFailedError: it did not end well; its log and what it made are in the stage.
            ChangedError: a file is not the one that was listed.
            OSError: a file cannot be read, or the destination refuses.
        """
        refuse(kitchen, self.tool.version)
        self.told += _losses(kitchen)
        digest_sources(kitchen)
        stage = kitchen.stage
        harmless = rawcooked.harmless(os.fsencode(stage.name))
        partial = stage.folder / f"{harmless}.partial.mkv"
        for left in (partial, stage.film):
            left.unlink(missing_ok=True)
        with (
            rawcooked.ways(kitchen.reel.path, partial) as ways,
            stage.file(LOG).open("wb") as log,
        ):
            words = [*self._words(kitchen), os.fspath(ways.reel), "-o", os.fspath(ways.film)]
            log.write(b" ".join(map(os.fsencode, ["rawcooked", self.tool.version, *words])) + b"\n")
            try:
                licence = rawcooked.cook(self.tool, words, partial, log, self.options.stall * 60)
            except ToolFailedError:
                if partial.exists():
                    partial.rename(stage.film)  # the stage is kept as failed, and the film with it
                raise
        if licence:
            self.told.append(Finding.info("COK-LICENCE", kitchen.reel.shown, licence))
        partial.rename(stage.film)
        return _place(stage.film), 0, False

    def prove(self, kitchen: Kitchen) -> tuple[Digest, ...]:
        """Restore every file from the film in memory, by our own reader, and compare.

        Returns:
            Digests of the film.

        Raises:
            NotReversibleError: something does not come back as it was read before the cook.
            OSError: the film cannot be read.
        """
        path = kitchen.stage.film
        digests = digests_of(path, ALGORITHMS)
        try:
            with open_cooked(path) as cooked:
                prove_all(kitchen, cooked)
        except (NotConformantError, ReversibilityError) as error:
            raise NotReversibleError(os.fsencode(path), str(error)) from error
        return digests

    def take(self) -> list[Finding]:
        """Give what is to be told, once."""
        told, self.told = self.told, []
        return told

    def _words(self, kitchen: Kitchen) -> Iterator[str]:
        options, journal = self.options, kitchen.journal
        yield from rawcooked.ACTIONS
        yield from rawcooked.REFUSALS
        if options.rate:
            yield from ("-framerate", str(options.rate))
        for name, value in (("-context", options.context), ("-slices", options.slices)):
            yield from (name, str(value)) if value is not None else ()
        largest = max((file.size for file in journal.others()), default=0)
        if largest >= _ATTACHED:
            yield from ("-s", str(largest + 1))
        if kitchen.reserve >= MOST:
            yield from ("--output-version", "2")


def _place(path: Path) -> str:
    try:
        with open_cooked(path) as cooked:
            return cooked.place
    except NotConformantError as error:
        raise NotReversibleError(os.fsencode(path), str(error)) from error


def refuse(kitchen: Kitchen, version: str) -> None:
    """Refuse what RAWcooked cannot restore, would drop, or would hand to a shell.

    Raises:
        EngineRefusedError: with the first file.
    """
    reel = kitchen.reel
    found = restorable(kitchen.journal, named=False)
    if found.why:
        raise EngineRefusedError(reel.path, f"RAWcooked cannot restore it ({found.why})")
    if version < found.since:
        text = f"RAWcooked {version} cannot restore it, version {found.since} and later can"
        raise EngineRefusedError(reel.path, text)
    for file in kitchen.journal.of(*FILES):
        if rawcooked.is_hostile(file.path):
            raise EngineRefusedError(reel.at(file.path), _hostile(file.path))
        if os.path.basename(file.path).startswith(b"."):
            raise EngineRefusedError(reel.at(file.path), "RAWcooked drops files with a dot before")
        if file.role is Role.OPAQUE:
            raise EngineRefusedError(reel.at(file.path), "RAWcooked takes no broken frames")


def _hostile(name: bytes) -> str:
    """Say why a name is not for RAWcooked."""
    if not is_utf8(name):
        return "RAWcooked cannot restore this name, which is not UTF-8"
    return "RAWcooked would hand characters of this name to a shell"


def _losses(kitchen: Kitchen) -> Iterator[Finding]:
    """Tell what RAWcooked's films do not keep."""
    reel = kitchen.reel
    text = "RAWcooked keeps no times and no permissions of files, and no folders that are empty"
    yield Finding.info("COK-ENGINE-KEEPS", reel.shown, text)
    if rawcooked.is_hostile(reel.name):
        name = rawcooked.harmless(reel.name)
        text = f"{_hostile(reel.name)}; the film restores the reel as {name}"
        yield Finding.warning("COK-ENGINE-KEEPS", reel.shown, text)


def digest_sources(kitchen: Kitchen) -> None:
    """Take the digests of all files before they are cooked.

    Raises:
        ChangedError: one is not the file that was listed.
        OSError: one cannot be read.
    """
    journal, reel = kitchen.journal, kitchen.reel
    for file in journal.of(*FILES):
        if (known := journal.result(file.id)) is not None:
            journal.prove(known._replace(about=b""))  # digested by an earlier run, not proved yet
            continue
        md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
        with open(reel.at(file.path), "rb") as handle:
            while piece := handle.read(_CHUNK):
                md5.update(piece)
                sha256.update(piece)
            if signature(os.fstat(handle.fileno())) != file.signature:
                raise ChangedError(reel.at(file.path))
        journal.prove(Result(file.id, md5.digest(), sha256.digest()))
    journal.commit()
