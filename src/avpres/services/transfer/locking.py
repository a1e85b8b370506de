"""One run at a time for each name at each destination."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from avpres.adapters.storage.locks import held
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.items import Item


@contextlib.contextmanager
def lock(found: Sequence[Item], places: Sequence[Destination], state_dir: Path) -> Iterator[None]:
    """Hold every name at every destination for the length of a run.

    Raises:
        DestinationRefusedError: another run is copying one of them there.
    """
    with contextlib.ExitStack() as stack:
        for place in places:
            real = Path(os.path.realpath(place.path))
            stack.enter_context(held(state_dir, real, (item.name for item in found)))
        yield
