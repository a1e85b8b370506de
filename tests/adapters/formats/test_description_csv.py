"""Descriptions as a table: every name comes back, none becomes a formula."""

import base64
import csv
import io
import os

import pytest
from description_cases import DESCRIPTIONS, NAMES, gif, wave
from hypothesis import given, settings

from avpres.adapters.formats.description_csv import columns, write_csv
from avpres.domain.description import Completeness, Description
from avpres.domain.fixity import Algorithm
from avpres.domain.severity import Severity
from avpres.domain.technical import Document, Image, Technical, Text
from avpres.domain.validity import Impact, Message, Status

BOTH = (Algorithm.SHA256, Algorithm.MD5)


def rows(*descriptions: Description, algorithms=BOTH) -> list[dict[str, str]]:
    handle = io.BytesIO()
    assert write_csv(handle, descriptions, algorithms) == len(descriptions)
    assert not handle.closed
    table = csv.reader(io.StringIO(handle.getvalue().decode("utf-8-sig"), newline=""))
    head, *body = table
    assert tuple(head) == columns(algorithms)
    return [dict(zip(head, row, strict=True)) for row in body]


@given(NAMES)
def test_every_name_comes_back(name):
    (row,) = rows(Description(name))
    raw = row["path_base64"]
    assert (os.fsdecode(base64.b64decode(raw)) if raw else row["path"].removeprefix("'")) == name


@settings(max_examples=60, deadline=None, derandomize=True)
@given(DESCRIPTIONS)
def test_whatever_is_described_fits_the_columns_and_runs_nothing(description):
    (row,) = rows(description)
    numbers = {"mtime", "duration", "frame_rate", "sample_rate"}  # may be below nought
    for column, value in row.items():
        assert column in numbers or not value.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_a_row_says_what_is_wrong_and_where():
    (row,) = rows(gif(mtime=0))
    assert row["path"] == "a.gif"
    assert row["mtime"] == "1970-01-01T00:00:00Z"
    assert (row["sha256"], row["md5"]) == ("1" * 64, "0" * 32)
    assert row["status"] == "Not well-formed"
    assert row["soundness"] == "unsound"
    assert row["error_id"] == "GIF-CUT"
    assert row["error_text"] == "the file ends inside of a picture"
    assert row["error_offset"] == "4321"
    assert (row["errors"], row["warnings"]) == ("1", "30")
    assert (row["width"], row["height"], row["bits"]) == ("32", "16", "8")
    assert (row["completeness"], row["missing"]) == ("complete", "")


def test_audio_text_and_documents_have_their_columns():
    pdf = Description("c.pdf", technical=Technical(document=Document(pages=12)))
    text = Description("d.txt", technical=Technical(text=Text("UTF-8", line_break="LF")))
    sound, paged, plain = rows(wave(), pdf, text)
    assert (sound["channels"], sound["sample_rate"], sound["bits"]) == ("2", "48000.0", "24")
    assert (sound["audio_codec"], sound["duration"]) == ("PCM", "6.9")
    assert paged["pages"] == "12"
    assert (plain["charset"], plain["line_break"]) == ("UTF-8", "LF")


def test_what_is_missing_is_named():
    completeness = Completeness("drs-2005", ("charset", "bits"), ("charset", "bits"))
    (row,) = rows(wave(completeness=completeness))
    assert (row["completeness"], row["missing"]) == ("incomplete", "charset; bits")


def test_samples_of_different_depth_are_all_given():
    technical = Technical(images=[Image(bits_per_sample=(5, 6, 5))])
    (row,) = rows(Description("a.tga", technical=technical))
    assert row["bits"] == "5,6,5"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "'", "＝"])  # noqa: RUF001
def test_no_text_begins_as_a_formula(start):
    evil = f"{start}cmd|' /C calc'!A0"
    message = Message("X-Y", Severity.ERROR, evil, 1, None, Impact.NOT_VALID)
    (row,) = rows(
        Description(
            evil,
            root=evil,
            format=evil,
            version=evil,
            error=evil,
            status=Status.NOT_VALID,
            messages=[message],
            technical=Technical(text=Text(charset=evil)),
        )
    )
    for column in ("path", "root", "format", "version", "unreadable", "error_text", "charset"):
        assert row[column].startswith("'"), column


def test_without_digests_there_is_no_column_of_them():
    (row,) = rows(gif(), algorithms=())
    assert "md5" not in row
