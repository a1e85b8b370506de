"""Words of ffmpeg for what is said in a copy: languages and subtitles."""

from avpres.adapters.media.access_graph import Plan
from avpres.adapters.media.access_source import READING
from avpres.adapters.tools.ffmpeg import Word, url


def spoken(plan: Plan, number: int) -> list[Word]:
    """Name the language of a track of the copy, if all that it is made of have one."""
    said = {plan.source.sounds[feed.track].language for feed in plan.tracks[number].feeds}
    return _language("a", number, said.pop()) if len(said) == 1 else []


def again(plan: Plan) -> list[Word]:
    """Read the source once more for a cut: filters, which cut the rest, do not see subtitles."""
    if not plan.subtitles or plan.cut.is_whole:
        return []
    first, length = f"{float(plan.cut.first):.6f}", f"{float(plan.seconds):.6f}"
    return [*READING, "-ss", first, "-t", length, "-i", url(plan.source.path)]


def subtitles(plan: Plan) -> list[Word]:
    """Map the subtitles that are kept, after all other tracks."""
    marks = int(plan.picture is not None and plan.picture.image is not None)
    source = 0 if plan.cut.is_whole else 1 + marks
    made: list[Word] = ["-c:s", "mov_text"] if plan.subtitles else []
    for number, each in enumerate(plan.subtitles):
        made += ["-map", f"{source}:{each.stream}", *_language("s", number, each.language)]
    return made


def _language(kind: str, number: int, language: str) -> list[Word]:
    return [f"-metadata:s:{kind}:{number}", f"language={language}"] if language else []
