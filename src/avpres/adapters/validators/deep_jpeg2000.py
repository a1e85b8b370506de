"""JPEG 2000, decoded twice: by OpenJPEG, inside of Pillow, and by ffmpeg.

Neither knows all that the standard allows, so an image is called damaged where both stumble. And
ffmpeg tells of blocks whose coded data are not used up to their end: a changed bit makes a decoder
read on in noise, and stop elsewhere.
"""

import re
from pathlib import Path

from avpres.adapters.validators.deep_images import attempt, is_unknown
from avpres.adapters.validators.deep_streams import complaints, ended_early, name_of, shown
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source

_NOT_KNOWN = re.compile("Unknown pix_fmt|not implemented|[Nn]ot yet implemented|patches welcome")


def decode(source: Source, exam: Examination, ffmpeg: Path | None) -> None:
    """Decode an image and say what both decoders stumble over, and which blocks are damaged."""
    fault = attempt(source, exam)
    said = complaints(ffmpeg, ["-f", "j2k_pipe"], name_of(source)) if ffmpeg else []
    if ended_early(said, exam):
        return
    blocks = [line for line in said if "mismatch" in line]
    for line in blocks:
        exam.broken("DEEP-DECODE", f"the coded data of a block are damaged: {shown(line)}")
    if not fault or blocks:
        return
    others = [line for line in said if not _NOT_KNOWN.search(line)]
    if is_unknown(fault) or not others or len(others) < len(said):
        exam.warn("DEEP-NO-DECODER", f"not decoded: this kind of image is not known ({fault})")
    else:
        exam.broken("DEEP-DECODE", f"neither OpenJPEG nor ffmpeg can decode it: {fault}")
