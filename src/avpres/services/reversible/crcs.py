"""Check sums of a film, asked where its frames are being read, so that it is read once."""

from collections.abc import Iterator

from avpres.adapters.matroska import heads, ids
from avpres.adapters.matroska.checking import CrcCheck
from avpres.adapters.matroska.reading import MatroskaFile
from avpres.services.reversible.opening import Cooked
from avpres.services.reversible.proof import Kind, Trouble

_NAME = "avpres"
_KNOWN = ids.LEVEL_1 | {ids.VOID, ids.CRC_32}


class FollowingCrcs:
    """Follows the reading of a film; what it reads is still in memory."""

    def __init__(self, film: MatroskaFile, *, is_own: bool) -> None:
        self.count = 0
        self._is_own = is_own
        self._checks = film.check_crcs()
        self._end = 0

    def until(self, offset: int) -> Iterator[Trouble]:
        """Check what lies before a place, and the element that it lies in."""
        while self._end <= offset:
            check = next(self._checks, None)
            if check is None:
                return
            self._end = max(self._end, check.offset + check.size)
            yield from self._judge(check)

    def rest(self) -> Iterator[Trouble]:
        """Check all that is left."""
        for check in self._checks:
            yield from self._judge(check)

    def _judge(self, check: CrcCheck) -> Iterator[Trouble]:
        self.count += check.stated is not None
        if check.is_wrong:
            text = f"the check sum of {check.name} at byte {check.offset:,} is that of other bytes"
            yield Trouble(Kind.CRC, text, check.offset, check.size)
        elif check.stated is None and self._is_own:
            text = f"{check.name} at byte {check.offset:,} has no check sum, and avpres writes one"
            yield Trouble(Kind.UNSUMMED, text, check.offset, check.size)


def is_own(cooked: Cooked) -> bool:
    """Say whether avpres wrote the film, and no other program has wrapped it anew."""
    app = cooked.film.info.app
    return cooked.data.library.name == _NAME and (app.startswith(_NAME) or not app)


def unsummed(film: MatroskaFile) -> Iterator[Trouble]:
    """Look at what no check sum covers in a film of avpres: its first bytes, and what is unknown.

    The contents of Voids mean nothing, whatever they are.
    """
    head = heads.ebml_head()
    if film.source.read(0, len(head)) != head:
        text = "the EBML header is not the one that avpres writes"
        yield Trouble(Kind.PASSED_OVER, text, 0, len(head))
    for element in film.elements():
        if element.id not in _KNOWN:
            size = element.end - element.at
            text = f"an element of an unknown kind ({element.id:X}) stands at byte {element.at:,}"
            yield Trouble(Kind.PASSED_OVER, text, element.at, size)
