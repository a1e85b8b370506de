import os
import pty
import subprocess
import sys
from pathlib import Path

TINY = [sys.executable, str(Path(__file__).parent / "tiny_avpres.py"), "tiny"]


def on_a_terminal(words, answer):
    """Run with a terminal for input and errors; gives status, standard output, the terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(words, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs) as child:
        os.close(theirs)
        os.write(ours, answer)
        out = child.stdout.read()
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # EIO: the child has closed its end
                break
            if not piece:
                break
            shown += piece
    os.close(ours)
    return child.returncode, out, shown


def test_without_a_terminal_nothing_is_asked(tiny_process):
    done = tiny_process()
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr == b"avpres: tiny: the file to look at is not given; write avpres tiny\n"


def test_a_closed_standard_input_is_no_terminal():
    script = f"{' '.join(TINY)} <&-"
    done = subprocess.run(["sh", "-c", script], stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"is not given" in done.stderr


def test_sources_can_be_asked_for_copy(tmp_path):
    (tmp_path / "my reel").mkdir()
    (tmp_path / "shelf").mkdir()
    answers = f"{tmp_path}/my\\ reel\n{tmp_path}/shelf\n".encode()
    status, out, shown = on_a_terminal([sys.executable, "-m", "avpres", "copy"], answers)
    assert (tmp_path / "shelf" / "my reel").is_dir(), shown
    assert status == 0
    assert out


def test_on_a_terminal_what_is_missing_is_asked():
    status, out, shown = on_a_terminal([*TINY, "--count", "1"], b"\n'/a b'\n")
    assert status == 10
    assert out.startswith(b"error: /a b0: ")
    assert shown.count(b"file to look at: ") == 2


def test_no_input_asks_nothing_even_on_a_terminal():
    status, _, shown = on_a_terminal([*TINY, "--no-input"], b"")
    assert status == 2
    assert b"is not given" in shown


def test_the_end_of_input_is_no_answer():
    status, _, shown = on_a_terminal(TINY, b"\x04")
    assert status == 2
    assert b"no answer was given for the file to look at" in shown


def test_copy_says_what_is_missing_and_how_it_is_written(avpres):
    status, out, err = avpres("copy")
    assert (status, out) == (2, "")
    assert err == (
        "avpres: copy: the file or folder to copy and the folder to copy it into are not given; "
        "write avpres copy SRC... DST\n"
    )
    assert "copy: the folder to copy it into is not given" in avpres("copy", "/reel")[2]


def test_diff_says_what_is_missing(avpres):
    assert avpres("diff", "/reel")[2].startswith("avpres: diff: what to compare it with is not")
    both = avpres("diff")[2]
    assert "the folder, file or manifest and what to compare it with are not given" in both
