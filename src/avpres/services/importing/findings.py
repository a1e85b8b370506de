"""What `import` says of single files: where list, files and digests do not agree."""

from collections.abc import Iterable

from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Digest
from avpres.domain.report import Finding
from avpres.domain.severity import Severity


def missing(path: str, *, named: bool) -> Finding:
    """A file is listed and not there."""
    text = "is listed, and is not there; ask whoever made the package for it"
    if not named:
        text = "is listed, and the package does not hold it; what lies elsewhere was not looked at"
    return Finding.error("IMP-MISSING", path, text, ExitCode.INCOMPLETE)


def unlisted(path: str, *, junk: bool) -> Finding:
    """A file is there and not listed."""
    text = "is there, and no list has it; it was taken in as it is"
    if junk:
        return Finding.info("IMP-UNLISTED-JUNK", path, text)
    return Finding.error("IMP-UNLISTED", path, text, ExitCode.INCOMPLETE)


def size(path: str, expected: int, found: int) -> Finding:
    """A file has another size than the package says."""
    return Finding.error(
        "IMP-SIZE",
        path,
        "has another size than the package says; it was taken in as it is, ask for a sound copy",
        ExitCode.FIXITY_MISMATCH,
        expected=f"{expected} bytes",
        found=f"{found} bytes",
    )


def digest(path: str, expected: Iterable[Digest], found: Iterable[Digest]) -> Finding:
    """A file has other digests than the package says."""
    return Finding.error(
        "IMP-DIGEST",
        path,
        "is not what the package's digest says; it was taken in as it is, ask for a sound copy",
        ExitCode.FIXITY_MISMATCH,
        expected=", ".join(f"{each.algorithm} {each.value}" for each in expected),
        found=", ".join(f"{each.algorithm} {each.value}" for each in found),
    )


def no_digest(path: str) -> Finding:
    """A file is listed without a digest."""
    return Finding.warning(
        "IMP-NO-DIGEST", path, "is listed without a digest; its content could not be compared"
    )


def no_list(path: str) -> Finding:
    """Nothing lists the files."""
    return Finding.warning(
        "IMP-NO-LIST", path, "no list came with these files; nothing could be compared"
    )


def case(path: str, listed: str) -> Finding:
    """A name differs in case."""
    return _differs("IMP-CASE", path, listed, "its name is listed in other upper and lower case")


def unicode_form(path: str, listed: str) -> Finding:
    """A name differs in its Unicode form."""
    return _differs("IMP-UNICODE", path, listed, "its name is listed in another Unicode form")


def encoding(path: str, listed: str) -> Finding:
    """A name is written in another way than the form has it."""
    return _differs(
        "IMP-ENCODING",
        path,
        listed,
        "its name is encoded in another way than the list's form has it",
    )


def folder(path: str, listed: str) -> Finding:
    """A path begins in another folder."""
    return _differs("IMP-FOLDER", path, listed, "it is listed in another folder")


def twice(path: str, times: int) -> Finding:
    """A file is listed more than once."""
    return Finding.warning("IMP-TWICE", path, f"is listed {times} times; it was taken in once")


def twins(path: str, other: str) -> Finding:
    """Two names differ in case or Unicode form alone."""
    return Finding.warning(
        "IMP-TWINS",
        path,
        f"differs from {other} in case or Unicode form alone; both were taken in, but some "
        "systems can hold only one",
    )


def contradiction(path: str, said: str) -> Finding:
    """The package says two things of a file."""
    return Finding.warning("IMP-CONTRADICTION", path, f"the package contradicts itself: {said}")


def empty(path: str) -> Finding:
    """A file has no bytes."""
    return Finding.info("IMP-EMPTY", path, "has no content; it was taken in as it is")


def differs(path: str, what: str, theirs: str, ours: str) -> Finding:
    """The foreign package and avpres say different things of a file."""
    return Finding.info(
        "IMP-DIFFERS",
        path,
        f"the package and avpres differ on its {what}; both are in comparison.csv",
        expected=theirs,
        found=ours,
    )


def refused(code: str, path: str, reason: str) -> Finding:
    """An entry of a container was not unpacked."""
    return Finding.error(code, path, f"was not unpacked: {reason}", ExitCode.NOT_CONFORMANT)


def problem(code: str, severity: Severity, path: str | None, text: str) -> Finding:
    """Something is wrong with a container."""
    status = ExitCode.NOT_CONFORMANT if severity is Severity.ERROR else ExitCode.OK
    return Finding(code=code, severity=severity, path=path, message=text, exit_code=status)


def link_left_out(path: str) -> Finding:
    """A symbolic link does not stand for a file of the package."""
    return Finding.warning("IMP-LINK", path, "is a link to no file of the package; it was left out")


def _differs(code: str, path: str, listed: str, text: str) -> Finding:
    return Finding.warning(
        code, path, f"{text}; it was taken for that file", expected=listed, found=path
    )
