"""What avpres itself keeps in a package: the generations of its manifests."""

import os
from collections.abc import Iterator

from avpres.adapters.formats import generations
from avpres.adapters.rules.own_rules import OWN_RULES
from avpres.adapters.rules.rule import Breach
from avpres.services.verify.holding import Holding


def judge(holding: Holding, home: bytes) -> Iterator[Breach]:
    """Yield where the chain of kept manifests does not hold; `home` is where the layout begins."""
    for lead in dict.fromkeys((home, home + b"metadata/", home + b"metadata/other/", b"metadata/")):
        folder = lead + generations.FOLDER.encode()
        if holding.find(folder + b"/" + generations.REGISTER.encode()) is None:
            continue
        place = holding.root / os.fsdecode(folder)
        for broken in generations.check(place):
            path = folder + b"/" + os.fsencode(broken.path)
            yield Breach(OWN_RULES["OWN-GENERATIONS"], broken.what, path)
