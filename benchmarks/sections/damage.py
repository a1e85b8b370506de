"""Cut files, change single bytes of them, and see how much of it is noticed."""

from collections import defaultdict
from collections.abc import Iterable

from benchmarks.damage import BYTES, Outcome, Tally, measured
from benchmarks.lab import Lab
from benchmarks.results import Cache, Sense, Verdict
from benchmarks.specimens import specimens

EACH = 20  # damages of each kind to every file, one at a time
LEAST_NOTICED = 60.0  # per cent
MOST_CALLED_SOUND = 3.0  # per cent of what is cut
DEPTHS = {"default": False, "deep": True}


def damage(lab: Lab) -> None:
    """Measure both depths over all specimens, by format and over all."""
    whole = list(specimens())
    for depth, deep in DEPTHS.items():
        outcome = measured(
            whole, lab.work / "damaged", each=max(2, round(EACH * lab.scale)), deep=deep
        )
        _judge(lab, depth, outcome)
        _list(lab, depth, outcome)


def _judge(lab: Lab, depth: str, outcome: Outcome) -> None:
    ended = [tally for one, tally in outcome.tallies.items() if one.has_end]
    plain = [tally for one, tally in outcome.tallies.items() if not one.is_av]
    av = [tally for one, tally in outcome.tallies.items() if one.is_av]
    cut = 100 * (1 - _together(ended).share("cut"))
    verdict = _Verdicts(lab, depth)
    verdict.say("cut files called sound", Sense.AT_MOST, MOST_CALLED_SOUND, cut)
    noticed = 100 * _together(plain).share(*BYTES)
    verdict.say("damaged bytes noticed, non-AV", Sense.AT_LEAST, LEAST_NOTICED, noticed)
    if depth == "deep":
        noticed = 100 * _together(av).share(*BYTES)
        verdict.say("damaged bytes noticed, AV", Sense.AT_LEAST, LEAST_NOTICED, noticed)
    for name, some in (("non-AV", plain), ("AV", av)):
        alone = 100 * _together(some).share("flipped", "written over")
        lab.results.note(f"damage, {depth}, {name}: {alone:.0f} % of bytes that only changed")
    verdict.say("false alarms", Sense.AT_MOST, 0.0, float(len(outcome.alarms)), "")


class _Verdicts:
    """Puts verdicts of one depth into the results."""

    def __init__(self, lab: Lab, depth: str) -> None:
        self._lab = lab
        self._depth = depth

    def say(self, claim: str, sense: Sense, bound: float, value: float, unit: str = "%") -> None:
        claim = f"{self._depth}: {claim}"
        self._lab.results.verdicts.append(
            Verdict("damage", Cache.NONE, claim, sense, bound, (value,), unit)
        )


def _list(lab: Lab, depth: str, outcome: Outcome) -> None:
    """Note the shares of each format, and every false alarm."""
    formats: dict[str, list[Tally]] = defaultdict(list)
    for one, tally in outcome.tallies.items():
        formats[one.format].append(tally)
    for format, tallies in sorted(formats.items()):
        whole = _together(tallies)
        lab.results.note(
            f"damage, {depth}, {format}: noticed "
            + ", ".join(f"{100 * whole.share(kind):.0f} % {kind}" for kind in ("cut", *BYTES))
        )
    for alarm in outcome.alarms:
        lab.results.note(f"damage, {depth}: false alarm: {alarm}")


def _together(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.seen += tally.seen
        whole.all += tally.all
    return whole
