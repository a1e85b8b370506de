"""WAVE and AIFF as FLAC: the same file comes back, from avpres and from flac."""

import io
import struct
from pathlib import Path

from avpres.adapters.transcoding import flac


def test_a_wave_comes_back_whole(tmp_path: Path):
    fmt = struct.pack("<HHIIHH", 1, 2, 48_000, 192_000, 4, 16)
    data = bytes(range(256)) * 400
    body = b"WAVEfmt \x10\0\0\0" + fmt + b"data" + struct.pack("<I", len(data)) + data
    source = tmp_path / "a.wav"
    source.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)

    with (tmp_path / "a.flac").open("w+b") as target:
        made = flac.to_flac(source, target)
    restored = io.BytesIO()
    flac.restore(tmp_path / "a.flac", restored)

    assert restored.getvalue() == source.read_bytes()
    assert made.sound.samples == len(data) // 4
