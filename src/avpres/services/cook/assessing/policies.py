"""Options that contradict each other, or say nothing: better told before the work than after."""

from collections.abc import Iterator

from avpres.adapters.cooking.survey import Survey
from avpres.config.cook import CookOptions
from avpres.domain.reel import CookProfile
from avpres.domain.report import Finding
from avpres.services.cook.stage import Reel


def policies(reel: Reel, survey: Survey, options: CookOptions) -> Iterator[Finding]:
    """Tell of options that do not go together, or not with this reel."""
    if options.profile is CookProfile.RAWCOOKED:
        if options.context is not None or options.slices is not None:
            yield _told(reel, "--context and --slices are stronger than --profile rawcooked")
        forms = (form for run in survey.runs() for _, form in survey.forms(run))
        why = next((form.why for form in forms if form.why), "")
        if why:
            yield _told(reel, f"--profile rawcooked, and RAWcooked cannot restore it ({why})")
    if options.onto is not None and not options.assess:
        yield _told(reel, "--onto says where to look for room with --assess, and nothing else")


def _told(reel: Reel, text: str) -> Finding:
    return Finding.warning("COK-POLICY", reel.shown, text)
