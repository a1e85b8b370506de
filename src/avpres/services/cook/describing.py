"""What is written of the source of a film: by MediaInfo of a few files, as DFXML of all."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from avpres.adapters.cooking.journal import Listed
from avpres.adapters.formats import dfxml
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.formats.report_names import visible
from avpres.adapters.media.telling_several import tell_several
from avpres.adapters.storage import durable
from avpres.adapters.tools import mediainfo
from avpres.adapters.tools.mediainfo import Output
from avpres.domain.errors import ToolFailedError
from avpres.domain.manifest import ManifestEntry
from avpres.domain.reel import file_of
from avpres.domain.report import Finding
from avpres.services.cook import findings
from avpres.services.cook.frames import name_of
from avpres.services.cook.kitchen import Kitchen
from avpres.services.cook.sidecars import entries_of
from avpres.services.cook.stage import ALGORITHMS

DFXML = "_dfxml.xml"
_KINDS = {Output.XML: "_mediainfo.xml", Output.MEDIA_TRACE: "_mediatrace.xml"}


def describe_source(
    kitchen: Kitchen, engine: mediainfo.Engine, started: datetime
) -> Iterator[Finding]:
    """Write the source's records; yield a finding for whatever MediaInfo cannot describe."""
    folder, name = kitchen.stage.source, kitchen.stage.name
    folder.mkdir(exist_ok=True)
    with durable.replace(folder / f"{name}{DFXML}") as handle:
        dfxml.write(handle, _entries(kitchen), Heading(ALGORITHMS, started))
    places = {kind: folder / f"{name}{ending}" for kind, ending in _KINDS.items()}
    for place in places.values():
        place.unlink(missing_ok=True)
    chosen = (_asked(kitchen, file) for file in samples(kitchen))
    try:
        troubles = tell_several(chosen, places, engine)
    except ToolFailedError as error:
        troubles = [str(error)]
        for place in places.values():
            with suppress(OSError):
                place.unlink()
    for trouble in troubles:
        text = f"MediaInfo cannot describe the source ({trouble})"
        yield findings.warning("COK-UNDESCRIBED", kitchen.reel.shown, text)


def samples(kitchen: Kitchen) -> Iterator[Listed]:
    """Yield the files that stand for a reel: each sequence's first, middle and last, each sound.

    Every header was read when the reel was assessed, and all are alike within a sequence.
    """
    for film in kitchen.plan.films:
        if film.clip:
            whole = kitchen.journal.look_up(file_of(film.first.path))
            yield from (whole,) if whole else ()
            continue
        last = film.sequence.frames - 1
        for place in sorted({0, last // 2, last}):
            yield next(kitchen.journal.frames(film.track, place))
    for sound in kitchen.plan.sounds:
        if sound.stream is None:
            yield sound.file


def _asked(kitchen: Kitchen, file: Listed) -> tuple[bytes, str]:
    return kitchen.reel.at(file.path), visible(os.fsdecode(name_of(kitchen.reel, file)))


def _entries(kitchen: Kitchen) -> Iterator[ManifestEntry]:
    """Join the digests of each file."""
    streams = [entries_of(kitchen, algorithm) for algorithm in ALGORITHMS]
    for found in zip(*streams, strict=True):
        digests = tuple(digest for entry in found for digest in entry.digests)
        first = found[0]
        yield ManifestEntry(first.path, digests, first.size, first.mtime_ns)
