"""`import` again: after a run that was cut short, after a change of the source, beside another."""

import contextlib
import json
import os

import pytest
from import_cases import (
    Importer,
    foreign_documents,
    make_bag,
    make_mets,
    mets_file,
    objects,
    pack_tar,
)
from packing_cases import ID, only

from avpres.config.copy import CopyOptions
from avpres.config.importing import ImportOptions
from avpres.domain.errors import DestinationExistsError, NotConformantError
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context, SilentProgress
from avpres.services.copy import copy
from avpres.services.importing import import_

FILES = {"a.txt": b"one\n", "b.txt": b"two\n"}


class CutShortError(Exception):
    """The power goes."""


class Cutting(SilentProgress):
    """Progress during which the power goes, when a phase begins."""

    def __init__(self, phase):
        self.phase = phase

    def start(self, phase, *, size=None, files=None):
        del size, files
        if phase == self.phase:
            raise CutShortError


@pytest.fixture
def importer(tmp_path):
    return Importer(tmp_path / "state")


def cut_short(tmp_path, foreign, phase, **options):
    asked = ImportOptions(foreign=foreign, destination=tmp_path / "out", **options)
    context = Context(state_dir=tmp_path / "state", progress=Cutting(phase))
    with contextlib.suppress(CutShortError):
        import_(asked, context)
        pytest.fail(f"there was no phase {phase}")


@pytest.mark.parametrize("phase", ["read lists", "compare lists", "characterise", "write"])
def test_an_import_cut_short_is_finished_with_all_that_was_found(tmp_path, importer, phase):
    bag = make_bag(tmp_path / "reel", FILES)
    (bag / "data" / "a.txt").write_bytes(b"changed\n")
    cut_short(tmp_path, bag, phase)
    report = importer(bag, tmp_path / "out")
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert report.finding_counts["IMP-DIGEST"] == 1
    assert report.facts["reconciliation"]["digests_agree"] == 1
    assert objects(tmp_path / "out") == {"a.txt": b"changed\n", "b.txt": b"two\n"}


def test_a_source_that_changed_since_is_fetched_again(tmp_path, importer):
    bag = make_bag(tmp_path / "reel", FILES)
    cut_short(tmp_path, bag, "characterise")
    make_bag(tmp_path / "reel", {**FILES, "c.txt": b"three\n"})
    report = importer(bag, tmp_path / "out")
    assert report.exit_code is ExitCode.OK, report.findings
    assert set(objects(tmp_path / "out")) == {"a.txt", "b.txt", "c.txt"}


def test_a_container_that_changed_since_is_unpacked_again(tmp_path, importer):
    packed = pack_tar(make_bag(tmp_path / "reel", FILES), tmp_path / "reel.tar")
    cut_short(tmp_path, packed, "characterise")
    pack_tar(make_bag(tmp_path / "reel", {**FILES, "c.txt": b"three\n"}), packed)
    importer(packed, tmp_path / "out")
    assert set(objects(tmp_path / "out")) == {"a.txt", "b.txt", "c.txt"}


def test_a_second_import_makes_a_second_package(tmp_path, importer):
    bag = make_bag(tmp_path / "reel", FILES)
    importer(bag, tmp_path / "out")
    importer(bag, tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_package_that_is_there_is_left_as_it_is(tmp_path, importer):
    bag = make_bag(tmp_path / "reel", FILES)
    importer(bag, tmp_path / "out", package_id=ID)
    with pytest.raises(DestinationExistsError):
        importer(bag, tmp_path / "out", package_id=ID)


def test_files_inside_a_document_outlive_a_run_that_was_cut_short(tmp_path, importer):
    inside = '<file ID="F9"><FContent><binData>aW5zaWRlCg==</binData></FContent></file>'
    entries = [mets_file("a.txt", b"one\n"), inside]
    reel = make_mets(tmp_path / "reel", {"a.txt": b"one\n"}, entries=entries)
    cut_short(tmp_path, reel, "write")
    report = importer(reel, tmp_path / "out")
    assert report.exit_code is ExitCode.OK, report.findings
    assert sorted(objects(tmp_path / "out").values()) == [b"inside\n", b"one\n"]


def test_a_bomb_is_refused_and_leaves_nothing(tmp_path, importer):
    inner = make_bag(tmp_path / "deep", FILES)
    packed = pack_tar(inner, tmp_path / "0.tar")
    for number in range(1, 12):
        folder = tmp_path / f"box{number}"
        folder.mkdir()
        os.replace(packed, folder / packed.name)
        packed = pack_tar(folder, tmp_path / f"{number}.tar")
    with pytest.raises(NotConformantError, match="too many containers"):
        importer(packed, tmp_path / "out", nested=True)
    assert list((tmp_path / "out").iterdir()) == []


def test_events_that_the_package_tells_stand_before_ours(tmp_path, importer):
    history = (
        '<amdSec><digiprovMD ID="D1"><mdWrap MDTYPE="PREMIS:EVENT"><xmlData>'
        '<event xmlns="info:lc/xmlns/premis-v2"><eventType>migration</eventType>'
        "<eventDateTime>2004-05-06T07:08:09Z</eventDateTime></event>"
        "</xmlData></mdWrap></digiprovMD></amdSec>"
    )
    reel = make_mets(tmp_path / "reel", {"a.txt": b"one\n"}, before=history)
    importer(reel, tmp_path / "out")
    (log,) = only(tmp_path / "out").glob("data/logs/events.jsonl")
    told = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert (told[0]["type"], told[0]["started"][:4]) == ("migration", "2004")
    assert told[1]["type"] == "ingestion start"


def test_a_history_of_ascmhl_is_kept_as_documents(tmp_path, importer):
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "a.txt").write_bytes(b"one\n")
    asked = CopyOptions(
        sources=(tmp_path / "card",), destination=tmp_path / "disk", digest=(), ascmhl=True
    )
    copy(asked, Context(state_dir=tmp_path / "state"))
    report = importer(tmp_path / "disk" / "card", tmp_path / "out")
    assert report.facts["form"] == "ascmhl"
    assert report.exit_code is ExitCode.OK, report.findings
    assert set(objects(tmp_path / "out")) == {"a.txt"}
    kept = foreign_documents(tmp_path / "out")
    assert sum(name.startswith("ascmhl/") for name in kept) == 2
