"""Whether there is something that `--decode` would compare; light, for runs that do not decode."""

import os

from avpres.domain.report import Finding
from avpres.services.fixity.rows import FOUND, shown
from avpres.services.fixity.scratch import Scratch
from avpres.services.verify.targets import Target


def left(target: Target) -> Finding:
    """Sidecars are there that nobody asked to be used."""
    text = "holds digests of frames (framemd5), which were not compared; --decode does that"
    path = shown(os.fsencode(target.path))
    return Finding.info("DEC-LEFT", path, text)


def has_sidecars(scratch: Scratch) -> bool:
    """Say whether a target holds lists of digests of frames, by their commonest names."""
    query = (
        "SELECT 1 FROM work.name WHERE side = ? AND"
        " (substr(path, -9) = ? OR substr(path, -10) = ?) LIMIT 1"
    )
    row = scratch.db.execute(query, (FOUND, b".framemd5", b".framehash")).fetchone()
    return row is not None
