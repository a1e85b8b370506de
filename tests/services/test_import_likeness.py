"""What a foreign package tells of a file, held against what avpres found."""

import pytest

from avpres.domain.description import Description
from avpres.domain.technical import Audio, Image, Technical, Text
from avpres.services.importing import likeness

TIFF = Description(
    "a.tif",
    format="TIFF",
    version="6.0",
    puid="fmt/353",
    mime="image/tiff",
    technical=Technical(images=[Image(width=40, height=30, bits_per_sample=(8, 8, 8))]),
)
WAVE = Description(
    "a.wav",
    format="WAVE",
    mime="audio/vnd.wave",
    technical=Technical(audio=[Audio(channels=2, sample_rate=44100.0)]),
)
JPEG2000 = Description("a.jp2", format="JPEG 2000", mime="image/jp2")
TAR = Description("a.tar", format="TAR")
PAGE = Description("a.txt", format="UTF-8", technical=Technical(text=Text(charset="UTF-8")))

SAME = [
    (TIFF, "width", "40"),
    (TIFF, "height", "30 pixels"),
    (TIFF, "bits per sample", "8 8 8"),
    (TIFF, "bits per sample", "8"),
    (TIFF, "format", "TIFF 6.0"),
    (TIFF, "format", "fmt/353"),
    (TIFF, "MIME type", "image/tiff; application=geotiff"),
    (WAVE, "format", "WAVE-hul"),
    (WAVE, "MIME type", "audio/x-wav"),
    (WAVE, "sample rate", "44.1"),
    (WAVE, "sample rate", "44100 Hz"),
    (JPEG2000, "format", "JPEG2000-hul"),
    (JPEG2000, "format", "JPEG 2000"),
    (PAGE, "charset", "utf8"),
]
OTHER = [
    (TIFF, "width", "40000"),
    (TIFF, "width", "400"),
    (TIFF, "bits per sample", "1"),
    (TIFF, "bits per sample", "16 16 16"),
    (TIFF, "format", "fmt/10"),
    (TIFF, "MIME type", "image/gif"),
    (TIFF, "width", "wide"),
    (WAVE, "channels", "1"),
    (WAVE, "sample rate", "48"),
    (JPEG2000, "format", "JPEG"),
    (TAR, "format", "StarWriter"),
    (TAR, "format", "書式"),
    (PAGE, "charset", "US-ASCII"),
]


def shown(case):
    return f"{case[1]} {case[2]}"


@pytest.mark.parametrize("case", SAME, ids=shown)
def test_what_means_the_same_is_the_same(case):
    description, name, theirs = case
    ours = likeness.ours(description, name, theirs)
    assert likeness.is_same(name, theirs, ours, description)


@pytest.mark.parametrize("case", OTHER, ids=shown)
def test_what_differs_is_never_called_the_same(case):
    description, name, theirs = case
    ours = likeness.ours(description, name, theirs)
    assert ours
    assert not likeness.is_same(name, theirs, ours, description)


def test_a_property_that_avpres_did_not_find_is_empty():
    assert likeness.ours(PAGE, "width", "40") == ""
