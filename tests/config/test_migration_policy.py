"""What policies decide: every condition, the first rule that fits, levels by size."""

from fractions import Fraction

import pytest
from pydantic import ValidationError

from avpres.config.migration_fitness import is_already, unfit
from avpres.config.migration_policy import (
    Flac,
    Jp2,
    Jxl,
    Keep,
    Limits,
    Match,
    Policy,
    Refuse,
    Rule,
    Text,
    Tiff,
)
from avpres.config.migration_reach import covers, doubts, families
from avpres.domain.imaging import Alpha, Colour, Icc, ImageFormat, SampleKind, Traits
from avpres.domain.migration import Reason
from avpres.domain.migration_class import Family, OtherTraits, SoundTraits, TextTraits
from avpres.domain.sounding import SoundFormat

EVERY = Rule(name="all else", target=Keep())


def image(**traits: object) -> Traits:
    usual = {
        "format": ImageFormat.TIFF,
        "colour": Colour.RGB,
        "compression": "LZW",
        "bits": (8, 8, 8),
        "width": 400,
        "height": 300,
    }
    return Traits(**{**usual, **traits})  # type: ignore[arg-type]


def sound(**traits: object) -> SoundTraits:
    usual = {
        "format": SoundFormat.WAVE,
        "bits": (16,),
        "channels": 2,
        "rate": 48_000,
        "kind": SampleKind.SIGNED,
    }
    return SoundTraits(**{**usual, **traits})  # type: ignore[arg-type]


TEXT = TextTraits("text", "ISO-8859-1")
PDF = OtherTraits("PDF")


@pytest.mark.parametrize(
    ("when", "fits", "does_not"),
    [
        ({"family": "image"}, image(), sound()),
        ({"family": ["sound", "text"]}, TEXT, PDF),
        ({"format": "tiff"}, image(), image(format=ImageFormat.GIF)),
        ({"format": ["GIF", "PDF"]}, PDF, TEXT),
        ({"format": "RF64"}, sound(format=SoundFormat.RF64), sound()),
        ({"colour": "CMYK"}, image(colour=Colour.CMYK, bits=(8,) * 4), image()),
        ({"colour": "RGB"}, image(), sound()),
        ({"compression": "lzw"}, image(), image(compression="none")),
        ({"compression": "pcm"}, sound(), PDF),
        ({"kind": "float"}, image(kind=SampleKind.FLOAT), image()),
        ({"kind": "float"}, sound(kind=SampleKind.FLOAT), TEXT),
        ({"alpha": "associated"}, image(alpha=Alpha.ASSOCIATED), image()),
        ({"icc": ["full", "damaged"]}, image(icc=Icc.FULL), image(icc=Icc.RESTRICTED)),
        ({"charset": "iso-8859-1"}, TEXT, TextTraits("text", "UTF-8")),
        ({"channels": [1, 3]}, image(), image(bits=(8, 8))),
        ({"channels": 2}, sound(), sound(channels=1)),
        ({"bits": 8}, image(), image(bits=(8, 8, 16))),
        ({"bits": [5, 6]}, image(bits=(5, 6, 5)), image(bits=(5, 6, 8))),
        ({"bits": 8}, image(), PDF),
        ({"min_bits": 9}, image(bits=(8, 8, 16)), image()),
        ({"max_bits": 16}, sound(), sound(bits=(24,))),
        ({"max_bits": 16}, image(), TEXT),
        ({"min_frames": 2}, image(frames=2), image()),
        ({"max_frames": 1}, image(), image(frames=2)),
        ({"max_frames": 1}, image(), sound()),
        ({"min_pixels": 120_000}, image(), image(width=399)),
        ({"max_pixels": 120_000}, image(), image(width=401)),
        ({"max_side": 400}, image(), image(height=401)),
        ({"min_side": 401}, image(height=401), image()),
        ({"min_rate": 96_000}, sound(rate=96_000), sound()),
        ({"animated": True}, image(format=ImageFormat.GIF, frames=2), image(frames=2)),
        ({"animated": False}, image(frames=2), image(flags=frozenset({"animated"}))),
        ({"flags": ["tiled", "PLANAR"]}, image(flags=frozenset({"tiled", "planar"})), image()),
        ({"without": "tiled"}, image(), image(flags=frozenset({"tiled"}))),
        ({"metadata": "exif"}, image(metadata=frozenset({"exif", "xmp"})), image()),
        ({"format": "TIFF", "min_bits": 9}, image(bits=(16,)), image()),
    ],
)
def test_a_condition_holds_of_what_it_is_for_alone(when, fits, does_not):
    match = Match.model_validate(when)
    assert match.holds(fits)
    assert not match.holds(does_not)
    assert not match.is_catch_all


@pytest.mark.parametrize("migrant", [image(), sound(), TEXT, PDF])
def test_no_condition_holds_of_every_file(migrant):
    assert Match().holds(migrant)
    assert Match(family=()).is_catch_all


def test_the_first_rule_that_fits_decides():
    policy = Policy(
        name="own",
        rules=(
            Rule(name="deep", when=Match(min_bits=9), target=Tiff()),
            Rule(name="TIFF", when=Match(format=("TIFF",)), target=Jp2()),
            EVERY,
        ),
    )
    assert policy.decide(image(bits=(16,)))[0].name == "deep"
    assert policy.decide(image())[0].name == "TIFF"
    assert policy.decide(PDF) == (EVERY, Keep())


def test_a_policy_leaves_no_file_open():
    with pytest.raises(ValidationError, match="let the last rule take every file"):
        Policy(name="x", rules=(Rule(name="a", when=Match(format=("GIF",)), target=Keep()),))
    with pytest.raises(ValidationError, match="two rules are called 'all else'"):
        Policy(name="x", rules=(EVERY, EVERY))


@pytest.mark.parametrize(
    ("side", "levels"),
    [
        *((1, 1), (300, 1), (301, 2), (600, 2), (1200, 3), (2400, 4), (4800, 5)),
        *((9600, 6), (9601, 7), (19200, 7), (19201, 8)),
    ],
)
def test_levels_go_by_the_longest_side(side, levels):
    target = Jp2()
    assert target.codestream(image(width=side, height=1)).levels == levels
    assert target.codestream(image(width=1, height=side)).levels == levels


def test_what_a_jp2_sets_reaches_the_codestream():
    target = Jp2(
        progression="RPCL", tile=0, levels=5, layers_psnr=(0.0,), colour_transform=False, block=32
    )
    assert target.codestream(image()).as_dict() == {
        **target.codestream(image()).as_dict(),
        "progression": "RPCL",
        "tile": None,
        "levels": 5,
        "layers_psnr": (0.0,),
        "colour_transform": False,
        "block": 32,
    }


@pytest.mark.parametrize("layers", [(35.0,), (0.0, 35.0), (40.0, 35.0, 0.0), (35.0, 35.0, 0.0)])
def test_layers_rise_and_the_last_is_everything(layers):
    with pytest.raises(ValidationError, match="let the layers rise and the last be 0"):
        Jp2(layers_psnr=layers)


LIMITS = Limits(max_pixels=1_000_000, max_frames=5, max_pages=50)


@pytest.mark.parametrize(
    ("target", "migrant", "reason"),
    [
        (Jp2(), image(), None),
        (Jp2(), image(kind=SampleKind.FLOAT), Reason.FLOAT),
        (Jp2(), image(kind=SampleKind.SIGNED), Reason.SIGNED),
        (Jp2(), image(kind=SampleKind.COMPLEX), Reason.COMPLEX),
        (Jp2(), image(colour=Colour.CMYK, bits=(8,) * 4), Reason.CMYK),
        (Jp2(), image(colour=Colour.YCCK, bits=(8,) * 4), Reason.YCCK),
        (Jp2(), image(colour=Colour.LAB), Reason.LAB),
        (Jp2(), image(colour=Colour.YCBCR), Reason.YCBCR),
        (Jp2(), image(colour=Colour.YCBCR, compression="JPEG"), None),
        (Jp2(), image(colour=Colour.OTHER), Reason.UNDEFINED_COLOUR),
        (Jp2(), image(icc=Icc.FULL), Reason.ICC_NOT_RESTRICTED),
        (Jp2(), image(icc=Icc.MISMATCH), Reason.ICC_SPACE_MISMATCH),
        (Jp2(), image(icc=Icc.DAMAGED), Reason.ICC_DAMAGED),
        (Jp2(), image(icc=Icc.RESTRICTED), None),
        (Jp2(), image(bits=(17,), colour=Colour.GREY), Reason.BITS),
        (Jp2(max_bits=24), image(bits=(17,), colour=Colour.GREY), None),
        (Jp2(), image(bits=(8,) * 5), Reason.MULTI_ALPHA),
        (Jp2(), image(bits=(8,) * 4, alpha=Alpha.ASSOCIATED), None),
        (Jp2(), image(colour=Colour.PALETTE, bits=(10,)), None),
        (Jp2(), image(colour=Colour.PALETTE, bits=(11,)), Reason.PALETTE),
        (Jp2(), image(orientation=6), None),
        (Jp2(orientation="refuse"), image(orientation=6), Reason.POLICY),
        (Jp2(), image(width=1001, height=1000), Reason.TOO_LARGE),
        (Jp2(), image(frames=50), None),
        (Jp2(), image(frames=51), Reason.FRAMES),
        (Jp2(), image(format=ImageFormat.GIF, frames=6), Reason.FRAMES),
        (Jp2(), sound(), Reason.UNKNOWN_FORMAT),
        (Jp2(), PDF, Reason.UNKNOWN_FORMAT),
        (Jxl(), image(format=ImageFormat.JPEG), None),
        (Jxl(), image(), Reason.UNKNOWN_FORMAT),
        (Jxl(), image(format=ImageFormat.JPEG, icc=Icc.DAMAGED), Reason.NOT_REVERSIBLE),
        (Jxl(), image(format=ImageFormat.JPEG, icc=Icc.FULL), None),
        (Jxl(), image(format=ImageFormat.JPEG, flags=frozenset({"arithmetic"})), Reason.ARITHMETIC),
        (
            Jxl(),
            image(format=ImageFormat.JPEG, flags=frozenset({"lossless"})),
            Reason.LOSSLESS_JPEG,
        ),
        (Jxl(), image(format=ImageFormat.JPEG, colour=Colour.YCCK, bits=(8,) * 4), Reason.YCCK),
        (Jxl(), image(format=ImageFormat.JPEG, bits=(12,) * 3), Reason.BITS),
        (Tiff(), image(kind=SampleKind.FLOAT, bits=(32,)), None),
        (Tiff(), image(width=1001, height=1000), Reason.TOO_LARGE),
        (Tiff(), image(colour=Colour.CMYK, bits=(8,) * 4), None),
        (Tiff(), image(colour=Colour.LOGLUV, kind=SampleKind.SIGNED), Reason.FLOAT),
        (Tiff(), image(colour=Colour.OTHER), Reason.UNDEFINED_COLOUR),
        (Tiff(), image(colour=Colour.YCCK, bits=(8,) * 4), Reason.YCCK),
        (Tiff(), image(colour=Colour.YCBCR), Reason.YCBCR),
        (Tiff(), image(colour=Colour.YCBCR, compression="JPEG"), None),
        (Tiff(), sound(), Reason.UNKNOWN_FORMAT),
        (Flac(), sound(), None),
        (Flac(), sound(kind=SampleKind.FLOAT, bits=(32,)), Reason.FLOAT),
        (Flac(), sound(format=SoundFormat.W64), None),
        (Flac(), sound(channels=9), Reason.CHANNELS),
        (Flac(), sound(bits=(64,)), Reason.BITS),
        (Flac(), sound(rate=700_000), Reason.NOT_REVERSIBLE),
        (Flac(), sound(rate=65_537), Reason.NOT_REVERSIBLE),
        (Flac(), image(), Reason.UNKNOWN_FORMAT),
        (Text(), TEXT, Reason.CHARSET_UNKNOWN),
        (Text(charset="ISO-8859-1"), TEXT, None),
        (Text(), TextTraits("text", "UTF-16LE"), None),
        (Text(), TextTraits("HTML", "ISO-8859-1"), Reason.UNKNOWN_FORMAT),
        (Text(), PDF, Reason.UNKNOWN_FORMAT),
        (Keep(), PDF, None),
        (Refuse(), image(), Reason.POLICY),
        (Refuse(reason=Reason.CMYK), image(), Reason.CMYK),
    ],
)
def test_what_a_target_cannot_hold_is_told_by_its_reason(target, migrant, reason):
    found = unfit(target, migrant, LIMITS)
    assert (found.reason if found else None) is reason


def test_a_text_that_is_utf8_stays():
    assert is_already(Text(), TextTraits("text", "UTF-8"))
    assert not is_already(Text(), TEXT)
    assert not is_already(Flac(), TextTraits("text", "UTF-8"))


def test_resolution_does_not_decide():
    told = image(resolution=(Fraction(11811), Fraction(11811)))
    assert unfit(Jp2(), told, LIMITS) is None


def policy_of(*whens: dict[str, object]) -> Policy:
    rules = [
        Rule(name=f"r{n}", when=Match.model_validate(w), target=Keep()) for n, w in enumerate(whens)
    ]
    return Policy(name="x", rules=(*rules, EVERY))


@pytest.mark.parametrize(
    ("whens", "told"),
    [
        ([{"format": "GIF"}, {"format": "TIFF"}], []),
        ([{"format": ["GIF", "TIFF"]}, {"format": "TIFF", "min_bits": 9}], ["r1"]),
        ([{"format": "GIF"}, {"format": "TIFF"}, {"format": ["TIFF", "GIF"]}], ["r2"]),
        ([{"format": "TIFF", "min_bits": 9}, {"format": "TIFF"}], []),
        ([{"min_bits": 17}, {"bits": [24, 32]}], ["r1"]),
        ([{"min_bits": 17}, {"bits": [16, 32]}], []),
        ([{"max_side": 600}, {"max_side": 300}, {"min_side": 300, "max_side": 900}], ["r1"]),
        ([{"flags": "tiled"}, {"flags": ["tiled", "planar"]}, {"flags": "planar"}], ["r1"]),
        ([{"without": "tiled"}, {"format": "TIFF"}], []),
        ([{}, {"format": "TIFF"}], ["r1", "all else"]),
        ([{"format": "WAVE", "colour": "RGB"}], ["r0"]),
        ([{"charset": "UTF-8", "min_rate": 1}], ["r0"]),
        ([{"family": "sound", "format": "GIF"}], ["r0"]),
        ([{"family": "text", "bits": 8}], ["r0"]),
        ([{"animated": True}, {"animated": True, "format": "GIF"}], ["r1"]),
    ],
)
def test_rules_that_can_never_decide_are_told(whens, told):
    sentences = list(doubts(policy_of(*whens)))
    assert [sentence.split("'")[1] for sentence in sentences] == told


MIGRANTS = [
    image(),
    image(bits=(16,), colour=Colour.GREY),
    image(format=ImageFormat.GIF, colour=Colour.PALETTE, bits=(8,), frames=3),
    image(flags=frozenset({"tiled", "planar"}), bits=(32,), kind=SampleKind.FLOAT),
    sound(),
    sound(bits=(24,), rate=96_000),
    TEXT,
    TextTraits("HTML", "UTF-8"),
    PDF,
    OtherTraits("TIFF"),
]
WHENS = [
    {},
    {"format": "TIFF"},
    {"format": ["TIFF", "GIF", "WAVE"]},
    {"family": "image"},
    {"family": ["image", "sound"]},
    {"min_bits": 9},
    {"bits": [16, 24]},
    {"max_bits": 16},
    {"flags": "tiled"},
    {"without": "tiled"},
    {"animated": True},
    {"animated": False},
    {"min_rate": 0},
    {"charset": "UTF-8"},
    {"compression": "lzw"},
    {"kind": "signed"},
    {"format": "HTML"},
    {"min_side": 0},
]


def test_a_cover_fits_whatever_the_covered_fits():
    for one in map(Match.model_validate, WHENS):
        for other in map(Match.model_validate, WHENS):
            if covers(one, other):
                assert all(one.holds(each) for each in MIGRANTS if other.holds(each)), (one, other)


def test_families_that_cannot_fit_are_left_out_rightly():
    known = {Traits: Family.IMAGE, SoundTraits: Family.SOUND, TextTraits: Family.TEXT}
    for when in map(Match.model_validate, WHENS):
        for each in MIGRANTS:
            if when.holds(each):
                assert known.get(type(each), Family.OTHER) in families(when)
