"""How fast a reel runs, by its headers or by what was said, and whether its sound is as long."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from avpres.adapters.cooking.survey import Survey
from avpres.adapters.cooking.surveyed import Heard, Run
from avpres.config.cook import CookOptions
from avpres.domain.reel import USUAL_RATE, Gaps
from avpres.domain.report import Finding
from avpres.services.cook.stage import Reel

APART_S = 1  # seconds that sound and picture may differ without a warning
_RATES = [Fraction(rate) for rate in (16, 18, 20, 22, 24, 25, 30, 48, 50, 60)]
_RATES += [Fraction(rate * 1000, 1001) for rate in (24, 30, 60)]


def rate_of(survey: Survey, run: Run, options: CookOptions) -> Fraction:
    """Give the rate at which a sequence is to run."""
    if options.rate:
        return options.rate
    return _header(survey, run) or USUAL_RATE


def _header(survey: Survey, run: Run) -> Fraction | None:
    number, _ = survey.usual(run)
    text = survey.form(number).rate
    return Fraction(text) if text else None


def frames_of(run: Run, options: CookOptions) -> int:
    """Count the frames of a sequence's time, with those that are missing or broken if held."""
    return run.frames if options.gaps is Gaps.CLOSE else _span(run)


def _span(run: Run) -> int:
    if run.first is None or run.last is None:
        return run.frames
    return run.last - run.first + 1


def rates(reel: Reel, survey: Survey, options: CookOptions) -> Iterator[Finding]:
    """Tell of headers that disagree about the rate, or that are not believed."""
    for run in survey.runs():
        path = reel.shown_at(run.star)
        header = _header(survey, run)
        if options.rate and header and options.rate != header:
            text = f"the header says {said(header)} frames a second; {said(options.rate)} is used"
            yield Finding.warning("COK-RATE", path, f"{text}, as it was asked")
        elif not options.rate and not header:
            text = f"no header says how fast it runs; {said(USUAL_RATE)} frames a second is used"
            yield Finding.info("COK-RATE", path, f"{text}; say --rate if that is wrong")
        yield from _two_rates(reel, survey, run, options)


def _two_rates(reel: Reel, survey: Survey, run: Run, options: CookOptions) -> Iterator[Finding]:
    if options.rate:
        return
    for path, form in survey.forms(run):
        if form.film and form.television and form.film != form.television:
            film, television = said(Fraction(form.film)), said(Fraction(form.television))
            text = f"its header says {film} frames a second for film, {television} for television"
            text += f"; {film} is used. Say --rate to decide"
            yield Finding.warning("COK-RATE", reel.shown_at(path), text)
            return


def lengths(reel: Reel, survey: Survey, options: CookOptions) -> Iterator[Finding]:
    """Tell of sounds that are not as long as the longest sequence, or not alike."""
    pictures = [(frames_of(run, options), rate_of(survey, run, options)) for run in survey.runs()]
    if not pictures:
        return
    frames, rate = max(pictures, key=lambda each: each[0] / each[1])
    first: Heard | None = None
    told: dict[Fraction, _Alike] = {}
    for sound in survey.sounds():
        first = first or sound
        path = reel.shown_at(sound.path)
        if sound.warnings:
            yield Finding.warning("COK-SOUND", path, f"{sound.warnings}; is the copy whole?")
        if len(told) < _LENGTHS:
            length = Fraction(sound.samples, sound.rate)
            told.setdefault(length, _Alike(path, sound)).count += 1
        yield from _unlike(path, sound, first)
    for alike in told.values():
        yield from _length(alike, frames, rate)
    lost = sum(_span(run) - run.frames for run in survey.runs())
    if first is not None and lost > 0 and options.gaps is Gaps.CLOSE:
        text = f"{lost:,} frames are closed up, and there is sound"
        advice = "it will be late behind each gap. Say --gaps hold to keep it in time"
        yield Finding.warning("COK-SYNC", reel.shown, f"{text}: {advice}")


@dataclass(slots=True)
class _Alike:
    """Sounds that are equally long: the first, and how many they are."""

    path: str
    sound: Heard
    count: int = 0


_LENGTHS = 1000  # of sounds that are remembered


def _length(alike: _Alike, frames: int, rate: Fraction) -> Iterator[Finding]:
    path, sound = alike.path, alike.sound
    seconds, picture = Fraction(sound.samples, sound.rate), frames / rate
    apart = abs(seconds - picture) * rate
    if apart <= 1:
        return
    word = "longer" if seconds > picture else "shorter"
    text = (
        f"runs {time_of(seconds)}, {float(apart):,.1f} frames ({float(apart / rate):,.3f} s) "
        f"{word} than the picture ({time_of(picture)})"
    )
    if alike.count > 1:
        text += f", and so do {alike.count - 1:,} other sounds"
    if apart <= APART_S * rate:
        yield Finding.info("COK-LENGTH", path, f"{text}; a leader or a pop may be the reason")
        return
    fitting = _fitting(frames, seconds, rate)
    advice = "is there a leader or a pop that the other lacks, or another reel's sound?"
    if fitting:
        advice = f"at {said(fitting)} frames a second both would be as long: see --rate"
    yield Finding.warning("COK-LENGTH", path, f"{text}; {advice}")


def _fitting(frames: int, seconds: Fraction, rate: Fraction) -> Fraction | None:
    """Find a usual rate at which both are as long, to a frame or a thousandth."""
    near = max(Fraction(1), Fraction(frames, 5000))
    fits = [each for each in _RATES if each != rate and abs(seconds * each - frames) <= near]
    return min(fits, key=lambda each: abs(seconds * each - frames), default=None)


def _unlike(path: str, sound: Heard, first: Heard) -> Iterator[Finding]:
    name = os.fsdecode(os.path.basename(first.path))
    differs = []
    if sound.rate != first.rate:
        differs.append(f"{sound.rate:,} Hz, {name} {first.rate:,} Hz")
    if sound.bits != first.bits:
        differs.append(f"{sound.bits} bits, {name} {first.bits}")
    apart = Fraction(sound.samples, sound.rate) - Fraction(first.samples, first.rate)
    if apart:
        word = "longer" if apart > 0 else "shorter"
        differs.append(f"{float(abs(apart)):,.3f} s {word} than {name}")
    if differs:
        text = f"is not like the first sound: {'; '.join(differs)}; each is a track of its own"
        yield Finding.warning("COK-SOUND", path, text)


def time_of(seconds: Fraction) -> str:
    """Write a length as hours, minutes and seconds."""
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def said(rate: Fraction) -> str:
    """Write a rate as people do."""
    return str(rate) if rate.denominator == 1 else f"{float(rate):.3f}"
