"""What the record beside a film tells of it."""

import os
from collections.abc import Mapping

from avpres import __version__
from avpres.adapters.cooking import ffv1
from avpres.domain.reel import file_of
from avpres.services.cook.made import Made, Means
from avpres.services.cook.planning import Film, Plan


def facts(made: Made, means: Means, key: Mapping[str, object], plan: Plan) -> dict[str, object]:
    """Give what a record tells of a film, whole or failed; `key` names its source and settings."""
    return {
        "verdict": made.verdict,
        "key": dict(key),
        "source": {"path": made.reel.shown, "files": made.files, "size": made.size},
        "film": {
            "digests": {each.algorithm.value: each.value for each in made.digests},
            "size": made.film_size,
            "read_back": made.evidence,
            "reversibility_data": made.placed,
            **made.rawcooked.facts,
        },
        "tracks": [_track(film, made.codings.get(film.name)) for film in plan.films],
        "sounds": [
            {"name": os.fsdecode(file_of(each.file.path)), "flavour": each.sound.flavour}
            for each in plan.sounds
        ],
        "findings": [[each.code, each.path, each.message] for each in made.findings],
        "avpres": __version__,
        "libavcodec": ffv1.version(),
        **({"rawcooked": means.rawcooked.tool.version} if means.rawcooked else {}),
        "mediainfo": means.engine.version,
    }


def _track(film: Film, coding: str | None) -> dict[str, object]:
    return {
        "frames": film.sequence.frames,
        "names": film.name,
        "flavour": film.scan.flavour,
        "pixel_format": film.picture.pix_fmt,
        "rate": str(film.rate),
        "ffv1": coding,
    }
