"""Sound and film made to harm: millions of empty chunks, tables of billions."""

import struct

from hostile_archives import HUGE, MANY, MIB, Makers


def sound() -> Makers:
    """Give the maker of each file by its name."""
    form = b"fmt \x10\0\0\0" + struct.pack("<HHIIHH", 1, 2, 48000, 192000, 4, 16)
    return {
        "chunks.wav": lambda: b"RIFF\xff\xff\xff\x7fWAVE" + form + b"junk\0\0\0\0" * MIB,
        "claims.wav": lambda: (
            b"RIFF\xff\xff\xff\xffWAVE" + form + b"data\xff\xff\xff\xff" + bytes(64)
        ),
        "claims_rf64.wav": lambda: (
            b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0"
            + struct.pack("<QQQI", 2**63, 2**63 - 1, 2**62, HUGE)
            + form
            + b"data\xff\xff\xff\xff"
            + bytes(64)
        ),
        "lists.wav": lambda: (
            b"RIFF\xff\xff\xff\x7fWAVE"
            + form
            + b"".join(b"LIST" + struct.pack("<I", 12 * (MANY - n)) + b"INFO" for n in range(MANY))
        ),
        "claims.aif": lambda: (
            b"FORM\x7f\xff\xff\xffAIFFCOMM\0\0\0\x12"
            + struct.pack(">hIh", 32767, HUGE, 32)
            + bytes.fromhex("400eac44000000000000")
            + b"SSND\x7f\xff\xff\xff"
            + bytes(64)
        ),
        "chunks.aif": lambda: b"FORM\x7f\xff\xff\xffAIFF" + b"ANNO\0\0\0\0" * MIB,
        "markers.aif": lambda: (
            b"FORM\x7f\xff\xff\xffAIFFMARK" + struct.pack(">IH", 8 * MIB, 65535) + bytes(8 * MIB)
        ),
        "claims.flac": lambda: (
            b"fLaC\x80\0\0\x22"
            + struct.pack(">HH", 65535, 65535)
            + b"\xff" * 6
            + b"\x0b\xb8\x02\xff"
            + b"\xff" * 4
            + bytes(16)
            + b"\xff\xf8" * (4 * MIB)
        ),
        "blocks.flac": lambda: b"fLaC\0\0\0\x22" + bytes(34) + b"\x01\0\0\0" * MIB,
        "comments.flac": lambda: (
            b"fLaC\0\0\0\x22"
            + bytes(34)
            + b"\x84\xff\xff\xff"
            + struct.pack("<II", 0, HUGE)
            + bytes(12 * MIB)
        ),
        "tags.wav": lambda: (
            b"RIFF\xff\xff\xff\x7fWAVE"
            + form
            + b"id3 "
            + struct.pack("<I", 8 * MIB)
            + b"ID3\x04\0\0\x03\xff\xff\x7f"
            + b"TXXX\0\0\0\0\0\0" * (8 * MIB // 10)
        ),
    }


def film() -> Makers:
    """Give the maker of each file by its name."""
    ebml = b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska"
    unknown = b"\x01\xff\xff\xff\xff\xff\xff\xff"
    ftyp = b"\0\0\0\x14ftypisom\0\0\0\0isom"
    klv = b"\x06\x0e\x2b\x34"
    head = klv + b"\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02\x04\0"
    return {
        "nested.mkv": lambda: (
            ebml
            + b"\x18\x53\x80\x67"
            + unknown
            + b"\x12\x54\xc3\x67"
            + unknown
            + b"\x73\x73\xff"
            + b"\x67\xc8\xff" * MANY
        ),
        "unknown.mkv": lambda: ebml + (b"\x18\x53\x80\x67" + unknown) * MANY,
        "clusters.mkv": lambda: (
            ebml + b"\x18\x53\x80\x67" + unknown + (b"\x1f\x43\xb6\x75" + unknown) * MANY * 5
        ),
        "voids.mkv": lambda: ebml + b"\x18\x53\x80\x67" + unknown + b"\xec\x80" * (4 * MIB),
        "laces.mkv": lambda: (
            ebml
            + b"\x18\x53\x80\x67"
            + unknown
            + b"\x1f\x43\xb6\x75"
            + unknown
            + b"\xa3\x86\x81\0\0\x04\xff\0" * MIB
        ),
        "tracks.mkv": lambda: (
            ebml
            + b"\x18\x53\x80\x67"
            + unknown
            + b"\x16\x54\xae\x6b"
            + unknown
            + b"\xae\x83\xd7\x81\x01" * MIB
        ),
        "cues.mkv": lambda: (
            ebml
            + b"\x18\x53\x80\x67"
            + unknown
            + b"\x1c\x53\xbb\x6b"
            + unknown
            + b"\xbb\x89\xb3\x81\0\xb7\x84\xf7\x82\0\x01" * MIB
        ),
        "sizes.mkv": lambda: (
            ebml
            + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xfe"
            + b"\x42\x86\x01\xff\xff\xff\xff\xff\xff\xfe"
        ),
        "nested.mp4": lambda: (
            ftyp + b"".join(struct.pack(">I", 8 * (MANY - n)) + b"moov" for n in range(MANY))
        ),
        "boxes.mp4": lambda: ftyp + b"\0\0\0\x08free" * MIB,
        "zero.mp4": lambda: ftyp + b"\0\0\0\0moov" * MANY,
        "large.mp4": lambda: ftyp + b"\0\0\0\x01moov" + struct.pack(">Q", 2**63) + bytes(100),
        "sizes.mp4": lambda: _movie(b"stsz", bytes(4) + struct.pack(">II", 0, HUGE)),
        "same.mp4": lambda: _movie(b"stsz", bytes(4) + struct.pack(">II", 1, HUGE)),
        "times.mp4": lambda: _movie(
            b"stts", bytes(4) + struct.pack(">I", MANY * 5) + struct.pack(">II", HUGE, 1) * MANY * 5
        ),
        "chunks.mp4": lambda: _movie(
            b"stsc",
            bytes(4)
            + struct.pack(">I", MANY)
            + b"".join(struct.pack(">III", n + 1, HUGE, 1) for n in range(MANY)),
        ),
        "movies.mp4": lambda: ftyp + _box(b"moov", *[_box(b"trak")] * MANY),
        "runs.mp4": lambda: (
            ftyp
            + _box(
                b"moof",
                _box(
                    b"traf",
                    _box(b"tfhd", bytes(8)),
                    *[_box(b"trun", struct.pack(">II", 0, HUGE))] * MANY,
                ),
            )
        ),
        "times.mov": lambda: (
            b"\0\0\0\x14ftypqt  \0\0\0\0qt  "
            + _movie(b"ctts", bytes(4) + struct.pack(">I", HUGE))[20:]
        ),
        "length.mxf": lambda: head + b"\x87" + b"\xff" * 7 + bytes(100),
        "loop.mxf": lambda: (
            head + b"\x83\0\0\x58" + struct.pack(">HHIQQQ", 1, 3, 1, 0, 0, 0) + bytes(56)
        ),
        "fill.mxf": lambda: (
            head
            + b"\x83\0\0\x58"
            + struct.pack(">HHIQQQ", 1, 3, 1, 0, 0, 0)
            + bytes(56)
            + (klv + b"\x01\x01\x01\x02\x03\x01\x02\x10\x01\0\0\0\0") * MIB
        ),
        "batch.mxf": lambda: (
            head
            + b"\x83\0\0\x58"
            + struct.pack(">HHIQQQ", 1, 3, 1, 0, 0, 0)
            + bytes(48)
            + struct.pack(">II", HUGE, HUGE)
            + bytes(1000)
        ),
        "chunks.avi": lambda: b"RIFF\xff\xff\xff\x7fAVI " + b"JUNK\0\0\0\0" * MIB,
        "lists.avi": lambda: (
            b"RIFF\xff\xff\xff\x7fAVI "
            + b"".join(b"LIST" + struct.pack("<I", 12 * (MANY - n)) + b"hdrl" for n in range(MANY))
        ),
        "frames.avi": lambda: (
            b"RIFF\xff\xff\xff\x7fAVI LIST\xff\xff\xff\x7fmovi" + b"00dc\0\0\0\0" * MIB
        ),
        "index.avi": lambda: (
            b"RIFF\xff\xff\xff\x7fAVI LIST\x04\0\0\0movi"
            b"idx1" + struct.pack("<I", 16 * MANY * 5) + bytes(16) * MANY * 5
        ),
        "noise.dv": lambda: b"\x1f\x07\0\xbf" + bytes(4 * MIB),
    }


def _box(name: bytes, *content: bytes) -> bytes:
    data = b"".join(content)
    return struct.pack(">I", 8 + len(data)) + name + data


def _movie(table: bytes, content: bytes) -> bytes:
    """Give a movie whose one track has one table as given."""
    media = bytes(12) + struct.pack(">II", 48000, 1000) + bytes(4)
    kind = bytes(8) + b"vide" + bytes(13)
    entry = _box(b"avc1", bytes(6), b"\0\x01", bytes(70))
    tables = _box(b"stsd", bytes(4), struct.pack(">I", 1), entry)
    for name in (b"stts", b"stsc", b"stco", b"stsz"):
        if name == table:
            continue
        tables += _box(name, bytes(12 if name == b"stsz" else 8))
    tables += _box(table, content)
    info = _box(b"minf", _box(b"vmhd", bytes(12)), _box(b"stbl", tables))
    track = _box(
        b"trak",
        _box(b"tkhd", bytes(84)),
        _box(b"mdia", _box(b"mdhd", media), _box(b"hdlr", kind), info),
    )
    movie = _box(
        b"moov", _box(b"mvhd", bytes(12), struct.pack(">II", 1000, 1000), bytes(80)), track
    )
    return b"\0\0\0\x14ftypisom\0\0\0\0isom" + movie + _box(b"mdat", bytes(100))
