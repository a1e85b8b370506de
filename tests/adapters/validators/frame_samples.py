"""Film frames: DPX and OpenEXR by FFmpeg and by hand."""

import struct
import subprocess
import zlib
from pathlib import Path

import imageio_ffmpeg

UNDEFINED = 0xFFFFFFFF


def by_ffmpeg(path: Path, *options: str, size: str = "34x21") -> bytes:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    source = ["-f", "lavfi", "-i", f"testsrc=s={size}", "-frames:v", "1"]
    subprocess.run([program, "-v", "error", "-y", *source, *options, str(path)], check=True)
    return path.read_bytes()


def dpx(
    width: int = 16,
    height: int = 9,
    *,
    order: str = ">",
    bits: int = 10,
    packing: int = 1,
    descriptor: int = 50,
    encoding: int = 0,
    pixels: int | None = None,
    size: int | None = None,
    creator: bytes = b"by hand",
) -> bytes:
    """Make a DPX with film and television headers; 10-bit RGB takes a word a pixel."""
    body = bytes(4 * width * height if pixels is None else pixels)
    raw = bytearray(b"\xff" * 2048)
    raw[0:4] = b"SDPX" if order == ">" else b"XPDS"
    total = 2048 + len(body) if size is None else size
    struct.pack_into(order + "I8sIIIII", raw, 4, 2048, b"V2.0", total, 1, 1664, 384, 0)
    raw[36:136] = b"reel_0001.dpx".ljust(100, b"\0")
    raw[136:160] = b"2024:02:03:04:05:06:UTC\0"
    raw[160:260] = creator.ljust(100, b"\0")
    struct.pack_into(order + "HHII", raw, 768, 0, 1, width, height)
    struct.pack_into(order + "I", raw, 780, 0)
    struct.pack_into(
        order + "BBBBHHIII", raw, 800, descriptor, 2, 2, bits, packing, encoding, 2048, 0, 0
    )
    raw[1556:1588] = b"scanner".ljust(32, b"\0")
    raw[1664:1680] = b"02" + b"31" + b"04" + b"123456" + b"7890"
    struct.pack_into(order + "f", raw, 1724, 24.0)
    struct.pack_into(order + "I", raw, 1920, 0x01020304)
    return bytes(raw) + body


def attribute(name: str, kind: str, value: bytes) -> bytes:
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(value)) + value


def exr_attributes(width: int = 5, height: int = 33, compression: int = 3) -> dict[str, bytes]:
    channels = b"".join(
        name + b"\0" + struct.pack("<iB3xii", 1, 0, 1, 1) for name in (b"B", b"G", b"R")
    )
    window = struct.pack("<4i", 0, 0, width - 1, height - 1)
    return {
        name: attribute(name, kind, value)
        for name, kind, value in (
            ("channels", "chlist", channels + b"\0"),
            ("compression", "compression", bytes([compression])),
            ("dataWindow", "box2i", window),
            ("displayWindow", "box2i", window),
            ("lineOrder", "lineOrder", b"\0"),
            ("pixelAspectRatio", "float", struct.pack("<f", 1)),
            ("screenWindowCenter", "v2f", struct.pack("<ff", 0, 0)),
            ("screenWindowWidth", "float", struct.pack("<f", 1)),
            ("capDate", "string", b"2024:02:03 04:05:06"),
        )
    }


def exr(
    attributes: dict[str, bytes], *, flags: int = 0, lines: int = 16, height: int = 33
) -> bytes:
    """Make a scan line file of 5 pixels a line, three halves each, with ZIP chunks."""
    head = struct.pack("<II", 20000630, 2 | flags) + b"".join(attributes.values()) + b"\0"
    chunks = []
    for y in range(0, height, lines):
        raw = bytes(place * place % 19 for place in range(30 * min(lines, height - y)))
        packed = zlib.compress(raw, 9)
        data = packed if len(packed) < len(raw) else raw
        chunks.append(struct.pack("<ii", y, len(data)) + data)
    start = len(head) + 8 * len(chunks)
    table = b""
    for chunk in chunks:
        table += struct.pack("<Q", start)
        start += len(chunk)
    return head + table + b"".join(chunks)
