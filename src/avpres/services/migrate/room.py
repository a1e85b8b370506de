"""Whether there is room for the results of a run, judged by the plan of it, before it begins."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from avpres.adapters.migrating.journal import Source
from avpres.config.migrate import MigrateOptions
from avpres.config.migration_policy import Jp2
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.imaging import Traits
from avpres.domain.migration import Outcome
from avpres.domain.oais import Box
from avpres.services import room
from avpres.services.migrate.planning import Decision, decided
from avpres.services.migrate.workshop import Workshop

MOST = 4  # times its source that a target may take; JPEG becomes JP2 at 3.4
FACTORS = {"jxl": 1, "flac": 1, "text": 2}  # times their source
OF_FILE = 12_288  # bytes of the records of a source (seen: 10,300)
_MARGIN = 1 << 20  # bytes of what does not grow with the files
_SETTLED = {Outcome.OK, Outcome.KEPT, Outcome.REFUSED}
_ADVICE = "use another volume, or say --skip-space-check if you know that it will fit"
_BYTE = 8  # bits


def require_room(shop: Workshop) -> None:
    """Refuse a run whose results cannot fit; headers are read only if a first look leaves doubt.

    Raises:
        DestinationRefusedError: there is no room for the results, or for the package of them.
    """
    if shop.options.skip_space_check:
        return
    waiting = sum(source.signature[0] + OF_FILE for source in _waiting(shop))
    if not waiting or not _short(shop, MOST * waiting):
        return
    found = decided(_waiting(shop), shop.policy, shop.context)
    planned = sum(size_of(decision, source.signature[0]) for source, decision in found)
    if short := _short(shop, planned):
        raise DestinationRefusedError(f"the results {short}; {_ADVICE}")


def size_of(decision: Decision, size: int) -> int:
    """Say how many bytes the targets and records of a source of this size take at most."""
    if decision.outcome is not Outcome.OK:
        return OF_FILE
    target, migrant = decision.target, decision.migrant
    made = FACTORS.get(target.kind, MOST) * size
    if target.kind not in FACTORS and isinstance(migrant, Traits):
        made = min(made, _samples(migrant) + size // _BYTE)
    whole = size if isinstance(target, Jp2) and target.embed_source else 0
    return made + whole + OF_FILE


def require_free(need: int, out: Path) -> None:
    """Refuse what takes more bytes than a folder's volume has.

    Raises:
        DestinationRefusedError: it does.
    """
    if short := room.lacking(need + _MARGIN, out):
        raise DestinationRefusedError(f"what comes back {short}; {_ADVICE}")


def _waiting(shop: Workshop) -> Iterator[Source]:
    for group in shop.journal.groups():
        yield from (source for source in group if source.outcome not in _SETTLED)


def _samples(traits: Traits) -> int:
    """Count the bytes of the samples, which lossless targets keep below; all frames like one."""
    bits = sum(traits.bits) if len(traits.bits) > 1 else traits.bits[0]
    return traits.pixels * max(1, traits.frames) * bits // _BYTE


def _short(shop: Workshop, planned: int) -> str:
    """Say what is missing at the results' folder, or at that of the package."""
    options, out = shop.options, shop.stage.out
    if options.package is None:
        return room.lacking(planned + _MARGIN, out)
    packed = _packed(shop, planned)
    if room.are_together(out, options.package):
        return room.lacking(planned + packed + _MARGIN, out)
    return room.lacking(planned + _MARGIN, out) or room.lacking(packed + _MARGIN, options.package)


def _packed(shop: Workshop, planned: int) -> int:
    """Say what a package takes while it is made: one in a single file is written twice."""
    options = shop.options
    inside = planned + shop.journal.made()
    inside += shop.journal.totals()[1] if options.with_sources else 0
    return inside * (1 + (options.container is not Box.FOLDER))


def missing(options: MigrateOptions, places: Iterable[tuple[bytes, int]]) -> int:
    """Sum up what comes back and is not there yet, below the folder for it."""
    if options.destination is None:
        return 0
    lead = os.fsencode(options.destination.absolute())
    return sum(size for place, size in places if not _is_there(os.path.join(lead, place), size))


def _is_there(path: bytes, size: int) -> bool:
    try:
        return os.stat(path).st_size == size
    except OSError:
        return False
