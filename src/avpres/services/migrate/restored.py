"""`avpres migrate --restore`: the bytes of sources from their targets, compared with the record."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from avpres.adapters.migrating.orders import Job, Made, Part
from avpres.adapters.storage import durable
from avpres.adapters.storage.hashing import digests_of
from avpres.config.migrate import MigrateOptions
from avpres.domain.errors import UsageError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.migration import Outcome, Reason
from avpres.domain.premis import EventType
from avpres.domain.report import FileRecord, Finding, Output, Report
from avpres.services import record
from avpres.services.context import Context
from avpres.services.ledger import open_ledger
from avpres.services.migrate import findings
from avpres.services.migrate.index import Index, Wanted
from avpres.services.migrate.room import missing, require_free
from avpres.services.migrate.sources import Found, found_in, sources_of
from avpres.services.migrate.stage import Stage, open_stage, refusals
from avpres.services.migrate.tally import Tally

_KINDS = {b".jxl": "jxl", b".flac": "flac"}
FOLDER = ".avpres-restore.part"
GROWTH = 2  # times its target that a source without a record is taken for


def restore(options: MigrateOptions, context: Context) -> Report:
    """Give back the files that JPEG XL, FLAC and UTF-8 were made of.

    What comes back has the name and the digest that `migration.jsonl` says, where one lies beside
    the target or above it.

    Raises:
        UsageError: no file or no folder for the results is named.
        DestinationRefusedError: the destination cannot be written.
    """
    if options.destination is None:
        raise UsageError("name files and a folder: avpres migrate --restore FILE... OUT")
    tops, out = sources_of(options), options.destination.absolute()
    report = context.report("migrate")
    with (
        open_ledger(context, options.report) as ledger,
        open_stage(out, context.state_dir, FOLDER) as (stage, _),
        refusals(out),
        closing(Index()) as index,
    ):
        run = _Run(Tally(options, context, report, ledger), stage, index)
        run.restore(tops)
        run.conclude()
        stage.remove()
        ledger.close(report)
    return report


class _Run:
    def __init__(self, tally: Tally, stage: Stage, index: Index) -> None:
        self._tally = tally
        self._options = tally.options
        self._stage = stage
        self._index = index
        self._under_way: dict[int, tuple[Found, Wanted]] = {}
        self._uncompared = 0

    def restore(self, tops: list[Path]) -> None:
        """Have workers restore all files that are named, or lie in folders that are."""
        if not self._options.skip_space_check:
            require_free(missing(self._options, self._coming(tops)), self._stage.out)
        progress = self._tally.context.progress
        progress.start("restore")
        with closing(self._tally.crew("restore")) as crew:
            for made in crew.work(self._jobs(tops)):
                self._take(*self._under_way.pop(made.number), made)
        progress.finish()

    def _coming(self, tops: list[Path]) -> Iterator[tuple[bytes, int]]:
        """Give the place and size of what comes back; without a record it is guessed."""
        for found in found_in(tops, self._options.exclude, on_skipped=_quiet, on_error=_quiet):
            wanted = self._index.find(found.path) or _unrecorded(found)
            if wanted is not None:
                name = os.path.basename(wanted.place)
                place = os.path.join(os.path.dirname(found.place), name)
                yield place, wanted.size or found.size * GROWTH

    def _jobs(self, tops: list[Path]) -> Iterator[Job]:
        for number, found in enumerate(self._found(tops), 1):
            wanted = self._index.find(found.path) or _unrecorded(found)
            if wanted is None:
                if found.path in {os.fsencode(top) for top in tops}:
                    self._note(found, findings.unrecorded(os.fsdecode(found.path)), "failed")
                continue
            name = os.path.basename(wanted.place)
            wanted = wanted._replace(place=os.path.join(os.path.dirname(found.place), name))
            self._under_way[number] = found, wanted
            told = (("kind", wanted.kind), ("charset", wanted.charset))
            staged = self._stage.staged(number)
            yield Job(number, found.path, found.signature, staged, told=told)

    def _found(self, tops: list[Path]) -> Iterator[Found]:
        def skipped(path: str, why: str) -> None:
            self._tell(findings.skipped(path, why))

        def unreadable(path: str, error: OSError) -> None:
            self._tell(findings.unreadable(path, error))

        exclude = self._options.exclude
        return found_in(tops, exclude, on_skipped=skipped, on_error=unreadable)

    def _take(self, found: Found, wanted: Wanted, made: Made) -> None:
        path = os.fsdecode(found.path)
        if made.reason is Reason.STORAGE:
            raise OSError(made.errno, made.detail, str(self._stage.out))
        if made.outcome is not Outcome.OK:
            self._note(found, findings.unrestored(path, made), "failed")
            return
        (part,) = made.parts
        known = Digest(Algorithm.SHA256, wanted.sha256)
        if wanted.sha256 and known not in part.digests:
            self._stage.clear([part.staged])
            self._note(found, findings.restored_otherwise(path), "failed")
            return
        if not wanted.sha256:
            wanted = wanted._replace(place=wanted.place + _ending(part.staged))
            self._uncompared += 1
            self._tell(findings.uncompared(path))
        self._publish(found, wanted, part)

    def _publish(self, found: Found, wanted: Wanted, part: Part) -> None:
        place = os.path.join(os.fsencode(self._stage.out), wanted.place)
        folder = os.path.dirname(place)
        self._stage.flush([part.staged], at_once=False)
        os.makedirs(folder, exist_ok=True)
        try:
            durable.rename_noreplace(None, part.staged, None, place)
        except FileExistsError:
            self._stage.clear([part.staged])
            if not _is_same(place, part):
                self._note(found, findings.taken(os.fsdecode(place)), "failed")
                return
        durable.sync_folder(Path(os.fsdecode(folder)))
        self._tally.report.outputs.append(Output(kind="restored", path=os.fsdecode(place)))
        self._tally.report.totals.verified_files += 1
        self._note(found, None, "restored")

    def _note(self, found: Found, finding: Finding | None, outcome: str) -> None:
        said = finding.message if finding else "its bytes came back"
        row = FileRecord(os.fsdecode(found.path), found.size, outcome, detail=said)
        self._tally.note(row, finding)

    def _tell(self, finding: Finding) -> None:
        self._tally.context.note(self._tally.report, finding)

    def conclude(self) -> None:
        """Sum up, and record the event."""
        report, totals = self._tally.report, self._tally.report.totals
        step = self._tally.step(
            [str(path) for path in self._options.sources],
            totals.files - totals.failed - self._uncompared,
            destination=str(self._stage.out),
        )
        detail = "sources of a migration restored, and held against their recorded digests"
        report.events.append(record.examination(report, step, EventType.DECOMPRESSION, detail))
        if not totals.files:
            self._tell(findings.nothing())
            report.summary = "nothing was restored."
            return
        done = totals.files - totals.failed
        files = f"{done:,} file{'' if done == 1 else 's'} restored"
        parts = [f"{files}, each as it was before its migration"]
        if self._uncompared:
            parts = [files, f"{self._uncompared:,} of them compared with nothing"]
        parts += [f"{totals.failed:,} failed, see the findings"] if totals.failed else []
        report.summary = "; ".join(parts) + "."


def _quiet(_path: str, _why: object) -> None:
    """Say nothing: it is told when the file's turn comes."""


def _unrecorded(found: Found) -> Wanted | None:
    """Guess by the name what a target without a record is."""
    stem, ending = os.path.splitext(found.place)
    kind = _KINDS.get(ending.lower())
    return None if kind is None else Wanted(stem, kind)


def _ending(staged: bytes) -> bytes:
    """Give the ending that what came back should have, by its first bytes."""
    with open(staged, "rb") as handle:
        head = handle.read(12)
    if head.startswith(b"\xff\xd8"):
        return b".jpg"
    if head.startswith(b"riff"):
        return b".w64"
    return b".aif" if head.startswith(b"FORM") else b".wav"


def _is_same(place: bytes, part: Part) -> bool:
    return set(digests_of(place, (Algorithm.SHA256,))) <= set(part.digests)
