"""Counts of making manifests."""

from collections import Counter
from dataclasses import dataclass, field

from avpres.domain.fixity import Algorithm, Evidence


@dataclass(slots=True)
class Told:
    """Counts of a run; sizes in bytes. `written` and `kept` are manifests."""

    files: int = 0
    size: int = 0
    failed: int = 0
    algorithms: set[Algorithm] = field(default_factory=set)
    evidence: Counter[Evidence] = field(default_factory=Counter)
    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    sidecars: int = 0
    sidecars_kept: int = 0
