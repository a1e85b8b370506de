"""`avpres access`: copies to look at and to listen to, each held against what was wanted."""

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from avpres.adapters.formats import access_toml
from avpres.adapters.storage.locks import held
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch, find_ffmpeg
from avpres.config.access import AccessOptions
from avpres.domain.access import AccessProfile, Product
from avpres.domain.report import FileRecord, Report
from avpres.services.access import closing, findings, sidecar
from avpres.services.access.deciding import Deciding
from avpres.services.access.items import Item, items_of
from avpres.services.access.making import Made, Maker
from avpres.services.access.marks import Marks, marks_of
from avpres.services.access.pace import Pace
from avpres.services.context import Context
from avpres.services.ledger import Ledger, open_ledger

__all__ = ["access"]

_DECIDING = ("deinterlace", "begin", "end", "aspect", "watermark_text", "watermark_place")
_MORE = ("watermark_size", "opacity", "copyright", "metadata")


@dataclass(slots=True)
class _Run:
    """What the copies of one run share."""

    options: AccessOptions
    context: Context
    report: Report
    ledger: Ledger
    maker: Maker
    stop: threading.Event
    made: list[Made] = field(default_factory=list)


def access(options: AccessOptions, context: Context) -> Report:
    """Make a copy of each source; what is wrong with one never stops the others.

    Run it again after an interruption, or when there are more sources: copies that are there are
    known by the record beside them, and their digest, and are left as they are.

    Raises:
        UsageError: options do not go together, a profile or watermark cannot be read.
        SourceUnreadableError: a source is not there.
        ToolMissingError: ffmpeg is not here, or lacks what the profile needs.
        DestinationExistsError: a report is there already.
        DestinationRefusedError: the state folder cannot be written.
    """
    report = context.report("access")
    profile = _profile(options)
    ffmpeg = find_ffmpeg(context.site.tools.configured)
    marks = marks_of(options, profile, context.state_dir)
    _require(ffmpeg, profile, marks)
    report.agents.append(ffmpeg.agent)
    stop = threading.Event()
    deciding = Deciding(options, profile, marks, ffmpeg, Watch(stop=stop))
    with open_ledger(context, options.report) as ledger:
        maker = Maker(deciding, _request(options, profile, marks), context.clock, options.dry_run)
        run = _Run(options, context, report, ledger, maker, stop)
        items = _items(run, profile)
        report.facts["profile"] = profile.name
        with _alone(options, context, items):
            _make_all(run, items)
        closing.conclude(report, run.made, context, dry_run=options.dry_run)
        if not options.dry_run:
            ledger.close(report)
    return report


def _profile(options: AccessOptions) -> AccessProfile:
    """Put what was asked for in the place of what the profile says."""
    profile = access_toml.find(options.profile)
    asked = {
        "deinterlace": options.deinterlace,
        "audio_map": options.audio,
        "loudness": options.loudness,
        "timecode": options.timecode,
    }
    given = {key: value for key, value in asked.items() if value is not None}
    return replace(profile, **given)  # type: ignore[arg-type]


def _require(ffmpeg: Ffmpeg, profile: AccessProfile, marks: Marks) -> None:
    """Ask ffmpeg whether it can do all that this profile may need, before the work begins."""
    encoders = [each.codec for each in (profile.video, profile.audio) if each is not None]
    filters = ["pan", "aresample", "amix", "aformat", "setparams", "format"]
    if profile.product not in {Product.SOUND, Product.WAVEFORM}:
        filters += ["bwdif", "idet", "setfield", "scale", "setsar", "trim", "setpts"]
    filters += ["overlay", "colorchannelmixer"] if marks.image else []
    filters += ["drawtext"] if marks.text_font or marks.clock_font else []
    filters += ["loudnorm", "ebur128"] if profile.loudness.target is not None else []
    filters += ["fieldmatch", "decimate"] if profile.deinterlace == "ivtc" else []
    more = {Product.CONTACT_SHEET: "tile", Product.WAVEFORM: "showwavespic"}
    filters += [more[profile.product]] if profile.product in more else []
    ffmpeg.require(encoders=encoders, filters=filters, muxers=[profile.muxer])


def _request(options: AccessOptions, profile: AccessProfile, marks: Marks) -> str:
    """Name everything that decides how copies are made; another request is another copy."""
    told = [(key, getattr(options, key)) for key in (*_DECIDING, *_MORE)]
    fonts = [font and font.name for font in (marks.text_font, marks.clock_font)]
    return sidecar.request_of((profile, told, marks.identity, fonts))


def _items(run: _Run, profile: AccessProfile) -> list[Item]:
    def skipped(path: str, reason: str) -> None:
        run.report.totals.skipped += 1
        run.context.note(run.report, findings.skipped(path, reason))

    def on_error(path: str, error: OSError) -> None:
        run.report.totals.failed += 1
        run.context.note(run.report, findings.unreadable(path, error))

    run.context.progress.start("scan")
    items = items_of(run.options, profile, on_skipped=skipped, on_error=on_error)
    run.context.progress.finish()
    run.report.totals.files = len(items)
    run.report.totals.size = sum(item.size for item in items)
    if not items:
        run.context.note(run.report, findings.nothing())
    return items


@contextmanager
def _alone(options: AccessOptions, context: Context, items: Sequence[Item]) -> Iterator[None]:
    """Keep other runs from making the same copies at the same time."""
    if options.dry_run:
        yield
        return
    folder = Path(os.path.abspath(options.destination))
    names = [os.path.relpath(os.fsencode(item.target), os.fsencode(folder)) for item in items]
    with held(context.state_dir, folder, names):
        yield


def _make_all(run: _Run, items: Sequence[Item]) -> None:
    totals = run.report.totals
    pace = Pace(run.context.progress, totals.size, len(items))
    try:
        for made in _each(run, items, pace):
            _take(run, made)
    finally:
        pace.close()


def _each(run: _Run, items: Sequence[Item], pace: Pace) -> Iterator[Made]:
    """Make copies one after the other, or several at once; they are told as they are ready."""
    if run.options.jobs == 1:
        for item in items:
            with pace.of(item) as advance:
                yield run.maker.make(item, advance)
        return

    def work(item: Item) -> Made:
        with pace.of(item) as advance:
            return run.maker.make(item, advance)

    with ThreadPoolExecutor(run.options.jobs, thread_name_prefix="access") as pool:
        pending: set[Future[Made]] = set()
        try:
            for item in items:
                pending.add(pool.submit(work, item))
                if len(pending) >= 2 * run.options.jobs:
                    ready, pending = wait(pending, return_when=FIRST_COMPLETED)
                    yield from (each.result() for each in ready)
            yield from (each.result() for each in pending)
        except BaseException:
            run.stop.set()
            for each in pending:
                each.cancel()
            raise


def _take(run: _Run, made: Made) -> None:
    for finding in made.found:
        run.context.note(run.report, finding)
    closing.count(run.report, made)
    run.made.append(made)
    run.ledger.add([record(made)])


def record(made: Made) -> FileRecord:
    """Write the line of one copy in the records of the run."""
    outcome = "copied" if made.outcome == "made" else made.outcome
    return FileRecord(
        path=made.item.shown,
        size=made.item.size,
        outcome=outcome,
        digests=made.copy.digests if made.copy else (),
        destination=str(made.item.target),
        detail=made.command,
    )
