"""What the policies of others ask for is what stands in the files, as jpylyzer reads them."""

from pathlib import Path

import jpylyzer.jpylyzer
import numpy as np
import pytest
import tifffile
from PIL import Image

from avpres.adapters.images.raster import Page, Raster
from avpres.adapters.jp2 import make
from avpres.config.migrate import MigrateOptions
from avpres.config.migration_policy import Jp2
from avpres.config.migration_reach import doubts
from avpres.domain.exit_codes import ExitCode
from avpres.domain.imaging import Colour, ImageFormat, Traits
from avpres.services.context import Context
from avpres.services.migrate import migrate
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


def test_the_example_migrates_what_it_says(tmp_path):
    """Deep scans, a photograph and a page: each becomes what its rule says, and is proved."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    samples = np.arange(48 * 64 * 3, dtype=np.uint16).reshape(48, 64, 3)
    tifffile.imwrite(folder / "negative.tif", samples * 7, photometric="rgb")
    tifffile.imwrite(
        folder / "print.tif", samples.astype(np.uint8)[..., [0, 1, 2, 2]], photometric=5
    )
    Image.fromarray(samples.astype(np.uint8)).save(folder / "photo.jpg")
    (folder / "letter.pdf").write_bytes(b"%PDF-1.4\n")
    example = Path(__file__).resolve().parents[2] / "examples/policy.toml"
    options = MigrateOptions(sources=(folder,), destination=out, policy=str(example), sheet=0)
    report = migrate(options, Context(state_dir=tmp_path / "state"))
    assert report.exit_code is ExitCode.OK, report.findings
    names = {path.name for path in out.iterdir() if not path.name.startswith("migration")}
    assert names == {"negative.jp2", "print.tif", "photo.jxl"}
    assert told((out / "negative.jp2").read_bytes(), tmp_path / "b.jp2")["layers"] == ["3"]
