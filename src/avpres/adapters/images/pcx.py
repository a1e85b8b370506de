"""PCX: not read yet."""

from avpres.adapters.images.window import Window
from avpres.domain.imaging import Traits
from avpres.domain.migration import Reason, Unmigratable


def probe(_window: Window) -> Traits:
    """Refuse what is not read yet."""
    raise Unmigratable(Reason.UNKNOWN_FORMAT)
