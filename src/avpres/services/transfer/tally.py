"""Counting what a transfer did, for each destination."""

from collections import Counter
from dataclasses import dataclass, field

from avpres.adapters.storage import sealing
from avpres.adapters.storage.batch import Job, Place
from avpres.adapters.storage.walk import signature_of
from avpres.domain.fixity import Evidence


@dataclass(slots=True)
class Counts:
    """What happened at one destination; sizes in bytes."""

    copied_files: int = 0
    copied_size: int = 0
    already_there: int = 0
    already_size: int = 0
    proved_before: int = 0
    verified_files: int = 0
    verified_size: int = 0
    linked: int = 0
    links: int = 0
    failed: int = 0
    extra_names: int = 0
    evidence: Counter[Evidence] = field(default_factory=Counter)
    seals: Counter[int] = field(default_factory=Counter)  # by unit, see `sealing`
    sealable: bool = True

    @property
    def there(self) -> int:
        """Files that are in their place."""
        return self.copied_files + self.already_there + self.linked


class Tally:
    """The counts of all destinations of a run."""

    def __init__(self, destinations: int) -> None:
        self.at = [Counts() for _ in range(destinations)]

    def final(self, job: Job, place: Place) -> None:
        """Count a file that has its name."""
        counts = self.at[place.target.index]
        size = job.signature[0] if job.signature else job.entry.size
        if place.signature is None or job.signature != signature_of(job.entry):
            counts.sealable = False  # the source is no longer what the plan saw
        else:
            counts.seals[job.unit] += sealing.of_file(job.path, place.signature)
        if place.written:
            counts.copied_files += 1
            counts.copied_size += size
        else:
            counts.already_there += 1
            counts.already_size += size
        if place.evidence is not None:
            counts.evidence[place.evidence] += 1
            counts.verified_files += 1
            counts.verified_size += size

    def seal(self, destination: int, unit: int, value: int) -> None:
        """Add a file, link or folder to the seal of a tree."""
        self.at[destination].seals[unit] += value

    def failed(self, place: Place) -> None:
        """Count a file that is not in its place."""
        self.at[place.target.index].failed += 1

    def proved_before(self, destination: int, size: int) -> None:
        """Count a file that the journal knows as proved and unchanged."""
        counts = self.at[destination]
        counts.already_there += 1
        counts.already_size += size
        counts.proved_before += 1
