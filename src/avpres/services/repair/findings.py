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


def failed(film: bytes, kept: Path) -> Finding:
    """What was put together is not whole."""
    text = (
        f"cannot be made whole of these copies; what could be mended is kept as {kept.name}, "
        "which is no result: name another copy with --from, and that one too"
    )
    return Finding.error("REP-FAILED", shown(film), text, ExitCode.NOT_REVERSIBLE)


def mended(film: bytes, what: str, size: int, copy: Path) -> Finding:
    """Bytes were taken from a copy."""
    count = "1 byte" if size == 1 else f"{size:,} bytes"
    text = f"{what}: {count} taken from {shown(os.fsencode(copy))}"
    return Finding.info("REP-MENDED", shown(film), text)
