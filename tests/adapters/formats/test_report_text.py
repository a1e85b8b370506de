"""The text report: 80 columns, the same content in short."""

import io

from avpres.adapters.formats.report_text import BEGINNING, write_text
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding, Output
from avpres.domain.severity import Severity


def text_of(report, files) -> str:
    handle = io.BytesIO()
    write_text(handle, report, files)
    assert handle.getvalue().startswith(BEGINNING)
    return handle.getvalue().decode("utf-8")


def test_the_verdict_stands_on_top(make_report, make_file):
    lines = text_of(make_report(), [make_file()]).splitlines()
    assert lines[0] == "avpres record of copy: PASS"
    assert lines[2] == "3 files: every file has reached its destination."


def test_nothing_is_wider_than_80_columns(make_report, make_file):
    report = make_report(
        summary="word " * 60,
        facts={"tape": {"volume_name": "n" * 300}},
        outputs=[Output(kind="manifest", path="/deep" * 60)],
    )
    report.add(
        Finding(
            code="FIX-CHANGED",
            severity=Severity.ERROR,
            path="p" * 255,
            message="read back other bytes",
            expected="md5 " + "0" * 128,
            exit_code=ExitCode.FIXITY_MISMATCH,
        )
    )
    text = text_of(report, [make_file("long " * 50, outcome="failed")])
    assert max(map(len, text.splitlines())) <= 80
    assert "avpres record of copy: FAIL" in text


def test_names_cannot_break_lines_or_write_to_the_terminal(make_report, make_file):
    text = text_of(make_report(), [make_file("a\n\x1b[2Jb\udcff", outcome="failed")])
    assert r"failed: a\n\x1b[2Jb\xff" in text
    assert "\x1b" not in text


def test_of_many_problems_some_are_listed_and_all_counted(make_report, make_file):
    report = make_report()
    for number in range(1500):
        report.add(Finding(code="X", severity=Severity.WARNING, message="m", path=f"w{number}"))
    text = text_of(report, (make_file(f"f{n}", outcome="missing") for n in range(1234)))
    assert "Findings: 1,500" in text
    assert "and 1,300 more, in the run log" in text
    assert "Files: 1,234" in text
    assert "and 1,034 more, in files.jsonl and the CSV report" in text


def test_errors_come_before_remarks(make_report):
    report = make_report()
    report.add(Finding(code="A", severity=Severity.INFO, message="remark"))
    report.add(Finding(code="B", severity=Severity.ERROR, message="damage"))
    text = text_of(report, [])
    assert text.index("damage") < text.index("remark")
