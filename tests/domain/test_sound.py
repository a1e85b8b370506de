"""Channels of a source go where people expect them."""

from avpres.domain.access import AudioMap
from avpres.domain.sound import Channel, Feed, SoundTrack, tracks_of

PAIR = (Channel(0, 0), Channel(1, 0))
STEREO = (Channel(0, 0), Channel(0, 1))
LEFT, RIGHT = ((0, 1.0),), ((1, 1.0),)


def test_all_keeps_every_track_as_it_is():
    assert tracks_of(PAIR, AudioMap.ALL) == (SoundTrack((Feed(0),)), SoundTrack((Feed(1),)))
    assert tracks_of(STEREO, AudioMap.ALL) == (SoundTrack((Feed(0),)),)


def test_two_tracks_of_one_channel_become_a_pair():
    (track,) = tracks_of(PAIR, AudioMap.STEREO)
    assert track.layout == "stereo"
    assert track.feeds == (Feed(0, (((0, 1.0),), ())), Feed(1, ((), ((0, 1.0),))))


def test_silence_and_timecode_are_not_listened_to():
    channels = (Channel(0, 0), Channel(0, 1, ltc=True))
    (track,) = tracks_of(channels, AudioMap.STEREO)
    assert track.feeds == (Feed(0, (LEFT, LEFT)),)
    channels = (Channel(0, 0, silent=True), Channel(1, 0, ltc=True), Channel(2, 0))
    (track,) = tracks_of(channels, AudioMap.MONO)
    assert track == SoundTrack((Feed(2, (((0, 1.0),),)),), "mono")


def test_left_and_right_are_put_on_both_sides():
    assert tracks_of(STEREO, AudioMap.LEFT)[0].feeds == (Feed(0, (LEFT, LEFT)),)
    assert tracks_of(STEREO, AudioMap.RIGHT)[0].feeds == (Feed(0, (RIGHT, RIGHT)),)
    assert tracks_of(STEREO[:1], AudioMap.RIGHT)[0].feeds == (Feed(0, (LEFT, LEFT)),)


def test_mono_adds_channels_in_equal_parts():
    (track,) = tracks_of(STEREO, AudioMap.MONO)
    assert track.feeds == (Feed(0, (((0, 0.5), (1, 0.5)),)),)


def test_surround_is_mixed_down_by_its_layout():
    channels = tuple(Channel(0, place) for place in range(6))
    assert tracks_of(channels, AudioMap.STEREO) == (SoundTrack((Feed(0),), "stereo"),)


def test_broadcasters_get_a_track_for_each_channel():
    assert [t.layout for t in tracks_of(STEREO, AudioMap.ALL, split=True)] == ["mono", "mono"]
    split = tracks_of(PAIR, AudioMap.STEREO, split=True)
    assert [t.channels for t in split] == [((0, 0),), ((1, 0),)]


def test_no_sound_gives_no_track():
    assert tracks_of((), AudioMap.STEREO) == ()
