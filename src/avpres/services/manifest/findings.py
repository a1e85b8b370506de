"""The findings of making a manifest."""

import os
from pathlib import Path

import humanize

from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Digest
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.services.fixity.rows import shown


def _words(digests: tuple[Digest, ...]) -> str | None:
    return ", ".join(f"{d.algorithm} {d.value}" for d in digests) or None


def refused(path: Path, reason: str, exit_code: ExitCode) -> Finding:
    """No manifest could be made of a path; the others go on."""
    return Finding(
        code="MAN-REFUSED",
        severity=Severity.ERROR,
        path=shown(os.fsencode(path)),
        message=reason,
        exit_code=exit_code,
    )


def nothing(path: Path) -> Finding:
    """There is no file to record, which is most often a wrong path or an unmounted volume."""
    reason = "holds no files to record, so no manifest was written; check path, mount and --exclude"
    return refused(path, reason, ExitCode.INCOMPLETE)


def unreadable(path: Path | bytes, error: OSError | str) -> Finding:
    """A file or folder could not be read; a manifest without it would hide that."""
    reason = error if isinstance(error, str) else error.strerror or str(error)
    return Finding(
        code="MAN-UNREADABLE",
        severity=Severity.ERROR,
        path=shown(os.fsencode(path)),
        message=f"cannot be read ({reason.lower()}), so no manifest was written; mend that first",
        exit_code=ExitCode.SOURCE_UNREADABLE,
    )


def changed(
    path: bytes, manifest: str, expected: tuple[Digest, ...], found: tuple[Digest, ...]
) -> Finding:
    """A file is not what an older manifest says; that must be settled before a new record."""
    return Finding(
        code="MAN-CHANGED",
        severity=Severity.ERROR,
        path=shown(path),
        message=f"differs from {manifest}, so no manifest was written: restore it, or move "
        "the older manifest away if the change was meant",
        expected=_words(expected),
        found=_words(found),
        exit_code=ExitCode.FIXITY_MISMATCH,
    )


def missing(path: bytes, manifest: str) -> Finding:
    """An older manifest lists a file that is not there."""
    return Finding(
        code="MAN-MISSING",
        severity=Severity.WARNING,
        path=shown(path),
        message=f"is listed in {manifest} and not there",
    )


def doubtful(path: Path) -> Finding:
    """A file in the folder has a manifest's name and is none; it is content like any other."""
    return Finding(
        code="MAN-MANIFEST",
        severity=Severity.WARNING,
        path=shown(os.fsencode(path)),
        message="has a manifest's name and holds something else; it was taken for an ordinary file",
    )


def exists(path: Path, fewer: int, more: int) -> Finding:
    """The manifest that was to be written is there and lists other files."""
    return Finding(
        code="MAN-EXISTS",
        severity=Severity.ERROR,
        path=shown(os.fsencode(path)),
        message=f"is there already and was left as it is: {_files(more)} it lists are not there, "
        f"{_files(fewer)} are not listed in it; move it away or choose --output",
        exit_code=ExitCode.DESTINATION_EXISTS,
    )


def link(path: bytes) -> Finding:
    """A symbolic link is not content, and no manifest format can hold it."""
    return Finding(
        code="MAN-LINK",
        severity=Severity.INFO,
        path=shown(path),
        message="is a link or no regular file and stands in no manifest",
    )


def left_out(path: bytes, reason: str) -> Finding:
    """A name was left out because the options say so."""
    return Finding(
        code="MAN-SKIPPED",
        severity=Severity.INFO,
        path=shown(path),
        message=f"left out ({reason})",
    )


def failed_generation(path: str, expected: Digest, found: Digest) -> Finding:
    """A file is not what the ASC MHL history says; the new generation says `failed` of it."""
    return Finding(
        code="MAN-CHANGED",
        severity=Severity.ERROR,
        path=path,
        message="differs from the ASC MHL history; the new generation records it as failed",
        expected=f"{expected.algorithm} {expected.value}",
        found=f"{found.algorithm} {found.value}",
        exit_code=ExitCode.FIXITY_MISMATCH,
    )


def _files(count: int) -> str:
    return f"{humanize.intcomma(count)} file{'' if count == 1 else 's'}"
