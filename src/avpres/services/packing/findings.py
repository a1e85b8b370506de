"""What `package` says of single files and folders. None of it keeps a package from being made."""

from collections.abc import Iterator

from avpres.domain.description import Description
from avpres.domain.report import Finding
from avpres.domain.verdict import Soundness, decisive, soundness

_WORDS = {
    Soundness.UNSOUND: ("PKG-UNSOUND", "is {status}"),
    Soundness.UNKNOWN: ("PKG-UNKNOWN", "its soundness is not known"),
    Soundness.EMPTY: ("PKG-EMPTY", "has no content at all"),
    Soundness.UNREADABLE: ("PKG-UNDESCRIBED", "could not be described ({error})"),
}


def of_file(description: Description, path: str) -> Iterator[Finding]:
    """Yield what a person should know of a file that is in the package as it is."""
    kind = soundness(description)
    if kind in _WORDS:
        code, words = _WORDS[kind]
        text = words.format(status=_status(description), error=description.error)
        message = decisive(description)
        why = f": {message.text} [{message.id}]" if message and kind is not Soundness.EMPTY else ""
        yield Finding.warning(code, path, f"{text}{why}; it is in the package as it is")
    missing = description.completeness.missing if description.completeness else ()
    if missing:
        yield Finding.warning(
            "PKG-INCOMPLETE", path, f"lacks what the profile requires: {', '.join(missing)}"
        )


def empty_folder(path: str) -> Finding:
    """Tell of a folder that no manifest can list."""
    return Finding.warning(
        "PKG-EMPTY-FOLDER",
        path,
        "is an empty folder: files.jsonl lists it, manifests list files alone and cannot miss it",
    )


def own_history(path: str) -> Finding:
    """Tell of an ASC MHL history that came with the objects."""
    return Finding.warning(
        "PKG-HISTORY",
        path,
        "the objects bring an ASC MHL history of their own; it is kept, and none was added",
    )


def not_recorded(path: str) -> Finding:
    """Tell of a film or sound without MediaInfo's record."""
    return Finding.warning("PKG-RECORD", path, "MediaInfo's record of it could not be made")


def larger(path: str, size: int, most: int) -> Finding:
    """Tell of a part that does not fit, because a file in it is larger than a part may be."""
    return Finding.warning(
        "PKG-LARGER",
        path,
        "is larger than a part may be: a single file, with what is written about it, is",
        expected=str(most),
        found=str(size),
    )


def _status(description: Description) -> str:
    text = description.status.value
    return text.lower()
