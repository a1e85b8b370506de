"""Whether a film in JPEG 2000 was coded reversibly, by the first of its frames."""

import tempfile
from pathlib import Path

from avpres.adapters.media.probe import READING
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch, Word, transcode, url

_BEGIN = b"\xff\x4f\xff\x51"  # SOC and SIZ (ISO/IEC 15444-1, A.4 and A.5)
_CODING = 0x52  # the marker COD (A.6.1)
_TRANSFORM = 9  # bytes from the length of COD to the kind of its wavelet
_REVERSIBLE = 1  # the 5-3 wavelet
_LARGEST = 64 * 1024 * 1024  # bytes of one frame
STALL_S = 60.0


def is_reversible(ffmpeg: Ffmpeg, path: bytes, index: int) -> bool:
    """Tell whether the first frame of a stream says that its wavelet is the reversible one.

    For wrappers of which MediaInfo does not look into the frames. A frame that cannot be read
    counts as lossy.
    """
    with tempfile.TemporaryDirectory(prefix="avpres-") as folder:
        frame = Path(folder, "frame")
        words: list[Word] = [
            *READING,
            "-i",
            url(path),
            "-map",
            f"0:{index}",
            "-frames:v",
            "1",
            "-c",
            "copy",
        ]
        transcode(ffmpeg, ["-v", "error", *words, "-f", "data", url(frame)], Watch(stall_s=STALL_S))
        if not frame.is_file() or frame.stat().st_size > _LARGEST:
            return False
        return reversible(frame.read_bytes())


def reversible(frame: bytes) -> bool:
    """Read a frame's COD marker, up to which every segment says its own length."""
    at = frame.find(_BEGIN) + 2
    while 2 <= at < len(frame) - 4 and frame[at] == 0xFF:  # noqa: PLR2004 - markers begin so
        if frame[at + 1] == _CODING:
            end = at + 2 + _TRANSFORM + 2
            return len(frame) > end and frame[end] == _REVERSIBLE
        at += 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    return False
