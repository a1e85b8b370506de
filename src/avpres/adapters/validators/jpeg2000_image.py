"""A JPEG 2000 image in the words of MIX 2.0, from what jpylyzer found."""

from typing import Any

from avpres.domain.technical import Image

_COLOURS = {12: "CMYK", 14: "CIELab", 16: "sRGB", 17: "BlackIsZero", 18: "sYCC"}
_ORDERS = {0: "LRCP", 1: "RLCP", 2: "RPCL", 3: "PCRL", 4: "CPRL"}
_TRANSFORMATIONS = {0: "9-7 irreversible", 1: "5-3 reversible"}
_CODING = {
    "levels": "levels",
    "layers": "layers",
    "codeBlockWidth": "code_block_width",
    "codeBlockHeight": "code_block_height",
    "sop": "sop_markers",
    "eph": "eph_markers",
    "multipleComponentTransformation": "component_transformation",
}
_MOST_SAMPLES = 64
_CM_PER_M = 100.0

Tree = Any
"""An element of jpylyzer's, whose texts are numbers and bytes: no type of ElementTree fits."""


def image_of(found: Tree) -> Image:
    """Describe the image from jpylyzer's properties."""
    size = _first(found, ".//siz")
    image = Image(byte_order="big endian")
    if size is not None:
        image.width = _span(size, "xsiz", "xOsiz")
        image.height = _span(size, "ysiz", "yOsiz")
        depths = [element.text for element in size.findall("ssizDepth")]
        image.bits_per_sample = tuple(depths[:_MOST_SAMPLES])
        image.samples_per_pixel = _number(size, "csiz")
    reversible = _number(found, ".//cod/transformation")
    image.compression = {
        0: "JPEG 2000 Lossy",
        1: "JPEG 2000 Lossless",
    }.get(-1 if reversible is None else reversible, "JPEG 2000")
    image.colour_space = _COLOURS.get(_number(found, ".//enumCS") or 0, "")
    _profile(found, image)
    _resolution(found, image)
    _channels(found, image)
    return image


def properties_of(found: Tree) -> dict[str, object]:
    """Give what MIX has no place for."""
    given: dict[str, object] = {}
    coding, size = _first(found, ".//cod"), _first(found, ".//siz")
    if coding is not None:
        for tag, name in _CODING.items():
            number = _number(coding, tag)
            if number is not None:
                given[name] = number
        given["progression_order"] = _ORDERS.get(_number(coding, "order") or 0, "")
        given["transformation"] = _TRANSFORMATIONS.get(_number(coding, "transformation") or 0, "")
    if size is not None:
        given["tiles"] = _number(size, "numberOfTiles")
        given["tile_width"], given["tile_height"] = _number(size, "xTsiz"), _number(size, "yTsiz")
        given["capability"] = _text(size, "capability")
    comments = [_shown(element.text) for element in found.findall(".//com/comment")[:20]]
    if comments:
        given["comments"] = comments
    ratio = _first(found, ".//compressionRatio")
    if ratio is not None:
        given["compression_ratio"] = ratio.text
    return given


def _profile(found: Tree, image: Image) -> None:
    icc = _first(found, ".//icc")
    if icc is None:
        return
    image.icc_profile = _text(icc, "description") or "embedded"
    if not image.colour_space:
        image.colour_space = {"GRAY": "BlackIsZero"}.get(space := _text(icc, "colourSpace"), space)


def _resolution(found: Tree, image: Image) -> None:
    for letter in "cd":  # as captured, or else as it should be shown
        across = _number(found, f".//hRes{letter}InPixelsPerMeter")
        down = _number(found, f".//vRes{letter}InPixelsPerMeter")
        if across and down:
            image.x_resolution, image.y_resolution = across / _CM_PER_M, down / _CM_PER_M
            image.resolution_unit = "cm"
            return


def _channels(found: Tree, image: Image) -> None:
    kinds = [element.text for element in found.findall(".//channelDefinitionBox/cTyp")]
    extra = {1: 2, 2: 1}  # opacity, premultiplied opacity, in the numbers of TIFF 6.0
    image.extra_samples = tuple(extra.get(kind, 0) for kind in kinds[:_MOST_SAMPLES] if kind)
    image.has_alpha = bool({1, 2} & set(image.extra_samples))


def _span(size: Tree, end: str, start: str) -> int | None:
    last, first = _number(size, end), _number(size, start)
    return None if last is None or first is None else max(0, last - first)


def _first(found: Tree, path: str) -> Tree:
    return found.find(path)


def _number(found: Tree, path: str) -> Any:
    element = found.find(path)
    number = None if element is None else element.text
    return number if isinstance(number, int | float) and number != -9999 else None


def _text(found: Tree, path: str) -> str:
    element = found.find(path)
    return "" if element is None else _shown(element.text)


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        value = bytes(value).decode("latin-1")
    return "".join(c for c in str(value or "") if c.isprintable()).strip()
