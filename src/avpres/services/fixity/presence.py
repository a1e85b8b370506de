"""Whether a path that was named is there, and if not, why."""

import os
from pathlib import Path

from avpres.domain.errors import SourceUnreadableError


def require(path: Path) -> Path:
    """Give the absolute form of a path that must be there.

    Raises:
        SourceUnreadableError: it is not, or a folder above it may not be entered.
    """
    full = Path(os.path.abspath(path))
    try:
        os.lstat(full)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SourceUnreadableError(f"{path} is not there; check the name and the mount") from error
    except OSError as error:
        raise SourceUnreadableError(
            f"{path} cannot be reached ({error.strerror}); check the rights on the folders above it"
        ) from error
    return full
