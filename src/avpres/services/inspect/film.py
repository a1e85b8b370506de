"""A cooked film looked into: tracks, parameters of FFV1, and the files that it gives back."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import humanize

from avpres.adapters.formats import reel_list
from avpres.adapters.matroska.model import TrackHeader
from avpres.adapters.matroska.timing import SECOND
from avpres.adapters.reversible.reading import Track
from avpres.adapters.storage import durable
from avpres.adapters.validators.ffv1 import read_config
from avpres.adapters.validators.ffv1_range import RangeError
from avpres.domain.errors import DestinationRefusedError, UsageError
from avpres.domain.report import Output, Report
from avpres.domain.reversible import ReversibilityError, TrackKind
from avpres.services.inspect.reel import rows
from avpres.services.reversible.opening import Cooked, open_cooked

MOST = 100_000  # files that are listed among the results; `--listing` has no such limit
_WRITERS = {".csv": "csv", ".json": "json"}


def look(path: Path, report: Report, *, with_files: bool, listings: Sequence[Path]) -> None:
    """Fill the report with what a film holds; nothing is decoded or compared.

    Raises:
        NotConformantError: the film was not cooked.
        UsageError: a list has a name of neither kind.
        DestinationRefusedError: a list cannot be written.
    """
    for listing in listings:
        if listing.suffix.lower() not in _WRITERS:
            raise UsageError(f"{listing} is no name for a list; let it end in .csv or .json")
    with open_cooked(path) as cooked:
        told = _told(cooked)
        files = _counted(cooked, told)
        report.lines = list(_lines(told))
        if with_files:
            report.lines += _table(files, told["files"])
        for listing in listings:
            _write(listing, cooked, told)
            report.outputs.append(Output(kind="list", path=str(listing)))
        report.facts["film"] = {**told, "listed": files if with_files else None}
    report.totals.files, report.totals.size = told["files"], told["bytes"]
    size = humanize.naturalsize(told["bytes"], binary=True)
    report.summary = (
        f"{told['files']:,} files, {size}, in a film of "
        f"{humanize.naturalsize(told['size'], binary=True)}: this is what it says of itself; "
        f"nothing was verified, `avpres verify {path}` does that."
    )


def _told(cooked: Cooked) -> dict[str, Any]:
    film, data = cooked.film, cooked.data
    duration = film.info.duration_ns
    return {
        "path": os.fsencode(cooked.path).decode("utf-8", "backslashreplace"),
        "size": film.source.size,
        "title": film.info.title,
        "writing_app": film.info.writing_app or film.info.app,
        "duration_s": None if duration is None else duration / SECOND,
        "data": {
            "by": f"{data.library.name} {data.library.version}".strip(),
            "layout": cooked.place,
            "offset": cooked.span[0],
            "size": cooked.span[1],
            "damage": data.damage or None,
        },
        "attachments": len(film.attachments),
        "damage": [each.why for each in film.skipped[:10]],
        "tracks": [_track(cooked, header, track) for header, track in cooked.tracks],
    }


def _track(cooked: Cooked, header: TrackHeader, track: Track) -> dict[str, Any]:
    rate = Fraction(SECOND, header.default_duration_ns) if header.default_duration_ns else None
    told: dict[str, Any] = {"number": header.number, "codec": header.codec_id}
    if track.kind is TrackKind.SINGLE:
        told |= {
            "files": 1,
            "sampling_rate": header.sampling_rate,
            "channels": header.channels,
            "bits": header.bits,
        }
        return told
    told |= {"files": track.frames, "width": header.width, "height": header.height}
    told["rate"] = str(rate.limit_denominator(1001)) if rate else None
    with suppress(ReversibilityError, IndexError):
        told |= {"clip": True} if track.file(residual=False).at is not None else {}
    with suppress(RangeError, IndexError):
        private = cooked.film.private(header.number)
        config = read_config(private if header.codec_id == "V_FFV1" else private[40:])
        space = "RGB" if config.colour_space else "YCbCr or grey"
        told["ffv1"] = {**config.properties(), "bits": config.bits, "colour_space": space}
    return told


def _counted(cooked: Cooked, told: dict[str, Any]) -> list[reel_list.Row]:
    """Count the files, and keep the first; say whether RAWcooked restores them all."""
    kept: list[reel_list.Row] = []
    told |= {"files": 0, "bytes": 0, "unproved": 0, "residuals": 0}
    is_plain = True
    for row in rows(cooked):
        is_part = row["part"] in {"piece", "stream"}
        told["files"] += not is_part
        told["bytes"] += 0 if is_part else int(row.get("size") or 0)
        told["unproved"] += not (row.get("md5") or row.get("sha256")) and row.get("size") != 0
        told["residuals"] += bool(row.get("residual_bytes"))
        is_plain &= row.get("rawcooked", "yes") == "yes" and not row.get("trouble")
        if len(kept) < MOST:
            kept.append(row)
    is_theirs = cooked.data.library.name == "RAWcooked"
    told["restorable_by_rawcooked"] = is_theirs or is_plain
    return kept


def _lines(told: dict[str, Any]) -> Iterator[str]:
    size = humanize.naturalsize(told["size"], binary=True)
    yield f"film         {told['path']}, {size}, by {told['writing_app']}"
    data = told["data"]
    yield (
        f"data         {data['layout']}, by {data['by']}: {data['size']:,} bytes "
        f"at {data['offset']:,}"
    )
    if data["damage"]:
        yield f"damage       {data['damage']}"
    yield from (f"damage       {why}" for why in told["damage"])
    yield f"RAWcooked    {'restores it too' if told['restorable_by_rawcooked'] else 'no'}"
    for track in told["tracks"]:
        yield f"track {track['number']:<6} {_track_line(track)}"
    whole = f"{told['files']:,}, {humanize.naturalsize(told['bytes'], binary=True)}"
    digests = "all with digests"
    if told["unproved"]:
        digests = f"{told['unproved']:,} without a digest"
    yield f"files        {whole}, {digests}; {told['residuals']:,} with padding that is kept"


def _track_line(track: dict[str, Any]) -> str:
    if "width" not in track:
        rate, channels = track["sampling_rate"], track["channels"]
        return f"{track['codec']}, {rate:g} Hz, {channels} channels, {track['bits']} bits"
    words = f"{track['codec']}, {track['width']} x {track['height']}, {track['rate']} a second"
    words += f", {track['files']:,} {'frames of one file' if track.get('clip') else 'files'}"
    if config := track.get("ffv1"):
        words += (
            f"; FFV1 {config['version']}, {config['colour_space']}, {config['bits']} bits, "
            f"{config['slices']} slices{' with CRC' if config['slice_crc'] else ''}"
        )
    return words


def _table(files: Sequence[reel_list.Row], count: int) -> Iterator[str]:
    for row in files:
        digest = row.get("sha256") or row.get("md5") or "no digest"
        size = row.get("size")
        what = row.get("flavour") or row["part"]
        told = f"{size:>14,}" if isinstance(size, int) else f"{'?':>14}"
        yield f"{told}  {digest}  {row.get('path', '?')}  {what}"
    if count > len(files):
        yield f"and {count - len(files):,} more; --listing writes all of them"


def _write(listing: Path, cooked: Cooked, told: dict[str, Any]) -> None:
    try:
        with durable.write_new(listing) as handle:
            if listing.suffix.lower() == ".csv":
                reel_list.write_csv(handle, rows(cooked))
            else:
                reel_list.write_json(handle, told, rows(cooked))
    except OSError as error:
        raise DestinationRefusedError(f"{listing} cannot be written: {error.strerror}") from error
