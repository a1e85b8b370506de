"""The lesser chunks of WAVE: sizes beyond 4 GiB, lists, cue points, loops, checksums."""

import struct
from collections.abc import Callable

from avpres.adapters.validators.id3 import read_id3
from avpres.adapters.validators.riff import Chunk, Span
from avpres.adapters.validators.wave_bext import read_bext
from avpres.adapters.validators.wave_model import Wave
from avpres.adapters.validators.wave_xml import READERS

MOST_TEXT = 4096  # bytes of one INFO text that are kept
MOST_ID3 = 1024 * 1024  # bytes of a tag, which may hold pictures
MOST_TABLE = 4096  # entries of ds64, cue and smpl tables that are read
INFO = {
    "IARL": "archival_location",
    "IART": "artist",
    "ICMS": "commissioned",
    "ICMT": "comments",
    "ICOP": "copyright",
    "ICRD": "creation_date",
    "IENG": "engineer",
    "IGNR": "genre",
    "IKEY": "keywords",
    "IMED": "medium",
    "INAM": "name",
    "IPRD": "product",
    "ISBJ": "subject",
    "ISFT": "software",
    "ISRC": "source",
    "ISRF": "source_form",
    "ITCH": "technician",
    "ITRK": "track",
}
LEAST = {  # bytes that the fixed part of a chunk takes
    b"fact": 4,
    b"cue ": 4,
    b"smpl": 36,
    b"inst": 7,
    b"mext": 12,
    b"cart": 2048,
    b"levl": 120,
    b"labl": 4,
    b"note": 4,
    b"ltxt": 20,
}
SILENT = {b"JUNK", b"junk", b"PAD ", b"FLLR", b"fllr", b"chna", b"acid", b"umid"}


def read_chunk(wave: Wave, chunk: Chunk) -> None:
    """Read a chunk other than fmt and data, and check its form."""
    if _is_short(wave, chunk):
        return
    reader = _READERS.get(chunk.id)
    if reader is not None:
        reader(wave, chunk)
    elif chunk.id not in SILENT and chunk.id not in LEAST:
        wave.exam.note(
            "WAVE-CHUNK-UNKNOWN",
            f"chunk '{chunk.name}' is not a known one",
            chunk.offset,
            jhove="WAVE-HUL-7",
        )


def _is_short(wave: Wave, chunk: Chunk) -> bool:
    least = LEAST.get(chunk.id, 0)
    if chunk.size >= least:
        return chunk.stop - chunk.start < least
    wave.exam.invalid(
        "WAVE-CHUNK-SHORT",
        f"chunk '{chunk.name}' has {chunk.size} bytes, it must have {least} at least",
        chunk.offset,
    )
    return True


def _ds64(wave: Wave, chunk: Chunk) -> None:
    content = wave.content(chunk, 28 + 12 * MOST_TABLE)
    if wave.form == "RIFF":
        wave.exam.note("WAVE-DS64-RIFF", "ds64 has no meaning in a RIFF file", chunk.offset)
        return
    if len(content) < 24:
        wave.exam.broken("WAVE-DS64-SHORT", "ds64 has less than 24 bytes", chunk.offset)
        return
    data_size, samples = struct.unpack_from("<8xQQ", content)
    wave.sizes[b"data"] = data_size
    wave.sample_count = samples if samples not in {0, 2**64 - 1} else None
    entries = struct.unpack_from("<24xI", content)[0] if len(content) >= 28 else 0
    if 28 + 12 * entries > max(chunk.size, 28):
        wave.exam.invalid(
            "WAVE-DS64-TABLE", f"ds64 has no room for {entries} sizes", chunk.start + 24
        )
    for place in range(28, min(28 + 12 * entries, len(content) - 11), 12):
        name, size = struct.unpack_from("<4sQ", content, place)
        wave.sizes[name] = size


def _fact(wave: Wave, chunk: Chunk) -> None:
    found = struct.unpack("<I", wave.content(chunk, 4))[0]
    if found != 0xFFFFFFFF:
        wave.fact = found


def _list(wave: Wave, chunk: Chunk) -> None:
    kind = wave.content(chunk, 4)
    if chunk.id == b"list" and kind != b"adtl":
        wave.exam.broken(
            "WAVE-LIST", f"a list of the kind {kind!r} is none", chunk.offset, jhove="WAVE-HUL-9"
        )
    elif kind == b"INFO":
        _info(wave, chunk)
    elif kind == b"adtl":
        _labels(wave, chunk)
    elif kind != b"exif":
        wave.exam.note(
            "WAVE-LIST-UNKNOWN",
            f"a list of the kind {kind!r} is not a known one",
            chunk.start,
            jhove="WAVE-HUL-15",
        )


def _inside(chunk: Chunk) -> Span:
    return Span(chunk.start + 4, chunk.start + chunk.size)


def _info(wave: Wave, chunk: Chunk) -> None:
    found: dict[str, object] = {}
    for part in wave.walker.walk(_inside(chunk)):
        text = wave.content(part, MOST_TEXT).split(b"\0")[0]
        if len(found) < MOST_TABLE:
            found[INFO.get(part.name, part.name)] = text.decode("utf-8", "replace").strip()
    wave.properties["info"] = found


def _labels(wave: Wave, chunk: Chunk) -> None:
    labels: list[str] = []
    for part in wave.walker.walk(_inside(chunk)):
        if part.id not in {b"labl", b"note", b"ltxt"}:
            wave.exam.note(
                "WAVE-LABEL-UNKNOWN",
                f"'{part.name}' is not known among labels",
                part.offset,
                jhove="WAVE-HUL-18",
            )
        elif not _is_short(wave, part) and len(labels) < MOST_TABLE:
            content = wave.content(part, MOST_TEXT)
            wave.labelled.add(int.from_bytes(content[:4], "little"))
            if part.id == b"labl":
                labels.append(content[4:].split(b"\0")[0].decode("utf-8", "replace"))
    if labels:
        wave.properties["labels"] = labels


def _cue(wave: Wave, chunk: Chunk) -> None:
    content = wave.content(chunk, 4 + 24 * MOST_TABLE)
    count = int.from_bytes(content[:4], "little")
    if not _fits(wave, chunk, 4 + 24 * count, f"{count} cue points"):
        return
    points = [int.from_bytes(content[at : at + 4], "little") for at in range(4, len(content), 24)]
    wave.cues.update(points[:count])
    if len(wave.cues) < min(count, MOST_TABLE):
        wave.exam.warn("WAVE-CUE-TWICE", "two cue points have the same number", chunk.offset)
    wave.properties["cue_points"] = count


def _smpl(wave: Wave, chunk: Chunk) -> None:
    loops, extra = struct.unpack("<28xII", wave.content(chunk, 36))
    if _fits(wave, chunk, 36 + 24 * loops, f"{loops} loops"):
        wave.properties["loops"] = loops
        if 36 + 24 * loops + extra > chunk.size:
            wave.exam.warn(
                "WAVE-SMPL-EXTRA", f"smpl has no room for {extra} bytes of a sampler", chunk.start
            )


def _fits(wave: Wave, chunk: Chunk, needed: int, what: str) -> bool:
    if needed > chunk.size:
        wave.exam.invalid(
            "WAVE-CHUNK-COUNT", f"chunk '{chunk.name}' has no room for {what}", chunk.start
        )
        return False
    return True


def _levl(wave: Wave, chunk: Chunk) -> None:
    form, points = struct.unpack("<4xII", wave.content(chunk, 12))
    if chunk.size > 120 and form not in {1, 2}:
        wave.exam.invalid(
            "WAVE-LEVL-FORMAT",
            f"peaks of the format {form} are unknown",
            chunk.start + 4,
            jhove="WAVE-HUL-20",
        )
    if chunk.size > 120 and points not in {1, 2}:
        wave.exam.invalid(
            "WAVE-LEVL-POINTS",
            f"{points} points for a peak are unknown",
            chunk.start + 8,
            jhove="WAVE-HUL-21",
        )


def _id3(wave: Wave, chunk: Chunk) -> None:
    wave.properties["id3"] = read_id3(wave.content(chunk, MOST_ID3))


def _md5(wave: Wave, chunk: Chunk) -> None:
    wave.md5 = chunk


_READERS: dict[bytes, Callable[[Wave, Chunk], None]] = {
    b"ds64": _ds64,
    b"fact": _fact,
    b"bext": read_bext,
    b"LIST": _list,
    b"list": _list,
    b"cue ": _cue,
    b"smpl": _smpl,
    b"levl": _levl,
    b"MD5 ": _md5,
    b"id3 ": _id3,
    b"ID3 ": _id3,
    **READERS,
}
