"""A film made by an installed RAWcooked, and proved here, by our own reader."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.cooking.journal import Listed, Result
from avpres.adapters.storage import medium
from avpres.adapters.storage.reading import ChangedError, signature
from avpres.adapters.tools import rawcooked
from avpres.adapters.tools.tool import FoundTool
from avpres.config.cook import CookOptions
from avpres.domain.errors import NotConformantError, ToolFailedError
from avpres.domain.fixity import Digest
from avpres.domain.reel import Role
from avpres.domain.report import Finding
from avpres.domain.reversible import ReversibilityError
from avpres.services.cook import findings
from avpres.services.cook.frames import NotReversibleError
from avpres.services.cook.kitchen import MOST, Kitchen
from avpres.services.cook.planning import why_not_rawcooked
from avpres.services.cook.result import LOG
from avpres.services.cook.stage import digests_of
from avpres.services.reversible.attached import find_attached
from avpres.services.reversible.opening import Cooked, open_cooked
from avpres.services.reversible.proof import Part, Proof, Trouble, Verdict
from avpres.services.reversible.proving import Proving

_CHUNK = 1024 * 1024  # bytes
_ATTACHED = 1024 * 1024  # bytes; a larger sidecar must be asked for (RAWcooked's `-s`)
_FILES = (Role.FRAME, Role.SOUND, Role.ATTACHED, Role.OPAQUE, Role.EMPTY)


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
        refuse(kitchen)
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
            self.told.append(findings.note("COK-LICENCE", kitchen.reel.shown, licence))
        partial.rename(stage.film)
        return _place(stage.film), 0, False

    def prove(self, kitchen: Kitchen) -> tuple[tuple[Digest, ...], str]:
        """Restore every file from the film in memory, by our own reader, and compare.

        Returns:
            Digests of the film, and how it was kept from being answered by memory.

        Raises:
            NotReversibleError: something does not come back as it was read before the cook.
            OSError: the film cannot be read.
        """
        path = kitchen.stage.film
        with path.open("rb") as handle:
            evicted = medium.evict(handle.fileno(), path.stat().st_size)
        digests = digests_of(path)
        try:
            with open_cooked(path) as cooked:
                _prove_all(kitchen, cooked)
        except (NotConformantError, ReversibilityError) as error:
            raise NotReversibleError(os.fsencode(path), str(error)) from error
        return digests, "evicted" if evicted else "cached"

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


def refuse(kitchen: Kitchen) -> None:
    """Refuse what RAWcooked cannot restore, would drop, or would hand to a shell.

    Raises:
        EngineRefusedError: with the first file.
    """
    reel = kitchen.reel
    if why := why_not_rawcooked(kitchen.plan):
        raise EngineRefusedError(reel.path, f"RAWcooked cannot restore it ({why})")
    for file in kitchen.journal.of(*_FILES):
        if rawcooked.is_hostile(file.path):
            raise EngineRefusedError(
                reel.at(file.path), "RAWcooked would hand characters of this name to a shell"
            )
        if os.path.basename(file.path).startswith(b"."):
            raise EngineRefusedError(reel.at(file.path), "RAWcooked drops files with a dot before")
        if file.role is Role.OPAQUE:
            raise EngineRefusedError(reel.at(file.path), "RAWcooked takes no broken frames")


def _losses(kitchen: Kitchen) -> Iterator[Finding]:
    """Tell what RAWcooked's films do not keep."""
    reel = kitchen.reel
    text = "RAWcooked keeps no times and no permissions of files, and no folders that are empty"
    yield findings.note("COK-ENGINE-KEEPS", reel.shown, text)
    if rawcooked.is_hostile(reel.name):
        name = rawcooked.harmless(reel.name)
        text = f"RAWcooked would hand its name to a shell; the film restores it as {name}"
        yield findings.warning("COK-ENGINE-KEEPS", reel.shown, text)


def digest_sources(kitchen: Kitchen) -> None:
    """Take the digests of all files before they are cooked.

    Raises:
        ChangedError: one is not the file that was listed.
        OSError: one cannot be read.
    """
    journal, reel = kitchen.journal, kitchen.reel
    for file in journal.of(*_FILES):
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


_PROVED = b"proved"  # stands in the journal for a file that came back


def _prove_all(kitchen: Kitchen, cooked: Cooked) -> None:
    """Compare every file of the film with the source, and require that none is missing."""
    _compare_recorded(kitchen, cooked)
    proving = Proving(
        cooked,
        kitchen.workers,
        lambda size: kitchen.progress.advance(size=size),
        is_listed=True,
    )
    for each in proving.results():
        if isinstance(each, Trouble):
            raise _wrong(cooked.path, each.why)
        _prove_one(kitchen, each)
    for file, result in kitchen.journal.all_results():
        if result is None or result.about != _PROVED:
            raise NotReversibleError(kitchen.reel.at(file.path), "the film does not hold it")


def _compare_recorded(kitchen: Kitchen, cooked: Cooked) -> None:
    """Require that the film knows its files by the digests that were taken before it was made."""
    for track in cooked.data.tracks:
        for each in track.files(residual=False):
            _, result = _listed(kitchen, each.name)
            if each.md5 != result.md5:
                raise _differs(kitchen, each.name)
    for kept in cooked.data.attached():
        _, result = _listed(kitchen, kept.name)
        digest = hashlib.sha256()
        with find_attached(cooked, kept) as handle:
            while piece := handle.read(_CHUNK):
                digest.update(piece)
        if digest.digest() != result.sha256:
            raise _differs(kitchen, kept.name)


def _prove_one(kitchen: Kitchen, proof: Proof) -> None:
    file, result = _listed(kitchen, proof.name)
    is_proved = proof.verdict is Verdict.PROVED
    if not (is_proved or (proof.part is Part.ATTACHED and proof.is_right)):
        raise NotReversibleError(kitchen.reel.at(file.path), proof.why or "it cannot be compared")
    size, frame = proof.raw or (0, "")
    film = next((each for each in kitchen.plan.films if each.track == file.track), None)
    kitchen.journal.prove(
        result._replace(
            frame=bytes.fromhex(frame),
            raw=size,
            time_ns=film.time_ns(file) if film else 0,
            about=_PROVED,
        )
    )


def _listed(kitchen: Kitchen, name: bytes) -> tuple[Listed, Result]:
    """Find the file of the source that a name in the film stands for."""
    top, _, path = name.partition(b"/")
    reel = kitchen.reel.name
    wanted = os.fsencode(rawcooked.harmless(reel)) if rawcooked.is_hostile(reel) else reel
    file = kitchen.journal.look_up(path) if top == wanted else None
    result = None if file is None else kitchen.journal.result(file.id)
    if file is None or result is None:
        raise NotReversibleError(name, "the film holds it, and the reel does not")
    return file, result


def _differs(kitchen: Kitchen, name: bytes) -> NotReversibleError:
    file, _ = _listed(kitchen, name)
    text = "the film holds another state of it than was read before the cook"
    return NotReversibleError(kitchen.reel.at(file.path), text)


def _wrong(path: Path, why: str) -> NotReversibleError:
    return NotReversibleError(os.fsencode(path), f"read back from its medium: {why}")
