"""What a run does for tapes beside copying: their index, and what the record says of them."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from avpres.adapters.storage import ltfs
from avpres.adapters.storage.batch import Target
from avpres.domain.report import Report
from avpres.services.transfer.destinations import volume_for
from avpres.services.transfer.run import Run

_STATES = (
    "available",
    "lock_state",
    "index_generation",
    "index_time",
    "index_location",
    "counters",
)
"""What a copy may change of a tape."""


def write_index(target: Target) -> None:
    """Have the index written to tape, if anything was put there since the last one.

    A gateway has no such attribute: there the index is written when the tape is unmounted.

    Raises:
        OSError: the drive tried and failed.
    """
    root = target.volume.tape_root
    if root is not None and target.changed:
        ltfs.write_index(root)
    target.changed = False


def look(run: Run) -> None:
    """Look at every tape of a run before anything is done to it."""
    for root, _ in _roots(run):
        run.tapes[root] = _info(root)


def note(run: Run, report: Report) -> None:
    """Put every tape into the report, as it was before and as it is now.

    `facts["tapes"]` holds one entry for each: what it is, then `before` and `after` with its
    space, lock, index and error counters. What a tape's software does not tell is left out.
    """
    entries = []
    for root, role in _roots(run):
        before, after = run.tapes.get(root), _info(root)
        entries.append(
            {
                "path": str(root),
                "role": role,
                **_told(before or after, states=False),
                "before": _told(before, states=True),
                "after": _told(after, states=True),
            }
        )
    if entries:
        report.facts["tapes"] = entries


def _roots(run: Run) -> Iterator[tuple[Path, str]]:
    """Yield the folders that carry a tape's attributes, each once."""
    volumes = [(volume_for(unit.root, run.options.lto), "source") for unit in run.units[:64]]
    volumes += [(place.volume, "destination") for place in run.places]
    roots = {v.tape_root: role for v, role in volumes if v.tape_root is not None}
    yield from roots.items()


def _info(root: Path) -> ltfs.TapeInfo | None:
    try:
        return ltfs.tape_info(root)
    except OSError:
        return None  # it answers no more; that is told where it was noticed


def _told(info: ltfs.TapeInfo | None, *, states: bool) -> dict[str, object]:
    if info is None:
        return {}
    told = {name: value for name, value in asdict(info).items() if value is not None}
    return {name: value for name, value in told.items() if (name in _STATES) is states}
