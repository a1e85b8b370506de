"""What happened to a package before it came: the events that it tells, kept among ours."""

from collections.abc import Iterator
from itertools import islice

from avpres.adapters.formats import foreign_premis
from avpres.adapters.formats.foreign_premis import Told
from avpres.adapters.packages.foreign import Foreign, Provenance
from avpres.domain.errors import AvpresError
from avpres.domain.premis import Event
from avpres.services.packing.opening import is_ours, open_package

MOST = 200
"""Events that are taken over; a package that tells more tells of single files, in its document."""


def told_events(foreign: Foreign) -> tuple[Event, ...]:
    """Give the events of a package as a whole; its documents keep all of them, byte for byte."""
    if is_ours(foreign.root):
        try:
            return open_package(foreign.root).package.events[:MOST]
        except AvpresError:  # told when its lists are read
            return ()
    told = Told()
    for one in islice(_premis(foreign), 2 * MOST):
        foreign_premis.read(_content(foreign, one), told)
        if len(told.events) > MOST:
            return ()
    return tuple(told.with_agents())


def _premis(foreign: Foreign) -> Iterator[Provenance]:
    for one in foreign.provenance():
        if "PREMIS" in one.type.upper() and one.section.lower() in {"digiprovmd", "amdsec", "md"}:
            yield one


def _content(foreign: Foreign, one: Provenance) -> bytes:
    if one.content is not None or one.path is None:
        return one.content or b""
    root = foreign.root.resolve()
    path = (root / one.path).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        return b""
    with path.open("rb") as handle:
        return handle.read(foreign_premis.LARGEST + 1)
