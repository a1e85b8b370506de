"""ditto, which macOS brings: the one copier that keeps resource forks, ACLs and Finder data."""

import re
from collections.abc import Sequence

from avpres.adapters.tools.complaint import Complaint, errno_of, is_about_metadata
from avpres.adapters.tools.process import show
from avpres.adapters.tools.tool import Tool

DITTO = Tool(
    name="ditto",
    programs=("ditto",),
    version_args=(),  # it has no version of its own
    advice={"darwin": "it is a part of macOS, at /usr/bin/ditto; repair PATH"},
)

ENVIRONMENT = {"DITTONORSRC": None, "DITTOABORT": None}
"""Variables by which ditto could be told otherwise (ditto(1))."""


def arguments(names: Sequence[bytes], folder: bytes, *, xattrs: bool) -> list[str | bytes]:
    """Give the words after the program, to copy names of one folder into one folder.

    One name is given with its target's full name, because ditto(1) has two forms: `src … folder`
    and `src_file dst_file`. `./` keeps a leading dash from being an option. `--noclone`: on APFS
    ditto would otherwise share the source's blocks, and a read-back would read the source.
    `--nocache` reads and writes around the page cache.
    """
    kept = ["--rsrc", "--extattr", "--acl", "--qtn"]
    left = ["--norsrc", "--noextattr", "--noacl", "--noqtn"]
    target = folder if len(names) > 1 else folder + b"/" + names[0].rpartition(b"/")[2]
    sources = [b"./" + name for name in names]
    return ["--noclone", "--nocache", *(kept if xattrs else left), *sources, target]


_LINE = re.compile(rb"^ditto: (?:.*? )??((?:\./|/).*): ([^:]+)$")


def complaint(line: bytes) -> Complaint | None:
    """Read a line of stderr, `ditto: ./a/b: No space left on device`."""
    match = _LINE.match(line)
    if match is None:
        return None
    words = line[: match.start(1)]
    text = show(line.removeprefix(b"ditto: "))
    return Complaint((match[1],), text, errno_of(match[2]), is_about_metadata(words))
