"""What a FLAC says of all its samples: the STREAMINFO block (RFC 9639 §8.2)."""

from dataclasses import dataclass
from pathlib import Path

from avpres.domain.errors import NotConformantError

_SIZE = 34  # bytes of the block


@dataclass(frozen=True, slots=True)
class FlacHead:
    """Rate, channels and bits of a sample; `samples` and `md5` are empty when none is recorded."""

    sample_rate: int
    channels: int
    bits: int
    samples: int
    md5: str


def read_head(path: Path) -> FlacHead:
    """Read the first block of a FLAC.

    Raises:
        NotConformantError: it is no FLAC.
        OSError: it cannot be read.
    """
    with path.open("rb") as handle:
        marker, block = handle.read(8), handle.read(_SIZE)
    if marker[:4] != b"fLaC" or marker[4] & 0x7F or len(block) < _SIZE:
        raise NotConformantError("its heading is not that of a FLAC")
    packed = int.from_bytes(block[10:18], "big")
    md5 = block[18:34]
    return FlacHead(
        sample_rate=packed >> 44,
        channels=(packed >> 41 & 7) + 1,
        bits=(packed >> 36 & 31) + 1,
        samples=packed & (1 << 36) - 1,
        md5=md5.hex() if any(md5) else "",
    )
