"""Film in the wrappers and codecs of AV archives, made by ffmpeg."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg

from benchmarks.specimens.specimen import Specimen

SECOND_OF_SOUND = ("-f", "lavfi", "-i", "aevalsrc=0.4*sin(440*t)+0.1*random(0):s=48000:d=1")
_NOISE = "noise=alls=12:allf=t:all_seed=7"
_PICTURE = ("-f", "lavfi", "-i", f"testsrc2=s=320x240:r=25:d=0.4,{_NOISE}")
_PAL = ("-f", "lavfi", "-i", f"testsrc2=s=720x576:r=25:d=0.28,{_NOISE}")
_HD = ("-f", "lavfi", "-i", f"testsrc2=s=1280x720:r=25:d=0.12,{_NOISE}")
_FRAME = ("-f", "lavfi", "-i", f"testsrc2=s=320x240:r=25,{_NOISE}", "-frames:v", "1")
_TONE = ("-f", "lavfi", "-i", "sine=r=48000:d=0.4")
_STEREO = ("-f", "lavfi", "-i", "anoisesrc=r=48000:a=0.1:d=0.28:seed=3", "-ac", "2")
_FFV1 = ("-c:v", "ffv1", "-level", "3", "-slices", "4", "-slicecrc", "1", "-g", "1")
_H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "20")
_AAC, _PCM = ("-c:a", "aac"), ("-c:a", "pcm_s16le")
_PCM24 = ("-c:a", "pcm_s24le")
_PARTS = ("-movflags", "frag_keyframe+empty_moov")
_TEN_BITS = ("-pix_fmt", "yuv422p10le")
_DNXHD = ("-c:v", "dnxhd", "-pix_fmt", "yuv422p", "-b:v", "60M")
_DV = ("-c:v", "dvvideo", "-pix_fmt", "yuv420p")
_EXR = ("-pix_fmt", "gbrpf32le", "-compression")
_SHORT, _FULL = (*_PICTURE, *_TONE), (*_PAL, *_STEREO)
_SHAPES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("archive.mkv", "Matroska", (*_SHORT, *_FFV1, "-c:a", "flac")),
    ("tape.mkv", "Matroska", (*_SHORT, *_FFV1, *_TEN_BITS, *_PCM24)),
    ("web.webm", "Matroska", (*_SHORT, "-c:v", "libvpx-vp9", "-crf", "30", "-c:a", "libopus")),
    ("access.mkv", "Matroska", (*_SHORT, *_H264, *_AAC)),
    ("access.mp4", "MP4", (*_SHORT, *_H264, *_AAC)),
    ("hevc.mp4", "MP4", (*_SHORT, "-c:v", "libx265", *_AAC)),
    ("parts.mp4", "MP4", (*_SHORT, *_H264, *_AAC, *_PARTS)),
    ("mezzanine.mov", "QuickTime", (*_SHORT, "-c:v", "prores_ks", "-profile:v", "3", *_PCM24)),
    ("raw.mov", "QuickTime", (*_SHORT, "-c:v", "v210", *_PCM)),
    ("access.mov", "QuickTime", (*_SHORT, *_H264, *_AAC)),
    ("mpeg.mxf", "MXF", (*_FULL, "-c:v", "mpeg2video", "-q:v", "3", *_PCM)),
    ("dnxhd.mxf", "MXF", (*_HD, *_STEREO, *_DNXHD, *_PCM24)),
    ("dv.avi", "AVI", (*_FULL, *_DV, *_PCM)),
    ("archive.avi", "AVI", (*_SHORT, *_FFV1, *_PCM)),
    ("mjpeg.avi", "AVI", (*_SHORT, "-c:v", "mjpeg", "-q:v", "4", *_PCM)),
    ("pal.dv", "DV", (*_FULL, "-target", "pal-dv")),
    ("ten.dpx", "DPX", (*_FRAME, "-pix_fmt", "gbrp10be")),
    ("sixteen.dpx", "DPX", (*_FRAME, "-pix_fmt", "rgb48be")),
    ("zip.exr", "OpenEXR", (*_FRAME, *_EXR, "zip16")),
    ("raw.exr", "OpenEXR", (*_FRAME, *_EXR, "none")),
)


def film() -> Iterator[Specimen]:
    """Make Matroska, MP4, QuickTime, MXF, AVI, DV, DPX and OpenEXR."""
    for name, format, how in _SHAPES:
        yield from encoded(name, format, *how)


def encoded(name: str, format: str, *how: str) -> Iterator[Specimen]:
    """Give what ffmpeg writes; nothing, and a word on stderr, if it cannot."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    exact = ("-fflags", "+bitexact", "-flags", "+bitexact")
    with TemporaryDirectory() as folder:
        target = Path(folder) / name
        done = subprocess.run(
            [program, "-nostdin", "-v", "error", *how, *exact, target],
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode:
            print(f"{name}: not made: {done.stderr.strip()[-200:]}", file=sys.stderr)
            return
        yield Specimen(name, format, target.read_bytes(), is_av=True)
