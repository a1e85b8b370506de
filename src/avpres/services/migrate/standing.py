"""What earlier runs settled: which sources are passed over, and which are migrated anew."""

import json
import os
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path

from avpres.adapters.migrating.journal import Source, TargetRow
from avpres.adapters.migrating.orders import Made
from avpres.domain.migration import Outcome, Reason
from avpres.domain.report import Finding
from avpres.services.migrate import findings
from avpres.services.migrate.lines import read_line, read_lines
from avpres.services.migrate.naming import folded, stem_of
from avpres.services.migrate.settling import unsettle
from avpres.services.migrate.workshop import Workshop


class Standing(Enum):
    """What is to be done with a source."""

    SETTLED = "settled"  # it is as it was, and so are its targets
    OPEN = "open"  # it is to be migrated
    ASKED = "asked"  # its targets are there; is it still what the policy wants?
    BARRED = "barred"  # something in the way was told


def recall(shop: Workshop) -> None:
    """Take in what earlier runs recorded, and undo what a killed one left half named.

    Raises:
        OSError: the record cannot be read.
    """
    journal, record = shop.journal, shop.stage.record
    if not journal.is_begun and record.is_file():
        with record.open("rb") as handle:
            for line in read_lines(handle):
                try:
                    path, place, settled, rows = read_line(line)
                except ValueError:
                    continue  # of another avpres, or damaged: the source is looked at anew
                number = journal.recall(path, place, folded(stem_of(place)), settled)
                rows = [row._replace(source=number) for row in rows if row.role != "quarantine"]
                journal.announce(rows, (folded(row.path) for row in rows))
    journal.begin()
    for number in journal.announced():
        unsettle(shop, number)
    journal.commit()


def forget_gone(shop: Workshop, tops: Sequence[Path]) -> None:
    """Forget the sources that failed and are gone: nothing was made of them, nothing can be.

    A source of a folder that is not named this time stays, unless it can be seen to be gone.
    """
    leads = tuple(os.fsencode(top) + os.fsencode(os.sep) for top in tops)
    for number, path in shop.journal.unlisted(Outcome.FAILED):
        if _is_gone(path, is_named=path.startswith(leads)):
            shop.journal.forget(number)
            shop.note(findings.gone(os.fsdecode(path)))
    shop.journal.commit()


def _is_gone(path: bytes, *, is_named: bool) -> bool:
    """Say whether a source was taken away, or is left out of a folder that is named.

    Where its folder is not there, a disk may only not be mounted; one that cannot be read tells
    nothing.
    """
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return is_named or os.path.isdir(os.path.dirname(path))
    except OSError:
        return False
    return is_named and os.access(os.path.dirname(path), os.R_OK)


def standing(shop: Workshop, source: Source) -> Standing:
    """Decide what is to be done with a source, and tell what is in the way."""
    if source.outcome not in {Outcome.OK, Outcome.KEPT, Outcome.REFUSED}:
        return Standing.OPEN
    targets = shop.journal.targets_of(source.id)
    missing = [row for row in targets if not os.path.lexists(place_of(shop, row))]
    if missing and len(missing) == len(targets):
        shop.journal.forget(source.id)
        return Standing.OPEN
    for finding in _in_the_way(shop, source, targets, missing):
        shop.note(finding)
        return Standing.BARRED
    is_same = source.seen == source.signature[:2]
    version, _, policy = source.made_by.partition("; ")
    wanted, _, now = shop.maker.key.partition("; ")
    if source.outcome == Outcome.OK:
        return Standing.SETTLED if policy == now else Standing.ASKED
    return Standing.SETTLED if is_same and (version, policy) == (wanted, now) else Standing.OPEN


def _in_the_way(
    shop: Workshop, source: Source, targets: list[TargetRow], missing: list[TargetRow]
) -> Iterator[Finding]:
    if not targets:
        return
    if source.seen != source.signature[:2]:
        there = next(row for row in targets if row not in missing)
        yield findings.stale(source, os.fsdecode(place_of(shop, there)))
    for row in targets:
        place = place_of(shop, row)
        if row in missing:
            yield findings.incomplete(os.fsdecode(place))
        elif _size(place) != row.size:
            yield findings.changed_target(os.fsdecode(place))


def told_again(source: Source, line: str) -> Finding | None:
    """Tell once more why a source is refused that an earlier run refused."""
    if source.reason is None:
        return None
    detail = str(json.loads(line).get("detail", ""))
    made = Made(source.id, Outcome(str(source.outcome)), Reason(source.reason), detail)
    return findings.of_outcome(source, made)


def place_of(shop: Workshop, row: TargetRow) -> bytes:
    """Give the full path of a file that was made."""
    return os.path.join(os.fsencode(Path(shop.stage.out)), row.path)


def _size(path: bytes) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return -1
