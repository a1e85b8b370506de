"""Which scans RAWcooked restores: its rules, so that the report can say it in advance.

They are those of release 25.12 (DPX.cpp, TIFF.cpp, EXR.cpp, RawFrame.h of its source); older
versions know fewer, and `since` says which.
"""

from collections.abc import Mapping, Sequence
from math import isfinite

from avpres.adapters.scans import tiff_tags as tags
from avpres.adapters.scans.cuts import block_of, is_mended
from avpres.adapters.scans.exr_header import Attribute, Channel
from avpres.adapters.scans.tiff_tags import Directory
from avpres.domain.rawcooked import GREY, LATEST, OLDEST, WIDER
from avpres.domain.scan import Packing, SampleArray

_UNDEFINED = 0xFFFFFFFF
_LEAST = 1664  # bytes before the image
_LITTLE, _BIG = {False}, {True}
_BOTH = {False, True}
_DPX: dict[tuple[str, int, Packing], set[bool]] = {
    ("RGB", 8, Packing.WORDS): _BOTH,
    ("RGB", 10, Packing.FILLED_A): _BOTH,
    ("RGB", 12, Packing.WORDS): _BOTH,
    ("RGB", 12, Packing.PACKED): _BIG,
    ("RGB", 16, Packing.WORDS): _BOTH,
    ("RGBA", 8, Packing.WORDS): _BOTH,
    ("RGBA", 10, Packing.FILLED_A): _BOTH,
    ("RGBA", 12, Packing.WORDS): _BOTH,
    ("RGBA", 12, Packing.PACKED): _BIG,
    ("RGBA", 16, Packing.WORDS): _BOTH,
    ("Y", 8, Packing.WORDS): _BOTH,
    ("Y", 10, Packing.FILLED_A): _BIG,
    ("Y", 10, Packing.FILLED_B): _BIG,
    ("Y", 12, Packing.PACKED): _BIG,
    ("Y", 16, Packing.WORDS): _BOTH,
}
_FIRST_VERSIONS = {b"V1.0\0", b"V2.0\0", b"v1.0\0"}  # what older RAWcookeds know of DPX
_TIFF = {
    ("RGB", 8): _LITTLE,
    ("RGB", 16): _BOTH,
    ("RGBA", 8): _LITTLE,
    ("RGBA", 16): _LITTLE,
    ("Y", 8): _BOTH,
    ("Y", 16): _BOTH,
}
_TAGS = frozenset(  # of TIFF 6.0, that RAWcooked knows and takes
    {254, 256, 257, 258, 259, 262, 263, 264, 265, 266, 269, 270, 271, 272, 273, 274, 277, 278, 279}
    | {280, 281, 282, 283, 284, 285, 286, 287, 290, 291, 296, 297, 300, 301, 305, 306, 315, 316}
    | {318, 319, 321, 338, 339, 340, 341, 342, 529, 530, 531, 532, 33432}
)
_WANTED_TAGS = (tags.BITS, tags.COMPRESSION, tags.PHOTOMETRIC, tags.STRIP_COUNTS)
_PLAIN_TYPES = range(1, 6)  # BYTE to RATIONAL
_READ_TAGS = (254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 279, 284, 338, 339)
_EXR_STRINGS = frozenset(
    {b"capDate", b"comments", b"lensMake", b"lensSerialNumber", b"owner", b"reelName"}
    | {b"recorderFirmwareVersion", b"recorderMake", b"recorderModel"}
    | {b"storageMediaSerialNumber"}
)
_EXR = dict.fromkeys(_EXR_STRINGS, b"string") | {
    b"acesImageContainerFlag": b"int",
    b"adoptedNeutral": b"v2f",
    b"captureRate": b"rational",
    b"channels": b"chlist",
    b"chromaticities": b"chromaticities",
    b"compression": b"compression",
    b"dataWindow": b"box2i",
    b"displayWindow": b"box2i",
    b"expTime": b"float",
    b"focalLength": b"float",
    b"focus": b"float",
    b"framesPerSecond": b"rational",
    b"imageCounter": b"int",
    b"imageRotation": b"float",
    b"isoSpeed": b"float",
    b"lineOrder": b"lineOrder",
    b"originalImageFlag": b"int",
    b"pixelAspectRatio": b"float",
    b"screenWindowCenter": b"v2f",
    b"screenWindowWidth": b"float",
    b"timeCode": b"timecode",
    b"timecodeRate": b"int",
}
_EXR_BEGINNINGS = (b"arri.", b"camera", b"com.arri.", b"interim.")
_EXR_LONGEST = 31  # bytes of a name or a kind
_EXR_FIXED = {  # values that RAWcooked wants
    b"imageRotation": bytes(4),
    b"lineOrder": bytes(1),
    b"screenWindowCenter": bytes(8),
    b"screenWindowWidth": b"\0\0\x80\x3f",
}


def why_not_header(*, version: bytes, key: int, start: int, rates: tuple[float, float]) -> str:
    """Say which field of a DPX file header RAWcooked refuses."""
    film, television = rates
    if version.upper() not in {b"V1.0", b"V2.0"}:
        return "its header is of no known version"
    if key not in {0, _UNDEFINED}:
        return "it has an encryption key"
    if start < _LEAST:
        return f"its image begins within the header, at byte {start}"
    if all(isfinite(rate) and rate for rate in rates) and film != television:
        return "its frame rates of film and of television differ"
    return ""


def why_not_dpx(array: SampleArray, *, packing: int, bottom_up: bool, unpadded: bool) -> str:
    """Say what of the samples RAWcooked refuses."""
    flavour = (array.channels, array.bits, array.packing)
    if array.big_endian not in _DPX.get(flavour, ()) or _is_unknown_filling(array, packing):
        return "RAWcooked does not know this flavour"
    if bottom_up and not turns(array):
        return "its picture stands from bottom to top"
    if unpadded and array.bits == 10 and array.channels == "RGBA":
        return "its rows do not end at words of 32 bits"
    return _why_not_rows(array, unpadded=unpadded)


def _why_not_rows(array: SampleArray, *, unpadded: bool) -> str:
    if array.width % block_of(array) and not is_mended(array):
        return f"its rows are not a multiple of {block_of(array)} pixels"
    if array.packing is Packing.WORDS and not _is_even(array):
        return "its rows end within a word of 32 bits"
    if array.stride % 4 or (array.continuous and not unpadded):
        return "its rows do not end at words of 32 bits"
    return ""


def since_dpx(array: SampleArray, version: bytes) -> str:
    """Give the first version of RAWcooked that restores such a DPX file."""
    if array.channels == "Y" and array.packing is not Packing.WORDS:
        return GREY
    if version not in _FIRST_VERSIONS or array.bottom_up or array.width % block_of(array):
        return WIDER
    return OLDEST


def turns(array: SampleArray) -> bool:
    """Say whether RAWcooked turns a picture that stands from bottom to top, in a DPX file."""
    return (array.channels, array.bits, array.packing) == ("RGB", 12, Packing.PACKED) and (
        array.big_endian
    )


def _is_unknown_filling(array: SampleArray, packing: int) -> bool:
    """Say whether the header names another packing than RAWcooked knows of such samples."""
    if array.packing is Packing.WORDS:
        return packing not in ({1} if array.bits == 12 else {0, 1})
    return packing != {Packing.FILLED_A: 1, Packing.FILLED_B: 2}.get(array.packing, 0)


def _is_even(array: SampleArray) -> bool:
    """Say whether rows end at words of 32 bits by themselves: RAWcooked makes no padding."""
    row = array.width * len(array.channels) * array.word // 8
    return row == array.stride and row % 4 == 0


def why_not_tiff(page: Directory, array: SampleArray, *, big: bool, first: bool) -> str:
    """Say what of a page RAWcooked refuses (its source, TIFF.cpp)."""
    if big or not first:
        return "it is a BigTIFF" if big else "its picture is not the first page"
    if array.planar and page.number(tags.PLANAR, 1) == 1:
        return f"it has {len(array.groups)} pictures"
    return _why_not_tags(page) or _why_not_plain(page) or _why_not_samples(page, array)


def _why_not_tags(page: Directory) -> str:
    unknown = sorted(tag for tag in page.types if tag not in _TAGS)
    if unknown:
        return f"RAWcooked does not know the tag {unknown[0]}"
    missing = [tag for tag in _WANTED_TAGS if tag not in page.types]
    if missing:
        return f"the tag {missing[0]} is missing"
    if any(page.types.get(tag, 1) not in _PLAIN_TYPES for tag in _READ_TAGS):
        return "a tag is of a type that RAWcooked does not know"
    return ""


def _why_not_plain(page: Directory) -> str:
    if page.number(tags.NEW_SUBFILE_TYPE, 0):
        return "its picture is marked as one of several"
    if page.number(tags.ORIENTATION, 1) != 1:
        return "its picture is turned"
    if page.number(tags.PLANAR, 1) != 1:
        return "its channels stand in planes"
    if page.number(tags.FILL_ORDER, 1) != 1 or page.number(tags.SAMPLE_FORMAT, 1) != 1:
        return "its samples are not plain unsigned numbers"
    return ""


def _why_not_samples(page: Directory, array: SampleArray) -> str:
    alpha = page.numbers(tags.EXTRA_SAMPLES)
    meaning = page.number(tags.PHOTOMETRIC, 0)
    flavour = (array.channels, array.bits)
    order = array.big_endian if array.bits > 8 else page.big_endian
    if order not in _TIFF.get(flavour, ()) or meaning not in {1, 2}:
        return "RAWcooked does not know this flavour"
    if alpha != ((2,) if array.channels == "RGBA" else ()):
        return "RAWcooked does not know such extra samples"
    counts, offsets = page.numbers(tags.STRIP_COUNTS), page.numbers(tags.STRIP_OFFSETS)
    if len(counts) != len(offsets) or len(array.segments) > 1:
        return "its strips do not follow one another"
    if (
        sum(counts) != array.size
        or array.stride != array.width * len(array.channels) * array.bits // 8
    ):
        return "its strips hold more than its picture"
    return ""


def since_tiff(array: SampleArray, *, big_endian: bool) -> str:
    """Give the first version of RAWcooked that restores such a TIFF file."""
    is_new = (array.channels, array.bits) == ("Y", 8) and not big_endian
    return LATEST if is_new else OLDEST


def why_not_exr(
    version: int,
    attributes: Mapping[bytes, Attribute],
    channels: Sequence[Channel],
    array: SampleArray,
) -> str:
    """Say what of an OpenEXR file RAWcooked refuses (its source, EXR.cpp)."""
    if version != 2:
        return "it uses features of OpenEXR that RAWcooked does not know"
    refused = [name for name, found in attributes.items() if _is_refused(name, found)]
    if refused:
        return f"RAWcooked refuses the attribute {refused[0].decode('latin-1')}"
    if [channel.name for channel in channels] != ["B", "G", "R"] or array.bits != 16:
        return "RAWcooked does not know this flavour"
    if not all(channel.plain for channel in channels) or array.bottom_up:
        return "its channels are not plain"
    window = attributes[b"dataWindow"].value
    shown = attributes.get(b"displayWindow")
    if any(window[:8]) or shown is None or shown.value != window or len(array.segments) > 1:
        return "its windows are not those of a whole picture"
    return ""


def _is_refused(name: bytes, found: Attribute) -> bool:
    known = name.startswith(_EXR_BEGINNINGS) or _EXR.get(name) == found.kind
    if not known or max(len(name), len(found.kind)) > _EXR_LONGEST:
        return True
    if name == b"framesPerSecond" and not (any(found.value[:4]) and any(found.value[4:8])):
        return True
    return found.value != _EXR_FIXED.get(name, found.value)
