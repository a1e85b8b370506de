"""What an assessment says of a reel: facts for programs, a table, a row for each file."""

import os
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

import humanize

from avpres.adapters.cooking.survey import Survey
from avpres.adapters.cooking.surveyed import Heard, Run
from avpres.adapters.formats.report_names import visible
from avpres.config.cook import CookOptions
from avpres.domain.ranges import Ranges
from avpres.domain.reel import Role
from avpres.domain.report import FileRecord
from avpres.services.cook.assessing.estimate import Estimate
from avpres.services.cook.assessing.rates import frames_of, rate_of, said, time_of
from avpres.services.cook.assessing.restoring import restorable
from avpres.services.cook.assessing.verdict import Verdict
from avpres.services.cook.stage import Reel

_MOST = 20  # sequences and sounds that are told one by one
_CODED = (Role.FRAME, Role.SOUND, Role.CLIP)
_KEPT = (Role.ATTACHED, Role.OPAQUE, Role.EMPTY)


class Assessed(NamedTuple):
    """What was found of one reel; `listed` counts the files that manifests list."""

    verdict: Verdict
    film: Estimate | None
    listed: int
    findings: dict[str, int]


def facts_of(
    reel: Reel, survey: Survey, options: CookOptions, found: Assessed
) -> dict[str, object]:
    """Gather what is known of a reel, as JSON has it; sizes in bytes, lengths in seconds."""
    rawcooked = restorable(reel, survey)
    counts = {role.value: survey.count(role) for role in (*_CODED, *_KEPT)}
    return {
        "path": reel.shown,
        "verdict": found.verdict.text,
        "clean": found.verdict.is_clean,
        "size": sum(size for _, size in counts.values()),
        "files": {role: {"files": files, "size": size} for role, (files, size) in counts.items()},
        "folders": survey.count(Role.FOLDER)[0],
        "sequences": [_sequence(survey, run, options) for run in islice(survey.runs(), _MOST)],
        "sounds": [_sound(sound) for sound in islice(survey.sounds(), _MOST)],
        "listed_in_manifests": found.listed,
        **rawcooked.facts,
        "why_not_rawcooked": rawcooked.why,
        "film_size": found.film._asdict() if found.film else None,
        "findings": found.findings,
    }


def _sequence(survey: Survey, run: Run, options: CookOptions) -> dict[str, object]:
    form = survey.form(survey.usual(run)[0])
    rate = rate_of(survey, run, options)
    seconds = frames_of(run, options) / rate
    source = "header" if form.rate else "usual"
    return {
        "names": os.fsdecode(run.star),
        "frames": run.frames,
        "size": run.size,
        "numbers": _numbers(run),
        "missing": run.lacking,
        "flavour": form.flavour,
        "dimensions": _dimensions(form.traits),
        "traits": form.traits,
        "rate": str(rate),
        "rate_from": "option" if options.rate else source,
        "seconds": float(seconds),
        "duration": time_of(seconds),
    }


def _dimensions(traits: str) -> str:
    width, height = (re.search(rf"\b{name} (\d+)", traits) for name in ("width", "height"))
    return f"{width[1]} x {height[1]}" if width and height else ""


def _numbers(run: Run) -> str:
    if run.first is None or run.last is None:
        return ""
    span = Ranges()
    span.add(run.first, run.last, len(run.first_digits))
    return str(span)


def _sound(sound: Heard) -> dict[str, object]:
    seconds = Fraction(sound.samples, sound.rate)
    return {
        "name": os.fsdecode(sound.path),
        "flavour": sound.flavour,
        "rate": sound.rate,
        "channels": sound.channels,
        "bits": sound.bits,
        "samples": sound.samples,
        "seconds": float(seconds),
        "duration": time_of(seconds),
    }


def lines_of(reel: Reel, survey: Survey, options: CookOptions, found: Assessed) -> Iterator[str]:
    """Yield the table of a reel."""
    yield visible(f"{reel.shown}: {found.verdict.text}")
    for name, text in _rows(reel, survey, options, found):
        yield f"  {name:<12}{visible(text)}"
    yield ""


def _rows(
    reel: Reel, survey: Survey, options: CookOptions, found: Assessed
) -> Iterator[tuple[str, str]]:
    for run in islice(survey.runs(), _MOST):
        yield from _picture_rows(survey, run, options)
    for sound in islice(survey.sounds(), _MOST):
        length = time_of(Fraction(sound.samples, sound.rate))
        channels = f"{sound.channels} channel{'s' * (sound.channels > 1)}"
        form = f"{sound.rate:,} Hz, {channels}, {sound.bits} bits"
        yield "sound", f"{os.fsdecode(sound.path)}: {length}, {form}"
    runs, sounds = sum(1 for _ in survey.runs()), sum(1 for _ in survey.sounds())
    if runs > _MOST or sounds > _MOST:
        yield "in all", f"{runs:,} sequences, {sounds:,} sounds"
    yield "sidecars", _sidecars(survey, found)
    yield "RAWcooked", restorable(reel, survey).told
    size = sum(survey.count(role)[1] for role in (*_CODED, *_KEPT))
    yield "size", _human(size)
    yield "film", _film(found.film, size)
    counts = ", ".join(f"{code} {count:,}" for code, count in found.findings.items())
    yield "findings", counts or "none"


def _picture_rows(survey: Survey, run: Run, options: CookOptions) -> Iterator[tuple[str, str]]:
    form = survey.form(survey.usual(run)[0])
    rate = rate_of(survey, run, options)
    length = time_of(frames_of(run, options) / rate)
    source = "by its headers" if form.rate else "no header says it"
    missing = f", {run.lacking:,} missing" if run.lacking else ""
    numbers = f" ({_numbers(run)})" if run.first is not None else ""
    yield "frames", f"{run.frames:,} of {os.fsdecode(run.star)}{numbers}{missing}"
    yield "", f"{form.flavour}, {_dimensions(form.traits)}, {_human(run.size)}"
    yield "", f"{length} at {said(rate)} frames a second, {'as asked' if options.rate else source}"


def _sidecars(survey: Survey, found: Assessed) -> str:
    attached, opaque, empty = (survey.count(role) for role in _KEPT)
    parts = [f"{attached[0]:,} files, {_human(attached[1])}"]
    parts += [f"{opaque[0]:,} that cannot be coded"] if opaque[0] else []
    parts += [f"{empty[0]:,} empty files"] if empty[0] else []
    if found.listed:
        parts.append(
            f"manifests list {found.listed:,} of the files (digests are compared while cooking)"
        )
    return "; ".join(parts)


def _film(film: Estimate | None, size: int) -> str:
    if film is None or not size:
        return "cannot be estimated"
    share = f"{film.least / size:.0%} to {film.most / size:.0%}"
    return f"{_human(film.least)} to {_human(film.most)}, {share}, by a trial of a few frames"


def records_of(reel: Reel, survey: Survey) -> Iterator[FileRecord]:
    """Yield a row for each file: what it is, and why it cannot be coded, if so."""
    for file in survey.files():
        if file.role is not Role.FOLDER:
            yield FileRecord(
                path=os.fsdecode(file.path),
                size=file.size,
                outcome=file.role.value,
                destination=reel.shown,
                detail=file.words or file.flavour,
            )


def _human(size: int) -> str:
    return humanize.naturalsize(size, binary=True)
