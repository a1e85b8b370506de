"""The command line of ffmpeg that makes an access copy."""

import os
from dataclasses import replace
from fractions import Fraction

from avpres.adapters.media import filters
from avpres.adapters.media.access_graph import PicturePlan, Plan, finished, graph, shaped, sounds
from avpres.adapters.media.access_source import READING
from avpres.adapters.media.access_words import again, spoken, subtitles
from avpres.adapters.tools.ffmpeg import Word, url
from avpres.domain.access import Product
from avpres.domain.trimming import Cut

POSTER_AT = Fraction(1, 5)
SHEET = (4, 5)  # pictures across and down
THUMB_LINES = 180
WAVE = (1920, 240)  # pixels of a track's strip
INK = 0xFFFFFF - 0x2F6F9F  # drawn on nothing, then turned round: blue on white

_LOCAL = ("-protocol_whitelist", "file,pipe")


def words(plan: Plan, target: bytes | os.PathLike[str]) -> list[Word]:
    """Give everything after the program's name; the copy is written to `target`."""
    makers = {
        Product.POSTER: _poster,
        Product.CONTACT_SHEET: _sheet,
        Product.WAVEFORM: _waveform,
    }
    made = makers.get(plan.profile.product, _copy)(plan)
    return [*made, "-f", plan.profile.muxer, url(target)]


def _copy(plan: Plan) -> list[Word]:
    profile, picture = plan.profile, plan.picture
    made: list[Word] = [*_source(plan, plan.cut), *_mark(plan), *again(plan)]
    made += ["-filter_complex", graph(plan)]
    made += ["-map", "[v]", "-fps_mode:v", profile.pacing] if picture else []
    for number in range(len(plan.tracks)):
        made += ["-map", f"[a{number}]", *spoken(plan, number)]
    made += subtitles(plan)
    if picture and profile.video:
        made += profile.video.words(plan.seconds, interlaced=picture.is_interlaced)
    if plan.tracks and profile.audio:
        made += profile.audio.words
    made += ["-map_metadata", "0", "-map_chapters", "-1" if not plan.cut.is_whole else "0"]
    for key, value in plan.metadata:
        made += ["-metadata", f"{key}={value}"]
    return [*made, *_timecode(plan), *profile.muxing]


def _timecode(plan: Plan) -> list[Word]:
    """Give the copy the timecode of its first frame; one that is not sure is not handed on."""
    counting, picture = plan.source.counting, plan.picture
    if plan.source.timecode is None or counting is None or picture is None:
        return ["-metadata", "timecode="]
    first = counting.timecode(round(plan.cut.begin * counting.rate))
    times = picture.rate / counting.rate
    if times.denominator != 1:  # pictures taken out: no number fits a frame
        return ["-metadata", "timecode="]
    return ["-metadata", f"timecode={replace(first, frames=first.frames * times.numerator)}"]


def _source(plan: Plan, cut: Cut) -> list[Word]:
    begin = filters.seek(cut)
    return [*READING, *(("-ss", str(begin)) if begin else ()), "-i", url(plan.source.path)]


def _mark(plan: Plan) -> list[Word]:
    if plan.picture is None or plan.picture.image is None:
        return []
    name = url(plan.picture.image.path)
    return [*_LOCAL, "-f", "image2", "-pattern_type", "none", "-i", name]


def _poster(plan: Plan) -> list[Word]:
    at = plan.cut.begin + plan.seconds * POSTER_AT
    moment = replace(plan, cut=replace(plan.cut, begin=at, end=None), tracks=(), levels=())
    made = [*_source(moment, moment.cut), *_mark(plan), "-filter_complex", graph(moment)]
    return [*made, *_still(plan)]


def _sheet(plan: Plan) -> list[Word]:
    picture = plan.picture
    if picture is None:
        return []
    across, down = SHEET
    count = across * down
    made: list[Word] = []
    chains: list[str] = []
    last = f"scale=-2:{THUMB_LINES}:flags=lanczos,setsar=1,trim=end_frame=1"
    for number in range(count):
        at = _before(picture, plan.cut.first + plan.seconds * Fraction(2 * number + 1, 2 * count))
        made += [*READING, "-threads", "1", "-ss", f"{float(at):.3f}", "-i", url(plan.source.path)]
        shape = ",".join([*shaped(picture), last, f"setpts={number}/TB"])
        chains.append(f"[{number}:{picture.film.stream}]{shape}[t{number}]")
    thumbs = "".join(f"[t{number}]" for number in range(count))
    tail = ",".join(finished(picture, plan.profile.video_format))
    tiled = f"tile={across}x{down}:margin=8:padding=8"
    chains.append(f"{thumbs}concat=n={count}:v=1:a=0,{tiled},{tail}[v]")
    return [*made, "-filter_complex", ";".join(chains), *_still(plan)]


def _before(picture: PicturePlan, moment: Fraction) -> Fraction:
    """Give the moment half a frame before the frame that is shown then: the last one too."""
    rate = picture.film.rate
    return max(Fraction(0), (int(moment * rate) - Fraction(1, 2)) / rate)


def _waveform(plan: Plan) -> list[Word]:
    width, height = WAVE
    drawn = f"showwavespic=s={width}x{height}:split_channels=1:draw=full:colors=0x{INK:06X}"
    strips = [f"[a{number}]{drawn}[w{number}]" for number in range(len(plan.tracks))]
    labels = "".join(f"[w{number}]" for number in range(len(plan.tracks)))
    stacked = "vstack=inputs=" + str(len(plan.tracks)) if len(plan.tracks) > 1 else "null"
    chains = [*sounds(plan), *strips, f"{labels}{stacked},format=rgb24,negate[v]"]
    made = [*_source(plan, plan.cut), "-filter_complex", ";".join(chains)]
    return [*made, *_still(plan)]


def _still(plan: Plan) -> list[Word]:
    video = plan.profile.video
    coding = () if video is None else ("-c:v", video.codec, *video.options)
    return ["-map", "[v]", "-frames:v", "1", *coding, "-update", "1"]
