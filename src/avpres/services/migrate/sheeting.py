"""The review sheet of a run: which pictures take part, and who decodes them again."""

import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from avpres.adapters.migrating.crew import Crew
from avpres.adapters.migrating.orders import Job, Made
from avpres.adapters.migrating.shown import Views
from avpres.adapters.storage.reading import signature
from avpres.config.migrate import MigrateOptions
from avpres.domain.migration import SENTENCES, Outcome
from avpres.domain.review import SAMPLE
from avpres.services.migrate.lines import path_of
from avpres.services.migrate.running import orders_of, workers
from avpres.services.migrate.sampling import Candidate, Draw
from avpres.services.migrate.sheet import make_sheet, sample_of
from avpres.services.migrate.workshop import Workshop

ONE_IN, LEAST = 20, 4  # of a small run, shown unasked; decoding pictures again takes time
_KINDS = {"jp2", "jxl", "tiff"}
_GONE = "it is not there any more, or was changed"


def sheet(shop: Workshop) -> None:
    """Draw pictures of all that is recorded, and show them on a page beside the results.

    Unasked, it is drawn as the sheet that is there was: when nothing is new, that one stays, and
    reviews of it stay good.

    Raises:
        DestinationExistsError: something else has the name of the sheet.
        OSError: the destination refuses.
    """
    wanted = shop.options.sheet
    seed, shown = _earlier(shop)
    most = max(SAMPLE, shown) if wanted is None else wanted
    draw = Draw(most, seed)
    for line in shop.journal.lines():
        for candidate in _candidates(json.loads(line)):
            draw.offer(candidate)
    if wanted is None:
        few = max(LEAST, math.ceil(sum(draw.population.values()) / ONE_IN))
        draw.size = max(min(SAMPLE, few), shown)
    if not draw.size or not draw.population:
        return

    orders = replace(orders_of(shop), deed="look")

    def look(drawn: Sequence[Candidate]) -> Iterator[Views | str]:
        shop.context.progress.start("review sheet", files=len(drawn))
        with closing(Crew(orders, min(workers(shop), len(drawn)), family=shop.family)) as crew:
            for seen in _in_order(crew, drawn, shop):
                shop.context.progress.advance(files=1)
                yield seen
        shop.context.progress.finish()

    made = make_sheet(shop.stage.out, draw, look, policy=shop.policy.name, made=shop.moment)
    shop.report.outputs += made


def _earlier(shop: Workshop) -> tuple[str, int]:
    """Give the seed to draw by, and how many pictures the sheet that is there shows."""
    seed, found = shop.options.seed, sample_of(shop.stage.out)
    if found is None:
        return seed, 0
    is_told = seed != MigrateOptions.model_fields["seed"].default
    return seed if is_told else found.seed, len(found.pairs)


def _candidates(told: Mapping[str, Any]) -> Iterator[Candidate]:
    """Give the pictures of one source that were made and proved."""
    traits = told.get("traits", {})
    if told["outcome"] != Outcome.OK or told.get("target", {}).get("kind") not in _KINDS:
        return
    words = [str(traits.get(key, "")) for key in ("format", "colour", "compression")]
    bits = [str(each) for each in traits.get("bits", ())]
    kind = " ".join(filter(None, [*words, ",".join(bits)]))
    stratum = f"{kind} as {told['target']['kind']}"
    for each in told.get("files", ()):
        if each["role"] == "target":
            yield Candidate(
                stratum,
                os.fsdecode(path_of(told, "place")),
                os.fsdecode(path_of(each, "path")),
                told["digests"]["sha256"],
                each["digests"]["sha256"],
                each.get("page", 0) or 1,
                path_of(told, "path"),
            )


def _in_order(crew: Crew, drawn: Sequence[Candidate], shop: Workshop) -> Iterator[Views | str]:
    """Give what workers see in the order of the sample, although they end in another."""
    seen: dict[int, Views | str] = {}
    jobs: list[Job] = []
    for number, candidate in enumerate(drawn):
        job = _job(number, candidate, shop)
        if job is None:
            seen[number] = _GONE
        else:
            jobs.append(job)
    answers = crew.work(jobs)
    for number in range(len(drawn)):
        while number not in seen:
            made = next(answers)
            seen[made.number] = _seen(made)
        yield seen.pop(number)


def _job(number: int, candidate: Candidate, shop: Workshop) -> Job | None:
    target = str(shop.stage.out / candidate.target)
    try:
        found = os.lstat(candidate.source_at)
        os.lstat(target)
    except OSError:
        return None
    told = (("target", target), ("page", candidate.page))
    return Job(number, candidate.source_at, signature(found), b"", told=told)


def _seen(made: Made) -> Views | str:
    if isinstance(made.seen, Views):
        return made.seen
    if made.reason is None:
        return made.detail or _GONE
    sentence = SENTENCES[made.reason]
    return f"{sentence}: {made.detail}" if made.detail else sentence
