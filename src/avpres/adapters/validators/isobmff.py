"""MP4, M4A, 3GP (ISO/IEC 14496-12), QuickTime movies, and images in them (HEIF, AVIF).

Every box is walked and every chunk of samples is followed into the media data. Frames of FFV1 are
checked by their CRC; H.264, HEVC and ProRes by the lengths that they hold.
"""

from avpres.adapters.validators.examination import Examination, HaltError
from avpres.adapters.validators.isobmff_boxes import Box, Boxes
from avpres.adapters.validators.isobmff_fragments import Fragments
from avpres.adapters.validators.isobmff_images import read_images
from avpres.adapters.validators.isobmff_layout import HOLDERS
from avpres.adapters.validators.isobmff_record import created, describe
from avpres.adapters.validators.isobmff_tags import read_tags
from avpres.adapters.validators.isobmff_tracks import Track, Tracks
from avpres.adapters.validators.piece import Piece
from avpres.adapters.validators.source import CutError, Source
from avpres.domain.technical import Container, MediaKind

_BRANDS_OF_IMAGES = {"heic", "heix", "mif1", "msf1", "avif", "avis", "heim", "heis", "jpeg", "mif2"}
_LATE_S = 1.0  # seconds that durations may differ
_LEAST = 8  # bytes of a box


def validate(source: Source, exam: Examination) -> None:
    """Walk an MP4 or QuickTime file box by box."""
    walk = _Walk(Piece(source), exam)
    try:
        walk.file()
    finally:
        walk.describe()


class _Walk:
    """One file."""

    def __init__(self, piece: Piece, exam: Examination) -> None:
        self._piece, self._exam = piece, exam
        self._boxes = Boxes(piece, exam)
        self._tracks = Tracks(piece, self._boxes, exam)
        self._fragments = Fragments(self._boxes, self._tracks, exam)
        self._found: list[Track] = []
        self._by_id: dict[int, Track] = {}
        self._data: list[tuple[int, int]] = []
        self._top = Box("file", 0, 0, piece.size)
        self._tags: dict[str, str] = {}
        self._brands: list[str] = []
        self._scale = self._duration = 0

    def file(self) -> None:
        """Walk all boxes, then hold the samples against the media data."""
        at = 0
        while at < self._piece.size:
            if self._piece.size - at < _LEAST and self._found:
                text = f"{self._piece.size - at} bytes stand at the end that belong to no box"
                self._exam.invalid("ISOM-TRAILING", text, at)
                break
            box = self._boxes.head(at, self._piece.size, "file")
            self._boxes.judge_place(box, "file")
            self._top.children.append(Box(box.type, box.offset, box.start, box.end))
            self._read(box)
            at = box.end
        self._judge()

    def describe(self) -> None:
        """Fill in the record, as far as the file was read."""
        technical, exam = self._exam.technical, self._exam
        describe(technical, self._found, self._piece, self._tags)
        if self._scale and self._duration and technical.container is not None:
            technical.container.duration = round(self._duration / self._scale, 6)
        major = self._brands[0] if self._brands else "qt  "
        exam.version = major.strip()
        if major == "qt  ":
            exam.profile, exam.mime = "QuickTime", "video/quicktime"
        elif technical.kind == MediaKind.IMAGE:
            exam.profile = "AVIF" if "avif" in self._brands else "HEIF"
            exam.mime = "image/avif" if exam.profile == "AVIF" else "image/heic"
        else:
            exam.profile = "3GP" if major.startswith("3g") else "MP4"
            kind = "audio" if technical.kind == MediaKind.AUDIO else "video"
            exam.mime = f"{kind}/{'3gpp' if exam.profile == '3GP' else 'mp4'}"
        technical.properties["brands"] = [brand.strip() for brand in self._brands]
        if self._fragments.count:
            technical.properties["fragments"] = self._fragments.count

    def _read(self, box: Box) -> None:
        if box.type in {"mdat", "imda"}:
            self._data.append((box.start, min(box.end, self._piece.size)))
            self._fragments.media(box)
        elif box.end > self._piece.size:
            raise HaltError
        elif box.type == "ftyp":
            self._brand(box)
        elif box.type in {"moov", "moof", "mfra", "sidx", "meta"}:
            self._piece.hold(box.offset, box.end)
            self._branch(box)

    def _branch(self, box: Box) -> None:
        if box.type in HOLDERS:
            self._boxes.read(box)
        if box.type == "moov":
            self._movie(box)
        elif box.type == "moof":
            self._fragments.fragment(box, self._by_id)
        elif box.type == "mfra":
            self._fragments.random_access(box)
        elif box.type == "sidx":
            self._fragments.segment_index(box, self._piece.size)
        elif set(self._brands) & _BRANDS_OF_IMAGES:
            read_images(box, self._boxes, self._piece, self._exam)

    def _brand(self, box: Box) -> None:
        raw = self._boxes.content(box, 4096)
        if len(raw) < 8 or len(raw) % 4:
            self._exam.invalid("ISOM-FTYP", "box ftyp has a length that it may not", box.offset)
        names = [raw[at : at + 4].decode("latin-1") for at in range(0, len(raw) - 3, 4)]
        self._brands = [*names[:1], *names[2:]]
        if not all(name.isprintable() or name == "\0" * 4 for name in self._brands):
            self._exam.invalid("ISOM-FTYP", "a brand in ftyp is not readable", box.offset)
        elif self._brands and self._brands[0] not in self._brands[1:]:
            text = f"the major brand {self._brands[0]} is not among the compatible ones"
            self._exam.warn("ISOM-BRAND", text, box.offset)
        if box.offset:
            self._exam.invalid("ISOM-FTYP", "box ftyp does not come first", box.offset)

    def _movie(self, moov: Box) -> None:
        head = moov.child("mvhd")
        if head is not None:
            self._movie_header(head)
        if moov.child("cmov") is not None:
            text = "the movie header is compressed: it was not looked into"
            self._exam.undetermined("ISOM-COMPRESSED", text, moov.offset)
        for box in moov.all("trak"):
            track = self._tracks.read(box)
            self._found.append(track)
            if track.id in self._by_id:
                text = f"two tracks have the number {track.id}"
                self._exam.invalid("ISOM-TRACK-ID", text, box.offset)
            self._by_id[track.id] = track
        for box in (moov.child("mvex") or moov).all("trex"):
            self._fragments.extends(box)
        self._tags = read_tags(moov, self._piece)
        self._judge_duration(moov)

    def _movie_header(self, box: Box) -> None:
        raw = self._boxes.content(box)
        wide = raw[:1] != b"\0"
        if len(raw) < (112 if wide else 100):
            return
        width, at = (8, 20) if wide else (4, 12)
        self._scale = int.from_bytes(raw[at : at + 4], "big")
        self._duration = int.from_bytes(raw[at + 4 : at + 4 + width], "big")
        container = self._exam.technical.container = Container()
        container.created = created(int.from_bytes(raw[4 : 4 + width], "big"))
        if not self._scale:
            self._exam.invalid("ISOM-SCALE", "the movie has a time scale of 0", box.offset)

    def _judge_duration(self, moov: Box) -> None:
        if not self._scale or moov.child("mvex") is not None:
            return
        longest = max((_seconds(track, self._scale) for track in self._found), default=0.0)
        said = self._duration / self._scale
        if longest and abs(longest - said) > _LATE_S + longest / 100:
            text = f"the movie says that it lasts {said:.1f} s, its tracks last {longest:.1f} s"
            self._exam.invalid("ISOM-DURATION", text, moov.offset)

    def _judge(self) -> None:
        types = [box.type for box in self._top.children]
        images = bool(self._exam.technical.images)
        if "moov" not in types and not images:
            text = "there is no movie header (moov): nothing of the film can be found"
            self._exam.broken("ISOM-MOOV-MISSING", text, self._piece.size)
        for name in ("moov", "ftyp", "mfra", "pdin", "meta"):
            if types.count(name) > 1:
                self._exam.invalid("ISOM-REPEATED", f"there is more than one {name}", 0)
        if self._brands and self._brands[0] == "qt  ":
            types.append("ftyp")
        if "mdat" not in types and any(t.here and t.frames for t in self._found):
            text = "there are no media data (mdat)"
            self._exam.invalid("ISOM-MDAT-MISSING", text, self._piece.size)
        self._tracks.follow(self._found, self._data)
        self._fragments.end(self._piece.size)
        for track in self._found:
            try:
                self._tracks.look_into(track)
            except CutError:
                continue


def _seconds(track: Track, scale: int) -> float:
    if track.edits:
        return sum(length for length, _ in track.edits) / scale
    return track.duration / track.scale if track.scale else 0.0
