"""What `characterise` says of single files."""

from collections.abc import Iterator

from avpres.adapters.describing.stopping import STOPPED
from avpres.domain.description import Description
from avpres.domain.exit_codes import ExitCode
from avpres.domain.reconciliation import Match, Place
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.domain.validity import Message, Status
from avpres.domain.verdict import decisive


def of_file(description: Description, path: str) -> Iterator[Finding]:
    """Yield what a person must look at in one file; nothing for a sound and complete one."""
    if description.error:
        yield Finding.error(
            "CHR-UNREADABLE",
            path,
            f"cannot be read ({description.error}); nothing is known of it",
            ExitCode.SOURCE_UNREADABLE,
        )
        return
    yield from _of_status(description, path)
    for message in description.messages:
        if message.id in {"CHR-NOT-IDENTIFIED", "CHR-NO-RECORD"}:
            yield _doubt(message.id, path, message.text)
    missing = description.completeness.missing if description.completeness else ()
    if missing:
        profile = description.completeness.profile if description.completeness else ""
        yield Finding.error(
            "CHR-INCOMPLETE",
            path,
            f"lacks what the profile {profile} requires: {', '.join(missing)}",
            ExitCode.NOT_CONFORMANT,
        )


def _of_status(description: Description, path: str) -> Iterator[Finding]:
    status = description.status
    if not description.size:
        yield _doubt("CHR-EMPTY", path, "has no content at all; is it what was meant to be kept?")
    elif status is Status.UNKNOWN:
        yield _unknown(description, path)
    elif not status.is_sound:
        code = "CHR-NOT-VALID" if status is Status.NOT_VALID else "CHR-NOT-WELL-FORMED"
        text = f"{_lower(status)} {description.format}{_first(description)}"
        yield Finding.error(code, path, text, ExitCode.NOT_CONFORMANT)


def _unknown(description: Description, path: str) -> Finding:
    stopped = [m for m in description.messages if m.id in STOPPED]
    if stopped:
        text = f"{stopped[0].text}; nothing is known of its soundness"
        return Finding.error(stopped[0].id, path, text, ExitCode.NOT_CONFORMANT)
    if description.validator:
        text = f"its examination did not come to its end{_told_first(description)}"
        return _doubt("CHR-UNDECIDED", path, text)
    if description.format:
        what = f"is taken for {description.format}, which has no validator here"
    else:
        what = "is of a format that nobody here knows"
    return _doubt("CHR-UNKNOWN", path, f"{what}; its soundness is not known")


def _told_first(description: Description) -> str:
    message = decisive(description)
    return f": {_told(message)}" if message else ""


def _doubt(code: str, path: str, text: str) -> Finding:
    return Finding.error(code, path, text, ExitCode.INCOMPLETE)


def _first(description: Description) -> str:
    """Tell the first error, where it is, and how many more there are."""
    errors = [m for m in description.messages if m.severity is Severity.ERROR]
    if not errors:
        return ""
    more = sum(description.counts.get(id, 0) for id in {m.id for m in errors}) - 1
    rest = f"; {more:,} more" if more > 0 else ""
    return f": {_told(errors[0])}{rest}"


def _told(message: Message) -> str:
    place = f" at byte {message.offset:,}" if message.offset is not None else ""
    return f"{message.text}{place} [{message.id}]"


def _lower(status: Status) -> str:
    return "well-formed, but not valid" if status is Status.NOT_VALID else "not well-formed"


def nothing() -> Finding:
    """Tell that there was no file at all."""
    text = "there is no file here; is the disk or card mounted, and does --exclude leave anything?"
    return Finding.error("CHR-NOTHING", None, text, ExitCode.INCOMPLETE)


def unreadable(path: str, error: OSError) -> Finding:
    """Tell of a file or folder that could not even be listed."""
    reason = error.strerror or str(error)
    text = f"cannot be read ({reason}); nothing is known of it"
    return Finding.error("CHR-UNREADABLE", path, text, ExitCode.SOURCE_UNREADABLE)


def of_set(match: Match) -> Finding | None:
    """Tell of a path that is missing or extra; None for one that is listed and there."""
    if match.place is Place.PRESENT:
        return None
    if match.place is Place.MISSING:
        return _doubt("CHR-MISSING", match.path, "is listed in the manifest and is not there")
    return _doubt("CHR-EXTRA", match.path, "is there and not listed in the manifest")


def skipped(path: str, why: str) -> Finding:
    """Tell of a name that was not described."""
    return Finding.info("CHR-SKIPPED", path, f"not described: {why}")
