"""Pixel formats: which one FFV1 shall hold, and in which one both sides can be compared.

What a decoder gives as packed pixels is stored in planes: the same samples in another order. The
proof turns the stored picture back into the decoder's own format and compares there, so that no
conversion has to be believed.
"""

from collections.abc import Container
from dataclasses import dataclass

_STORED = {
    **dict.fromkeys(("uyvy422", "yuyv422", "yvyu422"), "yuv422p"),
    **dict.fromkeys(("nv12", "nv21"), "yuv420p"),
    **dict.fromkeys(("nv16",), "yuv422p"),
    **dict.fromkeys(("nv24", "nv42", "vuyx", "v308", "vyu444"), "yuv444p"),
    **dict.fromkeys(("rgb24", "bgr24", "gbrp", "rgb0", "0rgb", "0bgr"), "bgr0"),
    **dict.fromkeys(("rgba", "argb", "abgr", "gbrap"), "bgra"),
    **dict.fromkeys(("vuya", "ayuv", "uyva"), "yuva444p"),
    **dict.fromkeys(("monow", "monob"), "gray"),
    **dict.fromkeys(("pal8", "bgr8", "rgb8"), "bgr0"),
    **dict.fromkeys(("rgb48be", "rgb48le", "bgr48be", "bgr48le"), "gbrp16le"),
    **dict.fromkeys(("rgba64be", "rgba64le", "bgra64be", "bgra64le"), "gbrap16le"),
    "uyyvyy411": "yuv411p",
    **dict.fromkeys(("y210le", "nv20le"), "yuv422p10le"),
    **dict.fromkeys(("v30xle", "xv30le"), "yuv444p10le"),
    **dict.fromkeys(("x2rgb10le", "x2bgr10le"), "gbrp10le"),
    "y212le": "yuv422p12le",
    "xv36le": "yuv444p12le",
    "ayuv64le": "yuva444p16le",
    "yuvj420p": "yuv420p",
    "yuvj422p": "yuv422p",
    "yuvj444p": "yuv444p",
    "yuvj411p": "yuv411p",
    "yuvj440p": "yuv440p",
}
_COMPARED = {
    **dict.fromkeys(("rgb0", "0rgb", "bgr0", "0bgr"), "rgb24"),  # the fourth byte is no picture
    **dict.fromkeys(("x2rgb10le", "x2bgr10le"), "gbrp10le"),  # nor are two bits
    "vuyx": "yuv444p",
    **dict.fromkeys(("v30xle", "xv30le"), "yuv444p10le"),
    "xv36le": "yuv444p12le",
    "uyyvyy411": "yuv411p",  # ffmpeg reads it and never writes it
    "pal8": "bgra",  # colours, not numbers of colours; a palette with transparency must not pass
}
_FLOATING = ("f16le", "f32le", "f16be", "f32be")  # need FFV1 version 4, which is not settled


@dataclass(frozen=True, slots=True)
class PixelPlan:
    """What FFV1 stores, and what both sides are compared in.

    `full` says that samples use their full range. The encoder must be told, or ffmpeg would
    scale them to the range of television.
    """

    stored: str
    compared: str
    full: bool = False

    @property
    def filters(self) -> tuple[str, ...]:
        """What stands before the encoder, so that it gets nothing else."""
        if self.compared.startswith("yuvj"):  # which FFmpeg 5 would turn into television's range
            return ("scale=in_range=full:out_range=full", f"format={self.stored}")
        return (f"format={self.stored}",)


def pixel_plan(name: str, colour: str, ffv1: Container[str]) -> PixelPlan | None:
    """Plan for a decoder's pixel format; None when FFV1 has no place for all of its samples.

    Args:
        name: of the format, as ffmpeg names it.
        colour: what ffmpeg says of its range and colours, `pc, bt709`.
        ffv1: the formats that this ffmpeg's FFV1 encoder takes.
    """
    if name.endswith(_FLOATING):
        return None
    stored = _STORED.get(name) or _as_it_is(name, ffv1)
    if not stored or stored not in ffv1:
        return None
    full = name.startswith("yuvj") or (colour.startswith("pc") and "yuv" in stored)
    return PixelPlan(stored, _COMPARED.get(name, name), full)


def _as_it_is(name: str, ffv1: Container[str]) -> str:
    """Give the format itself, or the same with its bytes the other way round."""
    if name in ffv1:
        return name
    return name.removesuffix("be") + "le" if name.endswith("be") else ""


def alike(name: str) -> list[str]:
    """List formats that may hold the same samples in another order, to compare a film in.

    A digest that was taken of packed pixels is found again in one of them, and in no other.
    """
    stored = _STORED.get(name, name)
    sources = [packed for packed, planes in _STORED.items() if planes in {name, stored}]
    turned = f"{name[:-2]}be" if name.endswith("le") else f"{name[:-2]}le"
    found = [_COMPARED.get(name, name), stored, *sources, *(_COMPARED.get(p, p) for p in sources)]
    found += [turned] if name.endswith(("le", "be")) else []
    return [each for each in dict.fromkeys(found) if each != name]
