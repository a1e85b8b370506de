"""One reel made into one film, or not: assessed, planned, attempted; what went wrong is told."""

import os
from collections.abc import Mapping

from avpres import __version__
from avpres.adapters.cooking import ffv1
from avpres.adapters.cooking.journal import FILES, FRAMES, DamagedJournalError, Journal
from avpres.adapters.matroska.attaching import AttachmentChangedError
from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.storage import sealing
from avpres.adapters.storage.reading import ChangedError
from avpres.domain.errors import ToolFailedError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.domain.scan import UncodableScan
from avpres.domain.sounding import UncodableSound
from avpres.services.cook import findings
from avpres.services.cook.assessing import RAWCOOKED, assess
from avpres.services.cook.attempt import Attempt, UnbelievableError
from avpres.services.cook.made import Made, Means
from avpres.services.cook.planning import Plan, make_plan, restorable
from avpres.services.cook.rawcooked import EngineRefusedError
from avpres.services.cook.stage import Reel, Stage, finished, stage_of


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
    except (DamagedJournalError, MatroskaError, UnbelievableError):  # a power cut may do that
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
            Attempt(made, means, stage, journal, key).cook(plan)
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
