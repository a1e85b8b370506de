"""Which picture FFV1 is given for an array, and where each channel stands in it.

Channels that FFV1 can hold together are its planes. All others stand one below the other in a
higher picture ("bands"): more than four channels, and the 16-bit parts of longer samples, the
highest part first.
"""

from dataclasses import dataclass

from avpres.adapters.scans.arrays import across, down
from avpres.domain.scan import Picture, SampleArray, UncodableScan

_LONGEST = 16  # bits of a plane's sample
_MOST = (1 << 31) // 8 - 1  # pixels, with FFmpeg's margin of 128 on both sides
_DEPTHS = {  # that decoders since FFmpeg 5.1 know
    "gray": (8, 9, 10, 12, 16),
    "gbrp": (8, 9, 10, 12, 14, 16),
    "gbrap": (8, 10, 12, 16),
    "yuv444p": (8, 9, 10, 12, 14, 16),
    "yuv422p": (8, 9, 10, 12, 14, 16),
    "yuva444p": (8, 9, 10, 16),
    "yuva422p": (8, 9, 10, 16),
}
_PLANES = {"gray": 1, "gbrp": 3, "gbrap": 4} | {"yuv444p": 3, "yuv422p": 3}
_PLANES |= {"yuva444p": 4, "yuva422p": 4}
_PACKED = {"gbrp": "bgr0", "gbrap": "bgra"}  # what FFV1 takes at 8 bits
_BYTE = {0: 1, 1: 0, 2: 2, 3: 3}  # of a packed pixel, for G, B, R, A
_RGB = {"G": 0, "B": 1, "R": 2, "M": 0, "Y": 1, "C": 2}
_YUV = {"Y": 0, "U": 1, "V": 2, "L": 0, "a": 1, "b": 2}
_FOURTH = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a channel stands: its group, its positions in a run, its plane and band."""

    group: int
    positions: tuple[int, ...]
    plane: int
    byte: int | None  # of a packed pixel
    band: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture and the places of all channels in it."""

    picture: Picture
    places: tuple[Place, ...]
    channels: int  # bands of one layer
    layers: int  # 16-bit parts of a sample
    shift: int  # by which samples are moved up to the picture's depth

    @property
    def band_height(self) -> int:
        """The rows of one band."""
        return self.picture.height // (self.channels * self.layers)


def layout(array: SampleArray) -> Layout:
    """Choose the picture for an array.

    Raises:
        UncodableScan: FFV1 has no picture as large.
    """
    runs = [(index, run) for index, group in enumerate(array.groups) for run in _runs(array, group)]
    letters = [array.groups[index][run[0]] for index, run in runs]
    family, spots = _family(letters, array.span)
    layers = -(-array.bits // _LONGEST)
    wanted = _LONGEST if layers > 1 else array.bits
    depth = next(depth for depth in _DEPTHS[family] if depth >= wanted)
    packed = depth == _DEPTHS[family][0] and family in _PACKED
    bands = max(band for _, band in spots) + 1
    places = tuple(
        Place(index, run, 0 if packed else plane, _BYTE[plane] if packed else None, band)
        for (index, run), (plane, band) in zip(runs, spots, strict=True)
    )
    name = _PACKED[family] if packed else family + _suffix(depth)
    planes = 1 if packed else _PLANES[family]
    picture = Picture(name, across(array), down(array) * bands * layers, depth, planes)
    if (picture.width + 128) * (picture.height + 128) > _MOST:
        raise UncodableScan(
            "LARGE", f"a picture of {picture.width} by {picture.height} is more than FFV1 holds"
        )
    return Layout(picture, places, bands, layers, depth - wanted)


def shapes(picture: Picture) -> tuple[tuple[int, ...], ...]:
    """Give the form of each plane's numpy array: uint8 for a depth of 8, else uint16."""
    whole = (picture.height, picture.width)
    if picture.pix_fmt in _PACKED.values():
        return ((*whole, 4),)
    half = (picture.height, -(-picture.width // 2))
    chroma = half if "422" in picture.pix_fmt else whole
    return tuple(chroma if plane in {1, 2} else whole for plane in range(picture.planes))


def _suffix(depth: int) -> str:
    return "" if depth == 8 else f"{depth}le"


def _runs(array: SampleArray, group: str) -> list[tuple[int, ...]]:
    """Give the positions of each channel in a run of its group."""
    if array.span == 1:
        return [(at,) for at in range(len(group))]
    return [
        tuple(at for at, letter in enumerate(group) if letter == wanted)
        for wanted in dict.fromkeys(group)
    ]


def _family(letters: list[str], span: int) -> tuple[str, list[tuple[int, int]]]:
    """Give the family of pixel formats, and plane and band of each channel."""
    found = set(letters)
    count = len(letters)
    if count == len(found) and {"Y", "U", "V"} <= found <= set("YUVA"):
        sampling = "444p" if span == 1 else "422p"
        family = ("yuva" if count > 3 else "yuv") + sampling
        return family, [(_YUV.get(letter, _FOURTH), 0) for letter in letters]
    if letters == ["L", "a", "b"]:
        return "yuv444p", [(_YUV[letter], 0) for letter in letters]
    if letters == ["C", "M", "Y", "K"] or (count == 4 and {"R", "G", "B"} < found):
        return "gbrap", [(_RGB.get(letter, _FOURTH), 0) for letter in letters]
    if {"R", "G", "B"} <= found:
        return "gbrp", _banded(letters)
    return "gray", [(0, band) for band in range(count)]


def _banded(letters: list[str]) -> list[tuple[int, int]]:
    """Put the first red, green and blue together, and three of the others in each further band."""
    first = {letters.index(letter): (_RGB[letter], 0) for letter in "RGB"}
    rest = [at for at in range(len(letters)) if at not in first]
    more = {at: ((2, 0, 1)[index % 3], 1 + index // 3) for index, at in enumerate(rest)}
    return [(first | more)[at] for at in range(len(letters))]
