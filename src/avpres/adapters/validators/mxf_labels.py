"""Universal labels of MXF in the words of records: codecs, containers, colour."""

_PICTURES = (  # picture essence coding, from byte 8 of the label on
    ("0401020201010", "MPEG-2 Video"),
    ("0401020201020", "MPEG-2 Video"),
    ("0401020201030", "MPEG-2 Video"),
    ("0401020201040", "MPEG-2 Video"),
    ("0401020201050", "MPEG-2 Video"),
    ("040102020110", "MPEG-1 Video"),
    ("040102020120", "MPEG-4 Visual"),
    ("04010202013", "H.264"),
    ("04010202014", "HEVC"),
    ("0401020202", "DV"),
    ("0401020203010", "JPEG 2000"),
    ("0401020203060", "ProRes"),
    ("0401020203090", "FFV1"),
    ("0401020204", "VC-1"),
    ("0401020271", "DNxHD"),
    ("04010201", "Uncompressed"),
)
_CONTAINERS = {  # byte 13 of the label of an essence container
    0x01: "MPEG-2 Video",  # D-10
    0x02: "DV",
    0x04: "MPEG-2 Video",
    0x05: "Uncompressed",
    0x0C: "JPEG 2000",
    0x10: "H.264",
    0x11: "DNxHD",
    0x12: "VC-1",
    0x1C: "ProRes",
    0x1F: "H.264",
    0x23: "FFV1",
}
_SOUNDS = (
    ("04020201", "PCM"),
    ("0402020203010", "A-law"),
    ("0402020203020100", "AC-3"),
    ("04020202030205", "MPEG Audio Layer II"),
    ("04020202030206", "MPEG Audio Layer II"),
    ("0402020203021c", "Dolby E"),
    ("04020202030303", "AAC"),
    ("04020202030304", "AAC"),
)
_PRORES = {1: "422 Proxy", 2: "422 LT", 3: "422", 4: "422 HQ", 5: "4444", 6: "4444 XQ"}
_PRIMARIES = {1: "BT.601 NTSC", 2: "BT.601 PAL", 3: "BT.709", 4: "BT.2020", 5: "XYZ", 6: "DCI P3"}
_TRANSFERS = {1: "BT.470", 2: "BT.709", 3: "SMPTE 240M", 4: "SMPTE 274M", 5: "BT.1361", 6: "Linear",
              7: "SMPTE 428M", 8: "xvYCC", 9: "BT.2020", 10: "PQ", 11: "HLG"}  # fmt: skip
_MATRICES = {1: "BT.601", 2: "BT.709", 3: "SMPTE 240M", 4: "YCgCo", 5: "Identity",
             6: "BT.2020 non-constant"}  # fmt: skip
LOSSLESS = {"FFV1", "Uncompressed", "PCM"}


def picture_codec(coding: bytes, container: bytes) -> str:
    """Name a picture codec by its coding, else by the essence container it is in."""
    tail = coding[8:].hex()
    for start, name in _PICTURES:
        if tail.startswith(start):
            return name
    is_container = container[8:13] == bytes.fromhex("0d01030102")
    return _CONTAINERS.get(container[13], "") if is_container and len(container) > 13 else ""


def sound_codec(coding: bytes) -> str:
    """Name a sound codec; sound without a coding is PCM."""
    tail = coding[8:].hex()
    for start, name in _SOUNDS:
        if tail.startswith(start):
            return name
    return "PCM" if not any(coding) else ""


def picture_profile(codec: str, coding: bytes) -> str:
    """Name the profile that a label tells of."""
    if codec == "ProRes" and len(coding) == 16:
        return _PRORES.get(coding[14], "")
    return ""


def colour(label: bytes, kind: str) -> str:
    """Name primaries, transfer or matrix."""
    names = {"primaries": _PRIMARIES, "transfer": _TRANSFERS, "matrix": _MATRICES}[kind]
    return names.get(label[13], "") if label[:4] == b"\x06\x0e\x2b\x34" and len(label) == 16 else ""
