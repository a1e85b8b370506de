"""JPEGs of pictures with some detail in them, by Pillow, and segments to put into them."""

import io
import subprocess

import numpy as np
from PIL import Image


def photo(width, height, seed=1):
    """Give a picture with slopes, waves and noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = [
        128 + 80 * np.sin(x / 9) + 30 * np.cos(y / 5),
        128 + 70 * np.cos((x + y) / 13),
        128 + 90 * np.sin(y / 7 + x / 31),
    ]
    noisy = np.stack(waves, -1) + random.normal(0, 12, (height, width, 3))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def jpeg(pixels, mode="RGB", **options):
    """Give what Pillow writes."""
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, "JPEG", **options)
    return file.getvalue()


def cjpeg(pixels, *options):
    """Give what the program cjpeg writes."""
    height, width = pixels.shape[:2]
    ppm = b"P6\n%d %d\n255\n" % (width, height) + pixels.tobytes()
    return subprocess.run(["cjpeg", *options], input=ppm, stdout=-1, stderr=-3, check=True).stdout


def djpeg(data):
    """Give the samples that the program djpeg reads; None where it warns of anything."""
    done = subprocess.run(
        ["djpeg", "-strict", "-pnm"], input=data, capture_output=True, check=False
    )
    if done.returncode or done.stderr:
        return None
    kind, size, _, pixels = done.stdout.split(b"\n", 3)
    width, height = map(int, size.split())
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3 if kind == b"P6" else 1)


def segment(marker, content):
    """Give a segment with its length."""
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def with_segments(data, *segments):
    """Put segments behind the start of a JPEG."""
    return data[:2] + b"".join(segments) + data[2:]
