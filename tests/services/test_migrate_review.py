import hashlib
import json
from datetime import UTC, datetime

import pytest
from lxml import etree

from avpres.adapters.formats.report_json import from_json, to_json
from avpres.config.migrate import MigrateOptions
from avpres.domain.errors import NotConformantError, SourceUnreadableError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.premis import EventType, Outcome
from avpres.domain.review import Sample
from avpres.services.context import Context
from avpres.services.migrate.reviewing import SAMPLE_FILE, take_review

NAMES = ("a.jp2", "b\udcff.jp2", "c.jp2")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def migrated(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    for name in NAMES:
        (out / name).write_bytes(name.encode("utf-8", "surrogateescape"))
    pairs = [
        {"number": number, "stratum": "GIF", "source": "x.gif", "target": name}
        | {"source_sha256": "0" * 64, "target_sha256": sha256((out / name).read_bytes())}
        for number, name in enumerate(NAMES, 1)
    ]
    sample = Sample.model_validate(
        {"avpres_sample": 1, "policy": "avpres", "seed": "1", "made": datetime.now(UTC)}
        | {"population": {"GIF": 9}, "pairs": pairs}
    )
    (out / SAMPLE_FILE).write_text(to_json(sample), "utf-8")
    return out


def saved(migrated, *judgements, **more):
    text = (migrated / SAMPLE_FILE).read_bytes()
    shown = from_json(Sample, text).pairs
    answers = [
        {"number": pair.number, "target_sha256": pair.target_sha256}
        | {"judgement": judgement, "comment": "too dark" if judgement == "fail" else ""}
        for pair, judgement in zip(shown, judgements, strict=False)
    ]
    told = {"avpres_review": 1, "sheet": sha256(text), "reviewed": "2026-11-22T10:00:00.000Z"}
    path = migrated.parent / "review.json"
    conditions = {"reviewer": "Zoë", "luminance": "120"}
    path.write_text(json.dumps(told | {"conditions": conditions, "answers": answers} | more))
    return path


def taken(migrated, review):
    return take_review(MigrateOptions(destination=migrated, review=review), Context())


def codes(report):
    return [finding.code for finding in report.findings]


def test_a_review_without_fault_becomes_an_event_that_names_who_looked(migrated):
    report = taken(migrated, saved(migrated, "pass", "pass", "pass"))
    (event,) = report.events
    assert report.exit_code is ExitCode.OK
    assert (event.type, event.outcome) == (EventType.VALIDATION, Outcome.SUCCESS)
    assert (event.facts["reviewer"], event.facts["pass"]) == ("Zoë", 3)
    assert report.summary == "the review is recorded: 3 of 3 pictures passed"


def test_what_did_not_pass_is_named_with_the_comment(migrated):
    report = taken(migrated, saved(migrated, "pass", "fail", "pass"))
    (finding,) = report.findings
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert (finding.code, finding.path) == ("MIG-REVIEW-FAILED", NAMES[1])
    assert "too dark" in finding.message
    assert report.events[0].outcome is Outcome.FAIL


@pytest.mark.parametrize("judgements", [("pass", "open", "pass"), ("pass", "pass")], ids=len)
def test_a_review_that_leaves_some_open_is_incomplete(migrated, judgements):
    report = taken(migrated, saved(migrated, *judgements))
    assert report.exit_code is ExitCode.INCOMPLETE
    assert codes(report) == ["MIG-REVIEW-OPEN"]
    assert report.events[0].outcome is Outcome.WARNING


@pytest.mark.parametrize("change", ["bytes", "gone"])
def test_a_judgement_of_a_file_that_has_changed_does_not_count(migrated, change):
    review = saved(migrated, "pass", "pass", "pass")
    if change == "gone":
        (migrated / NAMES[0]).unlink()
    else:
        (migrated / NAMES[0]).write_bytes(b"another")
    report = taken(migrated, review)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert codes(report) == ["MIG-REVIEW-CHANGED", "MIG-REVIEW-OPEN"]


def test_the_review_is_kept_beside_the_files_once(migrated):
    review = saved(migrated, "pass", "pass", "pass")
    (kept,) = [output.path for output in taken(migrated, review).outputs if output.kind == "review"]
    taken(migrated, review)
    assert [str(path) for path in migrated.glob("review-2*.json")] == [kept]
    assert (migrated / kept).read_bytes() == review.read_bytes()


def test_the_event_is_kept_beside_the_review(migrated):
    taken(migrated, saved(migrated, "pass", "fail", "pass"))

    (path,) = migrated.glob("review-2*.premis.xml")
    tree = etree.parse(path)
    space = {"p": "http://www.loc.gov/premis/v3"}
    assert tree.xpath("//p:eventType/text()", namespaces=space) == ["validation"]
    (detail,) = tree.xpath("//p:eventDetail/text()", namespaces=space)
    assert "fail=1" in detail


def test_nobody_looked_is_told(migrated):
    report = taken(migrated, saved(migrated, "pass", "pass", "pass", conditions={}))
    assert codes(report) == ["MIG-REVIEW-NOBODY"]


def test_a_review_of_another_sheet_is_refused(migrated):
    with pytest.raises(UsageError, match="another run"):
        taken(migrated, saved(migrated, "pass", sheet="0" * 64))


def test_a_folder_without_sheet_is_refused(migrated):
    review = saved(migrated, "pass")
    (migrated / SAMPLE_FILE).unlink()
    with pytest.raises(UsageError, match="name the folder whose sheet was reviewed"):
        taken(migrated, review)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"avpres_review": 1', "\0" * 9], ids=repr)
def test_what_is_no_review_is_refused_in_one_sentence(migrated, text):
    path = migrated.parent / "wrong.json"
    path.write_text(text)
    with pytest.raises(NotConformantError, match="is no review"):
        taken(migrated, path)


def test_a_review_that_is_not_there_is_refused(migrated):
    with pytest.raises(SourceUnreadableError, match="name the file that the sheet saved"):
        taken(migrated, migrated / "none.json")
