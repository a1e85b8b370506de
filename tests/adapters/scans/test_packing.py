"""Samples to planes and back, judged by FFmpeg's decoders and by equality of bytes."""

import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
import scan_maker as make

from avpres.adapters.scans import packing
from avpres.adapters.scans.reading import read_scan

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
DPX_OF_RAWCOOKED = [
    (descriptor, bits, filling, order)
    for descriptor, bits, filling, orders in (
        (make.RGB, 8, make.PACKED, "<>"),
        (make.RGB, 10, make.FILLED_A, "<>"),
        (make.RGB, 12, make.FILLED_A, "<>"),
        (make.RGB, 12, make.PACKED, ">"),
        (make.RGB, 16, make.PACKED, "<>"),
        (make.RGBA, 8, make.PACKED, "<>"),
        (make.RGBA, 10, make.FILLED_A, "<>"),
        (make.RGBA, 12, make.FILLED_A, "<>"),
        (make.RGBA, 12, make.PACKED, ">"),
        (make.RGBA, 16, make.PACKED, "<>"),
        (make.LUMA, 8, make.PACKED, "<>"),
        (make.LUMA, 10, make.FILLED_A, ">"),
        (make.LUMA, 10, make.FILLED_B, ">"),
        (make.LUMA, 12, make.PACKED, ">"),
        (make.LUMA, 16, make.PACKED, "<>"),
    )
    for order in orders
]


def pictured(data):
    scan = read_scan(data)
    planes = packing.allocate(packing.picture(scan.array))
    packing.unpack(scan.array, data, planes)
    return scan, planes


def difference(scan, data, planes):
    return packing.gather(scan.array, data) ^ packing.repack(scan.array, planes)


def raw_planes(planes, pix_fmt):
    """Give planes as FFmpeg's rawvideo has them; the fourth byte of bgr0 means nothing."""
    if pix_fmt == "bgr0":
        return planes[0][..., :3].tobytes()
    return b"".join(plane.tobytes() for plane in planes)


def decoded(path, pix_fmt):
    wanted = "bgr24" if pix_fmt == "bgr0" else pix_fmt
    command = [FFMPEG, "-v", "error", "-i", str(path), "-f", "rawvideo"]
    done = subprocess.run([*command, "-pix_fmt", wanted, "-"], capture_output=True, check=True)
    return done.stdout


@pytest.mark.parametrize(("descriptor", "bits", "filling", "order"), DPX_OF_RAWCOOKED)
def test_samples_are_what_ffmpeg_decodes(tmp_path, descriptor, bits, filling, order):
    data = make.dpx(24, 7, descriptor=descriptor, bits=bits, packing=filling, order=order)
    path = tmp_path / "frame.dpx"
    path.write_bytes(data)
    scan, planes = pictured(data)
    assert scan.why_not_rawcooked == ""
    pix_fmt = packing.picture(scan.array).pix_fmt
    assert raw_planes(planes, pix_fmt) == decoded(path, pix_fmt)
    assert not difference(scan, data, planes).any()


def test_only_padding_is_left_over():
    plain, padded = make.dpx(), make.dpx(padding=-1, trailer=b"behind")
    scan, planes = pictured(padded)
    left = difference(scan, padded, planes)
    assert left.reshape(-1, 4).max(axis=0).tolist() == [0, 0, 0, 3]
    assert all(np.array_equal(a, b) for a, b in zip(planes, pictured(plain)[1], strict=True))
    assert packing.others(scan.array, len(padded)) == ((0, 2048), (len(padded) - 6, 6))
