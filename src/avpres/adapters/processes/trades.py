"""What worker processes are for: their lives, and what is loaded before they are forked."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Trade:
    """One kind of work that has processes of its own.

    `lives` names by kind, as "module:function", what a process does with its life: the function
    gets its end of the line to the parent. `modules` are imported once, before the first is
    forked; `environment` is what the libraries in them read when they are loaded.
    """

    lives: Mapping[str, str]
    modules: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


WORKER, IDENTIFIER, EARLY_IDENTIFIER = "worker", "identifier", "early identifier"
DESCRIBING, MIGRATING = "describing", "migrating"

_VALIDATORS = "text html jpeg gif png tiff wave aiff pdf pdf_content xml zip gzip"
_HERE = "avpres.adapters"
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Files are shared out among processes; threads beside them would only contend."""

TRADES: dict[str, Trade] = {
    DESCRIBING: Trade(
        lives={
            WORKER: f"{_HERE}.describing.worker:serve",
            IDENTIFIER: f"{_HERE}.describing.identifier:serve",
            EARLY_IDENTIFIER: f"{_HERE}.describing.identifier:serve_early",
        },
        modules=(
            f"{_HERE}.describing.worker",
            *(f"{_HERE}.validators.{name}" for name in _VALIDATORS.split()),
            "lxml.etree",
            "pikepdf",
        ),
        # Go reads this once. Its signatures are never garbage, and looking for some while they
        # are loaded takes twice as long as loading them.
        environment={"GOGC": "off", "GOMEMLIMIT": "128MiB"},
    ),
    MIGRATING: Trade(
        lives={WORKER: f"{_HERE}.migrating.worker:serve"},
        modules=(f"{_HERE}.migrating.loading",),
        environment=_ONE_THREAD,
    ),
}
"""By name. What a collection needs beyond `modules` is imported by the worker that meets it."""
