"""What became of one file, and the place where it is restored."""

import os
from dataclasses import dataclass
from pathlib import Path

from avpres.domain.report import Finding
from avpres.domain.reversible import Attached, Restoration
from avpres.services.reversible.pictures import DamagedError
from avpres.services.uncook.landing import Landing, is_there, place_of, refuse_links

RESTORED, THERE, FAILED = "restored", "already there", "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    name: bytes
    outcome: str
    size: int = 0
    finding: Finding | None = None
    is_proved: bool = True
    md5: bytes | None = None
    sha256: bytes | None = None

    @property
    def shown(self) -> str:
        """The name as text."""
        return os.fsdecode(self.name)


def free(destination: Path, file: Restoration | Attached) -> bytes | None:
    """Give the path of a file that is to be restored; None when it is there already.

    Raises:
        HostileNameError: its name would lead out of the destination.
        TakenError: something else bears its name.
        OSError: what is there cannot be read.
    """
    path = place_of(destination, file.name)
    refuse_links(destination, path)
    return None if is_there(path, file.size, file.md5, file.sha256) else path


def land(landing: Landing, file: Restoration | Attached) -> Outcome:
    """Compare a file that was written with its record, and give it its name.

    Raises:
        DamagedError: it is not the file that was cooked.
        TakenError: something of its name has come meanwhile.
        OSError: the destination refuses.
    """
    if why := landing.differs(file.size, file.md5, file.sha256):
        raise DamagedError(why)
    landing.land(file.mtime_ns, file.mode)
    return outcome_of(file, RESTORED, landing.size)


def outcome_of(file: Restoration | Attached, outcome: str, size: int = 0) -> Outcome:
    """Tell of a file that is where it should be."""
    proved = bool(file.md5 or file.sha256) or file.size == 0
    return Outcome(file.name, outcome, size or file.size or 0, None, proved, file.md5, file.sha256)
