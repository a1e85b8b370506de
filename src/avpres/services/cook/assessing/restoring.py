"""Whether RAWcooked could restore the film of a reel, by every header in it."""

import os
from collections.abc import Iterator
from itertools import chain

from avpres.adapters.cooking.survey import Survey
from avpres.domain.rawcooked import OLDEST, Restorable
from avpres.services.cook.assessing.folders import is_utf8
from avpres.services.cook.stage import Reel

MOST_TRACKS = 126  # RAWcooked reads a track's number of one byte


def restorable(reel: Reel, survey: Survey) -> Restorable:
    """Say why RAWcooked cannot restore a film of this reel, or from which version on it can."""
    found = by_content(survey)
    return found._replace(why=found.why or why_not_named(reel, survey))


def by_content(survey: Survey) -> Restorable:
    """Say the same of what the files hold, whatever their names are."""
    versions = (form.since for run in survey.runs() for _, form in survey.forms(run))
    latest = max(chain(versions, (sound.since for sound in survey.sounds())), default=OLDEST)
    return Restorable(next(_reasons(survey), ""), latest)


def why_not_named(reel: Reel, survey: Survey) -> str:
    """Say which name RAWcooked cannot restore; empty when there is none."""
    for path in chain([reel.name], survey.paths()):
        if not is_utf8(path):
            return f"{os.fsdecode(path)}: its name is not UTF-8"
        if b"\\" in path and os.name != "nt":
            return f"{os.fsdecode(path)}: RAWcooked takes the backslash in its name for a folder"
    return ""


def _reasons(survey: Survey) -> Iterator[str]:
    tracks = 0
    for run in survey.runs():
        tracks += 1
        for path, form in survey.forms(run):
            if form.why:
                yield f"{os.fsdecode(path)}: {form.why}"
    for sound in survey.sounds():
        tracks += 1
        if sound.why:
            yield f"{os.fsdecode(sound.path)}: {sound.why}"
    if attached := survey.misread():
        yield f"{os.fsdecode(attached[0])}: {attached[1]}"
    if tracks > MOST_TRACKS:
        yield f"RAWcooked reads {MOST_TRACKS} tracks, and this film has {tracks}"
