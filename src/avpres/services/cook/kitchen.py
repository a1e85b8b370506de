"""What the steps of writing one film share."""

from collections.abc import Mapping
from dataclasses import dataclass

from avpres.adapters.cooking.journal import OTHERS, Journal
from avpres.domain.reel import Coding
from avpres.services.context import Progress
from avpres.services.cook.planning import Plan
from avpres.services.cook.stage import Reel, Stage

RESERVE = 64 * 1024  # bytes kept for the reversibility data of all that is no frame
MOST = 256 * 1024 * 1024 - 1  # bytes; FFmpeg takes no attachment beyond it, version 2 holds more
RESERVE_OF_FRAME = 300  # bytes; 80 to 110 is usual where padding is zero


@dataclass(frozen=True, slots=True)
class Kitchen:
    """What is needed to write one film: so many `workers` at once share the `cores`."""

    reel: Reel
    plan: Plan
    stage: Stage
    journal: Journal
    codings: Mapping[int, Coding]
    workers: int
    cores: int
    progress: Progress

    @property
    def reserve(self) -> int:
        """Bytes that are kept before the clusters for the reversibility data."""
        frames = sum(film.sequence.frames for film in self.plan.films)
        others, _ = self.journal.count(*OTHERS)
        return min(RESERVE + RESERVE_OF_FRAME * (frames + others), MOST)
