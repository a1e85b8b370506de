"""What `export` says of single files and of packages."""

from collections.abc import Iterator
from pathlib import Path

from avpres.domain.exit_codes import ExitCode
from avpres.domain.oais import PackagedFile
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.services.export.tally import Master
from avpres.services.packing.landing import components
from avpres.services.packing.placed import Fault, Placed, Wanted

_CODES = {
    Fault.PATH: "EXP-PATH",
    Fault.SOURCE: "EXP-UNREADABLE",
    Fault.CONTENT: "EXP-MISMATCH",
    Fault.TARGET: "EXP-REFUSED",
    Fault.MEDIUM: "EXP-MEDIUM",
}


def not_placed(placed: Placed, fault: Fault, package: str) -> Finding:
    """Tell of a file that is not in the DIP, for which reason there is no DIP."""
    differing = placed.differing()
    why = f" ({placed.detail})" if placed.detail else ""
    return Finding.error(
        _CODES[fault],
        placed.wanted.source,
        f"{fault.words}{why}",
        fault.exit_code,
        expected=f"{differing[0].algorithm}:{differing[0].value}" if differing else None,
        found=f"{differing[1].algorithm}:{differing[1].value}" if differing else None,
        destination=package,
    )


def not_exportable(file: PackagedFile, package: str) -> Iterator[Finding]:
    """Tell of a file that leads out of its package, or of which that records no digest."""
    if components(file.path) is None:
        yield not_placed(Placed(_wanted(file, package)), Fault.PATH, package)
    if not file.digests:
        yield Finding.error(
            "EXP-UNPROVED",
            file.path,
            "the package records no digest of it, so nothing can be proved; verify the package",
            ExitCode.INCOMPLETE,
            destination=package,
        )


def _wanted(file: PackagedFile, package: str) -> Wanted:
    return Wanted(Path(package), file.path, file.path, file.size, file.mtime)


def no_masters() -> Finding:
    """Tell that there is nothing to make access copies of."""
    return Finding.warning(
        "EXP-NO-COPY",
        None,
        "there is no film and no sound among the files that were chosen: no access copy",
    )


def others(count: int) -> Finding:
    """Tell how many files access copies are not made of."""
    return Finding.info(
        "EXP-NO-COPY",
        None,
        f"no access copy of {count:,} file{'' if count == 1 else 's'}: neither film nor "
        "sound, and in the DIP unchanged",
    )


def of_copy(master: Master, profile: str, said: Finding) -> Finding:
    """Tell of the making of a copy as of a file of its package."""
    return said.model_copy(
        update={
            "path": master.file.path,
            "message": f"access copy {profile}: {said.message}",
            "destination": str(master.source.given),
        }
    )


def no_copy(master: Master, profile: str, said: Finding) -> Finding:
    """Tell of a film or sound that one kind of copies cannot be made of."""
    why = said.message.removeprefix("left out: ")
    found = of_copy(master, profile, said)
    return found.model_copy(
        update={"code": "EXP-NO-COPY", "message": f"no access copy {profile}: it {why}"}
    )


def not_there(master: Master) -> Finding:
    """Tell of a film or sound of which nothing at all is in the DIP."""
    return Finding.warning(
        "EXP-NO-COPY",
        master.file.path,
        "no kind of copy that was asked for can be made of it, and it is left out itself; "
        "add a profile that can be, with --access",
        destination=str(master.source.given),
    )


def not_read_back(place: str, fault: Fault) -> Finding:
    """Tell of an access copy that is not on the medium as it was made."""
    return Finding.error(_CODES[fault], place, fault.words, fault.exit_code)


def unattested(package: str) -> Finding:
    """Tell of a package whose list of files nothing speaks for."""
    return Finding.warning(
        "EXP-UNATTESTED",
        package,
        "no manifest speaks for what it says of its files, which was taken as it is; bring "
        "its manifests back, and verify it",
    )


def left_out(reason: str, files: int, size: str) -> Finding:
    """Tell how many files are not in the DIP, for one reason."""
    right = reason.startswith("the right to")
    count = f"{files:,} file{'' if files == 1 else 's'}, {size}"
    return Finding(
        code="EXP-RIGHT" if right else "EXP-LEFT-OUT",
        severity=Severity.WARNING if right else Severity.INFO,
        message=f"left out: {count}: {reason}; left-out.csv in the DIP names each",
    )


def condition(subject: str, text: str, act: str) -> Finding:
    """Tell of a right that is granted under a condition."""
    return Finding.warning(
        "EXP-CONDITION",
        subject or None,
        f"the right to {act} is granted under a restriction: {text}; heed it before the "
        "DIP leaves the house",
    )


def rights_text(package: str, text: str) -> Finding:
    """Tell of a rights statement that no program can judge."""
    return Finding.info(
        "EXP-RIGHTS-TEXT",
        package,
        f"its rights are stated as text, which a person must judge: {text}",
    )
