import base64
import json
import os
from datetime import UTC, datetime

import pytest

from avpres.cli.render import SHOWN, findings
from avpres.domain.report import Finding, Report
from avpres.domain.severity import Severity


def test_the_closing_sentence_is_the_last_line(tiny):
    status, out, _ = tiny("reel", "--count", "2")
    assert status == 10
    assert out.splitlines() == [
        "error: reel0: is not what it was TINY-FOUND",
        "error: reel1: is not what it was TINY-FOUND",
        "2 findings.",
    ]


def test_findings_are_capped_on_the_screen_with_an_exact_count(tiny):
    _, out, _ = tiny("reel", "--count", "1500")
    lines = out.splitlines()
    assert len(lines) == SHOWN + 2
    assert lines[-2].startswith(f"… and {1500 - SHOWN:,} more of TINY-FOUND; all are in ")


def test_json_is_the_whole_report_and_nothing_else(tiny):
    status, out, err = tiny("reel", "--count", "3", "--json", "--progress", "none")
    report = json.loads(out)
    assert (status, err) == (10, "")
    assert report["exit_code"] == 10
    assert report["finding_counts"] == {"TINY-FOUND": 3}
    assert len(report["findings"]) == 3
    assert report["ended"] >= report["started"]


def test_json_is_valid_for_names_that_are_not_utf_8(tiny_process):
    done = tiny_process(b"re\xffel\n", "--count", "1", "--json")
    report = json.loads(done.stdout.decode("utf-8"))
    (finding,) = report["findings"]
    assert finding["path"] == "re\\xffel\n0"
    assert base64.b64decode(finding["path_base64"]) == b"re\xffel\n0"
    assert base64.b64decode(report["facts"]["source_base64"]) == b"re\xffel\n"


def test_names_cannot_forge_lines_or_colours_on_the_screen(tiny_process):
    done = tiny_process(b"a\nerror: b\x1b[31m\xff", "--count", "1")
    assert done.stdout == (
        b"error: a\\nerror: b\\x1b[31m\\xff0: is not what it was TINY-FOUND\n1 findings.\n"
    )


def test_a_terminal_without_utf_8_is_no_error(tiny_process):
    plain = {"LC_ALL": "C", "PYTHONUTF8": "1", "PYTHONIOENCODING": "ascii:strict"}
    done = tiny_process(os.fsencode("é"), "--count", "30", env=plain)
    assert done.returncode == 10
    assert b"error: \\xe90: is not" in done.stdout


def test_json_is_utf_8_whatever_the_terminal_speaks(tiny_process):
    plain = {"PYTHONUTF8": "1", "PYTHONIOENCODING": "ascii:strict"}
    done = tiny_process("é", "--count", "1", "--json", env=plain)
    assert json.loads(done.stdout.decode("utf-8"))["findings"][0]["path"] == "é0"


def test_settings_that_no_flag_gave_are_in_the_report(tiny, settings_file, monkeypatch):
    file = settings_file('[site]\ninstitution = "Film Archive"\n[tiny]\ndo = "nothing"\n')
    monkeypatch.setenv("AVPRES_TINY__COUNT", "1")
    report = json.loads(tiny("reel", "--json")[1])
    assert report["facts"]["institution"] == "Film Archive"
    assert report["facts"]["settings"] == {
        "file": str(file),
        "values": [
            {"key": "site.institution", "value": "Film Archive", "from": "file"},
            {"key": "tiny.do", "value": "nothing", "from": "file"},
            {"key": "tiny.count", "value": "1", "from": "environment"},
        ],
    }


@pytest.mark.parametrize(
    ("path", "message", "line"),
    [
        (None, "/mnt/disk: stopped", "error: /mnt/disk: stopped TINY-FOUND"),
        (None, "cannot be written", "error: cannot be written [/mnt/disk] TINY-FOUND"),
        ("/reel/a", "is gone", "error: /reel/a: is gone [/mnt/disk] TINY-FOUND"),
    ],
)
def test_a_destination_is_named_once(path, message, line):
    report = Report(command="tiny", run_id="1", started=datetime.now(UTC))
    report.findings.append(
        Finding(
            code="TINY-FOUND",
            severity=Severity.ERROR,
            path=path,
            message=message,
            destination="/mnt/disk",
        )
    )
    assert list(findings(report)) == [line]
