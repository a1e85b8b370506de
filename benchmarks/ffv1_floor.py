"""What FFV1 alone takes for a reel: single frames in one thread, encoded and decoded.

python -m benchmarks.ffv1_floor REEL CONTEXT SLICES writes processor seconds as JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from avpres.adapters.cooking.ffv1 import FrameDecoder, FrameEncoder
from avpres.adapters.scans.packing import picture, unpack
from avpres.adapters.scans.reading import read_scan
from avpres.domain.reel import Coding

Result = TypeVar("Result")


def main(reel: Path, coding: Coding) -> dict[str, float]:
    """Code every frame of a reel; reading and unpacking are not counted."""
    spent = {"encode": 0.0, "decode": 0.0, "bytes": 0.0}
    tools: tuple[FrameEncoder, FrameDecoder] | None = None
    for path in sorted(reel.glob("*.dpx")):
        data = path.read_bytes()
        array = read_scan(data).array
        if tools is None:
            form = picture(array)
            encoder = FrameEncoder(form.pix_fmt, form.width, form.height, coding)
            tools = encoder, FrameDecoder(encoder.private, form.width, form.height)
        encoder, decoder = tools
        unpack(array, data, encoder.planes)
        packet, seconds = _timed(encoder.encode)
        spent["encode"] += seconds
        spent["bytes"] += len(packet)
        spent["decode"] += _timed(partial(decoder.decode, packet))[1]
    return spent


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    began = time.thread_time()
    found = work()
    return found, time.thread_time() - began


if __name__ == "__main__":
    folder, context, slices = sys.argv[1:]
    print(json.dumps(main(Path(folder), Coding(int(context), int(slices)))))
