"""Flags and messages of the copying programs: what is written, and that it is read back right."""

import errno
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.tools import cp, ditto, robocopy, rsync
from avpres.adapters.tools.process import ANY_STATUS, run

CP = Path("/usr/bin/cp")
no_cp = pytest.mark.skipif(shutil.which("cp") is None, reason="cp is not installed")
no_rsync = pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")

file_names = (
    st.binary(min_size=1, max_size=60)
    .map(lambda name: name.replace(b"/", b"_").replace(b"\0", b"_"))
    .filter(lambda name: name not in {b".", b".."})
)
name_lists = st.lists(file_names, min_size=1, max_size=40, unique=True)


def stderr_of(words, *, stdin=None, env=None) -> list[bytes]:
    """Run a copier in an empty folder: it has something to say of every name."""
    lines: list[bytes] = []
    with tempfile.TemporaryDirectory() as folder:
        run(
            words,
            cwd=Path(folder),
            stdin=stdin,
            env=env,
            ok=ANY_STATUS,
            on_line=lambda _stream, line: lines.append(line),
        )
    return lines


@no_cp
@settings(max_examples=30, deadline=None)
@given(name_lists)
def test_every_name_that_cp_writes_is_read_back(names):
    program = shutil.which("cp")
    lines = stderr_of([program, *cp.arguments(names, b"/tmp", ["mode"], sparse=True)])
    read = [cp.complaint(Path(program), line) for line in lines]
    assert len(read) == len(names)
    assert all(name in found.paths for name, found in zip(names, read, strict=True))
    assert {found.errno for found in read} == {errno.ENOENT}


@no_rsync
@settings(max_examples=30, deadline=None)
@given(name_lists)
def test_every_name_that_rsync_writes_is_read_back(names):
    words = rsync.arguments(b"/tmp", modes=True, times=True, xattrs=False, sparse=True)
    lines = stderr_of(["rsync", *words], stdin=rsync.name_list(names), env=rsync.environment())
    read = [found for found in map(rsync.complaint, lines) if found is not None]
    assert sorted(os.path.basename(found.paths[0]) for found in read) == sorted(names)
    assert {found.errno for found in read} == {errno.ENOENT}


@pytest.mark.parametrize(
    ("line", "paths", "number", "metadata"),
    [
        (b"/usr/bin/cp: error writing '/s/a': No space left on device", (b"/s/a",), 28, False),
        (b"/usr/bin/cp: error reading 'a': Input/output error", (b"a",), 5, False),
        (b"/usr/bin/cp: failed to close '/s/a': Disk quota exceeded", (b"/s/a",), 122, False),
        (b"/usr/bin/cp: preserving times for '/s/a': Operation not permitted", (b"/s/a",), 1, True),
        (
            b"/usr/bin/cp: setting attribute 'user.x' for '/s/a': Operation not supported",
            (b"user.x", b"/s/a"),
            95,
            True,
        ),
        (
            b"/usr/bin/cp: error copying 'a' to '/s/a': Input/output error",
            (b"a", b"/s/a"),
            5,
            False,
        ),
        (
            b"/usr/bin/cp: skipping file 'preserved', as it was replaced while being copied",
            (b"preserved",),
            None,
            False,
        ),
        (b"/usr/bin/cp: not replacing '/s/a'", (b"/s/a",), None, False),
        (
            rb"""cp: cannot stat 'a'$'\n\303\251\t''b'\''c"': No such file""",
            (b"a\n\xc3\xa9\tb'c\"",),
            None,
            False,
        ),
    ],
)
@pytest.mark.skipif(os.name != "posix" or errno.EDQUOT != 122, reason="numbers of Linux")
def test_lines_of_cp_are_understood(line, paths, number, metadata):
    complaint = cp.complaint(CP, line)
    assert (complaint.paths, complaint.errno, complaint.metadata) == (paths, number, metadata)


def test_a_name_that_cp_quotes_in_two_ways_gets_both_readings():
    quoted = rb"'\001'\'''$'\001'"
    assert cp.unquote(quoted) == [b"\\001'\x01", b"\x01'\x01"]


@pytest.mark.parametrize("line", [b"", b"cp", b"some other text", b"rsync: 'x'"])
def test_other_lines_are_not_taken_for_complaints_of_cp(line):
    assert cp.complaint(CP, line) is None


@pytest.mark.parametrize(
    ("line", "path", "number", "metadata"),
    [
        (
            b'rsync: [receiver] write failed on "/s/a": No space left on device (28)',
            b"/s/a",
            28,
            False,
        ),
        (
            b'rsync: [generator] failed to set times on "/s/a": Operation not permitted (1)',
            b"/s/a",
            1,
            True,
        ),
        (
            b'rsync: rsync_xal_set: lsetxattr("/s/a","user.x") failed: Not supported (95)',
            b"/s/a",
            95,
            True,
        ),
        (
            b'rsync: read errors mapping "/r/a \\#012b": Input/output error (5)',
            b"/r/a \nb",
            5,
            False,
        ),
        (b'file has vanished: "/r/a"', b"/r/a", None, False),
    ],
)
def test_lines_of_rsync_are_understood(line, path, number, metadata):
    complaint = rsync.complaint(line)
    assert path in complaint.paths
    assert (complaint.errno, complaint.metadata) == (number, metadata)


def test_the_last_words_of_rsync_concern_no_file():
    line = b"rsync error: error in file IO (code 11) at receiver.c(657) [receiver=3.5.0]"
    assert rsync.complaint(line) is None


def test_variables_that_steer_rsync_are_taken_away(monkeypatch):
    monkeypatch.setenv("RSYNC_ICONV", "utf8,latin1")
    assert rsync.environment()["RSYNC_ICONV"] is None


@pytest.mark.parametrize(
    ("line", "path", "number"),
    [
        (b"ditto: ./reel/a: No space left on device", b"./reel/a", errno.ENOSPC),
        (b"ditto: /stage/a: b: Permission denied", b"/stage/a: b", errno.EACCES),
        (b"ditto: can't get real path for source ./a: No such file or directory", b"./a", 2),
    ],
)
def test_lines_of_ditto_are_understood(line, path, number):
    complaint = ditto.complaint(line)
    assert (complaint.paths, complaint.errno) == ((path,), number)


@pytest.mark.parametrize(
    ("line", "path", "number"),
    [
        (
            rb"2024/05/01 10:00:00 ERROR 112 (0x00000070) Copying File C:\reel\a 1.mov",
            rb"C:\reel\a 1.mov",
            errno.ENOSPC,
        ),
        (
            rb"2024/05/01 10:00:00 FEHLER 5 (0x00000005) Datei wird kopiert \\nas\reel\a.mov",
            rb"\\nas\reel\a.mov",
            errno.EACCES,
        ),
        (
            rb"2024/05/01 10:00:00 ERROR 1392 (0x00000570) Copying File D:\a.mov",
            rb"D:\a.mov",
            None,
        ),
    ],
)
def test_lines_of_robocopy_are_understood_in_any_language(line, path, number):
    complaint = robocopy.complaint(line)
    assert (complaint.paths, complaint.errno) == ((path,), number)


@pytest.mark.parametrize(
    "line",
    [
        rb"	    New File  		      16	C:\reel\a.mov",
        b"Access is denied.",
        rb" 5 (0x00000006) x C:\a",
    ],
)
def test_other_lines_of_robocopy_are_no_complaints(line):
    assert robocopy.complaint(line) is None


def test_cp_is_told_to_neither_clone_nor_replace():
    words = cp.arguments([b"-a", b"b/c"], b"/stage", ["mode", "timestamps", "xattr"], sparse=False)
    assert words == [
        "--reflink=never",
        "--sparse=never",
        "--no-dereference",
        "--no-clobber",
        "--preserve=mode,timestamps,xattr",
        "--parents",
        b"--target-directory=/stage",
        "--",
        b"-a",
        b"b/c",
    ]


def test_rsync_is_told_to_write_in_place_and_to_read_its_list():
    words = rsync.arguments(b"/st:age", modes=True, times=True, xattrs=True, sparse=True)
    assert words == [
        "--whole-file",
        "--inplace",
        "--no-compress",
        "--ignore-existing",
        "--no-implied-dirs",
        "--omit-dir-times",
        "--times",
        "--perms",
        "--xattrs",
        "--acls",
        "--sparse",
        "--from0",
        "--files-from=-",
        "--",
        "./",
        b"/st:age/",
    ]


def test_ditto_is_told_not_to_clone_and_gets_one_file_by_its_full_name():
    assert ditto.arguments([b"r/-a", b"r/b"], b"/stage/r", xattrs=True) == [
        "--noclone",
        "--nocache",
        "--rsrc",
        "--extattr",
        "--acl",
        "--qtn",
        b"./r/-a",
        b"./r/b",
        b"/stage/r",
    ]
    assert ditto.arguments([b"r/-a"], b"/stage/r", xattrs=False)[-2:] == [b"./r/-a", b"/stage/r/-a"]
    assert "--norsrc" in ditto.arguments([b"a"], b"/stage", xattrs=False)


def test_robocopy_retries_a_little_and_never_deletes_replaces_or_touches_attributes():
    flags = robocopy.flags(modes=True, times=True, xattrs=False)
    words = robocopy.arguments(b"C:\\reel", b"T:\\reel", [b"a 1.mov"], flags)
    assert words == [
        b"C:\\reel",
        b"T:\\reel",
        b"a 1.mov",
        "/J",
        "/R:2",
        "/W:5",
        "/XC",
        "/XN",
        "/XO",
        "/COPY:DAT",
        "/DCOPY:T",
        "/XJ",
        "/NP",
        "/NJH",
        "/NJS",
        "/NDL",
    ]
    assert robocopy.flags(modes=False, times=False, xattrs=True) == "DS"
