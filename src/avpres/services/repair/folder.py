"""A folder of films repaired from folders of copies, each film for itself."""

import os
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from avpres.domain.errors import AvpresError, DestinationRefusedError, SourceUnreadableError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import FileRecord
from avpres.services.repair import findings
from avpres.services.repair.one import repair_one
from avpres.services.repair.pairing import copies_of, films, is_cooked
from avpres.services.repair.recording import record_proof
from avpres.services.repair.run import Outcome, Run, prove
from avpres.services.repair.target import ENDING

_WORDS = {
    Outcome.REPAIRED: "repaired",
    Outcome.THERE: "repaired before",
    Outcome.WHOLE: "whole as they are",
    Outcome.FAILED: "not made whole, see the findings",
}


def repair_folder(run: Run) -> None:
    """Repair every film beneath a folder; what is wrong with one concerns it alone.

    Raises:
        SourceUnreadableError: the folder cannot be read.
    """
    counts: Counter[Outcome] = Counter()
    for film in _films(run):
        one = run.another()
        try:
            if _repair(film, one):
                counts[one.outcome] += 1
                _record(film, one)
        except (AvpresError, OSError) as error:
            counts[Outcome.FAILED] += 1
            _refuse(film, error, one)
            _record(film, one)
    try:
        _tell_absent(run)
    except OSError as error:
        raise _unreadable(error, run) from error
    _sum_up(counts, run)


def _films(run: Run) -> Iterator[Path]:
    folder = _top(run)
    try:
        yield from films(folder, but=_out(run), on_error=partial(_unlisted, run))
    except OSError as error:
        raise _unreadable(error, run) from error


def _unlisted(run: Run, folder: str, error: OSError) -> None:
    text = f"cannot be listed ({(error.strerror or str(error)).lower()}); mend that and run again"
    run.note(findings.refused(os.fsencode(folder), text, ExitCode.SOURCE_UNREADABLE))


def _unreadable(error: OSError, run: Run) -> SourceUnreadableError:
    text = f"{error.filename or _top(run)}: {(error.strerror or str(error)).lower()}"
    return SourceUnreadableError(f"{text}; mend that and run again")


def _repair(place: Path, run: Run) -> bool:
    """Repair one film; say whether it is one."""
    film = _top(run) / place
    copies = copies_of(film, place, run.options.copies)
    if not is_cooked((film, *copies)):
        run.note(findings.other(os.fsencode(film)))
        return False
    if copies:
        path = _target(place, run)
        _make_folder(path.parent)
        repair_one((film, *copies), path, run)
    else:
        _prove_alone(film, run)
    return True


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = f"{error.filename or path}: {(error.strerror or str(error)).lower()}"
        raise DestinationRefusedError(f"{text}; mend that and run again") from error


def _prove_alone(film: Path, run: Run) -> None:
    started = run.context.clock()
    counts = prove(film, film, run)
    run.tell()
    run.outcome = Outcome.WHOLE if counts.is_whole else Outcome.FAILED
    run.note(findings.alone(os.fsencode(film), is_whole=counts.is_whole))
    record_proof(film, counts, started, run)


def _target(place: Path, run: Run) -> Path:
    out = _out(run)
    film = _top(run) / place
    return film.with_name(f"{film.stem}{ENDING}") if out is None else out / place


def _top(run: Run) -> Path:
    return Path(os.path.abspath(run.options.film))


def _out(run: Run) -> Path | None:
    given = run.options.destination
    return None if given is None else Path(os.path.abspath(given))


def _refuse(place: Path, error: AvpresError | OSError, run: Run) -> None:
    film = os.fsencode(_top(run) / place)
    if isinstance(error, AvpresError):
        run.note(findings.refused(film, str(error), error.exit_code))
        return
    text = f"{error.filename or place}: {(error.strerror or str(error)).lower()}"
    status = ExitCode.SOURCE_UNREADABLE
    run.note(findings.refused(film, f"{text}; mend that and run again", status))


def _record(place: Path, run: Run) -> None:
    film = _top(run) / place
    try:
        size = film.stat().st_size
    except OSError:
        size = 0
    run.ledger.add([FileRecord(path=str(place), size=size, outcome=run.outcome.value)])


def _tell_absent(run: Run) -> None:
    """Tell of copies that have no film here: it may be the film that was lost."""
    top = _top(run)
    for folder in run.options.copies:
        if not folder.is_dir():
            continue
        for place in films(folder, on_error=partial(_unlisted, run)):
            if not (top / place).exists() and not _is_elsewhere(top, place.name):
                run.note(findings.absent(os.fsencode(top / place), folder / place))


def _is_elsewhere(top: Path, name: str) -> bool:
    found = films(top, on_error=lambda _path, _error: None)  # told before
    return any(each.name == name for each in found)


def _sum_up(counts: Counter[Outcome], run: Run) -> None:
    total = counts.total()
    run.report.facts["films"] = {each.value: counts[each] for each in Outcome}
    parts = [f"{counts[each]:,} {words}" for each, words in _WORDS.items() if counts[each]]
    films_ = f"{total:,} film{'' if total == 1 else 's'}"
    run.report.summary = f"{films_}: {', '.join(parts)}." if parts else "no cooked film was found."
