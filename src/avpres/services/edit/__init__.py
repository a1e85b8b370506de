"""`avpres edit`: a package changed in one step, with all that it says of itself."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from avpres.config.edit import EditOptions
from avpres.domain.errors import (
    DestinationRefusedError,
    IncompleteError,
    SourceUnreadableError,
    UsageError,
)
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Output, Report
from avpres.services.context import Context
from avpres.services.edit import findings, telling
from avpres.services.edit.change import Change, prepare, prove
from avpres.services.edit.deciding import decide
from avpres.services.edit.place import Place, held_place
from avpres.services.edit.state import open_state
from avpres.services.edit.wishes import Wishes, read_wishes
from avpres.services.ledger import open_ledger

__all__ = ["edit"]


def edit(options: EditOptions, context: Context) -> Report:
    """Change a package of ours that lies in a folder: all of it, or nothing.

    What is added is copied beside the package and proved; what avpres says of the package is
    written anew there. Then the renames are written down that make the new package of the old one,
    and done. A run that is killed before leaves the old package, one that is killed later is
    brought to its end by the next.

    Raises:
        AvpresError: the command as a whole cannot be done; the package is as it was.
    """
    tree = _folder(options.package)
    wishes = read_wishes(options)
    report = context.report("edit")
    with (
        _refusals(tree),
        open_ledger(context, options.report) as ledger,
        held_place(tree, context) as place,
    ):
        is_done = place.is_of(options)
        finished = _finish(place, options, context, report)
        if not wishes and not finished:
            raise UsageError(
                "nothing is asked for; say what to change with --add, --supplement, --rename, "
                "--remove or --describe"
            )
        if wishes and report.exit_code is ExitCode.OK and not (finished and is_done):
            _edit(place, wishes, options, context, report)
        ledger.close(report)
    return report


def _folder(path: Path) -> Path:
    tree = Path(path.absolute())
    if tree.is_file():
        raise UsageError(
            f"{path}: is a container, which is never changed in its place; take the package out "
            "with `avpres extract PKG DEST --all`, change that, and put it into a container again "
            "with `avpres convert`"
        )
    if not tree.is_dir() or tree.is_symlink():
        raise SourceUnreadableError(f"{path}: is no folder; name the folder of a package")
    return tree


@contextlib.contextmanager
def _refusals(tree: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DestinationRefusedError(
            f"{tree}: {reason.lower()}; mend that and run the same command again"
        ) from error


def _finish(place: Place, options: EditOptions, context: Context, report: Report) -> bool:
    """Bring to its end what a killed run had decided."""
    if place.journal.is_closed and not options.dry_run:
        place.remove()
        context.note(report, findings.finished(str(place.tree)))
        telling.finished(report, place)
        return True
    if not place.journal.is_decided:
        return False
    if options.dry_run:
        raise IncompleteError(
            f"{place.tree}: a change of it was cut short; run `avpres edit {place.tree}` to bring "
            "it to its end, then ask again"
        )
    place.journal.roll_forward()
    if prove(place, context, report):
        place.close()
        context.note(report, findings.finished(str(place.tree)))
        telling.finished(report, place)
    else:
        telling.unproved(report, place)
    return True


def _edit(
    place: Place, wishes: Wishes, options: EditOptions, context: Context, report: Report
) -> None:
    with open_state(context.state_dir / "edit") as state:
        change = Change(place, options, context, report, state)
        plan = prepare(change, wishes)
        if plan is None:
            telling.refused(report, place)
            return
        if options.dry_run or change.is_idle:
            telling.planned(report, change)
            if not options.dry_run:
                place.remove()  # what a run left that was killed at its very end
        else:
            _make(change)
    report.outputs.append(Output(kind="package", path=str(place.tree)))


def _make(change: Change) -> None:
    report, place = change.report, change.place
    if not decide(change):
        telling.refused(report, place)
        place.remove()
        return
    place.journal.roll_forward()
    if prove(place, change.context, report):
        place.close()
        telling.changed(report, change)
    else:
        telling.unproved(report, place)
