from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.formats.profile_toml import find, read
from avpres.domain.description import Description
from avpres.domain.errors import UsageError
from avpres.domain.formats import Format
from avpres.domain.profiles import DEFAULT, PROPERTIES, check
from avpres.domain.technical import Audio, Container, Image, MediaKind, Technical, Video

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/profile.toml"
DOCUMENT = EXAMPLE.parents[1] / "docs/metadata.md"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_asks_what_it_says():
    profile = find(str(EXAMPLE))
    assert profile.name == "film-archive"
    assert profile.rules[: len(DEFAULT.rules)] == DEFAULT.rules

    scan = Image(
        width=2048,
        height=1556,
        bits_per_sample=(8, 8, 8),
        samples_per_pixel=3,
        colour_space="RGB",
        compression="Uncompressed",
        x_resolution=300.0,
        resolution_unit="in.",
    )
    tiff = Description("f.tif", format=Format.TIFF)
    tiff.technical = Technical(kind=MediaKind.IMAGE, images=[scan])
    assert check(profile, tiff).missing == ("images.bits_per_sample >= 10",)

    tape = Audio(codec="PCM", channels=2, sample_rate=48000.0, duration=1.0, bits_per_sample=24)
    wave = Description("t.wav", format=Format.WAVE)
    wave.technical = Technical(kind=MediaKind.AUDIO, audio=[tape])
    assert check(profile, wave).missing == (
        "audio.byte_order",
        "audio.first_sample",
        "audio.sample_rate >= 96000",
    )

    master = Video("FFV1", width=720, height=576, frame_rate=25.0, chroma_subsampling="4:2:2")
    silent = Description("m.mkv", format=Format.MATROSKA)
    silent.technical = Technical(
        kind=MediaKind.VIDEO, video=[master], container=Container(writing_application="x")
    )
    assert check(profile, silent).missing == ("video.display_aspect", "video.scan")


def test_built_in_profiles_go_by_name():
    assert find("default") is DEFAULT
    assert find("drs-2005").name == "drs-2005"


def test_a_profile_without_a_name_has_that_of_its_file(tmp_path):
    rule = '[[rule]]\nkind = "text"\nrequired = ["text.charset"]\n'
    assert read(written(tmp_path, rule)).name == "own"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = ", "not TOML"),
        ("", r"holds no \[\[rule\]\]"),
        ('names = "x"', "names: no such key; did you mean name"),
        ('extends = "drs"', "extends: 'drs' is not built in; write default or drs-2005"),
        ("rule = 3", r"rule: write each .* \[\[rule\]\]"),
        ("[rule]\nkind = 3", r"rule: write each .* \[\[rule\]\]"),
        ("name = 3", "name: write it as text"),
        ("[[rule]]", "rule 1 kind: is missing; write image, audio"),
        ('[[rule]]\nkind = "film"', "rule 1 kind: no such kind: 'film'"),
        ('[[rule]]\nkind = "text"', "rule 1 required: names nothing"),
        ('[[rule]]\nkind = "text"\nrequired = "text.charset"', "write it as a list"),
        (
            '[[rule]]\nkind = "text"\nrequired = ["text.charsets"]',
            "rule 1 required: 'text.charsets': no such property.*did you mean text.charset",
        ),
        (
            '[[rule]]\nkind = "text"\nrequired = ["text.charset >= 3"]',
            "text.charset is no number",
        ),
        (
            '[[rule]]\nkind = "audio"\nrequired = ["audio.codec"]\nformats = ["WAV"]',
            "no such format: 'WAV'; did you mean WAVE",
        ),
        ('[[rule]]\nkind = "audio"\nrequire = ["audio.codec"]', "did you mean required"),
    ],
)
def test_mistakes_name_file_and_key_and_what_to_write(tmp_path, text, said):
    path = written(tmp_path, text)
    with pytest.raises(UsageError, match=said) as raised:
        read(path)
    assert str(path) in str(raised.value)


def test_a_name_that_is_nothing_is_said(tmp_path):
    with pytest.raises(UsageError, match="default, drs-2005, or a TOML file"):
        find(str(tmp_path / "gone.toml"))


def test_formats_may_be_written_in_any_case(tmp_path):
    rule = '[[rule]]\nkind = "video"\nformats = ["quicktime"]\nrequired = ["video.codec"]\n'
    assert read(written(tmp_path, rule)).rules[0].formats == (Format.MOV,)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xff\xfe[")
    with pytest.raises(UsageError, match="not TOML"):
        read(path)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(max_size=40) | st.just("[[rule]]\nkind='image'\nrequired=[['x']]"))
def test_any_text_is_a_profile_or_a_plain_refusal(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(text.encode("utf-8", "replace"))
    said = str(path)
    try:
        read(path)
    except UsageError as error:
        said = str(error)
    assert "any.toml" in said


def test_the_documentation_lists_every_property():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [name for name in PROPERTIES if f"`{name.partition('.')[2]}`" not in text] == []
