"""One reel made into one film: assessed, coded, proved, described, and given its name."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from avpres import __version__
from avpres.adapters.cooking import ffv1
from avpres.adapters.cooking.ffv1 import CodingError
from avpres.adapters.cooking.journal import FILES, FRAMES, DamagedJournalError, Journal
from avpres.adapters.matroska.attaching import AttachmentChangedError
from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.storage import sealing
from avpres.adapters.storage.reading import ChangedError
from avpres.adapters.tools import mediainfo
from avpres.config.cook import CookOptions
from avpres.domain.errors import ToolFailedError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Digest
from avpres.domain.premis import Agent, Event
from avpres.domain.rawcooked import NEVER, Restorable
from avpres.domain.reel import Coding, file_of
from avpres.domain.report import Finding, Report
from avpres.domain.report import Output as Shown
from avpres.domain.scan import UncodableScan
from avpres.domain.severity import Severity
from avpres.domain.sounding import UncodableSound
from avpres.services.context import Progress
from avpres.services.cook import findings
from avpres.services.cook.assessing import RAWCOOKED, assess
from avpres.services.cook.assessing.manifests import compare
from avpres.services.cook.describing import Describing, write_dfxml
from avpres.services.cook.frames import NotReversibleError
from avpres.services.cook.kitchen import Kitchen
from avpres.services.cook.pacing import begin
from avpres.services.cook.planning import Plan, make_plan, restorable
from avpres.services.cook.proving import evict, prove_film
from avpres.services.cook.rawcooked import EngineRefusedError, RawcookedEngine
from avpres.services.cook.result import write_events
from avpres.services.cook.room import lacking, needed
from avpres.services.cook.sidecars import write_framemd5, write_manifests
from avpres.services.cook.stage import Reel, Stage, finished, stage_of, write_record
from avpres.services.cook.trying import choose, why_not_cut
from avpres.services.cook.writing import write_film
from avpres.services.reversible.ordered import cores, crew

SETTINGS = (
    "engine",
    "rate",
    "gaps",
    "bad_frames",
    "mixed",
    "uncodable",
    "profile",
    "context",
    "slices",
)
"""Options that make a film another one."""


@dataclass(slots=True)
class Made:
    """What became of a reel, for the report, the events, and the run's list of files."""

    reel: Reel
    started: datetime
    outcome: str = "failed"
    output: Path | None = None
    findings: list[Finding] = field(default_factory=list)
    files: int = 0
    frames: int = 0
    sounds: int = 0
    size: int = 0
    film_size: int = 0
    digests: tuple[Digest, ...] = ()
    evidence: str = ""
    placed: str = ""
    rawcooked: Restorable = NEVER
    codings: dict[str, str] = field(default_factory=dict)
    outputs: list[Shown] = field(default_factory=list)
    package: Report | None = None
    ended: datetime | None = None

    @property
    def is_wrong(self) -> bool:
        """Say whether something keeps the film from being one."""
        return any(each.severity is Severity.ERROR for each in self.findings)

    @property
    def verdict(self) -> str:
        """Say what the proof has shown."""
        if any(each.code == "COK-NOT-REVERSIBLE" for each in self.findings):
            return "not reversible"
        return "reversible, but not what a manifest says" if self.is_wrong else "reversible"


@dataclass(frozen=True, slots=True)
class Means:
    """What all reels of a run share."""

    options: CookOptions
    engine: mediainfo.Engine
    clock: Callable[[], datetime]
    progress: Progress
    events: Callable[[Made], Iterable[Event]]
    agents: Sequence[Agent]
    rawcooked: RawcookedEngine | None = None

    @property
    def settings(self) -> dict[str, object]:
        """The settings that make a film what it is, as JSON has them."""
        return self.options.model_dump(mode="json", include=set(SETTINGS))


Make = Callable[[Reel, Means], Made]


def make(reel: Reel, means: Means) -> Made:
    """Cook one reel; whatever is wrong with it is told in the result.

    Raises:
        OSError: the destination refuses; what was made so far stays for the next run.
        AvpresError: something of the film's name has come meanwhile.
    """
    made = Made(reel, means.clock())
    key = {"seal": f"{sealing.of_tree(reel.path):032x}", "settings": means.settings}
    there = finished(reel, key)
    if there is None:
        _attempt(made, means, {**key, "avpres": __version__, "libavcodec": ffv1.version()}, key)
    elif there:
        text = f"{reel.final}: {there}; it was left as it is"
        made.findings.append(
            Finding.error("COK-EXISTS", reel.shown, text, ExitCode.DESTINATION_EXISTS)
        )
    else:
        made.outcome, made.output = "already there", reel.final
    made.ended = means.clock()
    return made


def _attempt(
    made: Made, means: Means, state: Mapping[str, object], key: Mapping[str, object]
) -> None:
    try:
        _attempt_in(stage_of(made.reel), made, means, state, key)
    except (DamagedJournalError, MatroskaError, _UnbelievableError):  # a power cut may do that
        text = "what an earlier run left was damaged; the reel was cooked anew"
        made.findings[:] = [Finding.warning("COK-ANEW", made.reel.shown, text)]
        stage_of(made.reel).discard()
        _attempt_in(stage_of(made.reel), made, means, state, key)


def _attempt_in(
    stage: Stage,
    made: Made,
    means: Means,
    state: Mapping[str, object],
    key: Mapping[str, object],
) -> None:
    journal = Journal(stage.journal)
    try:
        plan = _planned(made, means, stage, journal, state)
        if made.is_wrong or plan is None:
            made.outcome = "refused"
        else:
            _cook(made, means, stage, journal, plan, key)
    except EngineRefusedError as error:
        made.outcome = "refused"
        made.findings.append(findings.engine_refused(os.fsdecode(error.path), str(error)))
    except ToolFailedError as error:
        made.findings.append(findings.engine_failed(made.reel.shown, str(error)))
        made.output = stage.keep_as_failed()
    except ChangedError as error:
        made.findings.append(findings.changed(os.fsdecode(error.filename or made.reel.path)))
    except AttachmentChangedError as error:
        made.findings.append(findings.changed(error.attachment.name))
    except (UncodableScan, UncodableSound):
        made.findings.append(findings.changed(made.reel.shown))
    finally:
        journal.close()
    if made.is_wrong and made.output is None and not _may_go_on(made):
        stage.discard()


class _UnbelievableError(Exception):
    """A film that an earlier run began, and that does not stand the proof."""


def _may_go_on(made: Made) -> bool:
    """Say whether a later run may go on with what was made so far."""
    return any(each.code == "COK-SPACE" for each in made.findings)


def _planned(
    made: Made, means: Means, stage: Stage, journal: Journal, state: Mapping[str, object]
) -> Plan | None:
    """List and judge the reel, or take up what an earlier run found of it in the same state."""
    if journal.said("key") != state or journal.said(RAWCOOKED) is None:
        journal.clear()
        stage.film.unlink(missing_ok=True)
        means.progress.start("assess")
        assess(made.reel, journal, means.options, made.findings.append, means.progress)
        means.progress.finish()
        if made.is_wrong:
            return None
        journal.say("key", dict(state))
        journal.say("findings", [each.model_dump(mode="json") for each in made.findings])
    else:
        told = journal.said("findings")
        made.findings += [Finding.model_validate(each) for each in told or ()]  # type: ignore[attr-defined]
    plan = make_plan(made.reel, journal, means.options)
    made.files, made.size = journal.count(*FILES)
    made.frames, made.sounds = journal.count(*FRAMES)[0], len(plan.sounds)
    made.rawcooked = restorable(journal)
    return plan


def _cook(  # noqa: PLR0913, PLR0917 - the parts of one attempt
    made: Made,
    means: Means,
    stage: Stage,
    journal: Journal,
    plan: Plan,
    key: Mapping[str, object],
) -> None:
    there = stage.film.stat().st_size if stage.film.exists() else 0
    need = needed(made.size, made.files, means.options) - there
    short = lacking(need, made.reel.final.parent)
    if short and not means.options.skip_space_check:
        short += "; use another volume, or say --skip-space-check if you know that it will fit"
        status = ExitCode.DESTINATION_REFUSED
        made.findings.append(Finding.error("COK-SPACE", made.reel.shown, short, status))
        return
    was_begun = False
    try:
        engine = means.rawcooked
        codings = {} if engine else _codings(made, means, journal, plan)
        workers = crew(means.options.workers, max(film.weight for film in plan.films))
        shared = means.options.workers or cores()
        kitchen = Kitchen(made.reel, plan, stage, journal, codings, workers, shared, means.progress)
        begin(journal, means.progress)
        write = engine.write if engine else write_film
        made.placed, resumed, was_begun = write(kitchen)
        made.findings += engine.take() if engine else ()
        if resumed:
            text = f"an earlier run was stopped; {resumed:,} frames that it proved were taken up"
            made.findings.append(Finding.info("COK-RESUMED", made.reel.shown, text))
        means.progress.finish()
        if f"{sealing.of_tree(made.reel.path):032x}" != key["seal"]:
            raise ChangedError(made.reel.path)
        made.film_size = stage.film.stat().st_size
        means.progress.start("read back", size=made.film_size)
        made.evidence = evict(stage.film)
        with Describing(kitchen, means.engine) as described:
            made.digests = (engine.prove if engine else prove_film)(kitchen)
        means.progress.finish()
    except (NotReversibleError, CodingError) as error:
        if was_begun:
            raise _UnbelievableError from error
        path = error.path if isinstance(error, NotReversibleError) else made.reel.path
        text = f"{error}; the film does not give the reel back, and is kept as failed"
        status = ExitCode.NOT_REVERSIBLE
        made.findings.append(Finding.error("COK-NOT-REVERSIBLE", os.fsdecode(path), text, status))
    else:
        made.findings += compare(made.reel, journal, means.options)
        if made.is_wrong:
            described.discard()
        else:
            made.findings += described.findings()
    if made.is_wrong:
        write_record(stage, _facts(made, means, key, plan))
        made.output = stage.keep_as_failed()
    else:
        _finish(made, means, kitchen, key)


def _codings(made: Made, means: Means, journal: Journal, plan: Plan) -> dict[int, Coding]:
    """Choose the parameters of all tracks, or take up what an earlier run has chosen."""
    known = journal.said("codings")
    chosen: dict[str, list[int]] = known if isinstance(known, dict) else {}
    for film in plan.films:
        if str(film.track) not in chosen:
            workers = crew(means.options.workers, film.weight)
            coding, _ = choose(made.reel, film, journal, means.options, workers)
            chosen[str(film.track)] = [coding.context, coding.slices]
    journal.say("codings", chosen)
    found = {int(track): Coding(*parts) for track, parts in chosen.items()}
    for film in plan.films:
        coding = found[film.track]
        made.codings[film.name] = f"context {coding.context}, {coding.slices} slices"
        cut = why_not_cut(film, coding)
        why = f"{film.name}: {cut.why}" if cut.why else ""
        since = max(made.rawcooked.since, cut.since)
        made.rawcooked = Restorable(made.rawcooked.why or why, since)
    return found


def _finish(made: Made, means: Means, kitchen: Kitchen, key: Mapping[str, object]) -> None:
    stage = kitchen.stage
    write_manifests(kitchen, made.started)
    write_framemd5(kitchen)
    write_dfxml(kitchen, made.started)
    _tell_rawcooked(made)
    made.output, made.outcome, made.ended = stage.final / stage.film.name, "cooked", means.clock()
    write_events(stage, means.events(made))
    write_record(stage, _facts(made, means, key, kitchen.plan))
    kitchen.journal.close()
    stage.publish({stage.film.name: made.digests})


def _tell_rawcooked(made: Made) -> None:
    text = f"restorable by RAWcooked {made.rawcooked.since} and later: yes"
    if made.rawcooked.why:
        text = f"restorable by RAWcooked: no ({made.rawcooked.why}); by avpres: yes"
    made.findings.append(Finding.info("COK-RAWCOOKED", made.reel.shown, text))


def _facts(made: Made, means: Means, key: Mapping[str, object], plan: Plan) -> dict[str, object]:
    return {
        "verdict": made.verdict,
        "key": dict(key),
        "source": {"path": made.reel.shown, "files": made.files, "size": made.size},
        "film": {
            "digests": {each.algorithm.value: each.value for each in made.digests},
            "size": made.film_size,
            "read_back": made.evidence,
            "reversibility_data": made.placed,
            **made.rawcooked.facts,
        },
        "tracks": [
            {
                "frames": film.sequence.frames,
                "names": film.name,
                "flavour": film.scan.flavour,
                "pixel_format": film.picture.pix_fmt,
                "rate": str(film.rate),
                "ffv1": made.codings.get(film.name),
            }
            for film in plan.films
        ],
        "sounds": [
            {"name": os.fsdecode(file_of(each.file.path)), "flavour": each.sound.flavour}
            for each in plan.sounds
        ],
        "findings": [[each.code, each.path, each.message] for each in made.findings],
        "avpres": __version__,
        "libavcodec": ffv1.version(),
        **({"rawcooked": means.rawcooked.tool.version} if means.rawcooked else {}),
        "mediainfo": means.engine.version,
    }
