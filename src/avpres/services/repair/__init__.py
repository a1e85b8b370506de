"""`avpres repair`: one whole film of several damaged copies, proved before it gets its name."""

import os
from collections.abc import Sequence
from pathlib import Path

from avpres.config.repair import RepairOptions
from avpres.domain.errors import (
    DestinationRefusedError,
    SourceUnreadableError,
    UsageError,
)
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.fixity.presence import require
from avpres.services.ledger import open_ledger
from avpres.services.repair.folder import repair_folder
from avpres.services.repair.one import repair_one
from avpres.services.repair.pairing import copies_of
from avpres.services.repair.run import Run
from avpres.services.repair.target import ENDING

__all__ = ["repair"]


def repair(options: RepairOptions, context: Context) -> Report:
    """Put films together from copies of them, and prove that they give every file back.

    Run it again after an interruption: what was made is proved, what was not is begun anew.

    Raises:
        SourceUnreadableError: a copy is not there or cannot be read.
        UsageError: a copy is named twice, or there is none of the film.
        NotConformantError: they are not copies of one film.
        DestinationExistsError: something else bears the name of the new film.
        DestinationRefusedError: the destination is full or cannot be written.
    """
    report = context.report("repair")
    given = [require(each) for each in (options.film, *options.copies)]
    _require_different(given)
    with open_ledger(context, options.report) as ledger:
        run = Run(options, context, report, ledger)
        if options.film.is_dir():
            _require_folders(options)
            repair_folder(run)
        else:
            film = given[0]
            films, path = (film, *_copies(film, given[1:])), _destination(options, film)
            _require_new(path, films)
            repair_one(films, path, run)
        ledger.close(report)
    return report


def _require_different(paths: Sequence[Path]) -> None:
    for number, each in enumerate(paths):
        if not each.is_file() and not each.is_dir():
            raise UsageError(f"{each} is no file; name the films, which end in .mkv")
        if any(each.samefile(other) for other in paths[:number]):
            raise UsageError(f"{each} is named twice; a copy that is another file is needed")


def _require_folders(options: RepairOptions) -> None:
    for each in options.copies:
        if not each.is_dir():
            raise UsageError(f"{options.film} is a folder and {each} is a file; name two folders")
    out = options.destination
    if out is not None and out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; name a folder for the films of {options.film}")
    if out is not None:
        _require_new(out, [options.film, *options.copies])


def _require_new(out: Path, given: Sequence[Path]) -> None:
    """Refuse to take what is given for what an earlier run has made."""
    if out.exists() and any(out.samefile(each) for each in given):
        raise UsageError(f"{out} is what is to be compared; name another OUT for the result")


def _copies(film: Path, given: Sequence[Path]) -> list[Path]:
    try:
        found = copies_of(film, Path(film.name), given)
    except OSError as error:
        text = f"{error.filename}: {(error.strerror or str(error)).lower()}"
        raise SourceUnreadableError(f"{text}; mend that and run again") from error
    if not found:
        named = " and ".join(map(str, given))
        raise UsageError(f"{named} holds no film that is called {film.name}; name the copy itself")
    return found


def _destination(options: RepairOptions, film: Path) -> Path:
    given = options.destination
    if given is None:
        path = film.with_name(f"{film.stem}{ENDING}")
    elif given.is_dir():
        path = given / film.name
    else:
        path = given
    path = Path(os.path.abspath(path))
    if not path.parent.is_dir():
        raise DestinationRefusedError(f"{path.parent} is no folder; make it first")
    return path
