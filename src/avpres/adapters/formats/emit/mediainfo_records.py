"""Records that MediaInfo writes itself; the file is read again for each.

They raise what `adapters.tools.mediainfo.outputs` raises: the file may be gone, MediaInfo may be
absent or fail with it.
"""

import os

from avpres.adapters.tools.mediainfo import Output, outputs
from avpres.domain.description import Description
from avpres.domain.technical import MediaKind

_PLAYED = {MediaKind.VIDEO, MediaKind.AUDIO, MediaKind.IMAGE}


def is_played(description: Description) -> bool:
    """Say whether MediaInfo knows this kind of file."""
    return description.technical.kind in _PLAYED


def xml(description: Description) -> bytes:
    """Write MediaInfo XML 2.0."""
    return outputs(_path(description), Output.XML)


def trace(description: Description) -> bytes:
    """Write MediaTrace: every box, element and header with its offset."""
    return outputs(_path(description), Output.MEDIA_TRACE)


def ebucore(description: Description) -> bytes:
    """Write EBUCore 1.8."""
    return outputs(_path(description), Output.EBUCORE)


def _path(description: Description) -> bytes:
    return os.fsencode(os.path.join(description.root, description.path))
