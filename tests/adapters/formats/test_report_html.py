"""The HTML report: one page, safe for any name, complete for an archivist."""

import io
import os
import re

import pytest
from html_page import Page
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.formats.report_html import BEGINNING, write_html
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import FileRecord, Finding, Output
from avpres.domain.severity import Severity


def page_of(report, files, **options) -> Page:
    handle = io.BytesIO()
    write_html(handle, report, files, **options)
    assert handle.getvalue().startswith(BEGINNING)
    return Page(handle.getvalue().decode("utf-8"))


def test_the_page_says_what_where_when_who_and_the_verdict(make_report, make_file):
    report = make_report(
        facts={"tape": {"volume_serial": "IFI042"}},
        outputs=[Output(kind="manifest", path="/disk/reel_manifest.md5")],
    )
    text = page_of(report, [make_file("scan_001.dpx")]).text
    for words in (
        "Pass",
        "3 files: every file has reached its destination.",
        "/scans/reel",
        "/disk/reel",
        "2026-03-05T09:12:04Z",
        "Anna Ó Briain",
        "station-3",
        "avpres copy /scans/reel /disk",
        "read from the medium itself",
        "IFI042",
        "fixity check",
        "1.2.3",
        "scan_001.dpx",
        "0" * 32,
        "/disk/reel_manifest.md5",
        report.run_id,
    ):
        assert words in text


def test_a_failed_run_looks_failed(make_report):
    report = make_report(exit_code=ExitCode.FIXITY_MISMATCH, summary="1 file differs.")
    page = page_of(report, [])
    assert ("div", {"class": "verdict fail"}) in page.tags
    assert "Exit status 10: bytes differ" in page.text


def test_the_page_needs_nothing_from_elsewhere(make_report, make_file):
    page = page_of(make_report(), [make_file()])
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object"}
    assert not any({"src", "href"} & attrs.keys() for _, attrs in page.tags)
    policy = next(attrs for _, attrs in page.tags if "http-equiv" in attrs)
    assert str(policy["content"]).startswith("default-src 'none'")


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</table></main><!--",
        "a&lt;b&#0;",
        "line\nbreak\x00\x1b[31m",
        "not utf-8 \udcff",
        "txt\u202egpj.exe",
    ],
)
def test_no_name_becomes_part_of_the_page(make_report, make_file, name):
    plain = page_of(make_report(), [make_file("plain", detail="plain")])
    finding = Finding(
        code="X", severity=Severity.ERROR, message=name, path=name, expected=name, found=name
    )
    report = make_report(operator=name, host=name, argv=(name,), summary=name, facts={name: name})
    report.add(finding)
    page = page_of(report, [make_file(name, detail=name, destination=name, outcome=name)])
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in plain.tags}
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\ud800-\udfff]", page.text)


@settings(max_examples=50)
@given(name=st.binary(min_size=1, max_size=60).map(os.fsdecode))
def test_any_name_can_be_read_on_the_page(make_report_once, name):
    page = page_of(make_report_once, [FileRecord(path=name, size=1, outcome="copied")])
    if name.isprintable():
        assert name in page.text


@pytest.fixture(scope="module")
def make_report_once():
    """Give hypothesis one report for all its examples."""
    from datetime import UTC, datetime

    from avpres.domain.report import Report

    return Report(command="copy", run_id="r", started=datetime(2026, 3, 5, tzinfo=UTC))


def test_the_file_table_is_capped_with_problems_first_and_exact_counts(make_report, make_file):
    outcomes = ["copied"] * 500 + ["failed"] + ["copied"] * 500
    files = (make_file(f"f{n:04}", outcome=outcome) for n, outcome in enumerate(outcomes))
    page = page_of(make_report(), files, limit=20)
    text = page.text
    assert "(1,001)" in text
    assert "1,000 copied, 1 failed." in text
    assert "20 of 1,001 are shown, problems first (1)" in text
    assert text.index("f0500") < text.index("f0000")
    assert len(re.findall(r"f\d{4}", text)) == 20


def test_headings_and_header_cells_serve_screen_readers(make_report, make_file):
    page = page_of(make_report(), [make_file()])
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert ("html", {"lang": "en"}) in page.tags
    assert all(attrs.get("scope") in {"row", "col"} for tag, attrs in page.tags if tag == "th")
