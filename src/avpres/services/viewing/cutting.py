"""Which part of a source a copy shows, on the clock of its file."""

from dataclasses import dataclass, replace
from fractions import Fraction

from avpres.adapters.media.access_survey import first_frame
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch
from avpres.config.access import AccessOptions
from avpres.domain.access import AccessProfile
from avpres.domain.exit_codes import ExitCode
from avpres.domain.film import Source
from avpres.domain.trimming import Chapter, Cut, cut, of_chapter
from avpres.services.viewing.findings import RefusedError
from avpres.services.viewing.fitness import WITHOUT_PICTURE

_UNSEEKABLE = frozenset({"mpeg", "mpegvideo", "h264", "hevc"})
"""Formats that do not tell the times of frames after a leap; a cut reads them from the beginning.
"""


@dataclass(frozen=True, slots=True)
class Cutting:
    """Decides about cuts; `ffmpeg` looks when the first frame comes, if that matters."""

    asked: AccessOptions
    profile: AccessProfile
    ffmpeg: Ffmpeg
    watch: Watch

    def whole(self, source: Source) -> Fraction | None:
        """Give when what the profile shows has ended; a sound may be longer than its film."""
        return source.heard if self.profile.product in WITHOUT_PICTURE else source.seconds

    def cut(self, source: Source, chapter: Chapter | None) -> Cut:
        """Work out what is shown: all, a chapter, or what `--in` and `--out` say.

        Raises:
            RefusedError: it is not in the source, or the source does not tell its length.
        """
        is_cut = bool(chapter or self.asked.begin or self.asked.end)
        late = Fraction(0)
        if source.film is not None and (is_cut or self.profile.timecode):
            late = first_frame(self.ffmpeg, source, self.watch)
        if not is_cut:
            return Cut(late=late)
        whole = self.whole(source)
        if whole is None:
            text = "does not tell its length, so it cannot be cut"
            raise RefusedError("ACC-CUT", text, ExitCode.NOT_CONFORMANT)
        try:
            shown = self._part(source, chapter, late, whole - late)
        except ValueError as error:
            raise RefusedError("ACC-CUT", str(error), ExitCode.INCOMPLETE) from error
        return replace(shown, late=late, seeks=source.wrapper not in _UNSEEKABLE)

    def _part(
        self, source: Source, chapter: Chapter | None, late: Fraction, whole: Fraction
    ) -> Cut:
        if chapter is None:
            return cut(self.asked.begin, self.asked.end, counting=source.counting, whole=whole)
        rate = source.film.rate if source.film else None
        return of_chapter(chapter, late, rate=rate, whole=whole)
