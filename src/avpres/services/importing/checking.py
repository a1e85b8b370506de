"""What is imported, held against what can be, before the first byte is written."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from avpres.adapters.formats import profile_toml
from avpres.adapters.formats.report_names import visible
from avpres.adapters.storage.walk import walk
from avpres.config.importing import ImportOptions
from avpres.domain.errors import DestinationRefusedError, SourceUnreadableError, UsageError
from avpres.services import record
from avpres.services.importing.mapping import BEGINNING
from avpres.services.packing.layouts import PLACES


class NameRefusedError(DestinationRefusedError):
    """A name cannot be held by the layout that was asked for."""


def check(options: ImportOptions) -> None:
    """Refuse what cannot be imported.

    Raises:
        UsageError: source and destination lie in each other, or the profile or mapping is broken.
        SourceUnreadableError: the source is not there, or is neither a file nor a folder.
        NameRefusedError: a name is not UTF-8, which a bag cannot hold.
    """
    profile_toml.find(options.profile)
    if options.mapping is not None:
        record.check_place(options.mapping, BEGINNING)
    source, out = os.path.realpath(options.foreign), os.path.realpath(options.destination)
    try:
        mode = os.stat(source).st_mode
    except OSError as error:
        raise SourceUnreadableError(
            f"{options.foreign}: cannot be read ({error.strerror}); check the path and the rights"
        ) from error
    if stat.S_ISREG(mode):
        return
    if not stat.S_ISDIR(mode):
        raise SourceUnreadableError(f"{options.foreign}: is neither a file nor a folder")
    if _holds(source, out):
        raise UsageError(f"{out}: lies inside the source {source}; choose another folder")
    if _holds(out, source):
        raise UsageError(
            f"{source}: lies inside {out}, where the package would appear; choose another folder"
        )
    if PLACES[options.layout].is_bag:
        require_utf8(Path(source), (entry.name for entry in walk(Path(source), on_error=_ignore)))


def require_utf8(folder: Path, names: Iterable[bytes]) -> None:
    """Refuse names that a bag cannot list.

    Raises:
        NameRefusedError: a name is not UTF-8.
    """
    for name in names:
        try:
            name.decode()
        except UnicodeDecodeError:
            full = visible(os.path.join(folder, os.fsdecode(name)))
            raise NameRefusedError(
                f"{full}: this name is not UTF-8, and a bag cannot list it; use --layout ifi"
            ) from None


def _holds(folder: str, path: str) -> bool:
    return (path + os.sep).startswith(folder.rstrip(os.sep) + os.sep)


def _ignore(_name: bytes, _error: OSError) -> None:
    """Leave it to the copy to tell of what cannot be read."""
