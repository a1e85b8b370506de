"""JSON reports: exact for every name, one file at a time."""

import io
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avpres.adapters.formats import report_json
from avpres.domain.fixity import Algorithm, Digest, Evidence
from avpres.domain.report import FileRecord, Finding
from avpres.domain.severity import Severity

paths = st.binary(min_size=1, max_size=40).map(os.fsdecode)
digests = st.lists(
    st.builds(Digest, st.sampled_from(Algorithm), st.text("0123456789abcdef", min_size=8)),
    unique_by=lambda digest: digest.algorithm,
    max_size=3,
).map(tuple)
records = st.builds(
    FileRecord,
    path=paths,
    size=st.integers(0, 2**63),
    outcome=st.sampled_from(["copied", "verified", "failed", "missing"]),
    digests=digests,
    evidence=st.none() | st.sampled_from(Evidence),
    destination=paths | st.just(""),
    detail=st.text(max_size=20),
)


@given(st.lists(records, max_size=5))
def test_file_records_come_back_exactly(files):
    handle = io.BytesIO()
    report_json.write_json_lines(handle, files)
    assert list(report_json.read_json_lines(handle)) == files
    again = io.BytesIO()
    report_json.write_json_lines(again, report_json.read_json_lines(handle))
    assert again.getvalue() == handle.getvalue()
    assert all(json.loads(line) for line in handle.getvalue().split(b"\n")[:-1])


def test_the_exact_bytes_stand_beside_a_name_that_is_not_utf8(make_file):
    fields = json.loads(report_json.file_to_json(make_file("reel\udcff.dpx")))
    assert fields["path"] == r"reel\xff.dpx"
    assert fields["path_base64"] == "cmVlbP8uZHB4"
    assert "path_base64" not in json.loads(report_json.file_to_json(make_file("é\n")))


def test_what_is_empty_is_left_out():
    assert json.loads(report_json.file_to_json(FileRecord("a", 0, "copied"))) == {
        "path": "a",
        "size": 0,
        "outcome": "copied",
    }


@pytest.mark.parametrize("line", ["{}", "[]", "7", "nonsense", '{"path": 1, "size": "x"}'])
def test_a_strange_line_is_refused(line):
    with pytest.raises(ValueError):  # noqa: PT011
        report_json.file_from_json(line)


def test_a_report_with_names_that_are_not_utf8_is_valid_json(make_report, make_file):
    report = make_report(facts={"tape": {"name": "A\udcfe"}})
    report.add(Finding(code="X", severity=Severity.INFO, message="m", path="bad\udcff"))
    handle = io.BytesIO()
    report_json.write_json(handle, report, [make_file("a"), make_file("b\udcff")])
    document = json.loads(handle.getvalue().decode("utf-8"))
    assert handle.getvalue().startswith(report_json.BEGINNING)
    assert document["report"]["findings"][0]["path_base64"] == "YmFk/w=="
    assert document["report"]["facts"]["tape"]["name"] == r"A\xfe"
    assert [file["path"] for file in document["files"]] == ["a", r"b\xff"]
    assert document["report"]["exit_code"] == 0


def test_a_report_without_files_is_valid_json(make_report):
    handle = io.BytesIO()
    report_json.write_json(handle, make_report(), [])
    assert json.loads(handle.getvalue())["files"] == []
