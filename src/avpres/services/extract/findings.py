"""What `extract` says of single files."""

import os
from collections.abc import Callable

from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import pack
from avpres.domain.report import Finding
from avpres.services.extract.listing import Held
from avpres.services.packing.placed import Fault, Placed

Note = Callable[[Finding], None]


def unreadable(path: str, reason: str) -> Finding:
    """Tell of a file or folder of the package that cannot be read."""
    text = f"cannot be read ({reason.lower()}); look whether the disk is sound"
    return Finding.error("EXT-UNREADABLE", path, text, ExitCode.SOURCE_UNREADABLE)


def not_found(word: str) -> Finding:
    """Tell of a path that names nothing."""
    text = "is nothing in the package; `avpres inspect` shows what there is"
    return Finding.error("EXT-NOT-FOUND", word, text, ExitCode.INCOMPLETE)


def ambiguous(word: str, meant: list[bytes]) -> Finding:
    """Tell of a path that may mean two things."""
    names = " or ".join(os.fsdecode(path) for path in meant)
    return Finding.error(
        "EXT-AMBIGUOUS", word, f"may mean {names}; write the whole of it", ExitCode.INCOMPLETE
    )


def collision(path: str, target: str) -> Finding:
    """Tell of a file whose target another one has."""
    text = f"would get the name {target}, which another file gets; take it out by itself"
    return Finding.error("EXT-COLLISION", path, text, ExitCode.DESTINATION_EXISTS)


def unlisted(path: str) -> Finding:
    """Tell of a file that nothing records a digest of."""
    text = "is in no manifest or index, and nothing could prove it; `avpres copy` takes it as it is"
    return Finding.error("EXT-UNLISTED", path, text, ExitCode.INCOMPLETE)


def link(path: str) -> Finding:
    """Tell of a link, which is not taken out."""
    text = "is a link or no file, and was not taken out; name the file that it points to"
    return Finding.error("EXT-LINK", path, text, ExitCode.INCOMPLETE)


def missing(path: str) -> Finding:
    """Tell of a file that a manifest lists and that is not there."""
    text = "is in a manifest and not in the package; look for another copy of the package"
    return Finding.error("EXT-MISSING", path, text, ExitCode.INCOMPLETE)


def manifest(path: str) -> Finding:
    """Tell of a manifest, which nothing records."""
    return Finding.info(
        "EXT-MANIFEST",
        path,
        "is a manifest that nothing else records; it was read back as it was read",
    )


def exists(path: str) -> Finding:
    """Tell of a target that holds something else."""
    text = "is there already with other content and was left as it is; choose another folder"
    return Finding.error("EXT-EXISTS", path, text, ExitCode.DESTINATION_EXISTS)


def refused(path: str, reason: str) -> Finding:
    """Tell of a target that cannot be written."""
    text = f"cannot be written ({reason.lower()}); choose another folder"
    return Finding.error("EXT-REFUSED", path, text, ExitCode.DESTINATION_REFUSED)


def unsafe(path: str, reason: str) -> Finding:
    """Tell of a member of a container that would lead astray."""
    text = f"{reason}; it was not taken out. Ask who made the container, and why"
    return Finding.error("EXT-UNSAFE", path, text, ExitCode.NOT_CONFORMANT)


def twice(path: str) -> Finding:
    """Tell of a second member of one name."""
    return Finding.warning("EXT-TWICE", path, "is in the container twice; the first one counts")


def damaged(path: str, text: str) -> Finding:
    """Tell of a container that is not as it was made."""
    return Finding.error("EXT-DAMAGED", path, text, ExitCode.NOT_CONFORMANT)


def faulty(placed: Placed, path: str) -> Finding:
    """Tell of a file that was not taken out, because it could not be proved."""
    fault = placed.fault or Fault.SOURCE
    differing = placed.differing()
    expected, found = (pack([each]) for each in differing) if differing else (None, None)
    detail = f" ({placed.detail})" if placed.detail else ""
    return Finding.error(
        _CODES[fault],
        path,
        f"{fault.words}{detail}",
        fault.exit_code,
        expected=expected,
        found=found,
    )


_CODES = {
    Fault.PATH: "EXT-UNSAFE",
    Fault.SOURCE: "EXT-UNREADABLE",
    Fault.CONTENT: "EXT-MISMATCH",
    Fault.TARGET: "EXT-REFUSED",
    Fault.MEDIUM: "EXT-MEDIUM",
}


def what(held: Held) -> str:
    """Name a file as the package has it."""
    return os.fsdecode(held.path)
