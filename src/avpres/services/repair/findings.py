"""What `repair` says."""

import os
from pathlib import Path

from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.services.fixity.rows import shown


def nothing(film: bytes) -> Finding:
    """The film is whole as it is."""
    text = "every file of it comes back and matches its digests; no new film is made"
    return Finding.info("REP-NOTHING", shown(film), text)


def alike(film: bytes) -> Finding:
    """The film is damaged, and the copies have nothing better."""
    text = (
        "is damaged, and the copies hold the same bytes there or are damaged too; "
        "name another copy with --from"
    )
    return Finding.error("REP-ALIKE", shown(film), text, ExitCode.NOT_REVERSIBLE)


def failed(film: bytes, kept: Path, *, are_files_whole: bool) -> Finding:
    """What was put together is not whole."""
    text = (
        f"cannot be made whole of these copies; what could be mended is kept as {kept.name}, "
        "which is no result: name another copy with --from, and that one too"
    )
    if are_files_whole:
        text += "; every file of the reel comes back from it, so that `avpres uncook` restores all"
    return Finding.error("REP-FAILED", shown(film), text, ExitCode.NOT_REVERSIBLE)


def there(film: bytes, made: Path) -> Finding:
    """An earlier run has made the new film."""
    text = f"{made.name} was made of these copies before, and is whole"
    return Finding.info("REP-THERE", shown(film), text)


def alone(film: bytes, *, is_whole: bool) -> Finding:
    """No copy of it was found."""
    if is_whole:
        text = "has no copy there; every file of it comes back, so that it needs none now"
        return Finding.warning("REP-ALONE", shown(film), text)
    text = "has no copy there, and does not give every file back; name another copy with --from"
    return Finding.error("REP-ALONE", shown(film), text, ExitCode.NOT_REVERSIBLE)


def absent(place: bytes, copy: Path) -> Finding:
    """A copy has no film."""
    text = f"is not there, and {shown(os.fsencode(copy))} is; `avpres copy` brings it over"
    return Finding.warning("REP-ABSENT", shown(place), text)


def other(film: bytes) -> Finding:
    """No film that was cooked."""
    text = "holds nothing that gives files back, nor do its copies; it was passed over"
    return Finding.info("REP-OTHER", shown(film), text)


def refused(film: bytes, why: str, exit_code: ExitCode) -> Finding:
    """One film of many could not be repaired; the others are."""
    return Finding.error("REP-REFUSED", shown(film), why, exit_code)


def mended(film: bytes, what: str, size: int, copy: Path) -> Finding:
    """Bytes were taken from a copy."""
    count = "1 byte" if size == 1 else f"{size:,} bytes"
    text = f"{what}: {count} taken from {shown(os.fsencode(copy))}"
    return Finding.info("REP-MENDED", shown(film), text)
