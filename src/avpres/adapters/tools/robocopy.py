"""robocopy, which Windows brings."""

import errno
import re
from collections.abc import Sequence

from avpres.adapters.tools.complaint import Complaint
from avpres.adapters.tools.process import show
from avpres.adapters.tools.tool import Tool

ROBOCOPY = Tool(
    name="robocopy",
    programs=("robocopy",),
    version_args=(),  # its banner has told none since Windows 7
    advice={"win32": "it is a part of Windows, in System32; repair PATH"},
)

FAILED = 8
"""From this status on something failed; below it the bits tell what was copied or skipped."""

_ERRNO = {  # Windows system error codes as robocopy prints them
    2: errno.ENOENT,
    3: errno.ENOENT,
    5: errno.EACCES,
    19: errno.EROFS,
    21: errno.ENODEV,
    23: errno.EIO,
    32: errno.EBUSY,
    33: errno.EBUSY,
    39: errno.ENOSPC,
    112: errno.ENOSPC,
    123: errno.EINVAL,
    206: errno.ENAMETOOLONG,
    1117: errno.EIO,
}


def arguments(
    source: bytes, target: bytes, names: Sequence[bytes], flags: str
) -> list[str | bytes]:
    """Give the words after the program, to copy named files of one folder into one folder.

    `/R:2 /W:5`: its default is a million retries, 30 seconds apart. `/XC /XN /XO` leave out every
    file that exists, so nothing is replaced. No `/A+:R`, which loops for ever on tape gateways
    (IFIscripts #105), no `/MT`, `/MIR` or `/PURGE`.
    """
    return [
        source,
        target,
        *names,
        "/J",
        "/R:2",
        "/W:5",
        "/XC",
        "/XN",
        "/XO",
        f"/COPY:{flags}",
        "/DCOPY:T",
        "/XJ",
        "/NP",
        "/NJH",
        "/NJS",
        "/NDL",
    ]


def flags(*, modes: bool, times: bool, xattrs: bool) -> str:
    """Say what `/COPY:` takes along: data, attributes, times, and access control lists.

    Alternate streams come with the data. `O` (owner) is left out: it needs the backup right.
    """
    return "D" + "A" * modes + "T" * times + "S" * xattrs


# 2024/05/01 10:00:00 ERROR 112 (0x00000070) Copying File C:\reel\a.mov: in any language the
# number, its hex and the path stay the same.
_LINE = re.compile(rb" (\d+) \(0x([0-9A-Fa-f]{8})\) .*?((?:[A-Za-z]:|\\\\|/).*)$")


def complaint(line: bytes) -> Complaint | None:
    """Read an error line, which robocopy writes to stdout."""
    match = _LINE.search(line)
    if match is None or int(match[1]) != int(match[2], 16):
        return None
    return Complaint((match[3],), show(line), _ERRNO.get(int(match[1])), metadata=False)
