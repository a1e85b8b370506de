"""What every program-driven backend must do, run over each that can be tried here."""

import errno
import os
import shutil
import struct
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest
from backend_fakes import Stand, stand

from avpres.adapters.storage.backends.contract import Preserve, Problem
from avpres.adapters.tools.process import ToolStoppedError
from avpres.domain.errors import ToolFailedError

ALL = ("cp", "rsync", "gcp", "ditto", "robocopy")
GNU_OR_RSYNC = ("cp", "rsync", "gcp")
ROOT = os.geteuid() == 0
STAMP = 1_000_000_000_123_456_789  # ns since 1970

WILD = [
    b"new\nline",
    b"return\rtab\t",
    b"\xff\xfe not utf-8",
    "café".encode(),
    "cafe\u0301".encode(),
    b"-leading dash",
    b"--help",
    b" spaces around ",
    b"#hash",
    b";semicolon",
    b"quo'te",
    b"both'\"quotes",
    b"back\\slash",
    b"rsync\\#012escape",
    b"$HOME `id` $(id) *?[a]",
    b"colon:name",
    b"~",
    b"...",
    b"x" * 255,
    b"\x01\x7f",
]


@pytest.fixture(params=ALL)
def kind(request, tmp_path) -> Stand:
    return _stand(request.param, tmp_path)


def _stand(name: str, tmp_path: Path) -> Stand:
    folder = tmp_path / "bin"
    folder.mkdir()
    made = stand(name, folder)
    if made is None:
        pytest.skip(f"{name} is not installed")
    return made


@pytest.fixture
def source(tmp_path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def stage(tmp_path) -> Path:
    folder = tmp_path / "stage"
    folder.mkdir()
    return folder


def put(folder: Path, name: bytes, content: bytes = b"essence", mode: int = 0o640) -> bytes:
    path = os.path.join(os.fsencode(folder), name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "xb") as file:
        file.write(content)
    os.chmod(path, mode)
    os.utime(path, ns=(STAMP, STAMP))
    return name


def content(folder: Path, name: bytes) -> bytes:
    with open(os.path.join(os.fsencode(folder), name), "rb") as file:
        return file.read()


def copy(backend, source, names, stage, **preserve) -> list[Problem]:
    return list(backend.copy(source, names, stage, Preserve(**preserve)))


def test_files_arrive_with_bytes_times_and_modes(kind, source, stage):
    names = [put(source, b"a.mov", b"1" * 100_000, 0o600), put(source, b"r/2/b.dpx", b"22", 0o755)]
    os.makedirs(stage / "r/2")
    assert copy(kind.backend, source, names, stage) == []
    for name in names:
        there = os.stat(os.path.join(os.fsencode(stage), name))
        here = os.stat(os.path.join(os.fsencode(source), name))
        assert content(stage, name) == content(source, name)
        assert there.st_mode == here.st_mode
        assert there.st_mtime_ns == STAMP


def test_folders_are_left_as_they_are(kind, source, stage):
    name = put(source, b"r/a")
    os.chmod(source / "r", 0o700)
    os.utime(source / "r", ns=(STAMP, STAMP))
    (stage / "r").mkdir()
    (stage / "r").chmod(0o710)
    assert copy(kind.backend, source, [name], stage) == []
    assert os.stat(stage / "r").st_mode & 0o777 == 0o710
    assert os.stat(stage / "r").st_mtime_ns != STAMP


def test_nothing_in_the_source_changes(kind, source, stage):
    name = put(source, b"a", mode=0o400)
    copy(kind.backend, source, [name], stage)
    after = os.stat(source / "a")
    assert (after.st_mode & 0o777, after.st_mtime_ns, after.st_size) == (0o400, STAMP, 7)
    assert os.listdir(source) == ["a"]


def test_only_the_files_named_are_copied(kind, source, stage):
    for name in (b"a", b"b", b"c"):
        put(source, name)
    copy(kind.backend, source, [b"a", b"c"], stage)
    assert sorted(os.listdir(stage)) == ["a", "c"]


def test_times_may_be_left_out(kind, source, stage):
    if kind.name == "ditto":
        pytest.skip("ditto always keeps times")
    name = put(source, b"a")
    assert copy(kind.backend, source, [name], stage, times=False, modes=False) == []
    assert os.stat(stage / "a").st_mtime_ns != STAMP


def test_holes_stay_holes_when_asked_and_are_written_when_not(kind, source, tmp_path):
    if not kind.backend.guarantees.sparse:
        pytest.skip("not promised")
    with open(source / "sparse", "xb") as file:
        file.write(b"start")
        file.truncate(8 * 1024 * 1024)
    blocks = []
    for sparse in (True, False):
        stage = tmp_path / f"stage {sparse}"
        stage.mkdir()
        assert copy(kind.backend, source, [b"sparse"], stage, sparse=sparse) == []
        assert content(stage, b"sparse") == content(source, b"sparse")
        blocks.append(os.stat(stage / "sparse").st_blocks * 512)
    assert blocks[0] < 1024 * 1024
    assert blocks[1] >= 8 * 1024 * 1024


@pytest.mark.parametrize("name", ["cp", "rsync"])
def test_extended_attributes_are_kept_when_asked_only(name, tmp_path, source, stage):
    kind = _stand(name, tmp_path)
    for file in (put(source, b"with"), put(source, b"without")):
        try:
            os.setxattr(os.path.join(os.fsencode(source), file), "user.avpres", b"\x00value\xff")
        except OSError:
            pytest.skip("no extended attributes on this file system")
    assert copy(kind.backend, source, [b"with"], stage, xattrs=True) == []
    assert copy(kind.backend, source, [b"without"], stage) == []
    assert os.getxattr(stage / "with", "user.avpres") == b"\x00value\xff"
    assert os.listxattr(stage / "without") == []


@pytest.mark.parametrize("name", ["cp", "rsync"])
def test_access_control_lists_are_kept_when_asked(name, tmp_path, source, stage):
    kind = _stand(name, tmp_path)
    put(source, b"a")
    no_one = 0xFFFFFFFF
    entries = [(1, 6, no_one), (2, 4, 1000), (4, 4, no_one), (16, 4, no_one), (32, 0, no_one)]
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(source / "a", "system.posix_acl_access", acl)
    except OSError:
        pytest.skip("no access control lists on this file system")
    assert copy(kind.backend, source, [b"a"], stage, xattrs=True) == []
    assert os.getxattr(stage / "a", "system.posix_acl_access") == acl


def test_names_may_be_any_bytes(kind, source, stage):
    names = [put(source, name, name) for name in WILD]
    names += [put(source, b"folder \n\xff/" + name, name) for name in WILD]
    os.mkdir(os.path.join(os.fsencode(stage), b"folder \n\xff"))
    assert copy(kind.backend, source, names, stage) == []
    assert all(content(stage, name) == name.rpartition(b"/")[2] for name in names)
    assert len(os.listdir(stage)) == len(WILD) + 1


@pytest.mark.parametrize("name", GNU_OR_RSYNC)
def test_a_problem_is_told_of_the_right_file_whatever_its_name(name, tmp_path, source, stage):
    kind = _stand(name, tmp_path)
    names = [wild for wild in WILD if len(wild) < 255]
    put(source, b"good")
    problems = copy(kind.backend, source, [*names, b"good"], stage)
    assert [problem.name for problem in problems] == names
    assert {problem.errno for problem in problems} == {errno.ENOENT}


def test_roots_may_look_like_hosts_and_options(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source, stage = Path("host:source"), Path("-stage: dir")
    source.mkdir()
    stage.mkdir()
    name = put(source, b"a:b")
    assert copy(kind.backend, source, [name], stage) == []
    assert content(stage, name) == b"essence"


def test_an_existing_file_is_never_replaced(kind, source, stage):
    names = [put(source, b"a", b"new!"), put(source, b"b"), put(source, b"c")]
    put(stage, b"a", b"old")
    os.symlink("nowhere", stage / "b")
    problems = copy(kind.backend, source, names, stage)
    assert [(p.name, p.errno, p.delivered) for p in problems] == [
        (b"a", errno.EEXIST, False),
        (b"b", errno.EEXIST, False),
    ]
    assert content(stage, b"a") == b"old"
    assert os.readlink(stage / "b") == "nowhere"
    assert content(stage, b"c") == b"essence"


def test_a_file_that_appears_at_the_last_moment_is_not_replaced(kind, source, stage, tmp_path):
    if not kind.backend.guarantees.never_replaces:
        pytest.skip("not promised")
    name = put(source, b"a", b"essence")
    body = f'printf longer_than_it > "{stage}/a"; "$REAL" "$@"'
    problems = copy(kind.with_program(tmp_path, body), source, [name], stage)
    assert content(stage, b"a") == b"longer_than_it"
    assert [problem.name for problem in problems] == [b"a"]


def test_a_missing_source_is_told_and_the_others_are_copied(kind, source, stage):
    put(source, b"a")
    put(source, b"z")
    problems = copy(kind.backend, source, [b"a", b"gone", b"z"], stage)
    assert [(p.name, p.errno, p.delivered) for p in problems] == [(b"gone", errno.ENOENT, False)]
    assert sorted(os.listdir(stage)) == ["a", "z"]


def test_a_symlink_in_the_place_of_a_file_is_told(kind, source, stage):
    if kind.name in {"ditto", "robocopy"}:
        pytest.skip("their stand-ins follow links")
    os.symlink("/etc/hostname", source / "a")
    problems = copy(kind.backend, source, [b"a"], stage)
    assert [problem.name for problem in problems] == [b"a"]


def test_an_unreadable_file_is_told_and_the_others_are_copied(kind):
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to other users
    try:
        folder.chmod(0o777)
        (folder / "source").mkdir()
        (folder / "stage").mkdir()
        (folder / "stage").chmod(0o777)
        put(folder / "source", b"a", mode=0o644)
        put(folder / "source", b"closed", mode=0)
        backend = kind.backend
        if ROOT:
            _open_to_all(kind, folder)
            nobody = "exec setpriv --reuid 65534 --regid 65534 --clear-groups"
            backend = kind.with_program(folder, f'{nobody} {folder}/real/{kind.name} "$@"')
        problems = copy(backend, folder / "source", [b"a", b"closed"], folder / "stage")
        assert [(p.name, p.errno, p.delivered) for p in problems] == [
            (b"closed", errno.EACCES, False)
        ]
        assert content(folder / "stage", b"a") == b"essence"
    finally:
        shutil.rmtree(folder)


def _open_to_all(kind: Stand, folder: Path) -> None:
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    (folder / "real").mkdir()
    program = folder / "real" / kind.name
    shutil.copy(kind.program, program)
    if kind.name in {"ditto", "robocopy"}:  # an interpreter that other users can reach
        text = program.read_text().partition("\n")[2]
        program.write_text(f"#!/usr/bin/env python3\n{text}")
    program.chmod(0o755)


@pytest.fixture
def tiny_volume(tmp_path):
    """A volume of 1 MiB."""
    folder = tmp_path / "volume"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "avpres-test", str(folder)]
    if not ROOT or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not possible here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.mount
def test_a_full_volume_is_told_of_every_file_that_did_not_fit(kind, source, tiny_volume):
    names = [
        put(source, b"1 fits", b"a" * 200_000),
        put(source, b"2 big", b"b" * 3_000_000),
        put(source, b"3 late", b"c" * 900_000),
    ]
    problems = copy(kind.backend, source, names, tiny_volume)
    assert [(p.name, p.errno) for p in problems] == [(n, errno.ENOSPC) for n in names[1:]]
    assert content(tiny_volume, b"1 fits") == content(source, b"1 fits")


def test_a_killed_program_is_an_error_and_its_files_are_told(kind, source, stage, tmp_path):
    names = [put(source, b"a"), put(source, b"b")]
    backend = kind.with_program(tmp_path, "kill -9 $$")
    problems = backend.copy(source, names, stage, Preserve())
    assert [next(problems).name, next(problems).name] == names
    with pytest.raises(ToolFailedError, match="was killed by SIGKILL"):
        next(problems)


def test_a_program_killed_when_all_looks_done_is_an_error(kind, source, stage, tmp_path):
    backend = kind.with_program(tmp_path, '"$REAL" "$@"; kill -9 $$')
    with pytest.raises(ToolFailedError, match="was killed by SIGKILL"):
        copy(backend, source, [put(source, b"a")], stage)


def test_a_program_that_fails_when_all_looks_done_is_an_error(kind, source, stage, tmp_path):
    backend = kind.with_program(tmp_path, '"$REAL" "$@"; echo out of sorts >&2; exit 9')
    with pytest.raises(ToolFailedError, match="status 9: out of sorts"):
        copy(backend, source, [put(source, b"a")], stage)


def test_status_0_is_not_proof(kind, source, stage, tmp_path):
    backend = kind.with_program(tmp_path, "exit 0")
    problems = copy(backend, source, [put(source, b"a"), put(source, b"b")], stage)
    assert [problem.name for problem in problems] == [b"a", b"b"]
    assert "was not copied" in problems[0].message
    assert "status 0" in problems[0].message


def test_a_short_copy_is_told(kind, source, stage, tmp_path):
    backend = kind.with_program(tmp_path, f'"$REAL" "$@"; printf cut > "{stage}/a"; exit 0')
    (problem,) = copy(backend, source, [put(source, b"a"), put(source, b"b")], stage)
    assert problem.name == b"a"
    assert "has 3 of 7 bytes" in problem.message


def test_a_hanging_program_can_be_stopped(kind, source, stage, tmp_path):
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    backend = kind.with_program(tmp_path, "exec sleep 60")
    with pytest.raises(ToolStoppedError):
        list(backend.copy(source, [put(source, b"a")], stage, Preserve(), stop=stop))


def test_an_interrupt_stops_the_program(kind, source, stage, tmp_path):
    backend = kind.with_program(tmp_path, "echo $$; exec sleep 60")
    heard = []

    def interrupt(_stream, line):
        heard.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(backend.copy(source, [put(source, b"a")], stage, Preserve(), on_line=interrupt))
    with pytest.raises(ProcessLookupError):
        os.kill(heard[0], 0)


def test_many_files_take_few_processes(kind, source, stage, tmp_path):
    names = []
    for folder in range(5):
        os.makedirs(stage / f"reel {folder}")
        os.makedirs(source / f"reel {folder}")
        for frame in range(1000):
            name = f"reel {folder}/{'long ' * 20}{frame:07}.dpx"
            (source / name).write_bytes(b"%d" % frame)
            names.append(name.encode())
    backend = kind.with_program(tmp_path, f'echo >> "{tmp_path}/count"; exec "$REAL" "$@"')
    assert copy(backend, source, names, stage) == []
    assert sum(len(files) for _, _, files in os.walk(stage)) == 5000
    assert (tmp_path / "count").stat().st_size <= 5


def test_files_are_written_in_the_order_given_where_promised(kind, source, stage):
    if not kind.backend.guarantees.keeps_order:
        pytest.skip("not promised")
    names = [put(source, b"%03d" % n, b"x" * 20_000) for n in range(300)]
    names.sort(key=lambda name: name[::-1])
    assert copy(kind.backend, source, names, stage) == []
    made = [os.stat(stage / os.fsdecode(name)).st_ctime_ns for name in names]
    assert made == sorted(made)
    assert made[0] < made[-1]


def test_a_path_too_long_for_programs_is_told(kind, source, stage):
    deep = b"/".join([b"d" * 200] * 25)
    problems = copy(kind.backend, source, [deep, put(source, b"a")], stage)
    assert [problem.name for problem in problems] == [deep]


def test_no_names_start_no_program(kind, source, stage, tmp_path):
    backend = kind.with_program(tmp_path, "exit 9")
    assert copy(backend, source, [], stage) == []


@pytest.mark.parametrize("name", [b"/etc/passwd", b"a/../b", b"./a", b"", b"a//b", b"a/"])
def test_a_name_that_leads_elsewhere_is_refused(kind, source, stage, name):
    with pytest.raises(ValueError, match="no clean relative name"):
        copy(kind.backend, source, [name], stage)


def test_the_agent_names_the_program_and_its_version(kind):
    agent = kind.backend.agent()
    assert agent.name == kind.name
    assert agent.version
    assert agent.note == str(kind.program)


def test_lost_metadata_is_told_of_a_file_whose_bytes_are_there(tmp_path, source, stage):
    names = [put(source, b"a"), put(source, b"b")]
    complaint = "echo \"cp: preserving times for '$5'\": Operation not permitted >&2"
    backend = _stand("cp", tmp_path).with_program(
        tmp_path, f'"$REAL" "$@"; {complaint.replace("$5", str(stage) + "/b")}; exit 1'
    )
    (problem,) = copy(backend, source, names, stage)
    assert (problem.name, problem.errno, problem.delivered) == (b"b", errno.EPERM, True)


def test_a_data_error_is_never_mistaken_for_one_of_metadata(tmp_path, source, stage):
    body = '"$REAL" "$@"; echo "cp: failed to close \'%s/a\': Input/output error" >&2; exit 1'
    backend = _stand("cp", tmp_path).with_program(tmp_path, body % stage)
    (problem,) = copy(backend, source, [put(source, b"a")], stage)
    assert (problem.errno, problem.delivered) == (errno.EIO, False)
