"""The part of an access copy's filter graph that makes its sound tracks."""

from collections.abc import Sequence

from avpres.adapters.media.filters import aligned, resampled, sound_chain
from avpres.domain.sound import Feed, SoundTrack


def sound(
    tracks: Sequence[SoundTrack],
    trimmed: Sequence[str],
    more: Sequence[Sequence[str]],
    *,
    sources: Sequence[str],
) -> list[str]:
    """Write the chains of all tracks; the copy's are called `[a0]`, `[a1]` and so on.

    Args:
        tracks: what each is made of.
        trimmed: filters that cut the source's tracks.
        more: filters after the mixing, for each track: what is measured is what is encoded.
        sources: labels of the source's tracks.
    """
    chains: list[str] = []
    before = (*trimmed, *aligned())
    for number, (track, after) in enumerate(zip(tracks, more, strict=True)):
        chains += _track(number, track, before, (*after, *resampled()) if after else (), sources)
    return chains


def _track(
    number: int,
    track: SoundTrack,
    trimmed: Sequence[str],
    after: Sequence[str],
    sources: Sequence[str],
) -> list[str]:
    if len(track.feeds) == 1:
        (feed,) = track.feeds
        filters = [*trimmed, *_panned(feed, track.layout), *after]
        return [sound_chain(sources[feed.track], filters, f"[a{number}]")]
    chains, labels = [], []
    for place, feed in enumerate(track.feeds):
        labels.append(f"[a{number}f{place}]")
        panned = [*trimmed, *_panned(feed, track.layout)]
        chains.append(sound_chain(sources[feed.track], panned, labels[-1]))
    mixed = f"amix=inputs={len(labels)}:normalize=0:duration=longest"
    return [*chains, sound_chain("".join(labels), [mixed, *after], f"[a{number}]")]


def _panned(feed: Feed, layout: str | None) -> list[str]:
    if layout is None:
        return []
    if not feed.gains:
        return [f"aformat=channel_layouts={layout}"]
    sides = (f"c{side}={_sum(gains)}" for side, gains in enumerate(feed.gains))
    return [f"pan={layout}|{'|'.join(sides)}"]


def _sum(gains: Sequence[tuple[int, float]]) -> str:
    return "+".join(f"{gain:g}*c{place}" for place, gain in gains) or "0*c0"
