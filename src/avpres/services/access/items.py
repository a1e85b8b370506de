"""Which files copies are made of, and under which names the copies lie."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from avpres.adapters.storage.reading import Signature, signature
from avpres.adapters.storage.walk import Kind, walk
from avpres.config.access import AccessOptions
from avpres.domain.access import AccessProfile
from avpres.domain.errors import UsageError
from avpres.services.fixity.presence import require
from avpres.services.transfer.lists import listed
from avpres.services.transfer.selection import selection
from avpres.services.viewing.item import ENDINGS, Item

OnSkipped = Callable[[str, str], None]
OnError = Callable[[str, OSError], None]


def items_of(
    options: AccessOptions,
    profile: AccessProfile,
    *,
    on_skipped: OnSkipped,
    on_error: OnError,
) -> list[Item]:
    """List sources and copies; two copies that would get one name keep their sources' endings.

    Raises:
        SourceUnreadableError: a source is not there.
        UsageError: there is none, or the copies would lie in a source.
    """
    given = [*options.sources, *(listed(options.from_list) if options.from_list else ())]
    if not given:
        raise UsageError("nothing to make copies of: the list names no source")
    destination = Path(os.path.abspath(options.destination))
    found: dict[bytes, tuple[bytes, Signature, bool]] = {}
    for source in given:
        top = require(source)
        _refuse_inside(destination, top)
        for path, relative in _files(top, options.exclude, on_skipped, on_error):
            try:
                seen = signature(os.stat(path))
                found.setdefault(path, (relative, seen, not top.is_dir()))
            except OSError as error:
                on_error(os.fsdecode(path), error)
    stems = Counter(_key(relative) for relative, _, _ in found.values())
    return [
        Item(path, _target(destination, relative, profile, stems), seen[0], seen, named)
        for path, (relative, seen, named) in found.items()
    ]


def _refuse_inside(destination: Path, source: Path) -> None:
    if not source.is_dir():
        return
    inner, outer = os.path.realpath(destination), os.path.realpath(source)
    if (inner + os.sep).startswith(outer.rstrip(os.sep) + os.sep):
        raise UsageError(
            f"{destination}: lies inside the source {source}; choose a folder outside it"
        )


def _key(relative: bytes) -> bytes:
    return os.path.splitext(relative)[0].lower()


def _target(
    destination: Path, relative: bytes, profile: AccessProfile, stems: "Counter[bytes]"
) -> Path:
    folder, name = os.path.split(relative)
    stem = os.path.splitext(name)[0] if stems[_key(relative)] == 1 else name
    copy = stem + os.fsencode(f"_{profile.name}{profile.suffix}")
    return destination / os.fsdecode(os.path.join(folder, copy))


def _files(
    top: Path, exclude: tuple[str, ...], on_skipped: OnSkipped, on_error: OnError
) -> Iterator[tuple[bytes, bytes]]:
    path = os.fsencode(top)
    if not top.is_dir():
        yield path, os.path.basename(path)
        return
    why = selection(exclude, skip_junk=True)

    def unreadable(name: bytes, error: OSError) -> None:
        on_error(os.fsdecode(os.path.join(path, name)), error)

    def left_out(relative: bytes, _name: bytes, _is_folder: bool) -> str | None:
        reason = why(relative) if why is not None else None
        if reason is not None:
            on_skipped(os.fsdecode(os.path.join(path, relative)), reason)
        return reason

    for entry in walk(top, on_error=unreadable, leave_out=left_out):
        if entry.kind != Kind.FILE:
            continue
        if os.path.splitext(entry.name)[1].lower() in ENDINGS:
            yield os.path.join(path, entry.name), entry.name
        else:
            reason = "its name does not end as those of films and sounds do"
            on_skipped(os.fsdecode(os.path.join(path, entry.name)), reason)
