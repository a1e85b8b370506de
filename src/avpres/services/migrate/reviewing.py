"""Take in what people said on a review sheet, as a record that names the pictures."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pydantic

from avpres.adapters.formats.premis_events import write_premis
from avpres.adapters.formats.report_json import from_json
from avpres.adapters.migrating.orders import TAKEN
from avpres.adapters.storage import durable
from avpres.config.migrate import MigrateOptions
from avpres.domain.errors import NotConformantError, SourceUnreadableError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.premis import EventType
from avpres.domain.report import Finding, Output, Report
from avpres.domain.review import Judgement, Review, Sample, Shown
from avpres.services.context import Context
from avpres.services.ledger import open_ledger
from avpres.services.record import Step, examination

SAMPLE_FILE = "review-sample.json"
SHEET_FILE = "review.html"
_MOST = 64 * 1024 * 1024  # bytes of a review; one of 100,000 pairs with comments has 40 MB


def take_review(options: MigrateOptions, context: Context) -> Report:
    """Hold a review against the sheet and the files it was made for, and record it (PREMIS 3.0, 2).

    Raises:
        UsageError: no sheet was made for this folder, or the review is of another one.
        NotConformantError: the file is no review.
        SourceUnreadableError: it cannot be read.
        DestinationRefusedError: the review cannot be kept beside the migrated files.
    """
    if options.review is None or options.destination is None:
        raise UsageError("name the saved review and the folder of the migrated files")
    report = context.report("migrate")
    said = _read(options.review)
    review = _parsed(said, options.review)
    sample = _sample(options.destination, review, options.review)
    with open_ledger(context, options.report) as ledger:
        found = Counter(_judge(review, sample, options.destination, context, report))
        _record(report, review, found, context, options.destination)
        for kind, kept in _keep(said, review, options.destination, report):
            report.outputs.append(Output(kind=kind, path=str(kept)))
        ledger.close(report)
    return report


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as handle:
            said = handle.read(_MOST + 1)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise SourceUnreadableError(f"{path}: {why}; name the file that the sheet saved") from error
    if len(said) > _MOST:
        raise NotConformantError(f"{path} is too large for a review; name what the sheet saved")
    return said


def _parsed(said: bytes, path: Path) -> Review:
    try:
        return Review.model_validate_json(said)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise NotConformantError(
            f"{path} is no review ({where}: {first['msg'].lower()}); name what the sheet saved"
        ) from error


def _sample(destination: Path, review: Review, path: Path) -> Sample:
    """Read what the sheet was made of; its digest is what the review names."""
    beside = destination / SAMPLE_FILE
    try:
        text = beside.read_bytes()
        sample = from_json(Sample, text)
    except (OSError, ValueError, json.JSONDecodeError) as error:
        raise UsageError(
            f"{beside} is not there or cannot be read; name the folder whose sheet was reviewed"
        ) from error
    if hashlib.sha256(text).hexdigest() != review.sheet:
        raise UsageError(f"{path} was saved by the sheet of another run than that of {destination}")
    return sample


def _judge(
    review: Review, sample: Sample, destination: Path, context: Context, report: Report
) -> Iterator[Judgement]:
    """Say what was judged of each pair; one whose file has changed since is open again."""
    answers = {each.number: each for each in review.answers}
    for pair in sample.pairs:
        answer = answers.get(pair.number)
        judgement = Judgement.OPEN if answer is None else answer.judgement
        if answer is not None and answer.target_sha256 != pair.target_sha256:
            judgement = Judgement.OPEN
        elif judgement is not Judgement.OPEN and not _is_as_shown(destination, pair):
            context.note(report, _changed(pair))
            judgement = Judgement.OPEN
        if answer is not None and judgement is Judgement.FAIL:
            context.note(report, _failed(pair, answer.comment))
        yield judgement


def _is_as_shown(destination: Path, pair: Shown) -> bool:
    try:
        with (destination / pair.target).open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest() == pair.target_sha256
    except OSError:
        return False


def _keep(
    said: bytes, review: Review, destination: Path, report: Report
) -> Iterator[tuple[str, Path]]:
    """Keep the review and its event beside what was reviewed; the same one is kept once."""
    digest = hashlib.sha256(said).hexdigest()
    path = destination / f"review-{review.reviewed:%Y-%m-%d}-{digest[:8]}.json"
    event = BytesIO()
    write_premis(event, report)
    beside = path.with_suffix(".premis.xml")
    for kind, each, content in (("review", path, said), ("record", beside, event.getvalue())):
        if not os.path.lexists(each):
            with durable.write_new(each) as handle:
                handle.write(content)
            _list(each, content)
        yield kind, each


def _list(path: Path, said: bytes) -> None:
    """Add the review to the manifests beside it, so that a later check misses nothing."""
    for algorithm in TAKEN:
        manifest = path.with_name(f"migration.{algorithm.value}")
        if manifest.is_file():
            digest = hashlib.new(algorithm.value, said, usedforsecurity=False).hexdigest()
            before = manifest.read_bytes()
            with durable.replace(manifest) as handle:
                handle.write(before + f"{digest}  {path.name}\n".encode())


def _record(
    report: Report,
    review: Review,
    found: Counter[Judgement],
    context: Context,
    destination: Path,
) -> None:
    conditions = {key: value for key, value in review.conditions.model_dump().items() if value}
    total, seen = found.total(), found[Judgement.PASS] + found[Judgement.FAIL]
    step = Step(
        objects=(str(destination),),
        started=report.started,
        ended=context.clock(),
        files=total,
        failed=found[Judgement.FAIL],
        remarks=found[Judgement.OPEN],
        facts={
            "reviewed": review.reviewed.isoformat(),
            "sheet": review.sheet,
            **{each.value: found[each] for each in Judgement},
            **conditions,
        },
    )
    detail = f"pictures looked at beside their sources: {seen:,} of {total:,} on the sheet"
    report.events.append(examination(report, step, EventType.VALIDATION, detail))
    if found[Judgement.OPEN]:
        context.note(report, _open(found[Judgement.OPEN], destination))
    if not review.conditions.reviewer:
        context.note(report, _nobody(destination))
    passed = f"{found[Judgement.PASS]:,} of {total:,} pictures passed"
    rest = ", ".join(
        f"{found[each]:,} {word}"
        for each, word in ((Judgement.FAIL, "failed"), (Judgement.OPEN, "not judged"))
        if found[each]
    )
    report.summary = f"the review is recorded: {passed}" + (f"; {rest}" if rest else "")


def _failed(pair: Shown, comment: str) -> Finding:
    said = f" ({comment})" if comment else ""
    return Finding.error(
        "MIG-REVIEW-FAILED",
        pair.target,
        f"did not pass the review{said}; keep its source and look at others of its class",
        ExitCode.NOT_CONFORMANT,
    )


def _changed(pair: Shown) -> Finding:
    return Finding.error(
        "MIG-REVIEW-CHANGED",
        pair.target,
        "is not the file that was shown, so the judgement does not count for it; "
        "make a sheet of what is there now",
        ExitCode.FIXITY_MISMATCH,
    )


def _open(count: int, destination: Path) -> Finding:
    said = "1 picture of the sheet was" if count == 1 else f"{count:,} pictures of the sheet were"
    return Finding.error(
        "MIG-REVIEW-OPEN",
        str(destination),
        f"{said} not judged; judge what is left and save it again",
        ExitCode.INCOMPLETE,
    )


def _nobody(destination: Path) -> Finding:
    return Finding.warning(
        "MIG-REVIEW-NOBODY",
        str(destination),
        "the review does not say who looked; write the reviewer's name on the sheet",
    )
