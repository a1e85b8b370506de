"""What stands before the packets of a film: its tracks, its title, room for its data."""

import os
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from avpres import __version__
from avpres.adapters.matroska.model import Info, Kind, Tag, TrackHeader
from avpres.adapters.matroska.timing import display_size, duration_ns
from avpres.adapters.matroska.writing import MatroskaWriter
from avpres.services.cook.attaching import attachments_of
from avpres.services.cook.frames import Worker
from avpres.services.cook.kitchen import Kitchen
from avpres.services.cook.planning import Plan, uid_of
from avpres.services.cook.sounds import Recording

APP = f"avpres {__version__}"


def begin_film(
    kitchen: Kitchen,
    handle: BinaryIO,
    workers: Mapping[int, Worker],
    recordings: Sequence[Recording],
) -> MatroskaWriter:
    """Write all that stands before the first packet, attachments too."""
    tracks = [_header(kitchen.plan, worker) for worker in workers.values()]
    tracks += [each.header() for each in recordings]
    return MatroskaWriter(
        handle,
        tracks,
        attachments_of(kitchen.reel, kitchen.journal),
        info=Info(app=APP, title=kitchen.reel.name.decode("utf-8", "replace")),
        tags=_tags(kitchen.plan),
        reserve=kitchen.reserve,
    )


def _header(plan: Plan, worker: Worker) -> TrackHeader:
    film = worker.film
    form = film.picture
    aspect = film.scan.aspect
    shown = display_size(form.width, form.height, aspect) if aspect and aspect != 1 else (0, 0, 0)
    return TrackHeader(
        number=film.track,
        uid=uid_of("film", film.sequence.lead + b"\0" + film.sequence.tail),
        kind=Kind.VIDEO,
        codec_id="V_FFV1",
        private=worker.private,
        default_duration_ns=duration_ns(film.rate),
        width=form.width,
        height=form.height,
        display_width=shown[0],
        display_height=shown[1],
        display_unit=shown[2],
        interlaced=1 if film.clip and film.clip.interlaced else 2,
        name=os.fsencode(film.name).decode("utf-8", "replace") if len(plan.films) > 1 else "",
        is_default=film.track == 1,
    )


def _tags(plan: Plan) -> list[Tag]:
    timecode = plan.films[0].scan.timecode
    return [Tag("TIMECODE", timecode)] if timecode else []
