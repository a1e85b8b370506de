"""GNU cp: `cp` on Linux, `gcp` on macOS (Homebrew's coreutils)."""

import re
from collections.abc import Sequence
from pathlib import Path

from avpres.adapters.tools.complaint import Complaint, errno_of, is_about_metadata
from avpres.adapters.tools.process import show
from avpres.adapters.tools.tool import Tool, VersionRange

_GNU = r"\(GNU coreutils\) (\d+(?:\.\d+)+)"
_LEAST = "8.25"  # writes names in its messages so that they can be read back
_BROKEN = (
    VersionRange(
        "9.0",
        "9.0",
        "https://lists.gnu.org/archive/html/bug-coreutils/2021-11/msg00000.html",
        "may take data on ZFS for holes",
    ),
)

CP = Tool(
    name="cp",
    programs=("cp",),
    version_pattern=_GNU,
    least=_LEAST,
    broken=_BROKEN,
    advice={
        "linux": "install GNU coreutils (apt install coreutils, dnf install coreutils)",
        "darwin": "macOS's own cp will not do; use gcp (brew install coreutils)",
    },
)

GCP = Tool(
    name="gcp",
    programs=("gcp",),
    version_pattern=_GNU,
    least=_LEAST,
    broken=_BROKEN,
    advice={"darwin": "brew install coreutils"},
)


ENVIRONMENT = {"POSIXLY_CORRECT": None}
"""Variables by which cp could be told otherwise."""


def arguments(
    names: Sequence[bytes], stage: bytes, preserve: Sequence[str], *, sparse: bool
) -> list[str | bytes]:
    """Give the words after the program: names keep their folders beneath `stage`.

    `--reflink=never`: a clone shares the source's blocks, so one bad block would hit both, and a
    read-back would read the source. `--no-clobber` closes the moment between our look and cp's
    open. `--parents` leaves folders that exist as they are.
    """
    return [
        "--reflink=never",
        "--sparse=auto" if sparse else "--sparse=never",
        "--no-dereference",
        "--no-clobber",
        *([f"--preserve={','.join(preserve)}"] if preserve else []),
        "--parents",
        b"--target-directory=" + stage,
        "--",
        *names,
    ]


_PIECE = rb"""'[^']*'|\$'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\\'"""
_OTHER_HEAD = re.compile(rb"(?:.*?/)?g?cp: ")  # where a script stands in for the program
_QUOTED = re.compile(rb"(?:" + _PIECE + rb")+", re.DOTALL)
_PIECES = re.compile(_PIECE, re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_CONTROL = {
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
}


def complaint(program: Path, line: bytes) -> Complaint | None:
    r"""Read a line of stderr, `/usr/bin/cp: error writing 'x': No space left on device`.

    Names are quoted as for a shell (gnulib's shell-escape style): `'caf'$'\303\251'`.
    """
    head = bytes(program) + b": "
    match = _OTHER_HEAD.match(line)
    if line.startswith(head):
        text = line.removeprefix(head)
    elif match is not None:
        text = line[match.end() :]
    else:
        return None
    paths = tuple(path for match in _QUOTED.finditer(text) for path in unquote(match[0]))
    reason = text.rpartition(b": ")[2]
    words = _QUOTED.sub(b"", text.removesuffix(reason))
    return Complaint(paths, show(text), errno_of(reason), is_about_metadata(words))


def unquote(quoted: bytes) -> list[bytes]:
    r"""Undo gnulib's shell-escape quoting of a name; two readings where it is not plain.

    gnulib drops the first `''$` of a name that begins with a control character and also has a
    quote in it (coreutils 9.1): `'\001'` is then one byte, where it otherwise would be four.
    """
    first, *others = (match[0] for match in _PIECES.finditer(quoted))
    rest = b"".join(map(_plain, others))
    readings = [_plain(first) + rest]
    if first.startswith(b"'\\"):
        readings.append(_plain(b"$" + first) + rest)
    return readings


def _plain(piece: bytes) -> bytes:
    if piece.startswith(b"$"):
        return _ESCAPE.sub(_unescape, piece[2:-1])
    return b"'" if piece == b"\\'" else piece[1:-1]


def _unescape(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8)]) if len(code) == len(b"377") else _CONTROL.get(code, code)
