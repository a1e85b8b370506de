"""The CSV report: every name comes back, none becomes a formula."""

import base64
import csv
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avpres.adapters.formats.report_csv import BEGINNING, COLUMNS, write_csv
from avpres.domain.fixity import Algorithm, Digest, Evidence
from avpres.domain.report import FileRecord


def written(*files: FileRecord) -> bytes:
    handle = io.BytesIO()
    assert write_csv(handle, files) == len(files)
    assert not handle.closed
    return handle.getvalue()


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def name_in(row: dict[str, str]) -> str:
    """Read a name as docs/records.md says."""
    if row["path_base64"]:
        return os.fsdecode(base64.b64decode(row["path_base64"]))
    return row["path"].removeprefix("'")


@given(st.binary(min_size=1, max_size=40).map(os.fsdecode))
def test_every_name_comes_back(name):
    content = written(FileRecord(path=name, size=1, outcome="copied"))
    assert [name_in(row) for row in rows(content)] == [name]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "'", "＝"])  # noqa: RUF001
def test_no_cell_begins_as_a_formula(start):
    file = FileRecord(
        path=f"{start}cmd|' /C calc'!A0",
        size=1,
        outcome="copied",
        destination=f"{start}1+1",
        detail=f"{start}1",
    )
    (row,) = rows(written(file))
    assert row["path"][0] == row["destination"][0] == row["detail"][0] == "'"


def test_the_columns_are_always_the_same(make_file):
    file = make_file(
        digests=(Digest(Algorithm.SHA512, "ab"), Digest(Algorithm.MD5, "cd")),
        evidence=Evidence.EVICTED,
    )
    (row,) = rows(written(file))
    assert tuple(row) == COLUMNS
    assert (row["md5"], row["sha512"], row["sha1"]) == ("cd", "ab", "")
    assert (row["evidence"], row["read_from_medium"]) == ("evicted", "yes")
    assert row["size"] == "1000"


def test_text_is_quoted_numbers_are_not_and_excel_sees_utf8(make_file):
    content = written(make_file('a;b,"c"\nd é.dpx'))
    assert content.startswith(BEGINNING)
    assert b'"a;b,""c""\nd \xc3\xa9.dpx",1000,"copied"' in content
    assert content.endswith(b"\r\n")
