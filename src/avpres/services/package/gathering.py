"""What a finished copy has proved, taken in as the files of a package."""

import os
from pathlib import Path

from avpres.config.copy import CopyOptions
from avpres.config.package import PackageOptions
from avpres.domain.fixity import Evidence
from avpres.domain.oais import PackagedFile, Role
from avpres.services.context import Context
from avpres.services.packing.describing import Gathered
from avpres.services.packing.layouts import PLACES
from avpres.services.packing.shelf import Shelf
from avpres.services.transfer.proved import proved


def shelve(
    asked: CopyOptions, options: PackageOptions, tree: Path, shelf: Shelf, context: Context
) -> Gathered:
    """Take in what a finished copy has proved."""
    gathered = Gathered()
    place = asked.destination.relative_to(tree).as_posix()
    role = Role.OBJECT if place == PLACES[options.layout].objects else Role.SUPPLEMENTAL
    for each in proved(asked, context):
        digests = {digest.algorithm: digest for digest in each.digests}
        shelf.put(
            PackagedFile(
                path=f"{place}/{os.fsdecode(each.path)}",
                original=os.fsdecode(each.original),
                size=each.size,
                mtime=each.mtime,
                digests=tuple(digests[algorithm] for algorithm in options.digest),
                role=role,
            )
        )
        kind = Evidence(each.evidence) if each.evidence else Evidence.UNKNOWN
        gathered.evidence[kind] = gathered.evidence.get(kind, 0) + 1
    return gathered
