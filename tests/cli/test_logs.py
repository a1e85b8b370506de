import json
import re
import threading
from datetime import UTC, datetime

import pytest
import structlog

from avpres import __version__
from avpres.cli.logs import opened
from avpres.config.run import RunOptions
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context


def lines_of(log):
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def only_log(folder):
    (log,) = folder.glob("*.jsonl")
    return log


def test_every_run_leaves_a_log_that_names_command_and_run(tiny, home):
    tiny("reel", "--do", "warn", "--operator", "Aoife")
    began, *_, ended = events = lines_of(only_log(home / "state" / "logs"))
    assert began["event"] == "began"
    assert began["argv"] == ["avpres", "tiny", "reel", "--do", "warn", "--operator", "Aoife"]
    assert (began["version"], began["operator"]) == (__version__, "Aoife")
    assert (ended["event"], ended["status"], ended["summary"]) == ("ended", 0, "0 findings.")
    assert {event["command"] for event in events} == {"tiny"}
    assert len({event["run_id"] for event in events}) == 1


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        ([], ["tape_is_slow"]),
        (["-v"], ["tape_is_slow", "read"]),
        (["-vv"], ["tape_is_slow", "read"]),
        (["-q"], []),
    ],
    ids=["default", "verbose", "all", "quiet"],
)
def test_standard_error_has_warnings_and_more_or_less_on_request(tiny, home, flags, shown):
    _, out, err = tiny("reel", "--do", "warn", *flags)
    assert out == "0 findings.\n"
    assert re.findall(r"\] (\w+)", err) == shown
    logged = [event["event"] for event in lines_of(only_log(home / "state" / "logs"))]
    assert logged == ["began", "tape_is_slow", "read", "ended"]


def test_the_log_has_every_finding_although_the_report_caps_them(tiny, home):
    tiny("reel", "--count", "1200")
    events = lines_of(only_log(home / "state" / "logs"))
    found = [event for event in events if event["event"] == "found"]
    assert len(found) == 1200
    assert found[-1]["path"].endswith("reel1199")
    assert (found[0]["code"], found[0]["level"]) == ("TINY-FOUND", "error")


def test_names_that_are_not_utf_8_leave_the_log_readable(tiny_process, home):
    tiny_process(b"re\xffel", "--count", "1")
    found = lines_of(only_log(home / "state" / "logs"))[1]
    assert found["path"] == r"re\xffel0"


def test_the_folder_of_the_log_can_be_chosen(tiny, home, tmp_path):
    _, out, _ = tiny("reel", "--log-dir", str(tmp_path / "logs"), "--json")
    log = only_log(tmp_path / "logs")
    assert json.loads(out)["facts"]["run_log"] == str(log)
    assert not (home / "state").exists()


def test_a_chosen_folder_that_cannot_be_written_stops_the_run(tiny, tmp_path):
    (tmp_path / "file").touch()
    status, _, err = tiny("reel", "--log-dir", str(tmp_path / "file"))
    assert status == ExitCode.DESTINATION_REFUSED
    assert "choose another --log-dir" in err


def test_the_usual_folder_that_cannot_be_written_is_only_a_warning(tiny, home):
    (home / "state").touch()
    status, out, err = tiny("reel")
    assert (status, out) == (0, "0 findings.\n")
    assert err.startswith("warning: ")
    assert "no run log is written" in err


def test_lines_of_many_threads_do_not_mix(tmp_path):
    context = Context(state_dir=tmp_path)
    with opened("test", context, RunOptions()):
        log = structlog.get_logger()
        threads = [
            threading.Thread(target=lambda: [log.info("e", text="x" * 500) for _ in range(50)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(lines_of(only_log(tmp_path / "logs"))) == 201


def test_a_log_is_never_written_over(tmp_path):
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    context = Context(clock=lambda: moment)
    chosen = RunOptions(log_dir=tmp_path)
    with opened("test", context, chosen):
        pass
    before = only_log(tmp_path).read_bytes()
    with pytest.raises(DestinationRefusedError), opened("test", context, chosen):
        pass
    assert only_log(tmp_path).read_bytes() == before


def test_colours_only_on_a_terminal(tiny):
    assert "\x1b" not in tiny("reel", "--do", "warn")[2]
