"""What a PNG without a profile tells of its colours; targets would show it as sRGB (PNG 11.3)."""

import struct

from avpres.adapters.images.png_parts import Parts
from avpres.domain.migration import Reason, Unmigratable

_GAMMAS = range(40_000, 50_001)  # of 100,000: around 1/2.2, as sRGB is shown by
_SRGB = (31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000)  # white, red, green, blue
_NEAR = 1_500  # of 100,000; writers round
_CODES = (1, 13)  # primaries and transfer of sRGB (ITU-T H.273)


def check(parts: Parts) -> None:
    """Refuse what would be shown in other colours than the PNG tells; a profile or sRGB overrides.

    Raises:
        Unmigratable: its gamma or its primaries are not those of sRGB.
    """
    told = dict(parts.others)
    codes = tuple(told.get("png:cICP", b"")[:2])
    if codes and codes != _CODES:
        raise Unmigratable(Reason.METADATA_LOST, f"colours of the codes {codes}, which are no sRGB")
    if parts.icc is not None or "png:sRGB" in told or codes:
        return
    gamma, points = told.get("png:gAMA", b""), told.get("png:cHRM", b"")
    if len(gamma) == 4 and struct.unpack(">I", gamma)[0] not in _GAMMAS:
        text = f"a gamma of {struct.unpack('>I', gamma)[0] / 100_000}, which is not that of sRGB"
        raise Unmigratable(Reason.METADATA_LOST, text)
    is_grey = parts.kind in {0, 4}
    if len(points) == 4 * len(_SRGB) and not is_grey:
        pairs = zip(struct.unpack(">8I", points), _SRGB, strict=True)
        if any(abs(one - other) > _NEAR for one, other in pairs):
            raise Unmigratable(Reason.METADATA_LOST, "primaries that are not those of sRGB")
