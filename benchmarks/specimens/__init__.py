"""Sound files of every format that is validated, a few of each, as different as they come."""

from collections.abc import Callable, Iterator

from benchmarks.specimens.archives import archives
from benchmarks.specimens.film import film
from benchmarks.specimens.images import images
from benchmarks.specimens.sound import sound
from benchmarks.specimens.specimen import Specimen
from benchmarks.specimens.texts import texts

MAKERS: tuple[Callable[[], Iterator[Specimen]], ...] = (texts, images, archives, sound, film)


def specimens() -> Iterator[Specimen]:
    """Make all of them; those that need an encoder which this ffmpeg lacks are left out."""
    for make in MAKERS:
        yield from make()
