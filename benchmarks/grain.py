"""Frames of film for the measurements: a smooth picture, grain, logarithmic coding, as DPX."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_HEADER = 2048  # bytes
_TEN, _TWELVE, _SIXTEEN = 10, 12, 16  # bits of a sample
_GRAIN = 16.0  # deviation in code values of ten bits: that of a film of medium speed
_TAPS = np.array([0.06, 0.24, 0.4, 0.24, 0.06], np.float32)  # grain is wider than a pixel
_ALONE = 0.6  # part of the grain that each colour has for itself
_WHITE, _BLACK, _STEP = 685, 95, 300  # Cineon's code values, and those of a decade of light


@dataclass(frozen=True, slots=True)
class Stock:
    """Frames of one form."""

    width: int
    height: int
    bits: int  # 10, 12 or 16

    def make(self, folder: Path, frames: int) -> Path:
        """Write a reel; the same at every run, and every frame with grain of its own."""
        folder.mkdir(parents=True)
        for number, codes in enumerate(self._pictures(frames)):
            data = self._header(number) + self._packed(codes)
            (folder / f"scan_{number + 86400:07}.dpx").write_bytes(data)
        return folder

    def _pictures(self, frames: int) -> Iterator[NDArray[np.uint16]]:
        scene = _scene(self.width, self.height)
        most = (1 << self.bits) - 1
        for number in range(frames):
            code = np.roll(scene, 3 * number, axis=1) + _grain(scene.shape, number)
            yield np.clip(code * (most / 1023) + 0.5, 0, most).astype(np.uint16)

    def _packed(self, codes: NDArray[np.uint16]) -> bytes:
        if self.bits == _SIXTEEN:
            return codes.astype(">u2").tobytes()
        if self.bits == _TWELVE:
            return (codes << 4).astype(">u2").tobytes()
        parts = codes.astype(np.uint32)
        words = parts[..., 0] << 22 | parts[..., 1] << 12 | parts[..., 2] << 2
        return words.astype(">u4").tobytes()

    def _header(self, number: int) -> bytes:
        """Give SMPTE 268M's headers, as a scanner fills them."""
        pixel = 4 if self.bits == _TEN else 6
        size = _HEADER + self.width * self.height * pixel
        head = bytearray(_HEADER)
        struct.pack_into(">4sI8sIIIII", head, 0, b"SDPX", _HEADER, b"V1.0", size, 1, 1664, 384, 0)
        struct.pack_into(">100s24s", head, 36, b"scan_%07d.dpx" % number, b"2026:01:01:00:00:00")
        struct.pack_into(">I", head, 660, 0xFFFFFFFF)  # not encrypted
        struct.pack_into(">HHII", head, 768, 0, 1, self.width, self.height)
        packing = 0 if self.bits == _SIXTEEN else 1
        form = (50, 1, 1, self.bits, packing, 0, _HEADER, 0, 0)
        most = (1 << self.bits) - 1
        struct.pack_into(">IIfIfBBBBHHIII", head, 780, 0, 0, 0.0, most, 2.048, *form)
        struct.pack_into(">IIIf", head, 1712, number, 0, 1, 24.0)
        return bytes(head)


def _scene(width: int, height: int) -> Samples:
    """Draw a lit wall with round things before it, in code values of ten bits."""
    draw = np.random.default_rng(1)
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    down = np.linspace(0, height / width, height, dtype=np.float32)[:, None]
    light = 0.05 + 0.4 * across * (1 - down / 2)
    light = np.repeat(light[..., None], 3, axis=2) * np.array([1, 0.9, 0.7], np.float32)
    for _ in range(24):
        x, y, size = draw.random(3, np.float32) * np.array([1, height / width, 0.12], np.float32)
        away = np.sqrt((across - x) ** 2 + (down - y) ** 2) / (size + 0.01)
        edge = 1 / (1 + np.exp(np.clip((away - 1) * 150, -30, 30)))
        shade = (1 - 0.6 * np.clip(away, 0, 1) ** 2)[..., None] * draw.random(3, np.float32)
        light += edge[..., None] * (shade - light)
    codes: Samples = _WHITE + _STEP * np.log10(np.clip(light, 0.01, 1)).astype(np.float32)
    return np.clip(codes, _BLACK, None)


def _grain(shape: tuple[int, ...], number: int) -> Samples:
    draw = np.random.default_rng((2, number))
    common = draw.standard_normal(shape[:2], np.float32)[..., None]
    grain = draw.standard_normal(shape, np.float32) * np.float32(_ALONE)
    grain += common * np.float32((1 - _ALONE**2) ** 0.5)
    for axis in (0, 1):
        grain = sum(
            tap * np.roll(grain, at - len(_TAPS) // 2, axis) for at, tap in enumerate(_TAPS)
        )
    grain *= np.float32(_GRAIN / float(np.sum(_TAPS**2)))
    return grain
