"""The loudness of a copy, brought to its level before it is encoded."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from avpres.adapters.media.access_graph import Plan
from avpres.adapters.media.access_survey import loudness
from avpres.adapters.media.loudness import NEAR, Level, Measured, level
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch

_ROUNDS = 3  # passes over the sound after the first, at most, and only where a limiter is needed


def levelled(
    plan: Plan, ffmpeg: Ffmpeg, watch: Watch, tell: Callable[[str, str, bool], None]
) -> Plan:
    """Measure each track, mixed as it will be, and decide its gain.

    Where peaks do not allow the gain, a limiter holds them, and what it takes away is measured
    and made up for.

    Raises:
        ToolFailedError: ffmpeg cannot decode the sound.
    """
    target = plan.profile.loudness.target
    if target is None or not plan.tracks:
        return plan
    measured = loudness(ffmpeg, plan, watch)
    silent = {number for number, each in measured.items() if each.is_silent}
    for number in sorted(silent):
        text = f"track {number + 1} of the copy is silent, or too short to be measured"
        tell("ACC-SILENT", text, False)
    levels = {number: level(each, target) for number, each in measured.items()}
    for _ in range(_ROUNDS):
        if not any(each.is_limited for each in levels.values()):
            break
        found = loudness(ffmpeg, _with(plan, levels), watch)
        levels, is_near = _corrected(levels, found, target)
        if is_near:
            break
    return replace(_with(plan, levels), silent=frozenset(silent))


def _with(plan: Plan, levels: Mapping[int, Level]) -> Plan:
    return replace(plan, levels=tuple(levels[number].filters for number in sorted(levels)))


def _corrected(
    levels: Mapping[int, Level], found: Mapping[int, Measured], target: float
) -> tuple[dict[int, Level], bool]:
    limited = {number for number, each in levels.items() if each.is_limited}
    is_near = all(abs(found[number].integrated - target) <= NEAR for number in limited)
    corrected = {
        number: each.corrected(found[number], target) if number in limited else each
        for number, each in levels.items()
    }
    return (dict(levels) if is_near else corrected), is_near
