"""What `uncook` says of single files."""

from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding


def damaged(path: str, why: str) -> Finding:
    """Tell of a file that did not come back as it was."""
    text = f"is damaged in the film and was not restored: {why}; take it from another copy"
    return Finding.error("UNC-DAMAGED", path, text, ExitCode.FIXITY_MISMATCH)


def lost(path: str, why: str) -> Finding:
    """Tell of a file of which the film has nothing."""
    text = f"is not in the film ({why}); take it from another copy"
    return Finding.error("UNC-LOST", path, text, ExitCode.INCOMPLETE)


def hostile(path: str, why: str) -> Finding:
    """Tell of a name that would lead out of the destination."""
    return Finding.error("UNC-NAME", path, f"{why}; it was not restored", ExitCode.NOT_CONFORMANT)


def unnameable(path: str, why: str | None) -> Finding:
    """Tell of a name that the destination cannot hold."""
    text = f"the destination cannot hold this name ({why}); restore it to another file system"
    return Finding.error("UNC-NAME", path, text, ExitCode.DESTINATION_REFUSED)


def exists(path: str) -> Finding:
    """Tell of something else that bears the name of a file."""
    text = "something else is there under this name and was left as it is; move it away"
    return Finding.error("UNC-EXISTS", path, text, ExitCode.DESTINATION_EXISTS)


def unproved(path: str, count: int) -> Finding:
    """Tell of files that came back, but could not be compared with anything."""
    text = (
        f"the film holds no digests of {count:,} files, so that what came back could be compared "
        "with nothing but the CRCs of its slices"
    )
    return Finding.warning("UNC-UNPROVED", path, text)
