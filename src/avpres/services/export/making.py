"""A DIP from the choice of its files to its appearance."""

from collections.abc import Sequence
from datetime import datetime

from avpres.domain.errors import FixityMismatchError, IncompleteError, SourceUnreadableError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.oais import Box
from avpres.domain.report import FileRecord
from avpres.services.export import telling
from avpres.services.export.choosing import Choice, choice
from avpres.services.export.copied import events_of, take_in
from avpres.services.export.copies import Copies, make_copies
from avpres.services.export.dip import Dip
from avpres.services.export.events import events, failed_check, failed_copies
from avpres.services.export.folders import make_folders
from avpres.services.export.forms import LEFT_OUT
from avpres.services.export.gathering import (
    Gathered,
    chosen,
    examine,
    fetch,
    gather,
    masters,
    shelve,
    survey,
)
from avpres.services.export.tally import Survey
from avpres.services.export.writing import clear, require_whole, write
from avpres.services.ledger import Ledger
from avpres.services.packing.building import Building
from avpres.services.packing.publishing import publish
from avpres.services.packing.room import require_room


def make(dip: Dip, ledger: Ledger) -> None:
    """Make the DIP, or say in the report why there is none.

    A container is written straight from the packages when they recorded every digest that was
    asked for: nothing has to be known of a file that its package does not say. Else the content
    is brought into the stage first.

    Raises:
        IncompleteError: everything is left out.
        NotConformantError: a package says broken things of its files.
        DestinationRefusedError: the DIP could not hold a name, or there is no room for it.
    """
    began = dip.context.clock()
    day = dip.stage.created.date()
    choices = [choice(dip.options, source, day) for source in dip.sources]
    found = survey(dip, choices)
    telling.tell(dip, choices, found)
    if not found.wanted.files and not found.masters:
        raise IncompleteError(telling.nothing(dip, found))
    if found.hopeless:
        _fail(dip, found, found.hopeless, began)
        return
    is_straight = dip.options.box is not Box.FOLDER and found.is_recorded
    copies_of_all = 1 if is_straight or dip.options.box is Box.FOLDER else 2
    require_room(dip.stage.path, copies_of_all * found.wanted.size)
    clear(dip)
    fetch(dip, choices, found)
    if failed := examine(dip, masters(dip, found)):
        _fail(dip, found, failed, began)
        return
    if is_straight:
        made = _straight(dip, choices, found, began)
    else:
        made = _staged(dip, choices, found, began)
    if made is not None:
        for file in dip.shelf.listed():
            ledger.add([FileRecord(file.path, file.size, "copied", file.digests)])
        telling.conclude(dip, found, made)


def _staged(dip: Dip, choices: Sequence[Choice], found: Survey, began: datetime) -> Gathered | None:
    gathered = gather(dip, choices, found)
    if gathered.failed or dip.report.exit_code is not ExitCode.OK:
        _fail(dip, found, gathered.failed, began)
        return None
    copies = make_copies(dip, found.masters)
    if not _are_in(dip, found, copies, began):
        return None
    make_folders(dip, choices)
    _describe(dip, found, (gathered, copies), began)
    require_whole(dip)
    publish(_building(dip))
    return gathered


def _straight(
    dip: Dip, choices: Sequence[Choice], found: Survey, began: datetime
) -> Gathered | None:
    """Put the files into the container as they are read; one that is not as recorded ends it.

    Then all that is wanted is looked at, so that every such file is told of at once.
    """
    gathered = shelve(dip, choices)
    copies = make_copies(dip, found.masters)
    if not _are_in(dip, found, copies, began):
        examine(dip, chosen(dip, choices))
        return None
    make_folders(dip, choices)
    _describe(dip, found, (gathered, copies), began)
    try:
        publish(_building(dip), where=dip.origin)
    except (FixityMismatchError, SourceUnreadableError):
        failed = examine(dip, chosen(dip, choices))
        dip.stage.product.unlink(missing_ok=True)
        if not failed:
            raise
        _fail(dip, found, failed, began)
        return None
    return gathered


def _are_in(dip: Dip, found: Survey, copies: Copies, began: datetime) -> bool:
    """Bring access copies into the DIP, and say whether all that can be made are there."""
    if not (copies.failed or copies.made or found.wanted.files):
        raise IncompleteError(telling.nothing(dip, found))
    if not copies.failed:
        take_in(dip, copies)
    if not copies.failed:
        return True
    dip.report.events = [failed_copies(dip, found, copies, began)]
    telling.without_copies(dip, copies)
    return False


def _fail(dip: Dip, found: Survey, failed: int, began: datetime) -> None:
    dip.report.events = [failed_check(dip, found, failed, began)]
    telling.failed(dip, found, failed)


def _describe(dip: Dip, found: Survey, gathered: tuple[Gathered, Copies], began: datetime) -> None:
    files, copies = gathered
    made = events_of(dip, copies, began)
    dip.report.events = [*events(dip, found, files, began, len(copies.made)), *made]
    lists = bool(found.left_out) or dip.options.form in LEFT_OUT
    write(dip, dip.report.events, lists_left_out=lists)


def _building(dip: Dip) -> Building:
    return Building(dip.packing, dip.context, dip.report, dip.stage, dip.shelf)
