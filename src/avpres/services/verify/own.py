"""What avpres itself keeps in a package: generations of manifests, folders that hold nothing."""

import os
from collections.abc import Iterator

from avpres.adapters.formats import generations
from avpres.adapters.formats.package_file import read_folders, read_package
from avpres.adapters.rules.own_rules import OWN_RULES
from avpres.adapters.rules.rule import Breach
from avpres.domain.errors import NotConformantError
from avpres.services.packing.opening import files_of
from avpres.services.verify.holding import Holding


def judge(holding: Holding, home: bytes) -> Iterator[Breach]:
    """Yield what of it is broken or gone; `home` is where the layout begins."""
    yield from _generations(holding, home)
    yield from _folders(holding)


def _generations(holding: Holding, home: bytes) -> Iterator[Breach]:
    for lead in dict.fromkeys((home, home + b"metadata/", home + b"metadata/other/", b"metadata/")):
        folder = lead + generations.FOLDER.encode()
        if holding.find(folder + b"/" + generations.REGISTER.encode()) is None:
            continue
        place = holding.root / os.fsdecode(folder)
        for broken in generations.check(place):
            path = folder + b"/" + os.fsencode(broken.path)
            yield Breach(OWN_RULES["OWN-GENERATIONS"], broken.what, path)


def _folders(holding: Holding) -> Iterator[Breach]:
    """Look for the folders that held nothing, which no manifest can miss."""
    known = files_of(holding.root)
    if known is None:
        return
    try:
        with known.open("rb") as handle:
            read_package(handle)
            for folder in read_folders(handle):
                if not holding.is_folder(os.fsencode(folder)):
                    yield Breach(OWN_RULES["OWN-FOLDER"], "is not there", os.fsencode(folder))
    except (NotConformantError, OSError):
        return  # the digest of the file itself tells of that
