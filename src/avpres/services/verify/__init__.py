"""`avpres verify`: hold trees and files against the manifests that speak of them."""

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from avpres.config.verify import VerifyOptions
from avpres.domain.errors import AvpresError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import FileRecord, Finding, Report
from avpres.services.context import Context
from avpres.services.fixity.scratch import Scratch, forget, open_scratch
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.verify import boxes, closing, films, findings
from avpres.services.verify.check import Checked, check
from avpres.services.verify.decoding import traces
from avpres.services.verify.judge import Teller
from avpres.services.verify.targets import Target, target_of

if TYPE_CHECKING:
    from avpres.services.reversible.examining import Counts
    from avpres.services.verify.decoding.running import Decoder

__all__ = ["verify"]


@dataclass(slots=True)
class _Run:
    """What the targets of one run share. Several volumes are read at once, one tells at a time."""

    options: VerifyOptions
    context: Context
    report: Report
    ledger: Ledger
    tally: closing.Tally = field(default_factory=closing.Tally)
    finished: list[Path] = field(default_factory=list)
    telling: threading.Lock = field(default_factory=threading.Lock)
    boxes: ExitStack = field(default_factory=ExitStack)
    decoder: "Decoder | None" = None
    restored: "Counts | None" = None

    def note(self, finding: Finding) -> None:
        """Tell something while other volumes are still read."""
        with self.telling:
            self.context.note(self.report, finding)

    def add(self, record: FileRecord) -> None:
        """Put a file on record while other volumes are still read."""
        with self.telling:
            self.ledger.add([record])


def verify(options: VerifyOptions, context: Context) -> Report:
    """Verify every path against its manifests, reading each file once from the medium.

    One path that cannot be verified never stops the others. Run it again after an interruption:
    what was verified and has not changed since is not read again. Nothing is written to a tree,
    and no recorded digest is ever replaced.

    Raises:
        UsageError: a report file cannot be written where it is asked for.
        DestinationRefusedError: the state folder is full or cannot be written.
        ToolMissingError: films are to be decoded and there is no ffmpeg for it.
    """
    report = context.report("verify")
    with open_ledger(context, options.report) as ledger:
        run = _Run(options, context, report, ledger)
        with run.boxes:
            if options.decode:
                run.decoder = run.boxes.enter_context(_decoder(run))
            _verify_all(run, list(_targets(run)))
        _close(run)
        ledger.close(report)
    for file in run.finished:
        forget(file)
    return report


def _decoder(run: _Run) -> "Decoder":
    """Get ready to decode; all that this takes is imported by those who ask for it."""
    from avpres.services.verify.decoding.running import Decoder, Told

    return Decoder(run.options, run.context, run.report, Told(run.note, run.add))


def _close(run: _Run) -> None:
    """Fill the report: what the manifests say, then what decoding showed."""
    if run.decoder is not None:
        run.decoder.miss(run.options.paths)
    counts = run.decoder.counts if run.decoder is not None else None
    proved = counts is not None and counts.proved + counts.partly > 0
    proved |= run.restored is not None and run.restored.proved > 0
    closing.fill(run.report, run.tally, is_decoded=proved)
    if counts is not None:
        run.report.facts["decoding"] = counts.facts()
        run.report.summary += f" {counts.sentence}"
    if run.restored is not None:
        run.report.facts["reversibility"] = run.restored.facts()
        run.report.summary += f" {run.restored.sentence}"


def _targets(run: _Run) -> Iterator[Target]:
    options = run.options
    for path in options.paths:
        try:
            yield from _of_path(path, run)
        except AvpresError as error:
            _refuse(run, path, str(error).removeprefix(f"{path} "), error.exit_code)
        except OSError as error:
            _refuse(run, path, _unreadable(error), ExitCode.SOURCE_UNREADABLE)


def _of_path(path: Path, run: _Run) -> Iterator[Target]:
    """Give what a path means; a container is a file with a digest, and holds files with digests."""
    target = target_of(path, run.options.manifest, tape=run.options.lto)
    full = Path(os.path.abspath(path))
    if run.options.manifest or not boxes.is_box(full):
        yield target
        return
    is_listed = bool(target.manifests)
    if is_listed:
        yield target
    if not is_listed or boxes.tells_of_itself(full):
        yield run.boxes.enter_context(boxes.laid_aside(full, run.context))


def _unreadable(error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f"cannot be read ({reason}); mend that and run the same command again"


def _refuse(run: _Run, path: Path, reason: str, exit_code: ExitCode) -> None:
    with run.telling:
        run.context.note(run.report, findings.refused(path, reason, exit_code))


def _verify_all(run: _Run, targets: Sequence[Target]) -> None:
    """Verify the targets of each volume in turn, and different volumes at once."""
    volumes: dict[str, list[Target]] = {}
    for target in targets:
        volumes.setdefault(target.tree.volume.identity, []).append(target)
    if len(volumes) <= 1:
        _verify_each(run, targets)
        return
    with ThreadPoolExecutor(len(volumes), thread_name_prefix="volume") as pool:
        for future in [pool.submit(_verify_each, run, group) for group in volumes.values()]:
            future.result()


def _verify_each(run: _Run, targets: Iterable[Target]) -> None:
    for target in targets:
        try:
            _verify_one(run, target)
        except OSError as error:
            _refuse(run, target.path, _unreadable(error), ExitCode.SOURCE_UNREADABLE)


def _verify_one(run: _Run, target: Target) -> None:
    options, context = run.options, run.context
    folder, started = context.state_dir / "verify", context.clock()
    key = _key(target, options)
    anew = options.restart or target.box is not None  # a container is read from its beginning
    with open_scratch(folder, key, now=started, restart=anew) as scratch:
        checked = check(target, scratch, options, context)
        with run.telling:
            teller = Teller(checked, scratch, options, context, run.report)
            run.ledger.add_lines(teller.tell())
        is_proved = _decode(run, checked, scratch, is_listed=teller.tally.files > 0)
        with run.telling:
            teller.miss(is_proved=is_proved)
            if teller.tally.files or not is_proved:
                teller.conclude(started)
            run.tally.merge(teller.tally)
        run.finished.append(scratch.file)


def _decode(run: _Run, checked: Checked, scratch: Scratch, *, is_listed: bool) -> bool:
    """Decode the films of a target if that is asked for; say whether that proved all of it."""
    target = checked.target
    if run.decoder is not None:
        return run.decoder.decode(target, scratch).is_whole
    is_package = bool(checked.packages)
    film = None
    if target.box is None:
        film = films.named(target.path, target.tree, scratch, is_package=is_package)
    if film is not None:
        is_proved = _restore(run, target, film, is_listed=is_listed)
        if is_proved is not None:
            return is_proved
    if traces.has_sidecars(scratch):
        run.note(traces.left(target))
    return False


def _restore(run: _Run, target: Target, film: Path, *, is_listed: bool) -> bool | None:
    """Prove a film that was cooked; None for any other, True when it is all of the target."""
    from avpres.services.verify import reversibility

    if not reversibility.is_cooked(film):
        return None
    started = run.context.clock()
    counts = reversibility.prove(film, run.context, run.note, is_listed=is_listed)
    run.add(reversibility.record_of(film, target, counts))
    times = (started, run.context.clock())
    is_whole = counts.is_whole
    with run.telling:
        run.report.events.append(reversibility.event_of(run.report, film, counts, times))
        if run.restored is not None:
            counts.merge(run.restored)
        run.restored = counts
    return is_whole and not target.path.is_dir()


def _key(target: Target, options: VerifyOptions) -> Iterator[bytes]:
    yield b"verify" if target.box is None else b"verify box"
    yield os.path.abspath(os.fsencode(target.path))
    yield from sorted(os.path.abspath(os.fsencode(path)) for path in options.manifest)
