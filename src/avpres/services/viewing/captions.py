"""What becomes of a source's subtitles: kept as tracks, written into the picture, or left out."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageFont

from avpres.adapters.media.access_font import choose
from avpres.adapters.media.access_graph import Caption
from avpres.adapters.media.access_source import READING
from avpres.adapters.media.access_survey import run
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch, Word, url
from avpres.domain.access import AccessProfile, Product, Subtitles
from avpres.domain.errors import UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.film import Source, Subtitle
from avpres.services.viewing.findings import RefusedError

_LARGEST = 16 * 1024 * 1024  # bytes of one track's text


@dataclass(frozen=True, slots=True)
class Captioning:
    """Decides about subtitles. `font` is the one that was named, `folder` where ours may lie."""

    profile: AccessProfile
    ffmpeg: Ffmpeg
    watch: Watch
    font: Path | None
    folder: Path

    def kept(self, source: Source, tell: Callable[[str, str, bool], None]) -> tuple[Subtitle, ...]:
        """Give those that become tracks of the copy, and tell of those that it cannot hold."""
        profile = self.profile
        if profile.product is not Product.FILM or profile.subtitles is not Subtitles.KEEP:
            return ()
        can = profile.holds_subtitles
        left = [each for each in source.subtitles if not (can and each.is_text)]
        if left:
            names = ", ".join(f"{each.codec} (stream {each.stream})" for each in left)
            tell("ACC-SUBTITLES", f"subtitles that the copy cannot hold: {names}", True)
        return tuple(each for each in source.subtitles if each not in left)

    def burnt(self, source: Source) -> Caption | None:
        """Choose the subtitles that are written into the picture: the first that are in letters.

        Raises:
            RefusedError: there are none, or no font has their letters.
        """
        if self.profile.subtitles is not Subtitles.BURN or self.profile.product.is_picture:
            return None
        for place, each in enumerate(source.subtitles):
            if each.is_text:
                return self._caption(source, place, each)
        text = "has no subtitles in letters to write into the picture; take --subtitles keep"
        raise RefusedError("ACC-SUBTITLES", text, ExitCode.NOT_CONFORMANT)

    def _caption(self, source: Source, place: int, subtitle: Subtitle) -> Caption:
        try:
            font = choose(self._letters(source, subtitle), self.font, self.folder)
        except UsageError as error:
            raise RefusedError("ACC-SUBTITLES", str(error), ExitCode.NOT_CONFORMANT) from error
        return Caption(place, font, ImageFont.truetype(font, 10).getname()[0] or font.stem)

    def _letters(self, source: Source, subtitle: Subtitle) -> str:
        with tempfile.TemporaryDirectory(prefix="avpres-") as folder:
            written = Path(folder, "subtitles.srt")
            words: list[Word] = [*READING, "-i", url(source.path), "-map", f"0:{subtitle.stream}"]
            run(self.ffmpeg, [*words, "-f", "srt", url(written)], self.watch)
            with written.open("rb") as file:
                text = file.read(_LARGEST).decode("utf-8", "replace")
        return "".join(sorted({letter for letter in text if letter.isprintable()}))
