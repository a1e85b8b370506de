"""MXF (SMPTE ST 377-1): partitions, header metadata, index tables and essence."""

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.ffv1 import Ffv1Config
from avpres.adapters.validators.mxf_essence import Essence
from avpres.adapters.validators.mxf_index import check_index, read_index
from avpres.adapters.validators.mxf_klv import Klv, Triplet, kind_of
from avpres.adapters.validators.mxf_partitions import (
    Partition,
    check_chain,
    check_random_index,
    pattern_name,
    read_partition,
)
from avpres.adapters.validators.mxf_record import (
    PICTURE,
    codec_of,
    config_of,
    describe,
    duration_of,
    tracks_of,
)
from avpres.adapters.validators.mxf_sets import Metadata, MetadataSet
from avpres.adapters.validators.source import Source

_RUN_IN = 65536  # bytes within which the header partition must begin
_HEADER_KEY = bytes.fromhex("060e2b34020501010d0102010102")
_LONGEST = 64 * 1024 * 1024  # bytes of a set or a table that is read


def validate(source: Source, exam: Examination) -> None:
    """Walk an MXF file from its header partition to its random index pack."""
    walk = _Walk(source, exam)
    try:
        walk.file()
    finally:
        walk.describe()


class _Walk:
    """One file."""

    def __init__(self, source: Source, exam: Examination) -> None:
        self._source, self._exam = source, exam
        self._klv = Klv(source, exam)
        self._essence = Essence(source, exam)
        self._partitions: list[Partition] = []
        self._metadata = Metadata(exam, source.size)  # of the partition that is walked
        self._best = self._metadata  # the last one that says something
        self._indexes: list[MetadataSet] = []
        self._configs: dict[int, Ffv1Config] = {}
        self._rip: Triplet | None = None
        self._run_in = 0

    def file(self) -> None:
        """Walk every triplet, then hold the parts against each other."""
        self._run_in = at = self._source.find(_HEADER_KEY, 0, _RUN_IN + len(_HEADER_KEY))
        if at < 0:
            self._run_in = 0
            text = "there is no header partition within the first 64 KiB"
            self._exam.halt("MXF-HEADER-MISSING", text, 0)
        if at:
            self._exam.note("MXF-RUN-IN", f"{at} bytes stand before the header partition", 0)
        while at < self._source.size:
            if self._rip is not None:
                text = f"{self._source.size - at} bytes follow after the random index pack"
                self._exam.invalid("MXF-TRAILING", text, at)
                break
            triplet = self._klv.at(at)
            kind = kind_of(triplet.key)
            if triplet.end > self._source.size:
                self._take_cut(triplet, kind)
            self._take(triplet, kind)
            at = triplet.end
        self._judge()

    def describe(self) -> None:
        """Fill in the record, as far as the file was read."""
        technical = self._exam.technical
        describe(technical, self._best, self._essence.streams, self._configs)
        self._exam.mime = "application/mxf"
        if self._partitions:
            first = self._partitions[0]
            self._exam.version = first.version
            self._exam.profile = pattern_name(first.pattern)
            technical.properties["operational_pattern"] = self._exam.profile
            technical.properties["partitions"] = len(self._partitions)

    def _take_cut(self, triplet: Triplet, kind: str) -> None:
        less = triplet.end - self._source.size
        if kind == "essence" and self._partitions:
            self._essence.add(triplet, self._partitions[-1].body_sid, is_essence=True)
        text = f"the file is cut: {less} bytes of what is there ({kind}) are missing"
        self._exam.halt("MXF-CUT", text, self._source.size)

    def _take(self, triplet: Triplet, kind: str) -> None:
        if kind == "partition":
            self._partition(triplet)
        elif kind == "rip":
            self._rip = triplet
        elif kind == "primer":
            self._metadata.read_primer(triplet, self._value(triplet))
        elif kind == "set":
            self._set(triplet)
        elif kind == "index":
            found = read_index(triplet, self._value(triplet), self._exam)
            self._indexes += [found] if found is not None else []
        elif kind == "other":
            text = f"a triplet is of a kind that is not known: {triplet.key.hex()}"
            self._exam.warn("MXF-KEY-UNKNOWN", text, triplet.offset)
        if self._partitions and kind in {"essence", "system", "fill", "other"}:
            self._body(triplet, kind)

    def _body(self, triplet: Triplet, kind: str) -> None:
        """Count what belongs to a body: from its first element on, with the fill between."""
        part = self._partitions[-1]
        if not part.body_sid:
            if kind == "essence":
                text = "essence stands in a partition that says that it has none"
                self._exam.invalid("MXF-BODY-SID", text, triplet.offset)
            return
        if kind in {"essence", "system"}:
            self._end_metadata()
        started = part.body_sid in self._essence.bodies
        inside = triplet.offset - self._run_in >= part.end + part.header_size + part.index_size
        if kind in {"essence", "system"} or (kind == "fill" and started and inside):
            self._essence.add(triplet, part.body_sid, is_essence=kind == "essence")

    def _value(self, triplet: Triplet) -> bytes:
        if triplet.size > _LONGEST:
            text = "a pack or set is longer than makes sense"
            self._exam.halt("MXF-SET-LONG", text, triplet.offset)
        return self._source.read(triplet.start, triplet.size)

    def _partition(self, triplet: Triplet) -> None:
        self._end_metadata()
        found = read_partition(triplet, self._value(triplet), self._run_in, self._exam)
        if found is not None:
            self._partitions.append(found)

    def _set(self, triplet: Triplet) -> None:
        if triplet.key[5] != 0x53:
            return  # lengths of the values are not of two bytes: only other applications do so
        self._metadata.read_set(triplet, self._value(triplet))

    def _end_metadata(self) -> None:
        """Take over the metadata of the partition that ends here."""
        if not self._metadata.sets:
            return
        self._best = self._metadata
        self._metadata.check(self._partitions[-1].offset if self._partitions else 0)
        tracks = tracks_of(self._best)
        self._essence.codecs = {n: codec_of(described) for n, (_, described) in tracks.items()}
        self._configs = {}
        for number, (_, described) in tracks.items():
            if self._essence.codecs[number] == "FFV1":
                config = config_of(described, self._best, self._exam)
                if config is not None:
                    self._configs[number] = config
        self._essence.configs = self._configs
        self._metadata = Metadata(self._exam, self._source.size)

    def _judge(self) -> None:
        exam, parts = self._exam, self._partitions
        self._end_metadata()
        if not parts:
            exam.halt("MXF-HEADER-MISSING", "there is no header partition that can be read", 0)
        check_chain(parts, self._run_in, exam)
        if self._rip is None:
            exam.warn("MXF-RIP-MISSING", "there is no random index pack", self._source.size)
        else:
            check_random_index(self._value(self._rip), self._rip, parts, exam)
        if not self._best.sets:
            exam.invalid("MXF-MISSING", "there are no header metadata", parts[0].offset)
            return
        for segment in self._indexes:
            check_index(segment, self._essence.bodies.get(segment.number(0x3F07)), exam)
        self._judge_streams()

    def _judge_streams(self) -> None:
        known = tracks_of(self._best)
        for number, stream in self._essence.streams.items():
            if number not in known:
                text = f"essence of track number {number:08X} belongs to no track"
                self._exam.invalid("MXF-TRACK-NUMBER", text, stream.first)
        for number, (track, descriptor) in known.items():
            streams = self._essence.streams
            count = streams[number].elements if number in streams else 0
            wanted = duration_of(track, self._best)
            if descriptor.kind in PICTURE and 1 < count < wanted:
                text = f"{wanted} pictures are told of, {count} are there"
                self._exam.invalid("MXF-DURATION", text, track.offset)
            if streams and number not in streams:
                text = f"no essence of track number {number:08X} is there"
                self._exam.invalid("MXF-ESSENCE-MISSING", text, self._source.size)
        counts = {stream.elements for stream in self._essence.streams.values()}
        if len(counts) > 1 and min(counts) > 1:
            text = f"tracks have different numbers of elements: {sorted(counts)}"
            self._exam.warn("MXF-ELEMENTS", text, 0)
