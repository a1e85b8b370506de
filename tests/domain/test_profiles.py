import pickle
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.domain.description import Description
from avpres.domain.formats import Format
from avpres.domain.profiles import (
    BUILT_IN,
    DEFAULT,
    DRS_2005,
    PROPERTIES,
    Profile,
    Requirement,
    Rule,
    check,
)
from avpres.domain.technical import Audio, Image, MediaKind, Technical, Text, Video

quickly = settings(max_examples=80, deadline=None, derandomize=True)


def described(kind: MediaKind, format: str = "", **parts) -> Description:
    return Description(path="x", format=format, technical=Technical(kind=kind, **parts))


def wanting(*requirements: str, kind: MediaKind, formats: tuple[Format, ...] = ()) -> Profile:
    return Profile("own", (Rule(kind, tuple(map(Requirement.parse, requirements)), formats),))


def test_a_gif_without_bits_per_sample_is_incomplete_and_still_a_gif():
    gif = described(MediaKind.IMAGE, Format.GIF, images=[Image(width=1, height=1)])
    found = check(DRS_2005, gif)
    assert found.missing == ("images.bits_per_sample",)
    assert not found.is_complete
    assert gif.format == "GIF"


def test_a_complete_wave_lacks_nothing():
    audio = Audio(
        codec="PCM",
        channels=2,
        sample_rate=48000.0,
        duration=1.0,
        bits_per_sample=16,
        byte_order="little endian",
        first_sample=44,
    )
    found = check(DEFAULT, described(MediaKind.AUDIO, Format.WAVE, audio=[audio]))
    assert found.is_complete
    assert "audio.first_sample" in found.required


def test_every_page_must_know_what_is_required():
    pages = [Image(bits_per_sample=(1,)), Image()]
    found = check(DRS_2005, described(MediaKind.IMAGE, images=pages))
    assert found.missing == ("images.bits_per_sample",)


def test_an_audio_file_without_a_stream_lacks_everything():
    found = check(DRS_2005, described(MediaKind.AUDIO))
    assert found.missing == found.required == ("audio.codec", "audio.bits_per_sample")


def test_a_silent_film_lacks_no_audio_codec():
    profile = wanting("video.codec", "audio.codec", kind=MediaKind.VIDEO)
    silent = described(MediaKind.VIDEO, video=[Video(codec="FFV1")])
    assert check(profile, silent).is_complete
    silent.technical.audio.append(Audio())
    assert check(profile, silent).missing == ("audio.codec",)


def test_a_rule_for_some_formats_leaves_others_alone():
    profile = wanting("images.x_resolution", kind=MediaKind.IMAGE, formats=(Format.TIFF,))
    assert check(profile, described(MediaKind.IMAGE, Format.GIF, images=[Image()])).required == ()
    tiff = described(MediaKind.IMAGE, Format.TIFF, images=[Image()])
    assert check(profile, tiff).missing == ("images.x_resolution",)


@pytest.mark.parametrize(
    ("bits", "met"), [((16, 16, 16), True), ((8, 16, 16), False), ((10,), True), ((), False)]
)
def test_a_minimum_holds_for_every_sample(bits, met):
    profile = wanting("images.bits_per_sample >= 10", kind=MediaKind.IMAGE)
    found = check(profile, described(MediaKind.IMAGE, images=[Image(bits_per_sample=bits)]))
    assert found.is_complete is met
    assert found.required == ("images.bits_per_sample >= 10",)


def test_what_belongs_to_one_format_can_be_required():
    profile = wanting("properties.bext", kind=MediaKind.AUDIO)
    wave = described(MediaKind.AUDIO, Format.WAVE)
    assert check(profile, wave).missing == ("properties.bext",)
    wave.technical.properties["bext"] = {"description": "side a"}
    assert check(profile, wave).is_complete


def test_false_and_zero_are_known():
    profile = wanting("text.has_bom", "text.lines", kind=MediaKind.TEXT)
    text = described(MediaKind.TEXT, text=Text(has_bom=False, lines=0))
    assert check(profile, text).is_complete


def test_an_unknown_file_is_asked_for_nothing():
    assert check(DEFAULT, described(MediaKind.OTHER)).required == ()


@pytest.mark.parametrize(
    "written", ["audio.colour", "colour", "audio.codec >= 16", "text.has_bom >= 1", "", "a b", "x."]
)
def test_what_cannot_be_required_is_refused(written):
    with pytest.raises(ValueError, match=r"property|number"):
        Requirement.parse(written)


@quickly
@given(st.sampled_from(PROPERTIES), st.none() | st.integers(0, 10**6))
def test_requirements_are_read_as_they_are_written(name, least):
    try:
        requirement = Requirement(name, least)
    except ValueError:
        return
    assert Requirement.parse(str(requirement)) == requirement


@quickly
@given(
    st.sampled_from(list(BUILT_IN.values())),
    st.sampled_from(MediaKind),
    st.sampled_from(Format),
    st.lists(st.sampled_from([Image(), Image(bits_per_sample=(8,), width=3)]), max_size=3),
    st.lists(st.sampled_from([Audio(), Audio(codec="PCM", bits_per_sample=16)]), max_size=3),
)
def test_what_is_missing_was_required(profile, kind, format, images, audio):
    description = described(kind, format, images=images, audio=audio)
    found = check(profile, description)
    assert set(found.missing) <= set(found.required)
    assert len(set(found.required)) == len(found.required)
    assert found.profile == profile.name


@quickly
@given(st.sampled_from([name for name in PROPERTIES if name.startswith("audio.")]))
def test_knowing_more_never_makes_a_file_less_complete(name):
    before, after = Audio(), Audio()
    field = next(one for one in fields(Audio) if one.name == name.partition(".")[2])
    setattr(after, field.name, "known" if "str" in str(field.type) else 1)
    lacking = check(DEFAULT, described(MediaKind.AUDIO, Format.WAVE, audio=[before])).missing
    now = check(DEFAULT, described(MediaKind.AUDIO, Format.WAVE, audio=[after])).missing
    assert set(now) == set(lacking) - {name}


def test_profiles_can_be_sent_to_worker_processes():
    assert pickle.dumps(DEFAULT)
