"""What is decided about a copy before it is made, from what the source says and shows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from avpres.adapters.media.access_graph import PicturePlan, Plan
from avpres.adapters.media.access_survey import Survey, silent, survey
from avpres.adapters.media.idet import Fields
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch
from avpres.config.access import AccessOptions
from avpres.domain.access import AccessProfile, AudioMap, Deinterlace, FieldOrder, Product
from avpres.domain.exit_codes import ExitCode
from avpres.domain.film import HD, JPEG_MATRIX, Colour, Film, Source
from avpres.domain.picture import Box, Size, fitted, squared
from avpres.domain.sound import Channel, SoundTrack, tracks_of
from avpres.domain.trimming import Chapter, Cut
from avpres.services.viewing.captions import Captioning
from avpres.services.viewing.cutting import Cutting
from avpres.services.viewing.findings import RefusedError
from avpres.services.viewing.fitness import WITHOUT_PICTURE, require
from avpres.services.viewing.marks import Marks

Tell = Callable[[str, str, bool], None]
"""Takes a finding's code, its sentence, and whether a person should look."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """What decisions about all copies of a run share."""

    options: AccessOptions
    profile: AccessProfile
    marks: Marks
    ffmpeg: Ffmpeg
    watch: Watch

    def plan(self, source: Source, tell: Tell, chapter: Chapter | None = None) -> Plan:
        """Decide everything but the loudness.

        Args:
            source: what the copy is made of.
            tell: takes what was noticed.
            chapter: the part of it that is shown, in the place of what the options say.

        Raises:
            RefusedError: the source lacks what the profile shows, or the cut cannot be.
            ToolFailedError: the source cannot be decoded.
        """
        profile = self.profile
        require(source, profile)
        shown = self._cutting.cut(source, chapter)
        seen = self._look(source, shown)
        picture = None
        if source.film is not None and profile.product not in WITHOUT_PICTURE:
            picture = self._picture(source, source.film, seen.fields, tell)
        channels = self._channels(source, shown, seen, tell)
        return Plan(
            source=source,
            profile=profile,
            cut=shown,
            seconds=self._seconds(source, shown),
            subtitles=self._captioning.kept(source, tell),
            picture=picture,
            tracks=self._tracks(channels, tell),
            metadata=tuple(self._metadata(chapter)),
        )

    def _seconds(self, source: Source, shown: Cut) -> Fraction:
        """Give the copy's length, 0 when nothing tells it."""
        whole = self._cutting.whole(source) or Fraction(0)
        return max(Fraction(0), shown.duration(whole))

    @property
    def _cutting(self) -> Cutting:
        return Cutting(self.options, self.profile, self.ffmpeg, self.watch)

    @property
    def _captioning(self) -> Captioning:
        marks = self.marks
        return Captioning(
            self.profile, self.ffmpeg, self.watch, marks.options.font, marks.fonts_folder
        )

    def _look(self, source: Source, shown: Cut) -> Survey:
        film = source.film
        flagged = film is not None and film.order not in {None, FieldOrder.PROGRESSIVE}
        mode = self.profile.deinterlace
        wanted = mode is Deinterlace.FIELD if flagged else mode is not Deinterlace.OFF
        wanted = wanted and self.profile.product not in WITHOUT_PICTURE
        if self.profile.product in {Product.POSTER, Product.CONTACT_SHEET}:
            source = replace(source, sounds=())
        return survey(self.ffmpeg, source, shown, self.watch, fields=wanted)

    def _picture(self, source: Source, film: Film, fields: Fields, tell: Tell) -> PicturePlan:
        if source.films > 1:
            tell("ACC-FILMS", f"holds {source.films} films; the first is shown", True)
        order = self._order(film, fields, tell)
        seen = self._aspect(film, tell)
        profile = self.profile
        box, frame = self._box(film, seen)
        aspect = Fraction(1)
        if profile.keeps_raster:
            aspect = (seen * film.raster.size.height / film.raster.size.width).limit_denominator(
                999
            )
        return PicturePlan(
            film=film,
            mode=_mode(profile, order, keeps=profile.keeps_fields and box.size == film.raster.size),
            order=order,
            box=box,
            frame=frame,
            image=self.marks.image_on(frame, aspect),
            text=self.marks.text_on(frame),
            timecode_font=self._clock(source, tell),
            caption=self._captioning.burnt(source),
            pixel_aspect=aspect,
            colour=_colour(profile, film),
        )

    def _order(self, film: Film, fields: Fields, tell: Tell) -> FieldOrder:
        if film.order is not None and film.order is not FieldOrder.PROGRESSIVE:
            if fields.order not in {film.order, FieldOrder.PROGRESSIVE}:
                text = f"says {film.order.value}, but {max(fields.top, fields.bottom)} of "
                text += f"{fields.judged} frames looked at are {fields.order.value}"
                tell("ACC-FIELDS", f"{text}; taken as it says, motion may stutter", True)
            return film.order
        if self.profile.deinterlace is Deinterlace.OFF:
            return FieldOrder.PROGRESSIVE
        found = fields.order
        if found is not FieldOrder.PROGRESSIVE:
            said = "says that it is progressive" if film.order else "does not say how fields lie"
            text = f"{said}, but {fields.combed} of {fields.judged} frames looked at are made of "
            tell("ACC-FIELDS", f"{text}fields ({found.value}); taken as such", True)
        elif self.options.deinterlace in {Deinterlace.FRAME, Deinterlace.FIELD, Deinterlace.IVTC}:
            found = FieldOrder.TOP_FIRST if fields.top >= fields.bottom else FieldOrder.BOTTOM_FIRST
            text = f"shows no fields; --deinterlace takes it as {found.value} all the same"
            tell("ACC-FIELDS", text, True)
        return found

    def _aspect(self, film: Film, tell: Tell) -> Fraction:
        raster = film.raster
        seen = raster.seen(self.options.shape)
        if self.options.shape is None and raster.is_standard_definition:
            if raster.pixel_aspect is None:
                tell("ACC-SHAPE", "does not tell its aspect; shown as 4:3, see --aspect", False)
            elif raster.pixel_aspect == 1:
                text = f"says that its {raster.size} pixels are square, which is rare; see --aspect"
                tell("ACC-SHAPE", text, True)
        return seen

    def _box(self, film: Film, seen: Fraction) -> tuple[Box, Size]:
        profile, size = self.profile, film.raster.size
        if profile.keeps_raster:
            return Box(0, 0, size), size
        if profile.frame is not None:
            return fitted(seen, profile.frame), profile.frame
        square = squared(size, seen, profile.most_lines)
        return Box(0, 0, square), square

    def _clock(self, source: Source, tell: Tell) -> Path | None:
        if self.marks.clock_font is not None and source.timecode is None:
            tell("ACC-NO-TIMECODE", "has no timecode; counted from 00:00:00:00", False)
        return self.marks.clock_font

    def _channels(
        self, source: Source, shown: Cut, seen: Survey, tell: Tell
    ) -> tuple[Channel, ...]:
        """Name what is silent; what is silent in samples is listened to before it is left out."""
        channels = seen.channels
        doubtful = [each for each in channels if each.silent]
        if doubtful and self.profile.audio_map in {AudioMap.STEREO, AudioMap.MONO}:
            sure = silent(self.ffmpeg, source, shown, doubtful, self.watch)
            channels = tuple(replace(each, silent=each in sure) for each in channels)
        for each in channels:
            if each.silent:
                tell("ACC-SILENT", f"{_name(each)} is silent", False)
            if each.ltc:
                tell("ACC-LTC", f"{_name(each)} carries timecode (LTC), not sound", False)
        return channels

    def _tracks(self, channels: tuple[Channel, ...], tell: Tell) -> tuple[SoundTrack, ...]:
        profile = self.profile
        if profile.product is Product.WAVEFORM:
            return tracks_of(channels, AudioMap.ALL)
        if profile.audio is None:
            return ()
        tracks = tracks_of(channels, profile.audio_map, split=profile.audio.is_split)
        if profile.muxer == "mp3" and len(tracks) > 1:
            text = f"has {len(tracks)} tracks of sound, MP3 holds one; use --audio stereo"
            raise RefusedError("ACC-TRACKS", text, ExitCode.NOT_CONFORMANT)
        if profile.audio_map is AudioMap.STEREO:
            heard = {place for track in tracks for place in track.channels}
            lost = [c for c in channels if c.is_programme and (c.track, c.place) not in heard]
            if lost and heard:
                names = ", ".join(map(_name, lost))
                tell("ACC-LEFT-OUT", f"not in the copy: {names}; see --audio", True)
        return tracks

    def _metadata(self, chapter: Chapter | None) -> list[tuple[str, str]]:
        notice = self.options.copyright
        entries = [("title", chapter.title)] if chapter and chapter.title else []
        entries += [] if notice is None else [("copyright", notice)]
        for text in self.options.metadata:
            key, _, value = text.partition("=")
            entries.append((key, value))
        return entries


def _mode(profile: AccessProfile, order: FieldOrder, *, keeps: bool) -> Deinterlace:
    if order is FieldOrder.PROGRESSIVE or profile.deinterlace is Deinterlace.OFF:
        return Deinterlace.OFF
    if profile.deinterlace is Deinterlace.AUTO:
        return Deinterlace.OFF if keeps else Deinterlace.FRAME
    return profile.deinterlace


def _colour(profile: AccessProfile, film: Film) -> Colour:
    """Give the colours of the copy; JPEG is BT.601 whatever the film is, without saying so."""
    if profile.frame is not None:
        return HD
    return replace(film.tags, matrix=JPEG_MATRIX) if profile.product.is_picture else film.tags


def _name(channel: Channel) -> str:
    return f"channel {channel.place + 1} of sound track {channel.track + 1}"
