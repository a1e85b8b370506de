"""A copy of each chapter in the place of one of the whole."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from avpres.adapters.media.access_chapters import chapters_of
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch
from avpres.domain.access import AccessProfile
from avpres.domain.errors import ToolFailedError
from avpres.services.viewing.item import Item


def split(
    items: Sequence[Item], profile: AccessProfile, ffmpeg: Ffmpeg, watch: Watch
) -> Iterator[Item]:
    """Yield an item for each chapter; a source that has none, or cannot be read, stays whole.

    What is wrong with a source is told when its copy is made.
    """
    for item in items:
        try:
            chapters = chapters_of(ffmpeg, item.path, watch)
        except ToolFailedError:
            chapters = ()
        width = max(2, len(str(len(chapters))))
        for chapter in chapters:
            name = os.fsencode(item.target.name)
            ending = os.fsencode(f"_{profile.name}{profile.suffix}")
            numbered = name.removesuffix(ending) + b"_%0*d" % (width, chapter.number) + ending
            target = item.target.with_name(os.fsdecode(numbered))
            yield replace(item, target=target, chapter=chapter)
        if not chapters:
            yield item
