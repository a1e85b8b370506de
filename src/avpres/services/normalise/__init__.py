"""`avpres normalise`: lossless masters in FFV1, FLAC and Matroska, each one proved."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial

import humanize

from avpres.adapters.storage import locks
from avpres.adapters.tools import mediainfo
from avpres.adapters.tools.ffmpeg import Ffmpeg, find_ffmpeg
from avpres.config.normalise import NormaliseOptions
from avpres.domain.errors import DestinationExistsError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import FileRecord, Finding, Output, Report, Totals
from avpres.services.context import Context
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.normalise import findings
from avpres.services.normalise.events import events_of
from avpres.services.normalise.items import Item, items_of, with_listed
from avpres.services.normalise.making import make
from avpres.services.normalise.packaging import Packer, check
from avpres.services.normalise.workshop import Made, Workshop
from avpres.services.transfer.films import require_folder
from avpres.services.transfer.frames import Frames

__all__ = ["normalise"]

Maker = Callable[[Item], Made]
JOBS = 2  # files at once: while one is flushed and described, another keeps the cores at work


def normalise(options: NormaliseOptions, context: Context) -> Report:
    """Make a lossless master of every source, prove it, and let it appear; or keep it as failed.

    One bad file never stops the others. Run it again after an interruption: what is there, whole
    and proved, is passed over.

    Raises:
        SourceUnreadableError: a source is not there.
        UsageError: the destination lies in a source, or the list names none.
        DestinationRefusedError: another run is making one of the results, or no record can be
            written.
        ToolMissingError: there is no ffmpeg that can do it, or no MediaInfo.
    """
    options = with_listed(options.settled())
    report = context.report("normalise")
    tools = context.site.tools.configured
    ffmpeg = find_ffmpeg(tools)
    ffmpeg.require(
        muxers=("matroska", "framemd5", "data"), filters=("asetnsamples", "format", "scale")
    )
    engine = mediainfo.engine(tools)
    report.agents += [ffmpeg.agent, engine.agent]
    _require_outside(options)
    if options.idle:
        context.note(report, findings.unpacked(options.idle))
    with open_ledger(context, options.report) as ledger:
        items = _items(options, context, report)
        jobs = min(options.jobs or JOBS, max(1, len(items)))
        check(options, items)
        workshop = _workshop(options, context, report, (ffmpeg, engine), jobs)
        maker: Maker = partial(make, workshop=workshop)
        maker = Packer(workshop, context, make) if options.package else maker
        total = sum(item.size for item in items)
        context.progress.start("normalise", size=total, files=len(items))
        names = [item.folder for item in items]
        with locks.held(context.state_dir, workshop.destination, names):
            for made in _made(items, workshop, maker, jobs):
                context.progress.advance(files=1)
                _take(made, report, ledger, context)
        context.progress.finish()
        _conclude(report, items, context)
        ledger.close(report)
    return report


def _workshop(
    options: NormaliseOptions,
    context: Context,
    report: Report,
    tools: tuple[Ffmpeg, mediainfo.Engine],
    jobs: int,
) -> Workshop:
    ffmpeg, engine = tools
    return Workshop(
        options=options,
        destination=options.destination.absolute(),
        ffmpeg=ffmpeg,
        engine=engine,
        clock=context.clock,
        advance=lambda size: context.progress.advance(size=size),
        frames=Frames(context.progress),
        stop=threading.Event(),
        events=partial(events_of, report),
        agents=report.agents,
        threads=_threads(jobs),
    )


def _require_outside(options: NormaliseOptions) -> None:
    require_folder(options.destination)
    destination = options.destination.resolve()
    for source in options.sources:
        place = source.resolve()
        if place.is_dir() and destination.is_relative_to(place):
            raise UsageError(
                f"{options.destination} lies in {source}, and nothing is written into a source; "
                "name a folder elsewhere"
            )


def _threads(jobs: int) -> int:
    """Share the cores between files that are normalised at once; 0 leaves it to ffmpeg."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return 0 if jobs == 1 else max(1, (cores or 1) // jobs)


def _items(options: NormaliseOptions, context: Context, report: Report) -> list[Item]:
    def skipped(path: str, why: str) -> None:
        report.totals.skipped += 1
        context.note(report, Finding.info("NRM-SKIPPED", path, f"not normalised: {why}"))

    def unreadable(path: str, error: OSError) -> None:
        report.totals.failed += 1
        context.note(report, findings.unreadable(path, error))

    return items_of(options.sources, options.exclude, on_skipped=skipped, on_error=unreadable)


def _made(items: list[Item], workshop: Workshop, maker: Maker, jobs: int) -> Iterator[Made]:
    """Make several at once, and yield each as it is done; whatever is raised stops all others."""
    waiting = iter(items)
    running: set[Future[Made]] = set()
    with ThreadPoolExecutor(jobs, "normalise") as pool:
        try:
            while True:
                while len(running) < jobs and (item := next(waiting, None)):
                    running.add(pool.submit(_one, item, workshop, maker))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for each in done:
                    yield each.result()
        except BaseException:
            workshop.stop.set()
            raise


def _one(item: Item, workshop: Workshop, maker: Maker) -> Made:
    """Make one item; what the destination refuses concerns it alone."""
    try:
        return maker(item)
    except DestinationExistsError as error:
        made = Made(item, workshop.clock())
        status = error.exit_code
        made.findings.append(Finding.error("NRM-EXISTS", item.shown, str(error), status))
    except OSError as error:
        made = Made(item, workshop.clock())
        place = error.filename or workshop.destination
        text = f"{place}: {error.strerror}; mend that and run again"
        status = ExitCode.DESTINATION_REFUSED
        made.findings.append(Finding.error("NRM-REFUSED", item.shown, text, status))
    made.ended = workshop.clock()
    return made


def _take(made: Made, report: Report, ledger: Ledger, context: Context) -> None:
    for finding in made.findings:
        context.note(report, finding)
    totals = report.totals
    totals.files += 1
    totals.size += made.item.size
    totals.already_there += made.outcome == "already there"
    totals.failed += made.is_wrong
    if made.outcome == "normalised":
        totals.verified_files += 1
        totals.verified_size += made.item.size
    if made.outputs:
        report.outputs += made.outputs
    elif made.output is not None:
        kind = "failed" if made.is_wrong else "master"
        report.outputs.append(Output(kind=kind, path=str(made.output)))
    report.events += events_of(report, made)
    report.events += made.package.events if made.package else ()
    detail = f"{made.outcome}: {made.output}" if made.output else made.outcome
    ledger.add(
        [
            FileRecord(
                path=os.fsdecode(os.path.basename(made.item.path)),
                size=made.item.size,
                outcome="failed" if made.is_wrong else made.outcome,
                digests=made.source_digests,
                destination=os.fsdecode(os.path.dirname(made.item.path)),
                detail=detail,
            )
        ]
    )


def _conclude(report: Report, items: list[Item], context: Context) -> None:
    if not items:
        text = "there is no film and no sound here; is the disk mounted, and are names excluded?"
        context.note(report, Finding.error("NRM-NOTHING", "", text, ExitCode.INCOMPLETE))
        report.summary = "nothing was normalised."
        return
    totals = report.totals
    made = _files(totals.verified_files)
    size = humanize.naturalsize(totals.verified_size, binary=True)
    parts = [f"{made}, {size}: decoded again, every frame and sample equals the source"]
    packages = sum(each.kind == "package" for each in report.outputs)
    parts += [f"{packages:,} package{'' if packages == 1 else 's'} made"] if packages else []
    parts += [_there(totals)] if totals.already_there else []
    parts += [f"{totals.failed:,} failed, see the findings"] if totals.failed else []
    if not totals.verified_files:
        parts[:1] = [] if packages or _is_all_there(totals) else ["nothing was normalised"]
    report.summary = "; ".join(parts) + "."


def _is_all_there(totals: Totals) -> bool:
    """Say whether an earlier run left nothing to do."""
    return bool(totals.already_there) and not totals.failed


def _there(totals: Totals) -> str:
    count = totals.already_there
    if totals.verified_files or totals.failed:
        return f"{count:,} already there"
    were = "file was" if count == 1 else "files were"
    return f"{count:,} {were} proved by an earlier run and {'is' if count == 1 else 'are'} there"


def _files(count: int) -> str:
    return f"{count:,} file{'' if count == 1 else 's'} normalised"
