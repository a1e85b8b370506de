"""What `repair` says."""

import os
from pathlib import Path

from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.services.fixity.rows import shown


def nothing(film: bytes) -> Finding:
    """The film is whole as it is."""
    text = "every file of it comes back and matches its digests; no new film is made"
    return _finding("REP-NOTHING", film, text, Severity.INFO)


def alike(film: bytes) -> Finding:
    """The film is damaged, and the copies have nothing better."""
    text = (
        "is damaged, and the copies hold the same bytes there or are damaged too; "
        "name another copy with --from"
    )
    return _finding("REP-ALIKE", film, text, Severity.ERROR, ExitCode.NOT_REVERSIBLE)


def failed(film: bytes, kept: Path) -> Finding:
    """What was put together is not whole."""
    text = (
        f"cannot be made whole of these copies; what could be mended is kept as {kept.name}, "
        "which is no result: name another copy with --from, and that one too"
    )
    return _finding("REP-FAILED", film, text, Severity.ERROR, ExitCode.NOT_REVERSIBLE)


def mended(film: bytes, what: str, size: int, copy: Path) -> Finding:
    """Bytes were taken from a copy."""
    count = "1 byte" if size == 1 else f"{size:,} bytes"
    text = f"{what}: {count} taken from {shown(os.fsencode(copy))}"
    return _finding("REP-MENDED", film, text, Severity.INFO)


def _finding(
    code: str, film: bytes, text: str, severity: Severity, exit_code: ExitCode = ExitCode.OK
) -> Finding:
    return Finding(
        code=code, severity=severity, path=shown(film), message=text, exit_code=exit_code
    )
