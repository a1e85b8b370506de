"""What `access` says of single sources and copies."""

from avpres.adapters.media.access_check import Fault
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.domain.severity import Severity

_CUT_SHORT = {"ACC-STREAMS", "ACC-DURATION", "ACC-FRAMES"}


class RefusedError(Exception):
    """No copy can be made of one source; the finding says why."""

    def __init__(self, code: str, message: str, exit_code: ExitCode) -> None:
        super().__init__(message)
        self.code = code
        self.exit_code = exit_code


def refused(error: RefusedError, path: str, copy: str) -> Finding:
    """Tell of a source that no copy was made of."""
    return Finding.error(error.code, path, str(error), error.exit_code, destination=copy)


def unreadable(path: str, error: OSError) -> Finding:
    """Tell of a source, or a folder of them, that cannot be read."""
    return Finding.error(
        "ACC-UNREADABLE",
        path,
        f"cannot be read ({error.strerror}); check the medium and the rights on it",
        ExitCode.SOURCE_UNREADABLE,
    )


def skipped(path: str, reason: str) -> Finding:
    """Tell of a file in a folder that is left out."""
    return Finding.info("ACC-SKIPPED", path, f"left out: {reason}")


def nothing() -> Finding:
    """Tell of folders without a film or a sound."""
    return Finding.error(
        "ACC-NOTHING",
        None,
        "there is no film and no sound to make copies of; is the disk mounted, and are "
        "names excluded? Name files to try them",
        ExitCode.INCOMPLETE,
    )


def told(code: str, message: str, path: str, *, warning: bool = False) -> Finding:
    """Tell what was noticed about a source, or decided for its copy."""
    severity = Severity.WARNING if warning else Severity.INFO
    return Finding(code=code, severity=severity, path=path, message=message)


def faulty(fault: Fault, path: str, kept: str) -> Finding:
    """Tell of a copy that is not what it should be; it is kept under a name that says so."""
    incomplete = fault.code in _CUT_SHORT
    return Finding.error(
        fault.code,
        path,
        f"the copy {fault.message}; it is kept as {kept}",
        ExitCode.INCOMPLETE if incomplete else ExitCode.NOT_CONFORMANT,
        expected=fault.expected,
        found=fault.found,
        destination=kept,
    )
