"""Header metadata of MXF (SMPTE ST 377-1, 9): primer, sets, and what they refer to."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.mxf_klv import Triplet

_LEAST_BUDGET = 200_000  # values that are looked at in any file …
_MEAN = 64  # … or one for so many bytes of it
_COMPLAINT = 10  # values that something wrong counts for
_PRIMER_ENTRY = 18
_DYNAMIC = 0x8000  # tags from here on mean what the primer says
_UID, _BATCH = 16, 8
_INSTANCE, _GENERATION = 0x3C0A, 0x0102
NAMES = {
    0x2F: "Preface", 0x30: "Identification", 0x18: "ContentStorage", 0x23: "EssenceContainerData",
    0x36: "MaterialPackage", 0x37: "SourcePackage", 0x38: "EventTrack", 0x39: "EventTrack",
    0x3A: "StaticTrack", 0x3B: "TimelineTrack", 0x0F: "Sequence", 0x11: "SourceClip",
    0x14: "TimecodeComponent", 0x41: "DMSegment", 0x45: "DMSourceClip", 0x25: "FileDescriptor",
    0x27: "PictureDescriptor", 0x28: "CDCIDescriptor", 0x29: "RGBADescriptor",
    0x42: "SoundDescriptor", 0x43: "DataDescriptor", 0x44: "MultipleDescriptor",
    0x47: "AES3Descriptor", 0x48: "WaveDescriptor", 0x51: "MPEG2Descriptor",
    0x5B: "VBIDescriptor", 0x5C: "ANCDescriptor", 0x64: "TimedTextDescriptor",
    0x32: "NetworkLocator", 0x33: "TextLocator",
}  # fmt: skip
_STRONG = {  # tags that hold one strong reference or a batch of them
    0x3B03: "ContentStorage", 0x3B06: "Identification", 0x1901: "packages",
    0x1902: "EssenceContainerData", 0x4403: "tracks", 0x4701: "descriptor", 0x4803: "Sequence",
    0x1001: "components", 0x3F01: "descriptors", 0x2F01: "locators",
}  # fmt: skip
_SIZES = {  # bytes of values of one size
    0x3C0A: 16, 0x3B02: 8, 0x3B05: 2, 0x3B03: 16, 0x3B09: 16, 0x4401: 32, 0x4404: 8, 0x4405: 8,
    0x4801: 4, 0x4804: 4, 0x4B01: 8, 0x4B02: 8, 0x4803: 16, 0x0201: 16, 0x0202: 8, 0x1201: 8,
    0x1101: 32, 0x1102: 4, 0x1501: 8, 0x1502: 2, 0x1503: 1, 0x3001: 8, 0x3002: 8, 0x3004: 16,
    0x3006: 4, 0x3203: 4, 0x3202: 4, 0x3209: 4, 0x3208: 4, 0x320C: 1, 0x320E: 8, 0x3201: 16,
    0x3301: 4, 0x3302: 4, 0x3308: 4, 0x3D01: 4, 0x3D03: 8, 0x3D07: 4, 0x3D0A: 2, 0x2701: 32,
    0x3F06: 4, 0x3F07: 4, 0x3C06: 8, 0x4701: 16,
}  # fmt: skip


@dataclass(slots=True)
class MetadataSet:
    """One local set: its kind, and values by tag."""

    kind: str
    code: int
    offset: int
    values: dict[int, bytes] = field(default_factory=dict)

    def number(self, tag: int, default: int = 0) -> int:
        """Give an unsigned value."""
        raw = self.values.get(tag)
        return default if raw is None else int.from_bytes(raw, "big")

    def ratio(self, tag: int) -> tuple[int, int]:
        """Give a rational value; 0 over 1 where there is none."""
        raw = self.values.get(tag, b"")
        found: tuple[int, int] = struct.unpack(">ii", raw) if len(raw) == 8 else (0, 1)
        return found if found[1] else (0, 1)

    def text(self, tag: int) -> str:
        """Give a text."""
        raw = self.values.get(tag, b"")
        return raw[: len(raw) // 2 * 2].decode("utf-16-be", "replace").split("\0")[0]

    def references(self, tag: int) -> Iterator[bytes]:
        """Give the strong references that a value holds, one or a batch."""
        raw = self.values.get(tag, b"")
        if len(raw) == _UID:
            yield raw
        elif len(raw) >= _BATCH:
            for at in range(_BATCH, len(raw) - _UID + 1, _UID):
                yield raw[at : at + _UID]


class Metadata:
    """The header metadata of one partition."""

    def __init__(self, exam: Examination, size: int = 0) -> None:
        self._exam = exam
        self._budget = max(_LEAST_BUDGET, size // _MEAN)
        self.primer: dict[int, bytes] = {}
        self.sets: dict[bytes, MetadataSet] = {}
        self.has_primer = False

    def read_primer(self, triplet: Triplet, data: bytes) -> None:
        """Read the primer pack: which tag stands for which label."""
        self.has_primer = True
        count, width = struct.unpack(">II", data[:8].ljust(8, b"\0"))
        if width != _PRIMER_ENTRY or len(data) != 8 + count * width:
            self._exam.broken("MXF-PRIMER", "the primer pack has a wrong length", triplet.offset)
            return
        for at in range(8, len(data), _PRIMER_ENTRY):
            tag = int.from_bytes(data[at : at + 2], "big")
            label = data[at + 2 : at + _PRIMER_ENTRY]
            if self.primer.setdefault(tag, label) != label:
                text = f"the primer pack gives tag {tag:04X} two meanings"
                self._exam.invalid("MXF-PRIMER-TWICE", text, triplet.offset)

    def read_set(self, triplet: Triplet, data: bytes) -> MetadataSet:
        """Read a local set."""
        code = triplet.key[14]
        kind = NAMES.get(code, "") if triplet.key[12:14] == b"\1\1" else ""
        found = MetadataSet(kind, code, triplet.offset)
        at = 0
        while at < len(data):
            if at + 4 > len(data):
                self._say_broken_set(found)
                break
            tag, size = struct.unpack_from(">HH", data, at)
            if at + 4 + size > len(data):
                self._say_broken_set(found)
                break
            self._check_tag(tag, size, found)
            found.values[tag] = data[at + 4 : at + 4 + size]
            at += 4 + size
        instance = found.values.get(_INSTANCE, b"")
        if kind and len(instance) != _UID:
            text = f"a set ({kind}) has no instance UID, which is mandatory"
            self._exam.invalid("MXF-INSTANCE", text, triplet.offset)
        elif instance in self.sets:
            text = "two sets have the same instance UID"
            self._exam.invalid("MXF-INSTANCE", text, triplet.offset)
        self.sets[instance] = found
        return found

    def all(self, *kinds: str) -> list[MetadataSet]:
        """Give all sets of some kinds, in file order."""
        return [found for found in self.sets.values() if found.kind in kinds]

    def check(self, offset: int) -> None:
        """Say what is missing, and which references lead nowhere."""
        if not self.has_primer:
            self._exam.invalid("MXF-PRIMER-MISSING", "there is no primer pack", offset)
        for kind in ("Preface", "ContentStorage", "MaterialPackage", "SourcePackage"):
            if not self.all(kind):
                text = f"the header metadata have no {kind}, which is mandatory"
                self._exam.invalid("MXF-MISSING", text, offset)
        for found in self.sets.values():
            for tag, name in _STRONG.items():
                for uid in found.references(tag):
                    if uid not in self.sets:
                        text = f"{found.kind or 'a set'} refers to {name} that are not there"
                        self._exam.invalid("MXF-REFERENCE", text, found.offset)
        self._check_packages()

    def _check_packages(self) -> None:
        umids = {p.values.get(0x4401) for p in self.all("MaterialPackage", "SourcePackage")}
        for data in self.all("EssenceContainerData"):
            if data.values.get(0x2701) not in umids:
                text = "essence belongs to a package that is not there"
                self._exam.invalid("MXF-PACKAGE", text, data.offset)
        for track in self.all("TimelineTrack"):
            if track.ratio(0x4B01)[0] <= 0:
                text = "a track has no edit rate above 0"
                self._exam.invalid("MXF-EDIT-RATE", text, track.offset)

    def _check_tag(self, tag: int, size: int, found: MetadataSet) -> None:
        self._spend(1)
        if tag in found.values:
            self._spend(_COMPLAINT)
            text = f"a set ({found.kind}) has tag {tag:04X} twice"
            self._exam.invalid("MXF-TAG-TWICE", text, found.offset)
        if self.has_primer and tag not in self.primer:
            self._spend(_COMPLAINT)
            say = self._exam.invalid if tag >= _DYNAMIC else self._exam.warn
            text = f"tag {tag:04X} in a set ({found.kind}) is not in the primer pack"
            say("MXF-TAG-UNKNOWN", text, found.offset)
        if size != _SIZES.get(tag, size):
            text = f"the value of tag {tag:04X} in {found.kind} is {size} bytes"
            self._exam.invalid("MXF-VALUE-SIZE", text, found.offset)

    def _spend(self, units: int) -> None:
        self._budget -= units
        if self._budget < 0:
            self._exam.flood("MXF-TAGS-MANY", "there is more header metadata than makes sense")

    def _say_broken_set(self, found: MetadataSet) -> None:
        text = f"the values of a set ({found.kind or hex(found.code)}) do not fill it"
        self._exam.broken("MXF-SET", text, found.offset)
