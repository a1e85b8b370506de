"""What a scan's header claims beside its picture: both rates, and where the picture ends."""

import struct
from fractions import Fraction
from typing import NamedTuple

from avpres.adapters.scans.rates import rate_of
from avpres.domain.scan import Scan, ScanFormat

_FILM, _TELEVISION = 1724, 1940  # bytes; SMPTE ST 268, fields 62 and 74
_INDUSTRY = 2048  # bytes of a header with both


class Rates(NamedTuple):
    """The rates of a DPX header, one for film and one for television."""

    film: Fraction | None
    television: Fraction | None

    @property
    def disagree(self) -> bool:
        """Say whether both are there and differ."""
        return self.film != self.television and None not in self


def rates(head: bytes, scan: Scan) -> Rates:
    """Read both rates from the first bytes of a DPX file; of others, there is one at most."""
    start = min((offset for offset, _ in scan.array.segments), default=0)
    if scan.format is not ScanFormat.DPX or min(start, len(head)) < _INDUSTRY:
        return Rates(scan.rate, None)
    order = ">" if head[:4] == b"SDPX" else "<"
    film, television = (
        rate_of(struct.unpack_from(order + "f", head, at)[0]) for at in (_FILM, _TELEVISION)
    )
    return Rates(film, television)


def behind(scan: Scan) -> int:
    """Count the bytes behind the picture; those of TIFF are its directory."""
    if scan.format is ScanFormat.TIFF:
        return 0
    end = max((offset + size for offset, size in scan.array.segments), default=0)
    return max(0, scan.size - end)
