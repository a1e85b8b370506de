"""What a conversion cannot carry over, and what is wrong with single files."""

from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.services.packing.placed import Placed


def name(path: str) -> Finding:
    """Tell of a name that the new layout cannot hold at all."""
    return Finding.error(
        "CNV-NAME",
        path,
        "its name is not UTF-8, and a bag or zip cannot hold it; choose a layout that is "
        "no bag, or rename it with `avpres edit`",
        ExitCode.DESTINATION_REFUSED,
    )


def digest(algorithm: Algorithm, files: int, *, strict: bool) -> Finding:
    """Tell of digests that the new package does not record."""
    files_of = f"{files:,} file{'' if files == 1 else 's'}"
    text = (
        f"{algorithm} of {files_of} is compared, and not recorded again; add --digest {algorithm}"
    )
    return _lost("CNV-DIGEST", f"{text} to keep it", strict=strict)


def left(path: str, *, strict: bool) -> Finding:
    """Tell of a file that belongs to no part of a package that is carried over."""
    return _lost("CNV-LEFT", "is not carried over; it stays in the old package", path, strict)


def generations(path: str, *, strict: bool) -> Finding:
    """Tell of what was recorded of earlier states of the package."""
    text = "manifests of earlier states speak of the old layout; they stay in the old package"
    return _lost("CNV-GENERATION", text, path, strict)


def history(path: str, *, strict: bool) -> Finding:
    """Tell of an ASC MHL history that avpres wrote."""
    text = "the ASC MHL history of the objects stays in the old package; --mhl begins another"
    return _lost("CNV-MHL", text, path, strict)


def bag_info(path: str, *, strict: bool) -> Finding:
    """Tell of lines that somebody added to what a bag says of itself."""
    text = "lines of your own in it have no place in a layout that is no bag"
    return _lost("CNV-BAG-INFO", text, path, strict)


def part(whole: str, *, strict: bool) -> Finding:
    """Tell of a package that is part of another."""
    text = f"it is a part of {whole}, which goes on holding the old package, not the new one"
    return _lost("CNV-PART", text, None, strict)


def not_placed(placed: Placed) -> Finding:
    """Tell of a file that is not in the new package, so that there is none."""
    fault = placed.fault
    assert fault is not None  # noqa: S101 - asked only of files with a fault
    differing = placed.differing()
    detail = f" ({placed.detail})" if placed.detail else ""
    return Finding.error(
        "CNV-FILE",
        placed.wanted.source,
        f"{fault.words}{detail}",
        fault.exit_code,
        expected=differing[0].value if differing else None,
        found=differing[1].value if differing else None,
    )


def changed(path: str, expected: Digest, found: Digest) -> Finding:
    """Tell of a record of the old package that is not what its manifests say."""
    return Finding.error(
        "CNV-FILE",
        path,
        "is not what the manifests of the package say; look for another copy of the package",
        ExitCode.FIXITY_MISMATCH,
        expected=expected.value,
        found=found.value,
    )


def unrecorded(path: str) -> Finding:
    """Tell of a file about the objects that no manifest of the old package lists."""
    return Finding.error(
        "CNV-UNRECORDED",
        path,
        "no manifest of the package lists it, so that it cannot be proved; verify the "
        "package first",
        ExitCode.INCOMPLETE,
    )


def _lost(code: str, text: str, path: str | None = None, strict: bool = False) -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR if strict else Severity.WARNING,
        path=path,
        message=text,
        exit_code=ExitCode.NOT_REVERSIBLE if strict else ExitCode.OK,
    )
