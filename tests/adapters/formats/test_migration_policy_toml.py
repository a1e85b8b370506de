"""Policies as archives write them: read, refused with a place, written and read again."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.formats.migration_policy_toml import parse, read, written
from avpres.config.migration_match import FORMATS, Match
from avpres.config.migration_policy import Limits, Policy, Qa, Rule
from avpres.config.migration_targets import Flac, Jp2, Jxl, Keep, Refuse, Text, Tiff
from avpres.domain.errors import UsageError
from avpres.domain.imaging import Alpha, Colour, Icc, SampleKind
from avpres.domain.migration import Reason
from avpres.domain.migration_class import Family

RULE = '[[rule]]\nname = "a"\n'
KEEP = 'target = { kind = "keep" }\n'


def test_a_policy_is_read_as_it_is_written(tmp_path):
    path = tmp_path / "stills.toml"
    path.write_text(
        """
description = "slides"

[limits]
max_frames = 5

[[rule]]
name = "photographs"
when = { format = "jpeg", colour = ["RGB", "greyscale"], max_bits = 8 }
target = { kind = "jxl" }

[[rule]]
name = "all else"
target = { kind = "refuse" }
""",
        encoding="utf-8",
    )
    assert read(path) == Policy(
        name="stills",
        description="slides",
        limits=Limits(max_frames=5),
        rules=(
            Rule(
                name="photographs",
                when=Match(format=("JPEG",), colour=(Colour.RGB, Colour.GREY), max_bits=8),
                target=Jxl(),
            ),
            Rule(name="all else", target=Refuse()),
        ),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it holds no [[rule]]; write one at least"),
        ("rule = 3", "rule: write each as a table of its own, [[rule]]"),
        ("rules = []", "rules: write each as a table of its own, [[rule]]"),
        ("x = = 3", "not TOML"),
        (RULE, "rule 1 (a): target: is missing"),
        (RULE + 'target = { kind = "jp" }', "rule 1 (a): target: write a kind of target"),
        (RULE + 'target = { kind = "jp2", tiel = 3 }', "rule 1 (a): target.tiel: no such key; did"),
        (RULE + 'target = { kind = "jp2", tile = "x" }', "target.tile: write a whole number"),
        (
            RULE + 'target = { kind = "jp2", levels = 99 }',
            "target.levels: write a number less than",
        ),
        (RULE + 'when = { format = "JPG" }\n' + KEEP, "did you mean JPEG?"),
        (RULE + 'when = { colour = "cmy" }\n' + KEEP, "when.colour: write 'greyscale', 'RGB'"),
        (RULE + "when = { bits = 0 }\n" + KEEP, "when.bits: write a number greater than"),
        (RULE + "when = { min_bits = 3 }\n" + KEEP, "let the last rule take every file"),
        (RULE + "wenn = {}\n" + KEEP, "rule 1 (a): wenn: no such key; did you mean when?"),
        (RULE + KEEP + RULE + KEEP, "two rules are called 'a'"),
        ("nam = 'x'\n" + RULE + KEEP, "nam: no such key; did you mean name?"),
        ("qa = { second = 'some' }\n" + RULE + KEEP, "qa.second: write 'all' or 'sample'"),
        ("limits = 3\n" + RULE + KEEP, "limits: write it as a table"),
        ("[[rule]]\n" + KEEP, "rule 1: name: is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text, said):
    with pytest.raises(UsageError) as raised:
        parse(text, "own", "own.toml")
    told = str(raised.value)
    assert told.startswith("own.toml: ")
    assert said in told
    assert "\n" not in told


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "none.toml")


def some(*values: object) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(st.sampled_from(values), max_size=3, unique=True).map(tuple)


words = st.text("abcdefghijklmnop -", min_size=1, max_size=12)
numbers = st.none() | st.integers(0, 2**40)
matches = st.builds(
    Match,
    family=some(*Family),
    format=some(*FORMATS),
    colour=some(*Colour),
    compression=st.lists(words, max_size=2).map(tuple),
    kind=some(*SampleKind),
    alpha=some(*Alpha),
    icc=some(*Icc),
    charset=st.lists(words, max_size=2).map(tuple),
    channels=some(1, 3, 4),
    bits=some(1, 8, 16),
    min_bits=numbers,
    max_pixels=numbers,
    min_side=numbers,
    animated=st.none() | st.booleans(),
    flags=st.lists(words, max_size=2).map(tuple),
)
layers = st.lists(st.floats(0.5, 100, allow_nan=False), max_size=4, unique=True).map(
    lambda found: (*sorted(found), 0.0)
)
targets = st.one_of(
    st.builds(
        Jp2,
        progression=st.sampled_from(["LRCP", "RLCP", "RPCL", "PCRL", "CPRL"]),
        tile=st.integers(0, 4096),
        levels=st.just("by size") | st.integers(0, 32),
        bands=st.lists(st.integers(1, 2**32 - 1), unique=True, max_size=5).map(
            lambda found: tuple(sorted(found))
        ),
        layers_psnr=layers,
        colour_transform=st.booleans(),
        palette=st.sampled_from(["keep", "expand"]),
        orientation=st.sampled_from(["apply", "record", "refuse"]),
        block=st.sampled_from([4, 8, 16, 32, 64]),
    ),
    st.builds(Tiff, compression=st.sampled_from(["none", "deflate"])),
    st.builds(Refuse, reason=st.sampled_from(Reason)),
    st.sampled_from([Jxl(), Flac(), Text(), Keep()]),
)
names = st.text(min_size=1, max_size=20).filter(
    lambda text: text.isprintable() and not text[-1].isspace()
)


@given(
    st.lists(st.tuples(matches, targets), max_size=4),
    names,
    st.text(max_size=30),
    st.integers(1, 10**6),
)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_what_is_written_is_read_again(pairs, name, description, most):
    rules = [Rule(name=f"{name} {n}", when=w, target=t) for n, (w, t) in enumerate(pairs)]
    policy = Policy(
        name=name,
        description=description,
        qa=Qa(second="sample", every=most),
        limits=Limits(max_pixels=most),
        rules=(*rules, Rule(name=f'"{name}" \\ rest', target=Keep())),
    )
    text = written(policy)
    tomllib.loads(text)
    assert parse(text, "other", "x") == policy


def test_a_policy_holds_its_own_name_against_that_of_the_file(tmp_path: Path):
    path = tmp_path / "file.toml"
    path.write_text('name = "said"\n' + RULE + KEEP, encoding="utf-8")
    assert read(path).name == "said"
