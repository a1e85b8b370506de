"""What `edit` says of single files of a package."""

from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Digest, pack
from avpres.domain.report import Finding
from avpres.services.packing.placed import Placed

_STATE = {
    "EDIT-MISSING": (
        "is in the manifests and not there; bring it back before the package is changed",
        ExitCode.INCOMPLETE,
    ),
    "EDIT-EXTRA": (
        "is there and in no manifest; take it away, and add it with --add if it belongs here",
        ExitCode.INCOMPLETE,
    ),
    "EDIT-UNLISTED": (
        "is not in every manifest of the package; find out which of them is right",
        ExitCode.INCOMPLETE,
    ),
    "EDIT-UNREADABLE": (
        "cannot be read; look whether the disk is sound",
        ExitCode.SOURCE_UNREADABLE,
    ),
}


def state(code: str, path: str, reason: str = "") -> Finding:
    """Tell of a file that keeps its package from being changed."""
    text, exit_code = _STATE[code]
    message = f"{text} ({reason})" if reason else text
    return Finding.error(code, path, message, exit_code)


def size(path: str, known: int, found: int) -> Finding:
    """Tell of a file whose length is not the recorded one."""
    return Finding.error(
        "EDIT-SIZE",
        path,
        "is not as long as recorded; bring the right file back before the package is changed",
        ExitCode.FIXITY_MISMATCH,
        expected=f"{known} bytes",
        found=f"{found} bytes",
    )


def changed(path: str, known: tuple[Digest, ...], found: tuple[Digest, ...]) -> Finding:
    """Tell of a file whose bytes are not those that were recorded."""
    return Finding.error(
        "EDIT-CHANGED",
        path,
        "has other bytes than its manifests say; bring the right file back before the package is "
        "changed",
        ExitCode.FIXITY_MISMATCH,
        expected=pack(known),
        found=pack(found),
    )


def chain(path: str, text: str) -> Finding:
    """Tell of earlier manifests that are not what the register says of them."""
    return Finding.error("EDIT-CHAIN", path, text, ExitCode.FIXITY_MISMATCH)


def refused(placed: Placed) -> Finding:
    """Tell of a file that could not be added."""
    fault = placed.fault
    message = f"{fault.words}" if fault else ""
    message = f"{message} ({placed.detail})" if placed.detail else message
    exit_code = fault.exit_code if fault else ExitCode.OK
    return Finding.error(
        "EDIT-ADD", placed.wanted.source, f"could not be added: {message}", exit_code
    )


def left_out(path: str, what: str, advice: str) -> Finding:
    """Tell of something in a folder to add that is no file."""
    return Finding.warning("EDIT-LEFT-OUT", path, f"is {what} and was not added; {advice}")


def elsewhere(path: str) -> Finding:
    """Tell of a manifest that speaks of the package as it was."""
    return Finding.warning(
        "EDIT-OTHER-MANIFEST",
        path,
        "speaks of the package as it was before; avpres did not write it and left it as it "
        "is. Make it anew, or take it away",
    )


def finished(path: str) -> Finding:
    """Tell of a change that a killed run had decided, and this one has brought to its end."""
    return Finding.info(
        "EDIT-RESUMED", path, "a change of it that was cut short has been brought to its end first"
    )
