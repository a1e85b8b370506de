"""What the new layout cannot hold, told before anything is made."""

import os
from collections import Counter
from collections.abc import Iterator

from avpres.adapters.formats import generations
from avpres.adapters.formats.ascmhl_chain import FOLDER as HISTORY
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Box
from avpres.domain.report import Finding
from avpres.services.convert import findings
from avpres.services.convert.conversion import Conversion
from avpres.services.convert.others import Others
from avpres.services.packing.manifests import own_lines


def losses(conversion: Conversion) -> Iterator[Finding]:
    """Yield a finding for everything that would not be in the new package.

    Raises:
        NotConformantError: what the package says of its files is broken.
    """
    strict = conversion.options.strict
    part = conversion.opened.package.part
    if part is not None:
        yield findings.part(str(part.of), strict=strict)
    counts: Counter[Algorithm] = Counter()
    last = b""
    for file, _ in conversion.opened.lines():
        place = conversion.place(file.path)
        if os.fsencode(file.path) <= last:
            raise NotConformantError(
                f"{conversion.opened.tree}: lists {file.path!r} twice or out of order; verify the "
                "package"
            )
        last = os.fsencode(file.path)
        counts.update(digest.algorithm for digest in file.digests)
        if _needs_utf8(conversion) and not _is_utf8(place):
            yield findings.name(file.path)
    for algorithm, files in counts.items():
        if algorithm not in conversion.packing.digest:
            yield findings.digest(algorithm, files, strict=strict)
    if not conversion.packing.layout.is_bag and own_lines(conversion.opened.tree):
        yield findings.bag_info("bag-info.txt", strict=strict)
    yield from _of_others(conversion)


def _of_others(conversion: Conversion) -> Iterator[Finding]:
    """Tell of what lies in the package besides its files and what avpres writes anew."""
    strict, places = conversion.options.strict, conversion.opened.places
    told: set[str] = set()
    for path in Others(conversion).left():
        lead = f"{places.metadata}/{generations.FOLDER}"
        history = f"{places.objects}/{HISTORY}"
        if path.startswith(f"{lead}/"):
            if lead not in told:
                yield findings.generations(lead, strict=strict)
            told.add(lead)
        elif path.startswith(f"{history}/"):
            if history not in told:
                yield findings.history(history, strict=strict)
            told.add(history)
        else:
            yield findings.left(path, strict=strict)


def _needs_utf8(conversion: Conversion) -> bool:
    return conversion.packing.layout.is_bag or conversion.packing.box is Box.ZIP


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
