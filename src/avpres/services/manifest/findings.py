"""The findings of making a manifest."""

import os
from pathlib import Path

import humanize

from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Digest
from avpres.domain.report import Finding
from avpres.services.fixity.rows import shown


def _words(digests: tuple[Digest, ...]) -> str | None:
    return ", ".join(f"{d.algorithm} {d.value}" for d in digests) or None


def refused(path: Path, reason: str, exit_code: ExitCode) -> Finding:
    """No manifest could be made of a path; the others go on."""
    return Finding.error("MAN-REFUSED", shown(os.fsencode(path)), reason, exit_code)


def nothing(path: Path) -> Finding:
    """There is no file to record, which is most often a wrong path or an unmounted volume."""
    reason = "holds no files to record, so no manifest was written; check path, mount and --exclude"
    return refused(path, reason, ExitCode.INCOMPLETE)


def unreadable(path: Path | bytes, error: OSError | str) -> Finding:
    """A file or folder could not be read; a manifest without it would hide that."""
    reason = error if isinstance(error, str) else error.strerror or str(error)
    return Finding.error(
        "MAN-UNREADABLE",
        shown(os.fsencode(path)),
        f"cannot be read ({reason.lower()}), so no manifest was written; mend that first",
        ExitCode.SOURCE_UNREADABLE,
    )


def changed(
    path: bytes, manifest: str, expected: tuple[Digest, ...], found: tuple[Digest, ...]
) -> Finding:
    """A file is not what an older manifest says; that must be settled before a new record."""
    return Finding.error(
        "MAN-CHANGED",
        shown(path),
        f"differs from {manifest}, so no manifest was written: restore it, or move "
        "the older manifest away if the change was meant",
        ExitCode.FIXITY_MISMATCH,
        expected=_words(expected),
        found=_words(found),
    )


def missing(path: bytes, manifest: str) -> Finding:
    """An older manifest lists a file that is not there."""
    return Finding.warning("MAN-MISSING", shown(path), f"is listed in {manifest} and not there")


def doubtful(path: Path) -> Finding:
    """A file in the folder has a manifest's name and is none; it is content like any other."""
    return Finding.warning(
        "MAN-MANIFEST",
        shown(os.fsencode(path)),
        "has a manifest's name and holds something else; it was taken for an ordinary file",
    )


def exists(path: Path, fewer: int, more: int) -> Finding:
    """The manifest that was to be written is there and lists other files."""
    return Finding.error(
        "MAN-EXISTS",
        shown(os.fsencode(path)),
        f"is there already and was left as it is: {_files(more)} it lists are not there, "
        f"{_files(fewer)} are not listed in it; move it away or choose --output",
        ExitCode.DESTINATION_EXISTS,
    )


def link(path: bytes) -> Finding:
    """A symbolic link is not content, and no manifest format can hold it."""
    return Finding.info(
        "MAN-LINK", shown(path), "is a link or no regular file and stands in no manifest"
    )


def left_out(path: bytes, reason: str) -> Finding:
    """A name was left out because the options say so."""
    return Finding.info("MAN-SKIPPED", shown(path), f"left out ({reason})")


def failed_generation(path: str, expected: Digest, found: Digest) -> Finding:
    """A file is not what the ASC MHL history says; the new generation says `failed` of it."""
    return Finding.error(
        "MAN-CHANGED",
        path,
        "differs from the ASC MHL history; the new generation records it as failed",
        ExitCode.FIXITY_MISMATCH,
        expected=f"{expected.algorithm} {expected.value}",
        found=f"{found.algorithm} {found.value}",
    )


def _files(count: int) -> str:
    return f"{humanize.intcomma(count)} file{'' if count == 1 else 's'}"
