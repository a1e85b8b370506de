"""What the words of the command ask for, before anything is known of the package."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats.report_names import visible
from avpres.adapters.storage.pasted import forgive
from avpres.config.edit import EditOptions
from avpres.config.fields import one_line
from avpres.domain.errors import SourceUnreadableError, UsageError
from avpres.domain.oais import PackageKind, Role

APART = "//"
"""Parts two paths where `=` cannot: no path has an empty name in it."""
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_SAID = frozenset({"label", "rights", "institution", "kind"})
_OURS = frozenset({"id", "uuid", "created", "layout"})


@dataclass(frozen=True, slots=True)
class Addition:
    """A file or folder to take in; `target` is relative to the folder of its role."""

    source: Path
    target: str
    role: Role


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for. Paths are as they were given."""

    additions: tuple[Addition, ...] = ()
    renames: tuple[tuple[str, str], ...] = ()
    removals: tuple[str, ...] = ()
    descriptions: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        """Say whether anything is asked for."""
        return any((self.additions, self.renames, self.removals, self.descriptions))


def read_wishes(options: EditOptions) -> Wishes:
    """Take the words apart.

    Raises:
        UsageError: a word can be read in two ways, or in none.
        SourceUnreadableError: what is to be added is not there.
    """
    added = [*_additions("--add", options.add, Role.OBJECT)]
    added += _additions("--supplement", options.supplement, Role.SUPPLEMENTAL)
    renames = tuple(_pair("--rename", words) for words in options.rename)
    removals = tuple(_inside("--remove", words) for words in options.remove)
    return Wishes(tuple(added), renames, removals, tuple(map(_description, options.describe)))


def _additions(flag: str, given: Iterable[str], role: Role) -> Iterator[Addition]:
    for words in given:
        source, target = _source(flag, words)
        if not os.path.lexists(source):
            raise SourceUnreadableError(
                f"{flag} {visible(words)}: {visible(str(source))} is not there; name a file or "
                f"folder, and SRC{APART}PATH where a name has = in it"
            )
        yield Addition(source, _inside(flag, target or source.name), role)


def _source(flag: str, words: str) -> tuple[Path, str]:
    """Read SRC, SRC=PATH or SRC//PATH; what is there as it stands is SRC."""
    whole = Path(os.path.abspath(forgive(words)))
    parted = _parted(words)
    if parted is None:
        return whole, ""
    source = Path(os.path.abspath(forgive(parted[0])))
    if not os.path.lexists(whole):
        return source, parted[1]
    if os.path.lexists(source):
        raise UsageError(
            f"{flag} {visible(words)}: may mean {visible(str(whole))} or {visible(str(source))}; "
            f"write SRC{APART}PATH, without double slashes in SRC"
        )
    return whole, ""


def _parted(words: str) -> tuple[str, str] | None:
    if APART in words.rstrip("/"):
        first, _, last = words.rpartition(APART)
        return (first, last) if first else None
    first, mark, last = words.partition("=")
    return (first, last) if mark and first and "=" not in last else None


def _pair(flag: str, words: str) -> tuple[str, str]:
    parted = _parted(words)
    if parted is None or not all(parted):
        raise UsageError(
            f"{flag} {visible(words)}: write OLD=NEW, or OLD{APART}NEW where a name has = in it"
        )
    return _inside(flag, parted[0]), _inside(flag, parted[1])


def _inside(flag: str, path: str) -> str:
    """Bring a path of the package to one form.

    Raises:
        UsageError: it leads out of the package, or is none.
    """
    parts = path.rstrip("/").removeprefix("./").split("/")
    if not path.strip("/") or any(part in {"", ".", ".."} for part in parts) or "\0" in path:
        raise UsageError(
            f"{flag} {visible(path)}: is no path inside a package; write it without . and .. and "
            "without a slash before it"
        )
    return "/".join(parts)


def _description(words: str) -> tuple[str, str]:
    key, mark, value = words.partition("=")
    try:
        one_line(value)
    except ValueError as error:
        raise UsageError(f"--describe {visible(words)}: {error}") from error
    if key == "kind" and value not in {kind.value for kind in PackageKind}:
        raise UsageError(f"--describe {visible(words)}: write SIP, AIP, DIP or AIU")
    if key not in _SAID and key.casefold() in _SAID:
        raise UsageError(
            f"--describe {visible(words)}: write {key.casefold()}; an identifier of nearly the "
            "same name would mislead"
        )
    if not mark or not _KEY.fullmatch(key) or key in _OURS:
        raise UsageError(
            f"--describe {visible(words)}: write KEY=VALUE, where KEY is label, rights, "
            "institution, kind, or the name of an identifier such as oe"
        )
    return key, value
