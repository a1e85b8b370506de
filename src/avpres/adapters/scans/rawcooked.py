"""Which scans RAWcooked restores: its rules, so that the report can say it in advance.

They are those of release 25.12 (DPX.cpp, TIFF.cpp and EXR.cpp of its source).
"""

from math import isfinite

from avpres.domain.scan import Packing, SampleArray

_UNDEFINED = 0xFFFFFFFF
_LEAST = 1664  # bytes before the image
_LITTLE, _BIG = {False}, {True}
_BOTH = {False, True}
_DPX: dict[tuple[str, int, Packing], set[bool]] = {
    ("RGB", 8, Packing.WORDS): _BOTH,
    ("RGB", 10, Packing.FILLED_A): _BOTH,
    ("RGB", 12, Packing.WORDS): _BOTH,
    ("RGB", 12, Packing.PACKED): _BIG,
    ("RGB", 16, Packing.WORDS): _BOTH,
    ("RGBA", 8, Packing.WORDS): _BOTH,
    ("RGBA", 10, Packing.FILLED_A): _BOTH,
    ("RGBA", 12, Packing.WORDS): _BOTH,
    ("RGBA", 12, Packing.PACKED): _BIG,
    ("RGBA", 16, Packing.WORDS): _BOTH,
    ("Y", 8, Packing.WORDS): _BOTH,
    ("Y", 10, Packing.FILLED_A): _BIG,
    ("Y", 10, Packing.FILLED_B): _BIG,
    ("Y", 12, Packing.PACKED): _BIG,
    ("Y", 16, Packing.WORDS): _BOTH,
}
_BLOCKS = {
    ("RGBA", 10, Packing.FILLED_A): 3,
    ("RGBA", 12, Packing.PACKED): 2,
    ("Y", 12, Packing.PACKED): 8,
}


def why_not_header(*, version: bytes, key: int, start: int, rates: tuple[float, float]) -> str:
    """Say which field of a DPX file header RAWcooked refuses."""
    film, television = rates
    if version.upper() not in {b"V1.0", b"V2.0"}:
        return "its header is of no known version"
    if key not in {0, _UNDEFINED}:
        return "it has an encryption key"
    if start < _LEAST:
        return f"its image begins within the header, at byte {start}"
    if all(isfinite(rate) and rate for rate in rates) and film != television:
        return "its frame rates of film and of television differ"
    return ""


def why_not_dpx(array: SampleArray, *, packing: int, bottom_up: bool, unpadded: bool) -> str:
    """Say what of the samples RAWcooked refuses."""
    flavour = (array.channels, array.bits, array.packing)
    if array.big_endian not in _DPX.get(flavour, ()) or _is_unknown_filling(array, packing):
        return "RAWcooked does not know this flavour"
    if bottom_up and flavour != ("RGB", 12, Packing.PACKED):
        return "its picture stands from bottom to top"
    if unpadded and array.bits == 10 and array.channels == "RGBA":
        return "its rows do not end at words of 32 bits"
    if array.width % block_of(array):
        return f"its rows are not a multiple of {block_of(array)} pixels"
    if array.stride % 4 or (array.continuous and not unpadded):
        return "its rows do not end at words of 32 bits"
    return "" if array.bits != 12 or _is_even(array) else "its rows end within a word of 32 bits"


def block_of(array: SampleArray) -> int:
    """Count the pixels that a slice of FFV1 must hold whole for RAWcooked; 1 for any slice."""
    return _BLOCKS.get((array.channels, array.bits, array.packing), 1)


def _is_unknown_filling(array: SampleArray, packing: int) -> bool:
    """Say whether samples in words are filled in a way that RAWcooked does not know."""
    if array.packing is Packing.WORDS:
        return packing != 1 if array.bits == 12 else packing > 1
    return False


def _is_even(array: SampleArray) -> bool:
    """Say whether rows of 12-bit words end at words of 32 bits by themselves."""
    return array.packing is not Packing.WORDS or array.width * len(array.channels) % 2 == 0
