"""What the steps of writing one film share."""

from collections.abc import Mapping
from dataclasses import dataclass

from avpres.adapters.cooking.journal import OTHERS, Journal
from avpres.domain.reel import Coding
from avpres.services.context import Progress
from avpres.services.cook.planning import Plan
from avpres.services.cook.stage import Reel, Stage

RESERVE = 64 * 1024  # bytes kept for the reversibility data of all that is no frame
RESERVE_OF_FRAME = 300  # bytes; 80 to 110 is usual where padding is zero


@dataclass(frozen=True, slots=True)
class Kitchen:
    """What is needed to write one film."""

    reel: Reel
    plan: Plan
    stage: Stage
    journal: Journal
    codings: Mapping[int, Coding]
    workers: int
    progress: Progress

    @property
    def reserve(self) -> int:
        """Bytes that are kept before the clusters for the reversibility data."""
        frames = sum(film.sequence.frames for film in self.plan.films)
        return RESERVE + RESERVE_OF_FRAME * (frames + self.journal.count(*OTHERS)[0])
