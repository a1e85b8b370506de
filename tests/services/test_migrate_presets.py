"""What the policies of others ask for is what stands in the files, as jpylyzer reads them."""

from pathlib import Path

import jpylyzer.jpylyzer
import numpy as np
import pytest

from avpres.adapters.images.raster import Page, Raster
from avpres.adapters.jp2 import make
from avpres.config.migration_policy import Jp2
from avpres.config.migration_reach import doubts
from avpres.domain.imaging import Colour, ImageFormat, Traits
from avpres.services.migrate.policies import PRESETS, load

SCAN = Traits(ImageFormat.TIFF, Colour.RGB, "none", (8, 8, 8), 1100, 530)


def scan() -> Page:
    steps = np.random.default_rng(3).integers(-3, 4, (SCAN.height, SCAN.width, 3))
    samples = (np.cumsum(steps, axis=1).clip(-99, 99) + 120).astype(np.uint8)
    return Page(Raster(np.ascontiguousarray(samples), (8, 8, 8), Colour.RGB), decoders=("made",))


def told(data: bytes, path: Path) -> dict[str, list[str]]:
    """Give the properties of the codestream as jpylyzer tells them, by name."""
    path.write_bytes(data)
    found = jpylyzer.jpylyzer.checkOneFile(str(path))
    assert found.findtext("isValid") == "True"
    properties: dict[str, list[str]] = {}
    for each in found.find("properties/contiguousCodestreamBox").iter():
        properties.setdefault(each.tag, []).append(each.text)
    return properties


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        (
            "aiht-2005",
            {
                "order": ["RLCP"],
                "layers": ["2"],
                "levels": ["3"],
                "xTsiz": ["1024"],
                "multipleComponentTransformation": ["no"],
                "precincts": ["default"],
            },
        ),
        ("avpres-jp2", {"order": ["RLCP"], "multipleComponentTransformation": ["yes"]}),
        (
            "kb",  # as the library's own Schematron schema asks
            {
                "order": ["RPCL"],
                "layers": ["11"],
                "levels": ["5"],
                "xTsiz": ["1024"],
                "yTsiz": ["1024"],
                "codeBlockWidth": ["64"],
                "codeBlockHeight": ["64"],
                "sop": ["yes"],
                "eph": ["yes"],
                "segmentationSymbols": ["yes"],
                "multipleComponentTransformation": ["yes"],
                "precinctSizeX": ["128"] * 4 + ["256"] * 2,
                "precinctSizeY": ["128"] * 4 + ["256"] * 2,
            },
        ),
        (
            "bodleian",
            {
                "order": ["RPCL"],
                "layers": ["6"],
                "levels": ["6"],
                "xTsiz": ["512"],
                "sop": ["yes"],
                "eph": ["yes"],
                "segmentationSymbols": ["no"],
                "precinctSizeX": ["128"] * 5 + ["256"] * 2,
            },
        ),
    ],
)
def test_a_policy_stands_in_the_codestream(policy, wanted, tmp_path):
    _, target = load(policy).decide(SCAN)
    assert isinstance(target, Jp2)
    made, proof = make.proved(scan(), target.codestream(SCAN), palette=target.palette, second=True)
    assert len(proof.decoders) == 2
    found = told(made.data, tmp_path / "a.jp2")
    assert {name: found[name] for name in wanted} == wanted
    assert found["transformation"] == ["5-3 reversible"]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_stands_in_the_package_and_every_rule_of_it_can_decide(name):
    policy = load(name)
    assert policy.name == name
    assert policy.description
    assert list(doubts(policy)) == []
