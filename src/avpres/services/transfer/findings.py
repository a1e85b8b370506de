"""The findings of a transfer: one function for each, so that codes and words stand in one place."""

import os
import stat
from pathlib import Path

from avpres.adapters.storage.batch import Job, Place
from avpres.domain.errors import AvpresError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.services.transfer.items import Unit

_SPECIAL = {
    stat.S_IFIFO: "a pipe (FIFO)",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def printable(path: bytes) -> str:
    """Write a path as text; bytes that are not UTF-8 are surrogate-escaped (PEP 383)."""
    return os.fsdecode(path)


def shown(unit: Unit, relative: bytes) -> str:
    """Write a path on the source side."""
    return printable(os.path.join(os.fsencode(unit.root), relative))


def at(place: Place) -> str:
    """Write the destination of a place."""
    return printable(place.target.path)


def skipped(unit: Unit, relative: bytes, reason: str) -> Finding:
    """A name was left out because the options say so."""
    return Finding.info("COPY-SKIPPED", shown(unit, relative), f"left out ({reason})")


def special(unit: Unit, relative: bytes, mode: int) -> Finding:
    """A pipe, socket or device holds no content that could be preserved."""
    kind = _SPECIAL.get(stat.S_IFMT(mode), "no file")
    return Finding.warning(
        "COPY-SPECIAL", shown(unit, relative), f"is {kind} and holds no content; left out"
    )


def unreadable(path: str, error: OSError) -> Finding:
    """A source file could not be read."""
    return Finding.error(
        "COPY-UNREADABLE",
        path,
        f"cannot be read ({reason(error)}); mend that and run the same command again",
        ExitCode.SOURCE_UNREADABLE,
    )


def changing(path: str) -> Finding:
    """A source file was changing on both readings."""
    return Finding.error(
        "COPY-CHANGING",
        path,
        "changed while it was being read, twice; not copied. Wait until nothing writes it",
        ExitCode.INCOMPLETE,
    )


def changed(path: str) -> Finding:
    """A source file changed during the first reading and held still during the second."""
    return Finding.warning(
        "COPY-CHANGED",
        path,
        "changed while it was being read; read again, the second reading was copied",
    )


def refused(path: str, place: Place, error: OSError) -> Finding:
    """A destination did not take a file."""
    return Finding.error(
        "COPY-REFUSED",
        path,
        f"cannot be written there ({reason(error)})",
        ExitCode.DESTINATION_REFUSED,
        destination=at(place),
    )


def not_delivered(path: str, place: Place, error: OSError) -> Finding:
    """A program did not bring a file over, whatever status it ended with."""
    return Finding.error(
        "COPY-PROGRAM",
        path,
        f"did not arrive ({reason(error)}); try --backend native",
        ExitCode.TOOL_FAILED,
        destination=at(place),
    )


def exists(path: str, place: Place) -> Finding:
    """A destination holds other content under the name."""
    return Finding.error(
        "COPY-EXISTS",
        path,
        _WHY_OTHER[place.touched],
        ExitCode.DESTINATION_EXISTS,
        destination=at(place),
    )


_WHY_OTHER = {
    "": "the destination holds another file of this name; compare them, or use --replace",
    "source": "the source was changed after this copy was proved, and the copy is as it was; "
    "find out why before you use --replace, the copy may be the last good one",
    "itself": "the destination is the source itself (a hard link, or mounted twice), and no copy; "
    "copy to another volume",
    "copy": "the copy was changed after it was proved, and the source is as it was; "
    "--replace writes it anew from the source",
}


def mismatch(path: str, place: Place, job: Job, *, mended: bool) -> Finding:
    """What came back from the medium is not what was written."""
    outcome = (
        "written once more, and now it matches; do not trust this medium"
        if mended
        else "the destination does not hold it; do not trust this medium"
    )
    if place.target.in_place and not mended:
        outcome = "it lies there under its final name all the same; take this cartridge out of use"
    return Finding.error(
        "COPY-MISMATCH",
        path,
        f"came back from the medium with other bytes than were written; {outcome}",
        ExitCode.FIXITY_MISMATCH,
        expected=f"xxh128 {job.read_back}",
        found=f"xxh128 {place.found.value}" if place.found else None,
        destination=at(place),
    )


def unproved(path: str, place: Place) -> Finding:
    """A read-back may have been answered by memory."""
    kind = place.evidence.value if place.evidence else "none"
    return Finding.error(
        "COPY-UNPROVED",
        path,
        "the bytes match, but memory may have answered instead of the medium; "
        "unmount and mount the volume, then run the same command again",
        ExitCode.INCOMPLETE,
        found=f"evidence: {kind}",
        destination=at(place),
    )


def lost(destination: str, error: OSError) -> Finding:
    """A destination went away or filled up; the others go on."""
    return Finding.error(
        "COPY-LOST",
        None,
        f"{destination}: stopped ({reason(error)}); what is proved there stays. "
        "Mend that and run the same command again",
        ExitCode.DESTINATION_REFUSED,
        destination=destination,
    )


def only_in_copy(path: str, destination: str, *, junk: bool) -> Finding:
    """Something lies in the copy that is not in the source."""
    return Finding(
        code="COPY-EXTRA-JUNK" if junk else "COPY-EXTRA",
        severity=Severity.INFO if junk else Severity.ERROR,
        exit_code=ExitCode.OK if junk else ExitCode.INCOMPLETE,
        path=path,
        destination=destination,
        message="is in the copy and not in the source; nothing was removed",
    )


def attribute_lost(path: str, place: Place, name: str, error: OSError) -> Finding:
    """An extended attribute, ACL or fork did not go along; the content did."""
    return Finding.warning(
        "COPY-ATTRIBUTE",
        path,
        f"{name} could not be kept there ({reason(error)}); the content is not affected",
        destination=at(place),
    )


def folder_attribute_lost(path: str, destination: str, name: str, error: OSError) -> Finding:
    """An extended attribute or ACL of a folder did not go along."""
    return Finding.warning(
        "COPY-ATTRIBUTE",
        path,
        f"{name} could not be kept there ({reason(error)}); what is in it is not affected",
        destination=destination,
    )


def link_lost(path: str, destination: str, error: OSError) -> Finding:
    """A symbolic link cannot be made at a destination."""
    return Finding.error(
        "COPY-LINK",
        path,
        f"the link cannot be made there ({reason(error)}); "
        "--links follow copies what it points to, --links skip leaves it out",
        ExitCode.DESTINATION_REFUSED,
        destination=destination,
    )


def link_exists(path: str, destination: str) -> Finding:
    """Something else lies where a symbolic link belongs."""
    return Finding.error(
        "COPY-EXISTS",
        path,
        "the destination holds something else under the name of this link; nothing was overwritten",
        ExitCode.DESTINATION_EXISTS,
        destination=destination,
    )


def folder_exists(destination: Path, error: OSError) -> Finding:
    """Something that is no folder lies where a folder belongs."""
    name = error.filename or ""
    return Finding.error(
        "COPY-EXISTS",
        name,
        "the destination holds something that is no folder under the name of this folder; "
        "nothing was copied there. Move it away",
        ExitCode.DESTINATION_EXISTS,
        destination=str(destination),
    )


def unaccounted(destination: Path, there: int, files: int) -> Finding:
    """The counts do not add up: a success is not claimed of what was not counted."""
    return Finding.error(
        "COPY-UNACCOUNTED",
        None,
        f"{destination}: {there} of {files} files are accounted for; run the same command again",
        ExitCode.INCOMPLETE,
        expected=f"{files} files",
        found=f"{there} files",
        destination=str(destination),
    )


def not_linked(path: str, destination: str, error: OSError) -> Finding:
    """A hard link became a copy of its own."""
    return Finding.info(
        "COPY-UNLINKED",
        path,
        f"is a hard link; copied as a file of its own ({reason(error)})",
        destination=destination,
    )


def reason(error: OSError) -> str:
    """Say in a few words what the system said."""
    return error.strerror or str(error)


def folder_unfinished(path: bytes, destination: str, error: OSError) -> Finding:
    """A folder could not be looked through or be given its times at the end."""
    return Finding.error(
        "COPY-FOLDER",
        printable(path),
        f"could not be finished ({reason(error)}); run the same command again",
        ExitCode.INCOMPLETE,
        destination=destination,
    )


def recorded_otherwise(path: str, manifest: str, expected: str, found: str) -> Finding:
    """A manifest that was there before says something else of a file."""
    return Finding.error(
        "COPY-RECORDED",
        path,
        f"is not what {manifest} says of it; that manifest was left as it is",
        ExitCode.FIXITY_MISMATCH,
        expected=expected,
        found=found,
    )


def listed_missing(path: str, manifest: str) -> Finding:
    """A manifest beside the source lists a file that is not there."""
    return Finding.error(
        "COPY-LISTED",
        path,
        f"is listed in {manifest} and is not in the source",
        ExitCode.INCOMPLETE,
    )


def unlisted(path: str, manifest: str, *, silent: bool) -> Finding:
    """A file of the source is not listed in the manifest beside it."""
    return Finding(
        code="COPY-UNLISTED",
        severity=Severity.INFO if silent else Severity.WARNING,
        path=path,
        message=f"is in the source and is not listed in {manifest}; it was copied and proved",
    )


def manifest_kept(manifest: str) -> Finding:
    """A manifest at the destination lists more than this copy holds."""
    return Finding.warning(
        "COPY-MANIFEST",
        manifest,
        "was there before and lists files that are not part of this copy; "
        "it was left as it is, and no new one was written",
    )


def manifest_waits(path: Path, destination: Path) -> Finding:
    """A manifest is written only when every file that it should list is there."""
    return Finding.warning(
        "COPY-MANIFEST",
        str(path),
        "was not written, because files of this item are missing there; "
        "the run that completes it writes it",
        destination=str(destination),
    )


def source_differs(path: str, manifest: str, expected: str, found: str) -> Finding:
    """A source file is not what the manifest beside it says."""
    return Finding.error(
        "COPY-SIDECAR",
        path,
        f"the source is not what {manifest} says of it; it was copied as it is now",
        ExitCode.FIXITY_MISMATCH,
        expected=expected,
        found=found,
    )


def half_written(path: str, place: Place) -> Finding:
    """A tape holds a part of a file under its final name, for there it has no other."""
    return Finding.warning(
        "COPY-HALF",
        path,
        "lies there in part, under its final name; do not use it. The same command, run "
        "on this computer, knows it and writes it anew",
        destination=at(place),
    )


def not_opened(path: Path, message: str) -> Finding:
    """A destination cannot be used at all; the others go on."""
    return Finding.error(
        "COPY-REFUSED", None, message, ExitCode.DESTINATION_REFUSED, destination=str(path)
    )


def manifest_failed(path: Path, error: AvpresError) -> Finding:
    """A manifest could not be read or written."""
    return Finding.error("COPY-MANIFEST", str(path), str(error), error.exit_code)
