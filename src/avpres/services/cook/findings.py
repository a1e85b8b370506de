"""What `cook` says of single files and reels."""

import os

from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding


def refused(code: str, path: str, text: str) -> Finding:
    """Tell of a source that is not as it must be; nothing was made."""
    return Finding.error(code, path, text, ExitCode.NOT_CONFORMANT)


def unreadable(path: str, why: object) -> Finding:
    """Tell of a file that the disk does not give."""
    text = f"cannot be read ({why}); nothing was made of its reel. Find a better copy"
    return Finding.error("COK-UNREADABLE", path, text, ExitCode.SOURCE_UNREADABLE)


def stopped(reel: str, trouble: OSError) -> Finding:
    """Tell of a disk that ended an assessment: the reel's, or that of temporary files."""
    place = os.fsdecode(trouble.filename) if trouble.filename else reel
    if place == reel or place.startswith(os.path.join(reel, "")):
        return unreadable(place, trouble.strerror)
    text = f"{trouble.strerror}; make room there, or set TMPDIR to a folder elsewhere"
    return Finding.error("COK-SPACE", place, text, ExitCode.DESTINATION_REFUSED)


def changed(path: str) -> Finding:
    """Tell of a source that was another one after the cook than before."""
    text = (
        "changed while the reel was being cooked; is it still being copied? What was made is "
        "thrown away; wait until nothing writes there, then run again"
    )
    return Finding.error("COK-SOURCE", path, text, ExitCode.INCOMPLETE)


def engine_refused(path: str, why: str) -> Finding:
    """Tell of a reel that another program cannot cook without losing something."""
    return refused("COK-ENGINE", path, f"{why}; nothing was made. Leave --engine out for this reel")


def engine_failed(path: str, why: str) -> Finding:
    """Tell of another program that did not end well; what it made counts for nothing."""
    text = f"{why}; what it made is kept as failed, with its log. Run again, or leave --engine out"
    return Finding.error("COK-ENGINE", path, text, ExitCode.TOOL_FAILED)


def unpacked(options: list[str]) -> Finding:
    """Tell of options, perhaps of the settings file, that speak of packages when none is made."""
    text = f"{', '.join(options)} speak of packages, and none is made; add --package for that"
    return Finding.info("COK-UNPACKED", "", text)
