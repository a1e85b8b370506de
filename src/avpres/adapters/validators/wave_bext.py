"""The bext chunk of the Broadcast Wave Format, EBU Tech 3285, versions 0 to 2."""

import re
import struct

from avpres.adapters.validators.riff import Chunk
from avpres.adapters.validators.wave_model import Wave

FIXED = 602  # bytes before the coding history
MOST = 1024 * 1024  # bytes of coding history that are read
NEWEST = 2
UNUSED = 0x7FFF  # a loudness that was not measured
UMID_LABEL = bytes.fromhex("060A2B34")  # SMPTE ST 330
LOUDNESS = (
    "loudness_value",
    "loudness_range",
    "max_true_peak_level",
    "max_momentary_loudness",
    "max_short_term_loudness",
)
TEXTS = (("description", 0, 256), ("originator", 256, 32), ("originator_reference", 288, 32))
DATE = re.compile(rb"[0-9]{4}[^0-9](0[1-9]|1[0-2])[^0-9](0[1-9]|[12][0-9]|3[01])\Z")
TIME = re.compile(rb"([01][0-9]|2[0-3])[^0-9][0-5][0-9][^0-9]([0-5][0-9]|60)\Z")


def read_bext(wave: Wave, chunk: Chunk) -> None:
    """Read what a broadcaster has to say of a recording, and check its form."""
    content = wave.content(chunk, FIXED + MOST)
    if len(content) < FIXED:
        wave.exam.broken(
            "WAVE-BEXT-SHORT",
            f"the bext chunk has {len(content)} bytes, it must have {FIXED} at least",
            chunk.offset,
        )
        return
    found: dict[str, object] = {}
    for name, start, length in TEXTS:
        found[name] = _text(wave, chunk, content[start : start + length], name, start)
    found.update(_origination(wave, chunk, content))
    version = int.from_bytes(content[346:348], "little")
    found["time_reference"] = int.from_bytes(content[338:346], "little")
    found["version"] = wave.bext = version
    _version(wave, chunk, content, version, found)
    found["coding_history"] = _text(wave, chunk, content[FIXED:], "coding history", FIXED)
    wave.properties["bext"] = found


def _text(wave: Wave, chunk: Chunk, field: bytes, name: str, start: int) -> str:
    text, _, rest = field.partition(b"\0")
    if not text.isascii():
        wave.exam.warn(
            "WAVE-BEXT-ASCII",
            f"the {name.replace('_', ' ')} in bext has characters other than ASCII",
            chunk.start + start,
        )
    if rest.strip(b"\0"):
        wave.exam.warn(
            "WAVE-BEXT-REST",
            f"the {name.replace('_', ' ')} in bext is followed by something after its end",
            chunk.start + start + len(text),
        )
    return text.decode("utf-8", "replace").rstrip()


def _origination(wave: Wave, chunk: Chunk, content: bytes) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, start, length, form in (("date", 320, 10, DATE), ("time", 330, 8, TIME)):
        field = content[start : start + length].rstrip(b"\0 ")
        if field and not form.match(field):
            wave.exam.warn(
                f"WAVE-BEXT-{name.upper()}",
                f"the origination {name} in bext is not of the form of a {name}: {field!r}",
                chunk.start + start,
            )
        found[f"origination_{name}"] = field.decode("utf-8", "replace").replace("\0", " ")
    return found


def _version(
    wave: Wave, chunk: Chunk, content: bytes, version: int, found: dict[str, object]
) -> None:
    if version > NEWEST:
        wave.exam.warn(
            "WAVE-BEXT-VERSION",
            f"version {version} of the Broadcast Wave Format is not known",
            chunk.start + 346,
            jhove="WAVE-HUL-27",
        )
        return
    umid = content[348:412]
    if version >= 1 and umid.strip(b"\0"):
        found["umid"] = umid.rstrip(b"\0").hex().upper()
        if not umid.startswith(UMID_LABEL):
            wave.exam.warn("WAVE-BEXT-UMID", "the UMID in bext is none", chunk.start + 348)
    if version == NEWEST:
        _loudness(wave, chunk, content, found)
    unused = (348, 412, 422)[version]
    if content[unused:FIXED].strip(b"\0"):
        wave.exam.warn(
            "WAVE-BEXT-RESERVED",
            f"bytes of bext that version {version} leaves unused are not zero",
            chunk.start + unused,
        )


def _loudness(wave: Wave, chunk: Chunk, content: bytes, found: dict[str, object]) -> None:
    for place, value in enumerate(struct.unpack_from("<5h", content, 412)):
        if value == UNUSED:
            continue
        found[LOUDNESS[place]] = value / 100
        if not -9999 <= value <= 9999:
            wave.exam.warn(
                "WAVE-BEXT-LOUDNESS",
                f"the {LOUDNESS[place].replace('_', ' ')} in bext is out of range: {value / 100}",
                chunk.start + 412 + 2 * place,
            )
