"""Which rules of a policy can never decide, as far as that can be proved."""

from collections.abc import Iterator

from avpres.config.migration_match import BOUNDS, Match
from avpres.config.migration_policy import Policy
from avpres.domain.formats import Format
from avpres.domain.imaging import ImageFormat
from avpres.domain.migration_class import TEXT, Family
from avpres.domain.sounding import SoundFormat

_LISTS = (
    *("family", "format", "colour", "compression", "kind", "alpha", "icc", "charset"),
    *("channels", "bits"),
)
_ALL_OF = ("flags", "without", "metadata")
_OF_IMAGES = ("colour", "alpha", "icc", "metadata", "animated")
_NUMBERS_OF_IMAGES = ("frames", "pixels", "side")
_OF_BOTH = ("compression", "kind", "channels", "bits", "flags")
_MARKUP = {Format.HTML.value, Format.XHTML.value, Format.XML.value}


def doubts(policy: Policy) -> Iterator[str]:
    """Yield a sentence for each rule that can never decide, and why."""
    for place, rule in enumerate(policy.rules):
        if not families(rule.when):
            yield f"rule {rule.name!r} fits no file: no kind of file has all that it asks for"
            continue
        earlier = policy.rules[:place]
        hidden = [
            next((each.name for each in earlier if covers(each.when, part)), None)
            for part in _parts(rule.when)
        ]
        if None not in hidden:
            names = ", ".join(repr(name) for name in dict.fromkeys(hidden))
            yield f"rule {rule.name!r} never decides: all its files are taken before by {names}"


def covers(earlier: Match, later: Match) -> bool:
    """Say whether every file that the later one fits is certainly one of the earlier's."""
    return (
        all(_holds_list(getattr(earlier, name), getattr(later, name)) for name in _LISTS)
        and all(_holds_range(earlier, later, name) for name in BOUNDS)
        and all(set(getattr(earlier, name)) <= set(getattr(later, name)) for name in _ALL_OF)
        and earlier.animated in {None, later.animated}
    )


def families(match: Match) -> set[Family]:
    """Give the families of files that may fit; none, where conditions exclude one another."""
    left = set(match.family or Family)
    if any(_asked(match, name) for name in _OF_BOTH) or match.bounds("bits") != (None, None):
        left &= {Family.IMAGE, Family.SOUND}
    if _asks_for_image(match):
        left &= {Family.IMAGE}
    if match.bounds("rate") != (None, None):
        left &= {Family.SOUND}
    if match.charset:
        left &= {Family.TEXT}
    if match.format:
        left &= set().union(*map(_families_of, match.format))
    return left


def _parts(match: Match) -> Iterator[Match]:
    """Divide a condition by format: several earlier rules may take its files between them."""
    for format in match.format:
        yield match.model_copy(update={"format": (format,)})
    if not match.format:
        yield match


def _holds_list(earlier: tuple[object, ...], later: tuple[object, ...]) -> bool:
    return not earlier or (bool(later) and set(later) <= set(earlier))


def _holds_range(earlier: Match, later: Match, name: str) -> bool:
    least, most = earlier.bounds(name)
    if least is None and most is None:
        return True
    low, high = later.bounds(name)
    if name == "bits" and later.bits:
        low, high = max(low or 0, min(later.bits)), min(high or max(later.bits), max(later.bits))
    if low is None and high is None:
        return False
    return (least is None or (low or 0) >= least) and (
        most is None or (high is not None and high <= most)
    )


def _asked(match: Match, name: str) -> bool:
    return bool(getattr(match, name))


def _asks_for_image(match: Match) -> bool:
    numbers = any(match.bounds(name) != (None, None) for name in _NUMBERS_OF_IMAGES)
    return numbers or any(_asked(match, name) for name in _OF_IMAGES)


def _families_of(format: str) -> set[Family]:
    """Give the families of a format's files; damaged ones count among the others."""
    if format in set(ImageFormat):
        return {Family.IMAGE, Family.OTHER}
    if format in set(SoundFormat):
        return {Family.SOUND, Family.OTHER}
    if format == TEXT:
        return {Family.TEXT}
    return {Family.TEXT, Family.OTHER} if format in _MARKUP else {Family.OTHER}
