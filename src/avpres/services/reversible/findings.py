"""What is said of a film whose files do not all come back."""

from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.services.fixity.rows import shown
from avpres.services.reversible.proof import Kind, Proof, Trouble, Verdict

_REPAIR = "`avpres repair` takes it from another copy"
_CODES = {
    Kind.CRC: "REV-CRC",
    Kind.PASSED_OVER: "REV-CRC",
    Kind.DATA: "REV-DATA",
    Kind.EXTRA: "REV-EXTRA",
    Kind.UNSUMMED: "REV-UNSUMMED",
}
_MILD = {
    Kind.EXTRA: "nothing that came back depends on it; find out who added it",
    Kind.UNSUMMED: "it was edited, or is damaged there; compare it with another copy",
}


def of(film: bytes, found: Proof | Trouble) -> Finding | None:
    """Tell of a file that does not come back, or of damage to the film; None when all is well."""
    if isinstance(found, Trouble):
        return _trouble(film, found)
    if found.is_right:
        return None
    name = f"{found.shown} ({found.where})"
    if found.verdict is Verdict.LOST:
        text = f"{name} cannot come back: {found.why}; {_REPAIR}"
        return _error("REV-LOST", film, text, ExitCode.INCOMPLETE)
    text = f"{name} does not come back as it was: {found.why}; {_REPAIR}"
    return _error("REV-DAMAGED", film, text, ExitCode.FIXITY_MISMATCH)


def _trouble(film: bytes, found: Trouble) -> Finding:
    code = _CODES[found.kind]
    if found.kind in _MILD:
        text = f"{found.why}; {_MILD[found.kind]}"
        return Finding.warning(code, shown(film), text)
    return _error(code, film, f"{found.why}; {_REPAIR}", ExitCode.FIXITY_MISMATCH)


def unproved(film: bytes, count: int, files: int, *, is_error: bool) -> Finding:
    """Files come back and there is nothing to compare them with, which is no proof."""
    text = (
        f"{count:,} of {files:,} files can be restored, but the film holds no digests of them, so "
        "that nothing proves that they are as they were; RAWcooked records digests with `--hash`"
    )
    if is_error:
        return _error("REV-UNPROVED", film, text, ExitCode.INCOMPLETE)
    return Finding.warning("REV-UNPROVED", shown(film), text)


def unreadable(film: bytes, why: str) -> Finding:
    """The film cannot be read to its end."""
    text = f"cannot be read ({why}); mend that and run the same command again"
    return _error("REV-UNREADABLE", film, text, ExitCode.SOURCE_UNREADABLE)


def no_data(film: bytes, why: str) -> Finding:
    """A film that was cooked, and whose reversibility data cannot be found."""
    text = f"{why}; {_REPAIR}"
    return _error("REV-DATA", film, text, ExitCode.FIXITY_MISMATCH)


def more(film: bytes, count: int) -> Finding:
    """There is more damage than is told one by one."""
    text = (
        f"{count:,} more of its files or parts are damaged; `avpres verify` of it alone names all"
    )
    return _error("REV-MORE", film, text, ExitCode.FIXITY_MISMATCH)


def _error(code: str, film: bytes, text: str, exit_code: ExitCode) -> Finding:
    return Finding.error(code, shown(film), text, exit_code)
