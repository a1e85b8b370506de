"""`avpres cook`: a reel of scans, sounds and sidecars in one film that gives every byte back."""

import os
from functools import partial

import humanize

from avpres.adapters.cooking.survey import temporary_folder
from avpres.adapters.formats.report_names import encodable
from avpres.adapters.storage import locks
from avpres.adapters.tools import mediainfo
from avpres.adapters.tools.rawcooked import find_rawcooked
from avpres.config.cook import CookOptions
from avpres.domain.errors import DestinationExistsError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.reel import CookEngine
from avpres.domain.report import FileRecord, Finding, Output, Report
from avpres.services.context import Context
from avpres.services.cook import findings
from avpres.services.cook.events import events_of
from avpres.services.cook.made import Made, Make, Means
from avpres.services.cook.making import make
from avpres.services.cook.rawcooked import RawcookedEngine
from avpres.services.cook.stage import Reel
from avpres.services.fixity.presence import require
from avpres.services.ledger import Ledger, open_ledger

__all__ = ["cook"]


def cook(options: CookOptions, context: Context) -> Report:
    """Make a film of every reel, prove that it gives all files back, and let it appear.

    One bad reel never stops the others. Run it again after an interruption: it goes on with the
    frame where it was stopped.

    Raises:
        SourceUnreadableError: a reel is not there.
        UsageError: a reel is no folder, or the destination lies in it.
        DestinationRefusedError: another run is making one of the films, or no record can be
            written.
        ToolMissingError: there is no MediaInfo.
    """
    if options.assess:
        from avpres.services.cook.assessing.reporting import report_on

        return report_on(options, context)
    report = context.report("cook")
    engine = mediainfo.engine(context.site.tools.configured)
    report.agents.append(engine.agent)
    other = _rawcooked(options, context, report)
    reels = _reels(options)
    maker = _maker(options, context, len(reels))
    events = partial(events_of, report)
    means = Means(options, engine, context.clock, context.progress, events, report.agents, other)
    if options.idle:
        context.note(report, findings.unpacked(options.idle))
    with open_ledger(context, options.report) as ledger:
        names = [reel.name for reel in reels]
        with locks.held(context.state_dir, options.destination.absolute(), names):
            for reel in reels:
                _take(_one(reel, means, maker), report, ledger, context)
        _conclude(report)
        ledger.close(report)
    return report


def _maker(options: CookOptions, context: Context, reels: int) -> Make:
    """Give what makes a film, or a package of one.

    Raises:
        UsageError: one name was given for several packages, or the profile is broken.
    """
    if not options.makes_packages:
        return make
    from avpres.services.cook.packaging import Packer, check

    check(options, reels)
    return Packer(context, make)


def _reels(options: CookOptions) -> list[Reel]:
    destination = options.destination.absolute()
    found: dict[bytes, Reel] = {}
    for folder in options.reels:
        place = require(folder)
        if not place.is_dir():
            raise UsageError(
                f"{folder} is a file; put it and all that belongs to it into a folder, "
                "and name the folder"
            )
        if destination.is_relative_to(place.resolve()) or destination.is_relative_to(place):
            raise UsageError(
                f"{options.destination} lies in {folder}, and nothing is written into a source; "
                "name a folder elsewhere"
            )
        path = os.fsencode(place)
        name = os.path.basename(path)
        if not name:
            raise UsageError(f"{folder} has no name; name the folder of a reel")
        if name in found and found[name].path != path:
            raise UsageError(
                f"two reels are called {os.fsdecode(name)}; cook them into different folders"
            )
        found[name] = Reel(path, name, destination / os.fsdecode(name))
    return list(found.values())


def _rawcooked(options: CookOptions, context: Context, report: Report) -> RawcookedEngine | None:
    if options.engine is CookEngine.NATIVE:
        return None
    tool = find_rawcooked(context.site.tools.configured)
    report.agents.append(tool.agent)
    return RawcookedEngine(tool, options)


def _one(reel: Reel, means: Means, maker: Make) -> Made:
    """Cook one reel; what the destination refuses concerns it alone."""
    made = Made(reel, means.clock())
    try:
        return maker(reel, means)
    except DestinationExistsError as error:
        made.findings.append(Finding.error("COK-EXISTS", reel.shown, str(error), error.exit_code))
    except OSError as error:
        made.findings.append(_refused(reel, error))
    made.ended = means.clock()
    return made


def _refused(reel: Reel, error: OSError) -> Finding:
    place = os.fsdecode(error.filename) if error.filename else str(reel.final.parent)
    if os.fsencode(place).startswith(reel.path):
        return findings.unreadable(place, error.strerror)
    if place == temporary_folder():
        return findings.stopped(reel.shown, error)
    text = f"{place}: {error.strerror}; mend that and run again: the cook goes on where it was"
    return Finding.error("COK-REFUSED", reel.shown, text, ExitCode.DESTINATION_REFUSED)


def _take(made: Made, report: Report, ledger: Ledger, context: Context) -> None:
    for finding in made.findings:
        context.note(report, finding)
    totals = report.totals
    totals.files += made.files
    totals.size += made.size
    totals.already_there += made.outcome == "already there"
    totals.failed += made.is_wrong
    if made.outcome == "cooked":
        totals.verified_files += made.files
        totals.verified_size += made.size
        report.facts[encodable(os.fsdecode(made.reel.name))] = _figures(made)
    report.events += events_of(report, made)
    report.events += made.package.events if made.package else ()
    report.outputs += made.outputs
    if made.output is not None and not made.outputs:
        kind = "failed" if made.is_wrong else "film"
        report.outputs.append(Output(kind=kind, path=str(made.output)))
    ledger.add([_row(made)])


def _figures(made: Made) -> dict[str, object]:
    return {
        "frames": made.frames,
        "sounds": made.sounds,
        "ratio": round(made.film_size / made.size, 4) if made.size else None,
        **made.rawcooked.facts,
        "ffv1": {encodable(name): said for name, said in made.codings.items()},
    }


def _row(made: Made) -> FileRecord:
    return FileRecord(
        path=os.fsdecode(made.reel.name),
        size=made.size,
        outcome="failed" if made.is_wrong else made.outcome,
        digests=made.digests,
        destination=os.path.dirname(made.reel.shown),
        detail=f"{made.outcome}: {made.output}" if made.output else made.outcome,
    )


def _conclude(report: Report) -> None:
    totals = report.totals
    size = humanize.naturalsize(totals.verified_size, binary=True)
    parts = ["nothing was cooked"]
    if totals.verified_files:
        count = f"{totals.verified_files:,} file{'' if totals.verified_files == 1 else 's'}"
        parts = [f"{count}, {size}: decoded again, every byte comes back"]
        films = [each for each in report.facts.values() if isinstance(each, dict)]
        ratios = [each["ratio"] for each in films if each.get("ratio")]
        parts += [f"the film has {ratios[0]:.0%} of the size"] if len(ratios) == 1 else []
    packages = sum(each.kind == "package" for each in report.outputs)
    if packages:
        parts += [f"{packages:,} package{'' if packages == 1 else 's'} made"]
    parts += [f"{totals.already_there:,} already there"] if totals.already_there else []
    parts += [f"{totals.failed:,} failed, see the findings"] if totals.failed else []
    report.summary = "; ".join(parts) + "."
