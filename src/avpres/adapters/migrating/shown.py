"""What a worker gives for the review sheet: pictures ready for a page, and figures."""

from dataclasses import dataclass

Three = tuple[bytes, bytes, bytes]


@dataclass(frozen=True, slots=True)
class Views:
    """Source, outcome and difference: of the whole, made small, and of a part, one to one (PNG)."""

    size: tuple[int, int]
    whole: Three
    whole_kind: str  # media type of source and outcome; the difference is a PNG
    detail: Three
    detail_at: tuple[int, int]
    maximum: float
    sigma: float
    psnr: float | None
    gain: float
    notes: tuple[str, ...] = ()
