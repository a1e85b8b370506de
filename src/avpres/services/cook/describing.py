"""What is written of a film and its source: by MediaInfo of both, as DFXML of all files."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

from avpres.adapters.cooking.journal import OTHERS, Listed
from avpres.adapters.formats import dfxml
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.formats.report_names import visible
from avpres.adapters.media.telling import tell
from avpres.adapters.media.telling_several import tell_several
from avpres.adapters.storage import durable
from avpres.adapters.tools import mediainfo
from avpres.adapters.tools.mediainfo import Output
from avpres.domain.errors import ToolFailedError
from avpres.domain.manifest import ManifestEntry
from avpres.domain.reel import file_of
from avpres.domain.report import Finding
from avpres.services.cook.frames import name_of
from avpres.services.cook.kitchen import Kitchen
from avpres.services.cook.sidecars import entries_of
from avpres.services.cook.stage import ALGORITHMS

DFXML = "_dfxml.xml"
_TRACED = 2_000  # attachments that a trace may list: MediaInfo takes 30 KB of memory for each
_OF_FILM = {Output.XML: ".mediainfo.xml", Output.MEDIA_TRACE: ".mediatrace.xml"}
_OF_SOURCE = {Output.XML: "_mediainfo.xml", Output.MEDIA_TRACE: "_mediatrace.xml"}


class Describing:
    """MediaInfo on the film and on its source, in processes of their own while the film is proved.

    When the block is left, it has come to its end, or was stopped by what was raised in there.
    """

    def __init__(self, kitchen: Kitchen, engine: mediainfo.Engine) -> None:
        """Begin; the film is flushed, and nothing of it is in memory."""
        self._kitchen = kitchen
        self._stop = threading.Event()
        stage = kitchen.stage
        stage.source.mkdir(exist_ok=True)
        film = {kind: stage.file(ending) for kind, ending in _OF_FILM.items()}
        source = {kind: stage.source / f"{stage.name}{end}" for kind, end in _OF_SOURCE.items()}
        self._places = [*film.values(), *source.values()]
        self.discard()
        self._is_untraced = kitchen.journal.count(*OTHERS)[0] > _TRACED
        if self._is_untraced:
            del film[Output.MEDIA_TRACE]
        chosen = [_asked(kitchen, file) for file in samples(kitchen)]
        self._pool = ThreadPoolExecutor(2, "mediainfo")
        self._film = self._pool.submit(
            partial(tell, stop=self._stop, brief=True),
            *(os.fsencode(stage.film), film, engine, stage.film.name),
        )
        self._source = self._pool.submit(tell_several, chosen, source, engine, stop=self._stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._stop.set()
        self._pool.shutdown()
        if kind is not None:
            self.discard()

    def discard(self) -> None:
        """Remove what was written."""
        for place in self._places:
            place.unlink(missing_ok=True)

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for whatever MediaInfo cannot describe."""
        shown = self._kitchen.reel.shown
        for what, trouble in self._troubles():
            text = f"MediaInfo cannot describe the {what} ({trouble})"
            yield Finding.warning("COK-UNDESCRIBED", shown, text)

    def _troubles(self) -> Iterator[tuple[str, str]]:
        try:
            yield from (("source", trouble) for trouble in self._source.result())
        except ToolFailedError as error:
            for place in self._places[len(_OF_FILM) :]:
                place.unlink(missing_ok=True)
            yield "source", str(error)
        try:
            self._film.result()
        except ToolFailedError as error:
            yield "film", str(error)
        if self._is_untraced:
            yield "film", f"by a trace, which would list more than {_TRACED:,} attachments"


def write_dfxml(kitchen: Kitchen, started: datetime) -> None:
    """Write names, sizes, times and digests of all files of the source."""
    with durable.replace(kitchen.stage.source / f"{kitchen.stage.name}{DFXML}") as handle:
        dfxml.write(handle, _entries(kitchen), Heading(ALGORITHMS, started))


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
