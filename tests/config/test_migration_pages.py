"""The page on policies tells every condition, target and limit; the example is a policy."""

import re
from pathlib import Path

import pytest

from avpres.adapters.formats.migration_policy_toml import parse, read
from avpres.config.migration_match import FORMATS, Match
from avpres.config.migration_policy import Limits, Qa
from avpres.config.migration_reach import doubts
from avpres.config.migration_targets import KINDS, Flac, Jp2, Refuse, Text, Tiff
from avpres.domain.imaging import Colour, ImageFormat, SampleKind, Traits
from avpres.domain.migration import SENTENCES
from avpres.domain.migration_class import OtherTraits
from avpres.services.migrate.policies import PRESETS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/migration-policies.md").read_text(encoding="utf-8")
TOLD = set(re.findall(r"`([^`\n]+)`", PAGE))


def scan(**traits: object) -> Traits:
    usual = {"bits": (16, 16, 16), "width": 400, "height": 300, "kind": SampleKind.UNSIGNED}
    return Traits(ImageFormat.TIFF, traits.pop("colour", Colour.RGB), "none", **{**usual, **traits})


@pytest.mark.parametrize(
    "model", [Match, Jp2, Tiff, Flac, Text, Refuse], ids=lambda model: model.__name__
)
def test_the_page_tells_every_key(model):
    assert set(model.model_fields) - {"kind"} <= TOLD


def test_the_page_tells_limits_targets_and_presets():
    assert {f"limits.{name}" for name in Limits.model_fields} <= TOLD
    assert {f"qa.{name}" for name in Qa.model_fields} <= TOLD
    assert {*KINDS, *PRESETS} <= TOLD
    assert {str(each) for each in (*Colour, *SampleKind)} <= TOLD
    assert {str(name) for name in FORMATS[:14]} <= TOLD


def test_numbers_of_the_page_are_those_of_the_program():
    for name, field in {**Limits.model_fields, **Qa.model_fields}.items():
        row = next(line for line in PAGE.splitlines() if re.match(rf"\| `\w+\.{name}`", line))
        assert row.split("|")[-2].replace(",", "").strip(" `") == str(field.default), name


def test_the_page_tells_every_reason():
    rows = re.findall(
        r"^\| `([a-z>0-9-]+)` \| (.*) \|$", PAGE.partition("## Reasons")[2], re.MULTILINE
    )
    assert dict(rows) == {reason.value: text for reason, text in SENTENCES.items()}


def test_policies_on_the_page_can_be_read():
    for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL):
        assert list(doubts(parse(text, "page", "page"))) == []


def test_the_example_decides_as_it_says():
    policy = read(ROOT / "examples/policy.toml")
    assert list(doubts(policy)) == []

    def rule(migrant: Traits | OtherTraits) -> str:
        return policy.decide(migrant)[0].name

    assert rule(scan()) == "scans of negatives, 16 bits"
    assert rule(scan(frames=2)) == "other scans"
    assert rule(scan(bits=(8, 8, 8))) == "other scans"
    assert rule(scan(bits=(8,) * 4, colour=Colour.CMYK)) == "scans for print"
    photograph = Traits(ImageFormat.JPEG, Colour.YCBCR, "JPEG", (8, 8, 8), 400, 300)
    assert rule(photograph) == "photographs"
    moving = Traits(ImageFormat.GIF, Colour.PALETTE, "LZW", (8,), 40, 30, frames=3)
    assert rule(moving) == "animations stay"
    assert rule(OtherTraits("PDF")) == "all else"
