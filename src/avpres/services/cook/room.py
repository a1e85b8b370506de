"""How much room a film takes with all that is made with it."""

from avpres.config.cook import CookOptions
from avpres.domain.oais import Box

_MARGIN = 64 * 1024 * 1024  # bytes for what does not grow with the reel
_OF_FILE = 2048  # bytes of the journal, the manifests, DFXML and framemd5 (seen: 1,300)


def needed(film: int, files: int, options: CookOptions) -> int:
    """Say how many bytes a film takes at most, with what lies beside it while it is made.

    Args:
        film: its bytes, those of its source if nothing better is known.
        files: of the reel.
        options: a package in one file is written while the film is there still.
    """
    boxed = options.makes_packages and options.container is not Box.FOLDER
    return film * (1 + boxed) + files * _OF_FILE + _MARGIN
