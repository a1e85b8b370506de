"""Running programs: streams, ends, interrupts, and nothing left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from avpres.adapters.tools import child, process
from avpres.adapters.tools.child import Stream
from avpres.adapters.tools.process import ToolStoppedError, run
from avpres.domain.errors import ToolFailedError, ToolMissingError

PYTHON = sys.executable
linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's")


def script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def python(code: str, *words: str | bytes) -> list[str | bytes]:
    return [PYTHON, "-c", textwrap.dedent(code), *words]


def alive(pid: int) -> bool:
    """Say whether a process runs: a zombie waiting for a lazy init does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] not in "ZX"


def wait_until(condition, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_lines_of_both_streams_arrive_whether_ended_by_newline_or_return():
    seen = []
    code = r"""
        import sys
        sys.stdout.write("one\rtwo\r\nthree\n\nfour"); sys.stderr.write("bad\n")
    """
    completed = run(python(code), on_line=lambda stream, line: seen.append((stream, line)))
    assert [line for stream, line in seen if stream is Stream.STDOUT] == [
        b"one",
        b"two",
        b"three",
        b"four",
    ]
    assert (Stream.STDERR, b"bad") in seen
    assert completed.status == 0
    assert completed.seconds > 0
    assert completed.stderr == (b"bad",)


def test_a_failure_names_the_tool_its_status_and_its_last_line():
    with pytest.raises(ToolFailedError, match=r"status 3: second thing$"):
        run(python("import sys; sys.exit(print('first\\nsecond thing', file=sys.stderr) or 3)"))


def test_a_status_that_is_expected_is_no_failure():
    assert run(python("raise SystemExit(3)"), ok={0, 3}).status == 3


def test_a_program_that_is_not_there_is_missing():
    with pytest.raises(ToolMissingError, match="no-such-program"):
        run(["no-such-program"])
    with pytest.raises(ToolMissingError, match="not there"):
        run([b"/nonexistent/\xff"])


def test_a_folder_that_is_not_there_is_an_error_of_the_tool(tmp_path):
    with pytest.raises(ToolFailedError, match=r"could not be started in .*gone"):
        run(python("pass"), cwd=tmp_path / "gone")


def test_a_relative_program_is_found_where_we_stand_and_not_where_it_runs(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    script(tmp_path / "here", "tool", "#!/bin/sh\necho here\n")
    script(tmp_path / "there", "tool", "#!/bin/sh\necho there\n")
    monkeypatch.chdir(tmp_path / "here")
    assert run(["./tool"], cwd=tmp_path / "there").stdout == (b"here",)


def test_arguments_may_be_any_bytes():
    words = [b"\xff\xfe", "café".encode(), b"new\nline", b"-c", b"", b"$HOME;`id`", b"x" * 30_000]
    code = "import os, sys; [print('=' + os.fsencode(w).hex()) for w in sys.argv[1:]]"
    completed = run(python(code, *words))
    assert [bytes.fromhex(line[1:].decode()) for line in completed.stdout] == words
    assert completed.argv[3:] == tuple(words)


def test_stdin_is_closed_so_that_no_program_waits_for_an_answer():
    assert run(python("import sys; print(repr(sys.stdin.read()))")).stdout == (b"''",)


def test_bytes_are_fed():
    code = "import sys; print(len(sys.stdin.buffer.read()))"
    assert run(python(code), stdin=b"x" * 1_000_000).stdout == (b"1000000",)


def test_feeding_and_answering_at_once_does_not_deadlock():
    code = """
        import sys
        for line in sys.stdin.buffer:
            sys.stdout.buffer.write(line); sys.stderr.buffer.write(line)
    """
    count = 0

    def on_line(_stream, _line):
        nonlocal count
        count += 1

    run(
        python(code), stdin=(b"%d" % n + b" " * 200 + b"\n" for n in range(20_000)), on_line=on_line
    )
    assert count == 40_000


def test_a_program_that_stops_listening_may_still_succeed():
    endless = iter(lambda: b"x" * 65536, b"")
    assert run(python("import sys; sys.stdin.buffer.read(1)"), stdin=endless).status == 0


def test_an_error_while_feeding_stops_the_program_and_is_raised():
    def broken():
        yield b"one"
        raise RuntimeError("the list broke")

    with pytest.raises(RuntimeError, match="the list broke"):
        run(["sleep", "60"], stdin=broken())


def test_a_line_without_end_does_not_fill_the_memory():
    lengths = []
    code = "import sys; [sys.stdout.write('x' * 65536) for _ in range(64)]"
    run(python(code), on_line=lambda _stream, line: lengths.append(len(line)))
    assert sum(lengths) == 64 * 65536
    assert max(lengths) < 3 * child.LINE


def test_only_the_last_lines_are_kept():
    kept = run(python("[print(n) for n in range(5000)]")).stdout
    assert len(kept) == process.KEPT_LINES
    assert kept[-1] == b"4999"


def test_the_program_speaks_english_and_sees_the_changed_environment(monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("RSYNC_RSH", "evil")
    code = "import os; print(os.environ['LC_ALL'], os.environ.get('RSYNC_RSH'), os.environ['NEW'])"
    assert run(python(code), env={"RSYNC_RSH": None, "NEW": "1"}).stdout == (b"C None 1",)


def test_broken_pipes_kill_as_they_do_under_a_shell():
    completed = run(["sh", "-c", "yes | head -1"])
    assert completed.stdout == (b"y",)
    assert completed.stderr == ()  # where SIGPIPE is ignored, `yes` complains here


def test_a_hanging_program_is_stopped_when_its_time_is_over():
    started = time.monotonic()
    with pytest.raises(ToolFailedError, match=r"sleep did not end within 0\.3 seconds"):
        run(["sleep", "60"], timeout_s=0.3)
    assert time.monotonic() - started < 30


def test_a_program_that_ignores_the_request_to_end_is_killed(monkeypatch):
    monkeypatch.setattr(child, "GRACE_S", 0.3)
    stop, seen = threading.Event(), []

    def listen(_stream, line):
        seen.append(int(line))
        stop.set()

    with pytest.raises(ToolStoppedError, match="was stopped"):
        run(["sh", "-c", "trap '' TERM; echo $$; sleep 60"], stop=stop, on_line=listen)
    assert not alive(seen[0])


def test_another_thread_can_stop_the_program():
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(ToolStoppedError, match="was stopped"):
        run(["sleep", "60"], stop=stop)


def test_an_exception_in_the_callback_stops_the_whole_group():
    pids = []

    def on_line(_stream, line):
        pids.append(int(line))
        if len(pids) == 2:
            raise KeyboardInterrupt

    shell = ["sh", "-c", "sleep 61 & echo $!; echo $$; wait"]
    with pytest.raises(KeyboardInterrupt):
        run(shell, on_line=on_line)
    assert wait_until(lambda: not any(alive(pid) for pid in pids))


def test_a_grandchild_that_holds_the_pipe_does_not_hold_us(monkeypatch):
    monkeypatch.setattr(child, "LINGER_S", 0.3)
    completed = run(["sh", "-c", "sleep 62 & echo $!"], timeout_s=60)
    assert completed.seconds < 30
    assert wait_until(lambda: not alive(int(completed.stdout[0])))


def test_a_killed_program_is_told_as_such():
    with pytest.raises(ToolFailedError, match="sh was killed by SIGKILL"):
        run(["sh", "-c", "kill -9 $$"])


def test_the_child_has_its_own_group_and_leaves_ours_alone():
    code = "import os; print(os.getpid() == os.getpgid(0))"
    assert run(python(code)).stdout == (b"True",)


def test_many_threads_may_run_programs_at_once():
    results = []

    def work(n):
        results.append((n, run(["sh", "-c", f"echo {n}; exit 0"]).stdout))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [(n, (str(n).encode(),)) for n in range(20)]


@linux
@pytest.mark.parametrize(
    "how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda s: s.name
)
def test_the_child_dies_with_its_parent_however_the_parent_dies(tmp_path, how):
    told = tmp_path / "pid"
    parent = subprocess.Popen(
        python(
            """
            import sys
            from avpres.adapters.tools.process import run
            run(["sh", "-c", 'echo $$ > "$1.part"; mv "$1.part" "$1"; exec sleep 63', "sh",
                 sys.argv[1]])
            """,
            str(told),
        ),
        stderr=subprocess.DEVNULL,
    )
    try:
        assert wait_until(told.exists)
        pid = int(told.read_text())
        assert alive(pid)
        os.kill(parent.pid, how)
        parent.wait(60)
        assert wait_until(lambda: not alive(pid))
    finally:
        parent.kill()
        parent.wait()


@linux
def test_no_child_is_left_unreaped():
    run(["true"])
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()
    assert not [pid for pid in children if not alive(int(pid))]
