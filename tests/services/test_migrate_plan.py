"""Plans of small collections: classes, tables, and that nothing but headers is read."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sound_made as made
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from avpres.adapters.formats.migration_tables import plan_lines, result_lines
from avpres.adapters.formats.migration_tables_data import (
    plan_data,
    result_data,
    write_json,
    write_plan_csv,
    write_reasons_csv,
    write_result_csv,
)
from avpres.adapters.identification.migrants import look
from avpres.config.migrate import MigrateOptions
from avpres.domain.errors import DestinationExistsError, SourceUnreadableError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.migration import Outcome, Reason
from avpres.domain.migration_class import OtherTraits, SoundTraits, TextTraits
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.migrate import migrate
from avpres.services.migrate.classes import Class, Key, Plan, bits_words
from avpres.services.migrate.planned import plan as make_plan
from avpres.services.migrate.planning import decide, decided, look_at
from avpres.services.migrate.policies import load
from avpres.services.migrate.results import Results
from avpres.services.migrate.tables import plan_table


def picture(path: Path, mode: str, size: tuple[int, int], **options: object) -> None:
    samples = np.arange(size[0] * size[1] * 3, dtype=np.uint32) % 251
    shown = Image.fromarray(samples.astype(np.uint8).reshape(size[1], size[0], 3), "RGB")
    shown.convert(mode).save(path, **options)


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    folder = tmp_path_factory.mktemp("collection")
    picture(folder / "small.jpg", "RGB", (64, 48))
    picture(folder / "large.jpg", "RGB", (700, 20))
    picture(folder / "grey.jpg", "L", (64, 48), progressive=True)
    picture(folder / "print.jpg", "CMYK", (64, 48))
    grey = np.arange(301 * 20, dtype=np.uint32).astype(np.uint8).reshape(20, 301)
    Image.fromarray(grey).save(folder / "flat.gif")
    picture(folder / "lzw.tif", "RGB", (64, 48), compression="tiff_lzw")
    picture(folder / "fax.tif", "1", (64, 48), compression="group4")
    picture(folder / "shot.png", "RGB", (64, 48))
    frames = [
        Image.fromarray(np.roll(np.arange(256, dtype=np.uint8), n).reshape(16, 16))
        for n in range(70)
    ]
    frames[0].save(folder / "long.gif", save_all=True, append_images=frames[1:])
    tifffile.imwrite(folder / "float.tif", np.linspace(0, 1, 20, dtype="f4").reshape(4, 5))
    whole = (folder / "small.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: whole.index(b"\xff\xc0") + 4])
    sound = made.wave(made.chunk(b"fmt ", made.fmt()), made.chunk(b"data", bytes(4000)))
    (folder / "tone.wav").write_bytes(sound)
    (folder / "letter.txt").write_bytes("caf\xe9 au lait, d\xe9j\xe0\n".encode("latin-1"))
    (folder / "page.html").write_bytes(b"<!doctype html><html><title>x</title></html>")
    (folder / "book.pdf").write_bytes(b"%PDF-1.4\n")
    (folder / "nothing").write_bytes(b"")
    return folder


class Listed:
    def __init__(self, path: Path) -> None:
        self.path = os.fsencode(path)
        self.size = path.stat().st_size


def planned(folder: Path, policy: str) -> Plan:
    plan = Plan()
    files = [Listed(path) for path in sorted(folder.iterdir())]
    for file, decision in decided(files, load(policy), Context()):
        plan.add(decision.key, file.size, os.fsdecode(os.path.basename(file.path)))
    return plan


TABLE = """\
What is here, and what becomes of it by the policy avpres

format  colour     compression       bits      longest side   files  becomes          planned  kept  refused
------------------------------------------------------------------------------------------------------------
GIF     palette    LZW               8         <= 300 - 600       2  JP2, 1-2 levels        1     -        1
HTML    -          US-ASCII          -         -                  1  stays                  -     1        -
JPEG    -          -                 -         -                  1  JPEG XL                -     -        1
JPEG    CMYK       JPEG              8x4       <= 300             1  JPEG XL                -     -        1
JPEG    YCbCr      JPEG              8x3       <= 300 - 1200      2  JPEG XL                2     -        -
JPEG    greyscale  JPEG progressive  8         <= 300             1  JPEG XL                1     -        -
PDF     -          -                 -         -                  1  stays                  -     1        -
PNG     RGB        Deflate           8x3       <= 300             1  stays                  -     1        -
TIFF    RGB        LZW               8x3       <= 300             1  JP2, 1 level           1     -        -
TIFF    greyscale  CCITT G4          1         <= 300             1  JP2, 1 level           1     -        -
TIFF    greyscale  none              32 float  <= 300             1  TIFF                   1     -        -
WAVE    -          PCM 48 kHz        16x2      -                  1  FLAC                   1     -        -
empty   -          -                 -         -                  1  stays                  -     1        -
text    -          ISO-8859-1        -         -                  1  stays                  -     1        -
------------------------------------------------------------------------------------------------------------
all                                                              16                         8     5        3
"""  # noqa: E501 - as wide as the table is


def test_the_plan_of_a_collection_is_this_table(collection):
    plan = planned(collection, "avpres")
    lines = plan_lines(plan_table(plan, load("avpres")))
    shown = TABLE.splitlines()
    assert lines[: len(shown)] == shown
    rest = "\n".join(lines[len(shown) :])
    assert "  other images" in rest
    assert "JP2, reversible 5-3, RLCP, tiles of 1024, levels by size" in rest
    assert rest.endswith(
        """\
Refused: 3 files
         1  cmyk: it is CMYK, for which the target has no place; keep it, or send it to TIFF
            print.jpg
         1  damaged: it is damaged or cut short
            cut.jpg
         1  too-many-frames: it holds more frames or pages than the policy allows
            long.gif"""
    )


def test_each_class_has_a_row_when_asked_for(collection):
    plan = planned(collection, "aiht-2005")
    grouped = plan_table(plan, load("aiht-2005"))
    table = plan_table(plan, load("aiht-2005"), by_class=True)
    assert len(table.rows) > len(grouped.rows)
    assert sum(row.files for row in table.rows) == 16
    large = next(row for row in table.rows if row.format == "JPEG" and row.bands == (3,))
    assert (large.files, large.levels, large.counts) == (1, (3,), {Outcome.OK: 1})
    assert "flags" in plan_lines(table)[2]
    assert "no colour transform; palettes written out as colours" in table.targets[large.rule]


def test_reasons_are_of_the_policy(collection):
    reasons = {
        policy: {
            row.reason: row.files
            for row in plan_table(planned(collection, policy), load(policy)).reasons
        }
        for policy in ("jxl", "keep", "avpres-jp2")
    }
    assert reasons["jxl"] == {Reason.CMYK: 1, Reason.DAMAGED: 1}
    assert reasons["keep"] == {}
    assert reasons["avpres-jp2"] == {
        Reason.CMYK: 1,
        Reason.DAMAGED: 1,
        Reason.FLOAT: 1,
        Reason.FRAMES: 1,
    }


def test_json_and_csv_say_what_the_table_says(collection):
    table = plan_table(planned(collection, "avpres"), load("avpres"))
    handle = io.BytesIO()
    write_json(handle, plan_data(table))
    told = json.loads(handle.getvalue())
    assert sum(row["files"] for row in told["rows"]) == 16
    gif = next(row for row in told["rows"] if row["format"] == "GIF")
    assert (gif["planned"], gif["refused"], gif["reasons"]) == (1, 1, {"too-many-frames": 1})
    assert (gif["least_side"], gif["most_side"], gif["levels"]) == (1, 600, [1, 2])
    assert {each["path"] for each in gif["samples"]} == {"flat.gif", "long.gif"}

    handle = io.BytesIO()
    write_plan_csv(handle, table)
    rows = list(csv.DictReader(io.StringIO(handle.getvalue().decode("utf-8-sig"), newline="")))
    assert len(rows) == len(told["rows"])
    assert [row["files"] for row in rows] == [str(row["files"]) for row in told["rows"]]
    assert next(row for row in rows if row["format"] == "GIF")["reasons"] == "too-many-frames 1"


def test_only_headers_are_read(tmp_path):
    """A hole of a gigabyte behind the headers costs nothing."""
    file = tmp_path / "big.wav"
    file.write_bytes(
        made.wave(
            made.chunk(b"fmt ", made.fmt()), made.chunk(b"data", b"", size=2**30), size=2**30 + 36
        )
    )
    with file.open("r+b") as handle:
        handle.truncate(2**30 + 44)
    found = look_at(os.fsencode(file))
    assert isinstance(found.migrant, SoundTraits)
    assert found.problem is None


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (b"P1 is the first of these notes\n", "text"),
        (b"BMW is a maker of motor cars in Munich\n", "text"),
        ("na\xefve".encode("utf-16"), "text"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (bytes(range(256)) * 20, "not identified"),
        (b"\x00\x00", "not identified"),
    ],
)
def test_what_is_no_image_is_told_by_its_content(content, format):
    found = look(io.BytesIO(content), len(content))
    assert found.migrant.format == format
    assert isinstance(found.migrant, TextTraits | OtherTraits)


def test_compressed_sound_is_refused_and_not_taken_for_damage():
    content = made.wave(made.chunk(b"fmt ", made.fmt(tag=0x55)), made.chunk(b"data", bytes(400)))
    decision = decide(look(io.BytesIO(content), len(content)), load("avpres"))
    assert decision.outcome is Outcome.REFUSED
    assert decision.problem.reason is Reason.COMPRESSED


def test_a_name_of_any_bytes_is_planned_and_shown(tmp_path):
    name = os.fsdecode(b"caf\xe9\n\x1b[31m.pdf")
    (tmp_path / name).write_bytes(b"%PDF-1.4\n")
    (tmp_path / "gone.pdf").symlink_to(tmp_path / "not there")
    plan = Plan()
    for file in (os.fsencode(tmp_path / name), os.fsencode(tmp_path / "gone.pdf")):
        plan.add(decide(look_at(file), load("avpres")).key, 1, os.fsdecode(file))
    table = plan_table(plan, load("avpres"))
    assert [row.reason for row in table.reasons] == [Reason.UNREADABLE]
    assert all(line.isprintable() for line in plan_lines(table))
    handle = io.BytesIO()
    write_json(handle, plan_data(table))
    kept = next(row for row in json.loads(handle.getvalue())["rows"] if row["kept"])
    assert "path_base64" in kept["samples"][0]


def test_classes_beyond_the_limit_count_as_other():
    plan = Plan(limit=3)
    for number in range(50):
        plan.add(Key(Class(f"F{number}"), "all else", 0, Outcome.KEPT), 10, str(number))
    assert plan.total.files == 50
    rows = dict(plan)
    assert len(rows) == 4
    assert [key.kind.format for key in rows][-1] == "other"
    assert sum(amount.files for amount in rows.values()) == 50
    assert all(len(amount.samples) <= 3 for amount in rows.values())


@pytest.mark.parametrize(
    ("bits", "told"),
    [((), ""), ((1,), "1"), ((8, 8, 8), "8x3"), ((5, 6, 5), "5,6,5")],
)
def test_bits_are_written_shortly(bits, told):
    assert bits_words(bits) == told
    assert len(bits_words((1, 2) * 30_000)) < 40


def test_results_are_told_before_and_after():
    results = Results()
    results.migrated("TIFF", "jp2", 3000, 900)
    results.migrated("TIFF", "jp2", 1000, 50, 50)
    results.migrated("JPEG", "jxl", 1000, 800)
    for number in range(5):
        results.left(Outcome.REFUSED, Reason.CMYK, 10, f"{number}.jpg")
    results.left(Outcome.FAILED, Reason.TIME, 10, "slow.tif")
    table = results.table("avpres")
    jpeg, tiff = table.rows
    assert (tiff.files, tiff.made, tiff.before, tiff.after) == (2, 3, 4000, 1000)
    assert (tiff.average_before, tiff.ratio) == (2000, 0.25)
    assert jpeg.ratio == 0.8
    text = result_lines(table)
    assert any(line.startswith("all") and line.endswith("0.36") for line in text)
    assert "            and 2 more" in text
    assert text.index("Refused: 5 files") < text.index("Failed: 1 file")

    handle = io.BytesIO()
    write_result_csv(handle, table)
    assert b'"TIFF",2,4000,2000.0,"jp2",3,1000,500.0,0.25\r\n' in handle.getvalue()
    handle = io.BytesIO()
    write_reasons_csv(handle, table.reasons)
    assert handle.getvalue().count(b"\r\n") == 1 + 3 + 1
    assert result_data(table)["reasons"][0]["samples"] == [{"path": f"{n}.jpg"} for n in range(3)]


def run(*words: object) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "avpres", "migrate", *map(str, words)]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_a_plan_is_told_and_nothing_is_written(collection, tmp_path):
    before = sorted((path.name, path.stat().st_mtime_ns) for path in collection.iterdir())
    done = run("--plan", collection, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(TABLE)
    assert done.stdout.splitlines()[-1].endswith(
        "8 to be migrated, 5 stay as they are, 3 refused; nothing was written."
    )
    assert sorted((path.name, path.stat().st_mtime_ns) for path in collection.iterdir()) == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("policy", ["avpres", "aiht-2005"])
def test_a_plan_foretells_the_run(collection, tmp_path, policy):
    out = tmp_path / "out"
    options = MigrateOptions(sources=(collection,), destination=out, policy=policy, sheet=0)
    migrate(options, Context(state_dir=tmp_path / "state"))
    for line in (out / "migration.jsonl").read_text().splitlines():
        told = json.loads(line)
        decision = decide(look_at(os.fsencode(told["path"])), load(policy))
        reason = decision.problem.reason if decision.problem else None
        assert (told["outcome"], told.get("reason")) == (decision.outcome, reason), told["path"]


def plan_of(tmp_path: Path, *sources: Path, **options: object) -> Report:
    asked = MigrateOptions(sources=sources, plan=True, **options)
    return make_plan(asked, Context(state_dir=tmp_path / "state"))


def test_the_table_goes_into_a_file_and_may_be_written_again(collection, tmp_path):
    for suffix in (".csv", ".json", ".txt", ".csv"):
        report = plan_of(tmp_path, collection, table=tmp_path / f"plan{suffix}", classes=True)
        assert report.outputs[0].path == str(tmp_path / f"plan{suffix}")
    assert len(json.loads((tmp_path / "plan.json").read_bytes())["rows"]) > 14
    assert (tmp_path / "plan.txt").read_text().startswith(TABLE.splitlines()[0])
    (tmp_path / "mine.csv").write_text("mine")
    with pytest.raises(DestinationExistsError):
        plan_of(tmp_path, collection, table=tmp_path / "mine.csv")
    assert (tmp_path / "mine.csv").read_text() == "mine"
    with pytest.raises(UsageError, match="a table ends in"):
        plan_of(tmp_path, collection, table=tmp_path / "plan.doc")
    with pytest.raises(ValidationError, match="--table is of a plan"):
        MigrateOptions(sources=(collection,), table=tmp_path / "a.csv")


def test_a_rule_that_cannot_decide_is_told_and_the_plan_is_made(collection, tmp_path):
    policy = tmp_path / "own.toml"
    policy.write_text(
        '[[rule]]\nname = "all"\ntarget = { kind = "keep" }\n'
        '[[rule]]\nname = "late"\ntarget = { kind = "keep" }\n'
    )
    report = plan_of(tmp_path, collection, policy=str(policy))
    assert report.exit_code is ExitCode.OK
    assert [finding.code for finding in report.findings] == ["MIG-RULE"]
    assert report.facts["table_3"]["policy"] == "own"
    policy.write_text("rule = 3")
    with pytest.raises(UsageError, match=r"own\.toml: rule: write each as a table"):
        plan_of(tmp_path, collection, policy=str(policy))


def test_what_cannot_be_read_is_told_and_the_rest_is_planned(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root reads every file")
    folder = tmp_path / "some"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"%PDF-1.4\n")
    (folder / "closed.pdf").write_bytes(b"%PDF-1.4\n")
    (folder / "closed.pdf").chmod(0)
    report = plan_of(tmp_path, folder)
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert "1 stay as they are, 1 unreadable" in report.summary


def test_files_in_a_source_within_a_source_count_once(collection, tmp_path):
    report = plan_of(tmp_path, collection, collection / "small.jpg", collection)
    assert report.totals.files == 16
    assert plan_of(tmp_path, collection / "small.jpg").totals.files == 1


def test_a_folder_without_files_is_told(tmp_path):
    (tmp_path / "none").mkdir()
    report = plan_of(tmp_path, tmp_path / "none")
    assert report.exit_code is ExitCode.INCOMPLETE
    assert report.summary == "there is no file here, so nothing was planned."


def test_the_words_of_a_run_are_those_of_its_plan(collection, tmp_path):
    results = tmp_path / "results"
    results.mkdir()
    (results / "migration.jsonl").write_text("")
    (results / "old.jp2").write_bytes(b"")
    for out in (results, tmp_path / "not there"):
        assert plan_of(tmp_path, collection, out).totals.files == 16
    with pytest.raises(SourceUnreadableError):
        plan_of(tmp_path, tmp_path / "not there")


@pytest.fixture(scope="module")
def seeds(collection):
    return [path.read_bytes() for path in sorted(collection.iterdir()) if path.stat().st_size]


@given(data=st.data())
@settings(
    derandomize=True,
    deadline=None,
    max_examples=400,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_headers_that_were_changed_are_looked_at_like_any_other(seeds, data):
    content = bytearray(data.draw(st.sampled_from(seeds)))
    del content[data.draw(st.integers(1, len(content))) :]
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, min(len(content) - 1, 400)))
        content[place] = data.draw(st.sampled_from([0, 1, 127, 128, 255]))
    found = look(io.BytesIO(content), len(content))
    decision = decide(found, load("avpres"))
    assert (decision.problem is None) is (decision.outcome in {Outcome.OK, Outcome.KEPT})


def test_a_run_leaves_its_policy_by_which_the_next_decides_alike(tmp_path):
    folder, out = tmp_path / "src", tmp_path / "out"
    folder.mkdir()
    (folder / "letter.txt").write_bytes("d\xe9j\xe0\n".encode("utf-16"))
    policy = tmp_path / "own.toml"
    policy.write_text('[[rule]]\nname = "all"\ntarget = { kind = "text" }\n')
    done = run(folder, out, "--policy", policy, "--sheet", 0, "--classes")
    assert done.returncode == 0
    assert "text UTF-16LE" in done.stdout  # a class has a row of its own
    assert (out / "letter.utf8.txt").is_file()
    assert load(out / "migration-policy.toml") == load(policy)
