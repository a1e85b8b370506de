"""rsync, between two folders of this machine only."""

import os
import re
from collections.abc import Iterable, Iterator

from avpres.adapters.tools.complaint import Complaint, is_about_metadata
from avpres.adapters.tools.process import show
from avpres.adapters.tools.tool import Tool

RSYNC = Tool(
    name="rsync",
    programs=("rsync",),
    version_pattern=r"^rsync +version v?(\d+(?:\.\d+)+)",
    least="3.1.3",  # --sparse together with --inplace
    advice={
        "linux": "apt install rsync, dnf install rsync",
        "darwin": "macOS's own rsync is too old; brew install rsync",
    },
)


def arguments(
    stage: bytes, *, modes: bool, times: bool, xattrs: bool, sparse: bool
) -> list[str | bytes]:
    """Give the words after the program; it runs in the source root and reads names from stdin.

    `./` and the absolute `stage` can never be taken for `host:path`. `--whole-file`: no block of
    an older file is trusted. `--inplace`: no temporary name, which a tape would keep forever.
    `--ignore-existing`: nothing is replaced. `--no-implied-dirs` and `--omit-dir-times`: folders
    are not rsync's. `--checksum-choice=none` is left out: it gained nothing with xxh128.
    """
    return [
        "--whole-file",
        "--inplace",
        "--no-compress",
        "--ignore-existing",
        "--no-implied-dirs",
        "--omit-dir-times",
        *(["--times"] if times else []),
        *(["--perms"] if modes else []),
        *(["--xattrs", "--acls"] if xattrs else []),
        *(["--sparse"] if sparse else []),
        "--from0",
        "--files-from=-",
        "--",
        "./",
        os.path.join(stage, b""),
    ]


def name_list(names: Iterable[bytes]) -> Iterator[bytes]:
    """Write the list that `--files-from=- --from0` reads.

    `./` keeps a name that begins with `#` or `;` from being a comment, which rsync 3.5.0 skips
    with status 0 although `--from0` is given.
    """
    return (b"./" + name + b"\0" for name in names)


def environment() -> dict[str, None]:
    """Take away every variable by which rsync could be told otherwise (RSYNC_RSH, RSYNC_ICONV…)."""
    return {name: None for name in os.environ if name.startswith("RSYNC_")}


_LINE = re.compile(rb'^rsync: (.*?)"(.*)"(.*?)(?: \((\d+)\))?$')
_VANISHED = re.compile(rb'^file has vanished: "(.*)"$')
_ESCAPED = re.compile(rb"\\#([0-7]{3})")


def complaint(line: bytes) -> Complaint | None:
    """Read a line of stderr, `rsync: [sender] link_stat "/a/b" failed: No such file … (2)`."""
    if match := _VANISHED.match(line):
        return Complaint((unescape(match[1]),), "file has vanished", None, metadata=False)
    match = _LINE.match(line)
    if match is None:
        return None
    number = int(match[4]) if match[4] else None
    text = show(line.removeprefix(b"rsync: "))
    paths = [match[2]]
    if b'","' in match[2]:  # lsetxattr("/a/b","user.name") failed
        paths.append(match[2].rpartition(b'","')[0])
    metadata = is_about_metadata(match[1] + match[3])
    return Complaint(tuple(map(unescape, paths)), text, number, metadata)


def unescape(name: bytes) -> bytes:
    r"""Undo rsync's escapes: every byte that the C locale cannot show is written `\#ooo`."""
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 8) & 0xFF]), name)
