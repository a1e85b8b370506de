"""How many slices FFV1 can have in frames of one size: found out by trying, in a picture of black.

Newer versions of FFmpeg refuse numbers that would cut an odd frame through a sample of colour.
"""

from functools import lru_cache
from pathlib import Path

from avpres.adapters.tools.ffmpeg import Ffmpeg
from avpres.adapters.tools.ffmpeg_abilities import stamp
from avpres.adapters.tools.process import ANY_STATUS, run

LIMIT_S = 20.0  # seconds that one try may take
OWN_CHOICE = 0  # ffmpeg's word for a number that it finds itself

_USUAL = (4, 6, 9, 12, 15, 16, 20, 24, 25, 28, 30, 35, 36, 42, 48, 49, 56, 63, 64)


def possible_slices(ffmpeg: Ffmpeg, size: tuple[int, int], pixels: str, wanted: int) -> int:
    """Give the number that is wanted, else the nearest that this ffmpeg can do.

    Args:
        ffmpeg: who will encode.
        size: width and height of a frame.
        pixels: the format that FFV1 stores.
        wanted: slices.
    """
    nearest = sorted(_USUAL, key=lambda number: (abs(number - wanted), number))
    for number in (wanted, *nearest):
        if _works(ffmpeg.path, stamp(ffmpeg.path), (*size, number), pixels):
            return number
    return OWN_CHOICE


@lru_cache(maxsize=256)
def _works(path: Path, _stamp: tuple[int, int], numbers: tuple[int, int, int], pixels: str) -> bool:
    width, height, slices = numbers
    black = f"color=s=64x64:d=0.04:r=25,format={pixels},scale={width}:{height}"  # odd ones too
    words = ["-nostdin", "-v", "quiet", "-f", "lavfi", "-i", black, "-frames:v", "1"]
    words += ["-c:v", "ffv1", "-level", "3", "-slices", str(slices), "-f", "null", "-"]
    return run([path, *words], ok=ANY_STATUS, timeout_s=LIMIT_S).status == 0
