"""ICC profiles: what jpylyzer takes in a JP2 is restricted, and damage is seen."""

import struct

import imagecodecs
import numpy as np
import pytest
from jpylyzer import boxvalidator
from PIL import ImageCms

from avpres.adapters.images import icc
from avpres.domain.imaging import Colour, Icc

RGB = imagecodecs.cms_profile("srgb")
_FLAGS = (
    "verboseFlag",
    "nullxmlFlag",
    "packetmarkersFlag",
    "inputWrapperFlag",
)  # jpylyzer asks for these
GREY = imagecodecs.cms_profile("gray", gamma=2.2, whitepoint=[0.3127, 0.329, 1.0])


@pytest.mark.parametrize("kind", [b"scnr", b"mntr"])
@pytest.mark.parametrize(("profile", "colour"), [(RGB, Colour.RGB), (GREY, Colour.GREY)])
def test_matrix_and_grey_curves_of_input_and_display_are_restricted(profile, colour, kind):
    made = profile[:12] + kind + profile[16:]
    assert icc.judge(made, colour) is Icc.RESTRICTED
    assert _jpylyzer_takes(made)


@pytest.mark.parametrize("kind", [b"prtr", b"spac", b"link", b"abst", b"nmcl"])
def test_other_classes_are_not_restricted(kind):
    made = RGB[:12] + kind + RGB[16:]
    assert icc.judge(made, Colour.RGB) is Icc.FULL
    assert not _jpylyzer_takes(made)


def test_look_up_tables_are_not_restricted():
    place = 132 + 12 * _tags(RGB).index(b"cprt")
    made = RGB[:place] + b"A2B0" + RGB[place + 4 :]
    assert icc.judge(made, Colour.RGB) is Icc.FULL
    assert not _jpylyzer_takes(made)


@pytest.mark.parametrize("name", [b"rXYZ", b"gTRC", b"bXYZ", b"desc", b"wtpt", b"cprt"])
def test_a_matrix_without_one_of_its_tags_is_not_restricted(name):
    assert icc.judge(_without(RGB, name), Colour.RGB) is Icc.FULL


@pytest.mark.parametrize("name", [b"kTRC", b"desc", b"wtpt", b"cprt"])
def test_a_grey_curve_without_one_of_its_tags_is_not_restricted(name):
    assert icc.judge(_without(GREY, name), Colour.GREY) is Icc.FULL


def test_the_connection_space_must_be_xyz():
    assert icc.judge(RGB[:20] + b"Lab " + RGB[24:], Colour.RGB) is Icc.FULL


@pytest.mark.parametrize(
    ("profile", "colour"),
    [(RGB, Colour.GREY), (GREY, Colour.RGB), (RGB, Colour.CMYK), (GREY, Colour.PALETTE)],
)
def test_a_profile_for_other_samples_is_a_mismatch(profile, colour):
    assert icc.judge(profile, colour) is Icc.MISMATCH


def test_a_palette_has_rgb_profiles_and_lab_has_its_own():
    assert icc.judge(RGB, Colour.PALETTE) is Icc.RESTRICTED
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert icc.judge(lab, Colour.LAB) is Icc.FULL


def test_what_stands_behind_a_profile_is_trimmed():
    for more in (b"\0", bytes(100), b"padding"):
        assert icc.trimmed(RGB + more) == RGB
        assert icc.judge(RGB + more, Colour.RGB) is Icc.RESTRICTED
    assert icc.trimmed(b"short") == b"short"


def test_a_profile_cut_anywhere_is_damaged():
    assert {icc.judge(RGB[:end], Colour.RGB) for end in range(len(RGB))} == {Icc.DAMAGED}


@pytest.mark.parametrize(
    "changes",
    [
        {36: b"acsq"},
        {128: struct.pack(">I", 0)},
        {128: struct.pack(">I", 2**32 - 1)},
        {136: struct.pack(">I", 0)},
        {136: struct.pack(">I", len(RGB))},
        {140: struct.pack(">I", 2**32 - 1)},
        {144: RGB[132:136]},
        {0: struct.pack(">I", len(RGB) + 1)},
        {0: struct.pack(">I", 200)},
    ],
    ids=str,
)
def test_a_header_or_table_that_points_astray_is_damaged(changes):
    made = bytearray(RGB)
    for place, value in changes.items():
        made[place : place + 4] = value
    assert icc.judge(bytes(made), Colour.RGB) is Icc.DAMAGED


def test_any_byte_changed_gives_a_verdict():
    random = np.random.default_rng(1)
    for place in range(0, len(RGB), 3):
        made = bytearray(RGB)
        made[place] = random.integers(256)
        assert icc.judge(bytes(made), Colour.RGB) in set(Icc) - {Icc.NONE}


def _without(profile, name):
    """Give a profile in which one tag has another name."""
    place = 132 + 12 * _tags(profile).index(name)
    return profile[:place] + b"abcd" + profile[place + 4 :]


def _tags(profile):
    (count,) = struct.unpack_from(">I", profile, 128)
    return [profile[132 + 12 * each : 136 + 12 * each] for each in range(count)]


def _jpylyzer_takes(profile):
    """Ask jpylyzer about a colour box that holds the profile."""
    options = {"validationFormat": "jp2", **dict.fromkeys(_FLAGS, False)}
    tests = boxvalidator.BoxValidator(options, b"colr", b"\2\0\0" + profile).validate().tests
    return not list(tests)  # what failed is listed, and nothing else
