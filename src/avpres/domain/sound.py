"""Sound of an access copy: which channels of a source go where."""

from collections.abc import Sequence
from dataclasses import dataclass

from avpres.domain.access import AudioMap

STEREO = 2


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of a source: of which of its sound tracks, and which in it; both from 0."""

    track: int
    place: int
    silent: bool = False
    ltc: bool = False

    @property
    def is_programme(self) -> bool:
        """Say whether it holds something to listen to."""
        return not self.silent and not self.ltc


@dataclass(frozen=True, slots=True)
class Feed:
    """What one track of the source gives to a track of the copy.

    `gains` holds, for each channel of the copy, (channel of the source, gain); empty passes the
    track on as it is.
    """

    track: int
    gains: tuple[tuple[tuple[int, float], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """A track of the copy. `layout` is `mono`, `stereo`, or None for that of the source."""

    feeds: tuple[Feed, ...]
    layout: str | None = None

    @property
    def channels(self) -> tuple[tuple[int, int], ...]:
        """Give the channels of the source that are heard, as (track, place)."""
        return tuple(
            (feed.track, place) for feed in self.feeds for side in feed.gains for place, _ in side
        )


def tracks_of(
    channels: Sequence[Channel], wanted: AudioMap, *, split: bool = False
) -> tuple[SoundTrack, ...]:
    """Map the channels of a source to the tracks of a copy.

    `all` keeps every track, or gives each channel one of its own with `split`. `stereo` takes the
    first two channels that hold a programme, or one on both sides; a track of more than two is
    mixed down by its layout. `left` and `right` put the first or the second channel on both sides.
    `mono` adds all channels of the programme in equal parts.
    """
    if not channels:
        return ()
    if wanted is AudioMap.ALL:
        if split:
            return tuple(_mixed([(each,)], "mono") for each in channels)
        return tuple(SoundTrack((Feed(track),)) for track in sorted({c.track for c in channels}))
    heard = [each for each in channels if each.is_programme] or list(channels[:STEREO])
    if wanted is AudioMap.MONO:
        mono = _mixed([tuple(heard)], "mono")
        return (mono,)
    if wanted is AudioMap.STEREO:
        stereo = _stereo(channels, heard)
    else:
        side = channels[min(int(wanted is AudioMap.RIGHT), len(channels) - 1)]
        stereo = _mixed([(side,), (side,)], "stereo")
    return (*_split(stereo),) if split else (stereo,)


def _stereo(channels: Sequence[Channel], heard: Sequence[Channel]) -> SoundTrack:
    first = heard[0].track
    if sum(each.track == first for each in channels) > STEREO:
        return SoundTrack((Feed(first),), "stereo")
    right = heard[1] if len(heard) > 1 else heard[0]
    return _mixed([(heard[0],), (right,)], "stereo")


def _mixed(sides: Sequence[tuple[Channel, ...]], layout: str) -> SoundTrack:
    tracks = sorted({each.track for side in sides for each in side})
    feeds = [
        Feed(
            track,
            tuple(
                tuple((each.place, 1 / len(side)) for each in side if each.track == track)
                for side in sides
            ),
        )
        for track in tracks
    ]
    return SoundTrack(tuple(feeds), layout)


def _split(stereo: SoundTrack) -> tuple[SoundTrack, ...]:
    """Give each side of a stereo track a track of its own."""
    if not stereo.feeds[0].gains:
        return (stereo,)
    sides = []
    for side in range(STEREO):
        feeds = [Feed(f.track, (f.gains[side],)) for f in stereo.feeds if f.gains[side]]
        sides.append(SoundTrack(tuple(feeds), "mono"))
    return tuple(sides)
