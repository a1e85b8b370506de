"""What reports say: no pass without a comparison, problems first, counts exact."""

import pytest

from avpres.adapters.formats import report_view as view
from avpres.domain.exit_codes import MEANING, ExitCode
from avpres.domain.fixity import Evidence
from avpres.domain.premis import EventType, Outcome
from avpres.domain.report import Totals


def test_pass_is_said_of_a_run_that_compared(make_report):
    assert view.verdict(make_report()).kind == "pass"


def test_pass_is_not_said_when_nothing_was_compared(make_report):
    report = make_report(events=[])
    assert view.verdict(report).kind == "done"
    assert "nothing compared" in view.verdict(report).word


def test_pass_is_not_said_of_a_fixity_check_that_failed(make_report):
    event = make_report().events[0]
    failed = event.model_copy(update={"outcome": Outcome.FAIL})
    copied = event.model_copy(update={"type": EventType.REPLICATION})
    assert view.verdict(make_report(events=[failed, copied])).kind == "done"


@pytest.mark.parametrize("code", [code for code in ExitCode if code is not ExitCode.OK])
def test_any_other_status_is_a_fail_with_its_meaning(make_report, code):
    verdict = view.verdict(make_report(exit_code=code))
    assert verdict.kind == "fail"
    assert verdict.status == f"exit status {code.value}: {MEANING[code]}"


def test_a_run_that_did_not_end_is_no_pass(make_report):
    assert view.verdict(make_report(ended=None)).word == "Unfinished"


def test_circumstances_say_what_where_when_and_who(make_report):
    rows = dict(view.circumstances(make_report()))
    assert rows["From"] == ["/scans/reel"]
    assert rows["To"] == ["/disk/reel"]
    assert rows["By"] == ["Anna Ó Briain"]
    assert rows["Took"] == ["2 minutes"]
    assert rows["Command"] == ["avpres copy /scans/reel /disk"]


def test_a_clock_set_back_gives_no_negative_time(make_report):
    report = make_report()
    report.ended = report.started.replace(year=2020)
    assert dict(view.circumstances(report))["Took"] == ["0.0 s"]


def test_totals_are_exact_and_leave_out_what_is_nought(make_report):
    totals = Totals(files=48_213, size=3_412_877_221_888, seconds=10)
    rows = dict(view.totals(make_report(totals=totals)))
    assert rows["Files"] == ["48,213 files, 3.1 TiB (3,412,877,221,888 bytes)"]
    assert rows["Failed"] == ["0"]
    assert "Links" not in rows


def test_one_file_is_one_file():
    assert view.amount(1, 10) == "1 file, 10 Bytes"
    assert view.amount(0, 0) == "0 files, 0 Bytes"


def test_every_kind_of_evidence_is_explained(make_report):
    rows = view.evidence(make_report(evidence={kind.value: 1 for kind in Evidence}))
    assert [row[0] for row in rows] == [kind.value for kind in Evidence]
    assert all(len(row[2]) > 20 for row in rows)


def test_facts_become_tables(make_report):
    facts = {
        "tapes": [{"volume_serial": "IFI042", "read_errors": 0}, {"volume_serial": "IFI043"}],
        "index": {"index_generation": 114, "synced": True},
        "block_size": 524288,
    }
    tapes, index, single = view.facts(make_report(facts=facts))
    assert tapes.columns == ["Serial number", "Read errors"]
    assert list(map(list, tapes.rows)) == [["IFI042", "0"], ["IFI043", ""]]
    assert list(map(list, index.rows)) == [["Index generation", "114"], ["Synced", "yes"]]
    assert list(map(list, single.rows)) == [["Block size", "524,288"]]


def test_empty_facts_are_left_out_and_nested_ones_have_tables(make_report):
    settings = {"file": None, "values": [{"key": "copy.jobs", "value": 2, "from": "file"}]}
    sections = view.facts(make_report(facts={"settings": settings, "tape": {}, "note": ""}))
    assert [section.title for section in sections] == ["Settings: values"]
    assert list(map(list, sections[0].rows)) == [["copy.jobs", "2", "file"]]
    assert view.facts(make_report()) == []


def test_problems_are_shown_first_and_all_files_are_counted(make_file):
    outcomes = ["copied"] * 50 + ["skipped"] * 3 + ["failed"] * 2 + ["copied"] * 50 + ["odd"]
    files = (make_file(f"{n}", outcome=outcome) for n, outcome in enumerate(outcomes))
    shown = view.Shown(limit=10).take(files)
    assert [record.outcome for record in shown.records()] == (
        ["failed"] * 2 + ["odd"] + ["skipped"] * 3 + ["copied"] * 4
    )
    assert (shown.total, shown.problems, shown.outcomes["copied"]) == (106, 3, 100)
    assert [len(kept) for kept in shown.kept] == [3, 3, 10]
