"""What is Archivematica's own in its METS: the program stands among the agents of its events."""

import re
from pathlib import Path

from avpres.adapters.packages.foreign import Creator

_LOOKED_AT = 4 << 20  # bytes: the events of the first file name the program
_AGENT = re.compile(rb">\s*Archivematica-(\d[\w.+-]{0,40})\s*<")


def creators(document: Path) -> tuple[Creator, ...]:
    """Name the version of Archivematica, as the identifier of its PREMIS agent has it."""
    with document.open("rb") as handle:
        found = _AGENT.search(handle.read(_LOOKED_AT))
    return (Creator("Archivematica", found[1].decode(), "software"),) if found else ()
