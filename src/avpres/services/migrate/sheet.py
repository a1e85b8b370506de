"""Make the review sheet of a run: draw, look at both sides anew, and write the page."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from avpres import __version__
from avpres.adapters.formats.report_json import from_json, to_json
from avpres.adapters.formats.review_page import (
    BEGINNING,
    Looked,
    Pair,
    Picture,
    Sheet,
    View,
    write_sheet,
)
from avpres.adapters.migrating.shown import Three, Views
from avpres.adapters.storage import durable
from avpres.domain.errors import DestinationExistsError
from avpres.domain.premis import utc
from avpres.domain.report import Output
from avpres.domain.review import Sample, Shown
from avpres.services.migrate.reviewing import SAMPLE_FILE, SHEET_FILE
from avpres.services.migrate.sampling import Candidate, Draw

SAMPLE_BEGINNING = b'{\n "avpres_sample":'
Look = Callable[[Sequence[Candidate]], Iterable[Views | str]]
"""Gives the views of candidates in their order, or a sentence on why there are none."""


def make_sheet(
    destination: Path, draw: Draw, look: Look, *, policy: str, made: datetime
) -> list[Output]:
    """Write the sample and the sheet that shows it, in place of those that show something else.

    One pair is in memory at a time.

    Args:
        destination: the folder of the migrated files.
        draw: what took part.
        look: decodes both sides of what was drawn.
        policy: its name.
        made: when the run began.

    Raises:
        DestinationExistsError: something else has the name of the sheet.
        OSError: the file system refused.
    """
    drawn = draw.drawn()
    sample = _sample(drawn, draw, policy, made)
    if not drawn or _is_shown_already(sample, destination):
        return []
    text = (to_json(sample, indent=1) + "\n").encode()
    sheet = Sheet(
        digest=hashlib.sha256(text).hexdigest(),
        policy=policy,
        seed=draw.seed,
        made=utc(made),
        made_by=f"avpres {__version__}",
        population=draw.population,
        drawn=Counter(candidate.stratum for candidate in drawn),
    )
    looked = zip(sample.pairs, look(drawn), strict=True)
    with _own(destination / SHEET_FILE, BEGINNING) as page:
        write_sheet(page, sheet, (_pair(shown, found) for shown, found in looked))
    with _own(destination / SAMPLE_FILE, SAMPLE_BEGINNING) as handle:
        handle.write(text)
    return [
        Output(kind="review sheet", path=str(destination / SHEET_FILE)),
        Output(kind="review sample", path=str(destination / SAMPLE_FILE)),
    ]


def sample_of(destination: Path) -> Sample | None:
    """Read what the sheet that is there was made of, if there is one."""
    try:
        return from_json(Sample, (destination / SAMPLE_FILE).read_bytes())
    except (OSError, ValueError):
        return None


def _is_shown_already(sample: Sample, destination: Path) -> bool:
    """Say whether the sheet that is there shows the same, so that reviews of it stay good."""
    found = sample_of(destination)
    if found is None:
        return False
    is_same = found.model_copy(update={"made": sample.made}) == sample
    return is_same and _begins(destination / SHEET_FILE, BEGINNING)


def _sample(drawn: Sequence[Candidate], draw: Draw, policy: str, made: datetime) -> Sample:
    pairs = tuple(
        Shown(
            number=number,
            stratum=each.stratum,
            source=each.source,
            target=each.target,
            page=each.page,
            source_sha256=each.source_sha256,
            target_sha256=each.target_sha256,
        )
        for number, each in enumerate(drawn, 1)
    )
    return Sample(
        avpres_sample=1,
        policy=policy,
        seed=draw.seed,
        made=made,
        population=draw.population,
        pairs=pairs,
    )


def _pair(shown: Shown, found: Views | str) -> Pair:
    looked = found if isinstance(found, str) else _looked(found)
    return Pair(
        number=shown.number,
        stratum=shown.stratum,
        source=shown.source,
        target=shown.target,
        target_sha256=shown.target_sha256,
        looked=looked,
    )


def _looked(views: Views) -> Looked:
    return Looked(
        size=views.size,
        whole=_view(views.whole, views.whole_kind),
        detail=_view(views.detail, "image/png"),
        detail_at=views.detail_at,
        maximum=views.maximum,
        sigma=views.sigma,
        psnr=views.psnr,
        gain=views.gain,
        notes=views.notes,
    )


def _view(three: Three, kind: str) -> View:
    source, outcome, difference = three
    return View(Picture(source, kind), Picture(outcome, kind), Picture(difference))


@contextmanager
def _own(path: Path, beginning: bytes) -> Iterator[BinaryIO]:
    """Write a file anew, unless what has its name is none of ours."""
    if os.path.lexists(path) and not _begins(path, beginning):
        raise DestinationExistsError(f"{path} is no review of avpres; move it, then run again")
    with durable.replace(path, job="review") as handle:
        yield handle


def _begins(path: Path, beginning: bytes) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as handle:
        return handle.read(len(beginning)) == beginning
