import hashlib
import json
import re

import numpy as np
import pytest
from PIL import Image

from avpres.config.migrate import MigrateOptions
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import DestinationExistsError
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.migrate import migrate
from avpres.services.verify import verify

NOISE = np.random.default_rng(7)


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(4):
        pixels = NOISE.integers(0, 256, (20, 30, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"sheet {number}.tif")
    Image.fromarray(pixels[:, :, 0]).save(folder / "péllicule.gif")
    Image.fromarray(pixels).save(folder / "photo.jpg")
    return folder


def migrated(scans, **more):
    options = MigrateOptions(
        sources=(scans,), destination=scans.parent / "out", policy="avpres", jobs=1, **more
    )
    return migrate(options, Context(state_dir=scans.parent / "state"))


def shown(scans):
    out = scans.parent / "out"
    sample = json.loads((out / "review-sample.json").read_text("utf-8"))
    return (out / "review.html").read_text("utf-8"), sample


def test_a_run_leaves_a_sheet_unasked(scans):
    migrated(scans)
    assert shown(scans)[0].count("<article") == 4


def test_a_sheet_shows_every_class(scans):
    report = migrated(scans, sheet=30)
    page, sample = shown(scans)
    assert report.exit_code is ExitCode.OK
    assert len({pair["stratum"] for pair in sample["pairs"]}) == len(sample["population"]) == 3
    assert page.count("<article") == len(sample["pairs"]) == 6
    assert "not shown" not in page
    assert page.count("<span>identical</span>") >= 2 * 5  # JPEG XL decodes in its own way
    assert {output.kind for output in report.outputs} >= {"review sheet", "review sample"}


def test_the_sheet_is_named_by_the_digest_of_its_sample_and_of_each_target(scans):
    migrated(scans)
    page, sample = shown(scans)
    text = (scans.parent / "out" / "review-sample.json").read_bytes()
    assert f'data-sheet="{hashlib.sha256(text).hexdigest()}"' in page
    for pair in sample["pairs"]:
        target = (scans.parent / "out" / pair["target"]).read_bytes()
        assert hashlib.sha256(target).hexdigest() == pair["target_sha256"]


def test_a_seed_draws_others_and_zero_draws_none(scans):
    migrated(scans, sheet=2, seed="spring")
    _, first = shown(scans)
    migrated(scans, sheet=2, seed="autumn")
    _, second = shown(scans)
    assert len(first["pairs"]) == len(second["pairs"]) == 2
    assert (first["seed"], second["seed"]) == ("spring", "autumn")
    assert "2 of 6 migrated pictures" in shown(scans)[0]


def test_no_sheet_is_made_where_none_is_wanted(scans):
    migrated(scans, sheet=0)
    assert not list((scans.parent / "out").glob("review*"))


def test_a_source_that_is_gone_is_told_on_the_sheet(scans):
    migrated(scans, sheet=0)
    (scans / "photo.jpg").unlink()
    migrated(scans, sheet=30)
    page, _ = shown(scans)
    assert len(re.findall("not shown: ", page)) == 1


def test_something_else_by_the_name_of_the_sheet_is_left_as_it_is(scans):
    mine = scans.parent / "out" / "review.html"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(DestinationExistsError, match="no review of avpres"):
        migrated(scans)
    assert mine.read_text() == "mine"


def test_a_review_of_the_sheet_is_taken_in(scans):
    migrated(scans, sheet=30)
    _, sample = shown(scans)
    out = scans.parent / "out"
    said = {
        "avpres_review": 1,
        "sheet": hashlib.sha256((out / "review-sample.json").read_bytes()).hexdigest(),
        "reviewed": "2026-11-22T10:00:00Z",
        "conditions": {"reviewer": "Zoë"},
        "answers": [
            {"number": pair["number"], "judgement": "pass", "target_sha256": pair["target_sha256"]}
            for pair in sample["pairs"]
        ],
    }
    saved = scans.parent / "saved.json"
    saved.write_text(json.dumps(said))
    report = migrate(MigrateOptions(destination=out, review=saved), Context())
    assert report.exit_code is ExitCode.OK
    assert report.summary == "the review is recorded: 6 of 6 pictures passed"
    checked = verify(VerifyOptions(paths=[out]), Context(state_dir=scans.parent / "state"))
    assert checked.exit_code is ExitCode.OK
    assert checked.totals.verified_files == len(list(out.iterdir())) - 2


@pytest.mark.parametrize("asked", [{}, {"sheet": 5, "seed": "spring"}])
def test_a_second_run_that_makes_nothing_leaves_the_sheet_for_its_reviews(asked, scans):
    migrated(scans, **asked)
    before = shown(scans)
    migrated(scans)
    assert shown(scans) == before
