"""Durable writes: whole or not at all, never over something else."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from avpres.adapters.storage import durable
from avpres.domain.errors import DestinationExistsError

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX calls")
strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_new_file_has_its_content_and_leaves_no_staged_name(tmp_path):
    with durable.write_new(tmp_path / "reel_manifest.md5") as handle:
        handle.write(b"abc")
        assert names(tmp_path)[0].endswith(".part")
        assert not (tmp_path / "reel_manifest.md5").exists()
    assert names(tmp_path) == ["reel_manifest.md5"]
    assert (tmp_path / "reel_manifest.md5").read_bytes() == b"abc"


def test_an_existing_file_is_never_written_over(tmp_path):
    target = tmp_path / "kept"
    target.write_bytes(b"old")
    with pytest.raises(DestinationExistsError, match="left as it is"), durable.write_new(target):
        pytest.fail("the block must not be entered")
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["kept"]


def test_a_file_that_appears_meanwhile_is_not_written_over(tmp_path):
    target = tmp_path / "kept"

    def fill() -> None:
        with durable.write_new(target) as handle:
            handle.write(b"new")
            target.write_bytes(b"theirs")

    with pytest.raises(DestinationExistsError):
        fill()
    assert target.read_bytes() == b"theirs"
    assert names(tmp_path) == ["kept"]


@posix
def test_a_dangling_link_counts_as_something_there(tmp_path):
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(DestinationExistsError), durable.write_new(tmp_path / "link"):
        pytest.fail("the block must not be entered")
    assert names(tmp_path) == ["link"]


@pytest.mark.parametrize("on_tape", [False, True])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, FileExistsError])
def test_an_exception_leaves_nothing_and_keeps_its_type(tmp_path, error, on_tape):
    def fill() -> None:
        with durable.write_new(tmp_path / "half", on_tape=on_tape) as handle:
            handle.write(b"x" * 100_000)
            raise error

    with pytest.raises(error):
        fill()
    assert names(tmp_path) == []


def test_on_tape_the_final_name_is_used_from_the_start(tmp_path):
    with durable.write_new(tmp_path / "m.md5", on_tape=True) as handle:
        handle.write(b"abc")
        assert names(tmp_path) == ["m.md5"]
    with pytest.raises(DestinationExistsError), durable.write_new(tmp_path / "m.md5", on_tape=True):
        pytest.fail("the block must not be entered")
    assert (tmp_path / "m.md5").read_bytes() == b"abc"


def test_replace_swaps_the_whole_content(tmp_path):
    target = tmp_path / "log"
    target.write_bytes(b"old and long")
    with durable.replace(target) as handle:
        handle.write(b"new")
        assert target.read_bytes() == b"old and long"
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["log"]


def test_replace_keeps_the_old_content_after_an_exception(tmp_path):
    target = tmp_path / "log"
    target.write_bytes(b"old")

    def fill() -> None:
        with durable.replace(target) as handle:
            handle.write(b"new")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fill()
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["log"]


@posix
@pytest.mark.parametrize(
    "name",
    [b"n" * 255, b"\xff\xfe not utf-8", b"new\nline", "é".encode() * 127, b" trailing. "],
    ids=["255 bytes", "not utf-8", "newline", "two-byte", "spaces"],
)
def test_any_name_that_the_file_system_allows_can_be_written(tmp_path, name):
    target = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    with durable.write_new(target) as handle:
        handle.write(b"abc")
    assert os.listdir(os.fsencode(tmp_path)) == [name]


@posix
def test_the_mode_is_what_was_asked_less_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        with durable.write_new(tmp_path / "m", mode=0o666):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "m").stat().st_mode & 0o777 == 0o640


def test_of_two_writers_exactly_one_wins(tmp_path):
    target, results = tmp_path / "m", []
    together = threading.Barrier(8)

    def write(number: int) -> None:
        try:
            with durable.write_new(target) as handle:
                handle.write(bytes([number]) * 1000)
                together.wait()
        except DestinationExistsError:
            results.append(None)
        else:
            results.append(number)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [result for result in results if result is not None]
    assert len(results) == 8
    assert len(winners) == 1
    assert target.read_bytes() == bytes(winners) * 1000
    assert names(tmp_path) == ["m"]


@posix
@pytest.mark.parametrize(
    "rename",
    [durable.rename_noreplace, durable._rename_by_link, durable._rename_after_look],
    ids=["exclusive", "link", "look"],
)
def test_every_way_of_renaming_moves_and_refuses_to_replace(tmp_path, rename):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    (one / "a").write_bytes(b"a")
    (two / "taken").write_bytes(b"t")
    one_fd, two_fd = os.open(one, os.O_RDONLY), os.open(two, os.O_RDONLY)
    try:
        with pytest.raises(FileExistsError):
            rename(one_fd, b"a", two_fd, b"taken")
        assert (two / "taken").read_bytes() == b"t"
        rename(one_fd, b"a", two_fd, b"b")
        with pytest.raises(FileNotFoundError):
            rename(one_fd, b"a", two_fd, b"c")
    finally:
        os.close(one_fd)
        os.close(two_fd)
    assert names(one) == []
    assert names(two) == ["b", "taken"]


@posix
def test_flushing_says_whether_the_file_system_can(tmp_path):
    read, write = os.pipe()
    try:
        assert durable.sync_file(write) is False  # a pipe knows no flush: EINVAL
    finally:
        os.close(read)
        os.close(write)
    assert durable.sync_folder(tmp_path) is True
    with (tmp_path / "f").open("wb") as handle:
        assert durable.sync_file(handle.fileno()) is True


@pytest.mark.skipif(sys.platform != "linux", reason="syncfs")
def test_flushing_a_file_system_fails_on_a_closed_descriptor(tmp_path):
    fd = os.open(tmp_path, os.O_RDONLY)
    durable.sync_filesystem(fd)
    os.close(fd)
    with pytest.raises(OSError, match="Bad file descriptor") as caught:
        durable.sync_filesystem(fd)
    assert caught.value.errno == errno.EBADF


SCRIPT = """
    import sys
    from pathlib import Path
    from avpres.adapters.storage import durable
    with durable.write_new(Path(sys.argv[1])) as handle:
        handle.write(b"abc")
    print("written")
"""


def run_with_fault(tmp_path: Path, fault: str) -> subprocess.CompletedProcess[str]:
    folder = tmp_path / "target"
    folder.mkdir()
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT))
    trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={fault}"]
    return subprocess.run(
        [*trace, sys.executable, str(script), str(folder / "m")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@strace
@pytest.mark.parametrize("fault", ["renameat2:error=EINVAL", "renameat2:error=ENOSYS"])
def test_a_file_system_without_exclusive_rename_is_served_by_links(tmp_path, fault):
    done = run_with_fault(tmp_path, fault)
    assert done.returncode == 0, done.stderr
    assert names(tmp_path / "target") == ["m"]
    assert (tmp_path / "target/m").read_bytes() == b"abc"


@strace
def test_a_file_system_that_knows_no_flush_is_tolerated(tmp_path):
    done = run_with_fault(tmp_path, "fsync:error=EINVAL")
    assert done.returncode == 0, done.stderr
    assert names(tmp_path / "target") == ["m"]


@strace
@pytest.mark.parametrize("fault", ["fsync:error=EIO:when=1", "renameat2:error=EIO"])
def test_an_input_output_error_is_told_and_nothing_remains(tmp_path, fault):
    done = run_with_fault(tmp_path, fault)
    assert done.returncode == 1
    assert "Input/output error" in done.stderr
    assert names(tmp_path / "target") == []


@strace
@pytest.mark.parametrize("call", ["fsync", "renameat2"])
def test_a_kill_leaves_no_file_under_the_final_name(tmp_path, call):
    done = run_with_fault(tmp_path, f"{call}:signal=KILL:when=1")
    assert done.returncode in {-signal.SIGKILL, 128 + signal.SIGKILL}
    left = names(tmp_path / "target")
    assert left in ([], ["m"]) or (len(left) == 1 and left[0].endswith(".part"))
    if left == ["m"]:
        assert (tmp_path / "target/m").read_bytes() == b"abc"
