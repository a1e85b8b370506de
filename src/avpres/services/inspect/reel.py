"""The files of a cooked film: names, sizes, digests, and what their headers say."""

from collections.abc import Iterator
from datetime import UTC, datetime

from avpres.adapters.formats.reel_list import Row
from avpres.adapters.formats.report_names import raw_base64
from avpres.adapters.reversible.layouts import picture_array, sound_array, stream_of
from avpres.adapters.reversible.reading import Track
from avpres.adapters.sounds.reading import read_header
from avpres.domain.reversible import PIECES, Attached, Restoration, ReversibilityError, TrackKind
from avpres.domain.scan import UncodableScan
from avpres.domain.sounding import UncodableSound
from avpres.services.reversible.opening import Cooked
from avpres.services.reversible.pictures import scan_of

_SECOND = 1_000_000_000  # nanoseconds


def rows(cooked: Cooked) -> Iterator[Row]:
    """Yield what is told of each file: frames and sounds by track, then attachments."""
    for number, track in enumerate(cooked.data.tracks, start=1):
        count = 1 if track.kind is TrackKind.SINGLE else track.frames
        for place in range(count):
            yield _of_track(track, number, place)
    try:
        for attached in cooked.data.attached():
            part = "clip" if attached.coding == PIECES else "attachment"
            yield {"part": part, **_common(attached)}
    except ReversibilityError as error:
        yield {"part": "attachment", "trouble": str(error)}


def _of_track(track: Track, number: int, place: int) -> Row:
    is_sound = track.kind is TrackKind.SINGLE
    base: dict[str, str | int | None] = {"part": "sound" if is_sound else "frame", "track": number}
    if not is_sound:
        base["number"] = place
    try:
        file = track.file(place)
    except ReversibilityError as error:
        return {**base, "trouble": str(error)}
    kept: dict[str, str | int | None] = {
        "header_bytes": len(file.before),
        "trailer_bytes": len(file.after),
        "gap_bytes": len(file.gaps),
        "residual_bytes": len(file.residual or b""),
    }
    if file.at is not None:
        base |= {"part": "stream"} if is_sound else {"part": "piece", "number": file.number}
        return {**base, **_common(file), **kept, **_part(file)}
    return {**base, **_common(file), **kept, **(_sound(file) if is_sound else _scan(file))}


def _part(file: Restoration) -> dict[str, str | int | None]:
    """Tell of a part of a file of many frames by its layout; it has no header of its own."""
    try:
        if stream_of(file.layout) is not None:
            sound = sound_array(file.layout)
            return {"channels": sound.channels, "bits": sound.bits, "rawcooked": "no"}
        array = picture_array(file.layout)
    except ReversibilityError as error:
        return {"trouble": str(error)}
    return {
        "width": array.width,
        "height": array.height,
        "channels": array.channels,
        "bits": array.bits,
        "packing": array.packing.value,
        "rawcooked": "no",
    }


def _common(file: Restoration | Attached) -> dict[str, str | int | None]:
    name = file.name.decode("utf-8", "surrogateescape")
    return {
        "path": file.name.decode("utf-8", "backslashreplace"),
        "path_base64": raw_base64(name) or None,
        "size": file.size,
        "md5": file.md5.hex() if file.md5 else None,
        "sha256": file.sha256.hex() if file.sha256 else None,
        "mtime": _time(file.mtime_ns),
        "mode": None if file.mode is None else f"{file.mode & 0o7777:04o}",
    }


def _time(mtime_ns: int | None) -> str | None:
    if mtime_ns is None:
        return None
    try:
        moment = datetime.fromtimestamp(mtime_ns // _SECOND, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{mtime_ns % _SECOND:09d}Z"


def _scan(file: Restoration) -> dict[str, str | int | None]:
    try:
        scan = scan_of(file)
    except UncodableScan as error:
        return {"trouble": str(error)}
    array = scan.array
    return {
        "format": scan.format.value,
        "flavour": scan.flavour,
        "width": array.width,
        "height": array.height,
        "channels": array.channels,
        "bits": array.bits,
        "packing": array.packing.value,
        "rate": str(scan.rate) if scan.rate else None,
        "transfer": scan.transfer,
        "timecode": scan.timecode,
        "rawcooked": "no" if scan.why_not_rawcooked else "yes",
    }


def _sound(file: Restoration) -> dict[str, str | int | None]:
    try:
        sound = read_header(file.before)
    except UncodableSound as error:
        return {"trouble": str(error)}
    return {
        "format": sound.format.value,
        "flavour": sound.flavour,
        "channels": sound.array.channels,
        "bits": sound.array.bits,
        "rate": sound.rate,
        "rawcooked": "no" if sound.why_not_rawcooked else "yes",
    }
