"""What `migrate` says of single files."""

import os

from avpres.adapters.migrating.journal import Source
from avpres.adapters.migrating.orders import Made
from avpres.domain.exit_codes import ExitCode
from avpres.domain.migration import SENTENCES, Outcome, Reason
from avpres.domain.report import Finding

_STATUS = {
    Reason.UNREADABLE: ExitCode.SOURCE_UNREADABLE,
    Reason.STORAGE: ExitCode.DESTINATION_REFUSED,
    Reason.NAME_TAKEN: ExitCode.DESTINATION_EXISTS,
}
_CODES = {
    Outcome.REFUSED: "MIG-REFUSED",
    Outcome.FAILED: "MIG-FAILED",
    Outcome.QA_FAILED: "MIG-QA",
}
_ADVICE = {
    Outcome.REFUSED: "",
    Outcome.FAILED: "; run again to try it once more",
    Outcome.QA_FAILED: "; what was made lies in quarantine, and the source is as it was",
}


def of_outcome(source: Source, made: Made) -> Finding | None:
    """Tell why a file was not migrated; nothing of one that was, or that the policy keeps."""
    code = _CODES.get(made.outcome)
    if code is None or made.reason is None:
        return None
    sentence = SENTENCES[made.reason]
    detail = f": {made.detail}" if made.detail else ""
    text = f"{sentence}{detail} ({made.reason.value}){_ADVICE[made.outcome]}"
    return Finding.error(code, os.fsdecode(source.path), text, status_of(made))


def of_colour(source: Source, made: Made) -> Finding | None:
    """Tell which colours were declared for a source that has no profile, and why."""
    if made.outcome is not Outcome.OK:
        return None
    told = (dict(part.facts).get("colour") for part in made.parts)
    for colour in told:
        if isinstance(colour, dict):
            path, why = os.fsdecode(source.path), str(colour["why"])
            if colour["known"]:
                return Finding.info("MIG-COLOUR", path, why)
            text = f"{why}; the target is marked so, and readers will take it for sRGB or grey"
            return Finding.warning("MIG-COLOUR", path, text)
    return None


def of_empty(source: Source) -> Finding | None:
    """Tell of a source without a byte: that it stays is right, but something may be missing."""
    if source.signature[0]:
        return None
    text = "is empty, and stays as it is; look for the file in another copy"
    return Finding.warning("MIG-EMPTY", os.fsdecode(source.path), text)


def gone(path: str) -> Finding:
    """Tell of a source that failed in an earlier run and is no longer among the sources."""
    text = "failed in an earlier run, and is no longer among the sources; the record forgets it"
    return Finding.info("MIG-GONE", path, text)


def status_of(made: Made) -> ExitCode:
    """Give the exit status that an outcome asks for."""
    if made.outcome is Outcome.QA_FAILED:
        return ExitCode.NOT_REVERSIBLE
    if made.outcome is Outcome.REFUSED:
        return ExitCode.NOT_CONFORMANT
    assert made.reason is not None  # noqa: S101 - set with every failure
    return _STATUS.get(made.reason, ExitCode.TOOL_FAILED)


def not_packaged(why: str, status: ExitCode | None) -> Finding:
    """Tell why there is no package of the results; without a status, other findings have one."""
    text = f"no package was made: {why}; what was migrated is as it was"
    return Finding.error("MIG-PACKAGE", "", text, status or ExitCode.INCOMPLETE)


def not_inside(count: int) -> Finding:
    """Tell that the package holds nothing of the files that stay as they are."""
    files = "1 file that stays as it is does" if count == 1 else f"{count:,} files that stay do"
    text = f"{files} not lie in the package; --with-sources puts the sources in, too"
    return Finding.warning("MIG-NOT-INSIDE", "", text)


def unreadable(path: str, cause: OSError) -> Finding:
    """Tell of a source, or a folder of them, that cannot be read."""
    text = f"cannot be read ({cause.strerror}); check the medium and the rights on it"
    return Finding.error("MIG-UNREADABLE", path, text, ExitCode.SOURCE_UNREADABLE)


def skipped(path: str, why: str) -> Finding:
    """Tell of a name that is no source."""
    return Finding.info("MIG-SKIPPED", path, f"not migrated: {why}")


def nothing() -> Finding:
    """Tell of sources that hold no file."""
    text = "there is no file here; is the disk mounted, and are names excluded?"
    return Finding.error("MIG-NOTHING", "", text, ExitCode.INCOMPLETE)


def stale(source: Source, target: str) -> Finding:
    """Tell of a source that is not what it was when it was migrated."""
    text = (
        f"changed since it was migrated; {target} holds what it was before. Move that away to "
        "migrate it anew, or bring the source back"
    )
    return Finding.error("MIG-CHANGED", os.fsdecode(source.path), text, ExitCode.DESTINATION_EXISTS)


def other_policy(source: Source, target: str) -> Finding:
    """Tell of a target that was made by another policy than that of this run."""
    text = (
        f"{target} was made of it as another policy wants; name another folder for the results "
        "of this one, or move that file away"
    )
    return Finding.error("MIG-POLICY", os.fsdecode(source.path), text, ExitCode.DESTINATION_EXISTS)


def changed_target(path: str) -> Finding:
    """Tell of a target that is not what was made."""
    text = "is not what an earlier run made; it was left as it is. Move it away and run again"
    return Finding.error("MIG-TARGET", path, text, ExitCode.DESTINATION_EXISTS)


def incomplete(path: str) -> Finding:
    """Tell of a target that is gone while others of its source are there."""
    text = "is not there, though other files of its source are; move those away and run again"
    return Finding.error("MIG-TARGET", path, text, ExitCode.DESTINATION_EXISTS)


def missing(path: str) -> Finding:
    """Tell of a target that is recorded and not there."""
    text = "is recorded and not there; look for it in another copy"
    return Finding.error("MIG-MISSING", path, text, ExitCode.INCOMPLETE)


def unproved(path: str, made: Made) -> Finding:
    """Tell of a target that is not what its record says, or could not be looked at."""
    reason = made.reason or Reason.DEFECT
    detail = f": {made.detail}" if made.detail else ""
    text = f"{SENTENCES[reason]}{detail} ({reason.value}); take it from another copy"
    if made.outcome is Outcome.QA_FAILED:
        return Finding.error("MIG-PROOF", path, text, ExitCode.FIXITY_MISMATCH)
    return Finding.error("MIG-UNPROVED", path, text, ExitCode.INCOMPLETE)


def unrestored(path: str, made: Made) -> Finding:
    """Tell of a target from which no source comes back."""
    reason = made.reason or Reason.DEFECT
    detail = f": {made.detail}" if made.detail else ""
    text = f"{SENTENCES[reason]}{detail} ({reason.value}); take it from another copy"
    return Finding.error("MIG-RESTORE", path, text, ExitCode.NOT_REVERSIBLE)


def restored_otherwise(path: str) -> Finding:
    """Tell of a source that came back with other bytes than were recorded."""
    text = "other bytes came back than were migrated, and were thrown away; use another copy"
    return Finding.error("MIG-RESTORE", path, text, ExitCode.FIXITY_MISMATCH)


def unrecorded(path: str) -> Finding:
    """Tell of a file of which nobody knows what it was made of."""
    text = (
        "no record tells of a source whose bytes come back from it, as they do not from JPEG 2000 "
        "and TIFF; name JPEG XL, FLAC, or texts beside their record"
    )
    return Finding.error("MIG-UNRECORDED", path, text, ExitCode.INCOMPLETE)


def uncompared(path: str) -> Finding:
    """Tell of a source that came back and could not be compared with anything."""
    text = "no record has the digest of its source; what came back was compared with nothing"
    return Finding.warning("MIG-UNCOMPARED", path, text)


def taken(path: str) -> Finding:
    """Tell of something else that has the name of what came back."""
    text = "something else is there already and was left as it is; choose another folder"
    return Finding.error("MIG-EXISTS", path, text, ExitCode.DESTINATION_EXISTS)
