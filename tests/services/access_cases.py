"""Small clips for access copies, and looks at copies that owe nothing to the code under test."""

import re
import subprocess
import textwrap
from array import array
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg

from avpres.config.access import AccessOptions
from avpres.config.site import Site, ToolPaths
from avpres.services.access import access
from avpres.services.context import Context

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
COMBS = "mandelbrot=s=320x240:r=50"
TAGS = "setparams=color_primaries=bt470bg:color_trc=smpte170m:colorspace=bt470bg"


def ffmpeg(*words, **more):
    done = subprocess.run(
        [FFMPEG, "-nostdin", "-hide_banner", "-y", *words], capture_output=True, check=True, **more
    )
    return done.stdout if words[-1] == "-" else done.stderr.decode("utf-8", "replace")


def unflagged(path, seconds=2, order="tff", more=()):
    """Make an interlaced film whose frames and stream say that they are progressive."""
    graph = f"setsar=16/15,interlace=scan={order},setfield=prog,{TAGS}"
    ffmpeg(
        *("-f", "lavfi", "-i", COMBS, "-f", "lavfi", "-i", f"sine=d={seconds}:r=44100"),
        *("-t", str(seconds), "-vf", graph, "-c:v", "ffv1", "-level", "3"),
        *("-pix_fmt", "yuv422p10", "-c:a", "pcm_s24le", *more, str(path)),
    )
    return path


def still(path, size="320x240", *, frames=5, sar="1", rate="25", more=()):
    """Make a short black film of any size."""
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=black:s={size}:r={rate}", "-frames:v", str(frames)),
        *("-vf", f"setsar={sar}", "-c:v", "ffv1", "-pix_fmt", "yuv444p", *more, str(path)),
    )
    return path


def steps(path, frames=50, timecode="10:00:00:00", sound=None, rate="25"):
    """Make a film whose frame N is of the grey 20 + 4 N, so that each tells its number."""
    pictures = b"".join(bytes([20 + 4 * n]) * (64 * 48) for n in range(frames))
    words = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "64x48", "-r", rate, "-i", "-"]
    if sound is not None:
        path.with_suffix(".pcm").write_bytes(sound.tobytes())
        words += ["-f", "s16le", "-ar", "48000", "-ac", "1", "-i", str(path.with_suffix(".pcm"))]
    words += ["-c:v", "ffv1", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le"]
    ffmpeg(*words, "-timecode", timecode, str(path), input=pictures)
    return path


def numbers(path):
    """Read the frames' numbers back."""
    frames = ffmpeg(
        *("-v", "error", "-i", str(path), "-vf", "scale=64:48", "-pix_fmt", "gray"),
        *("-fps_mode", "passthrough", "-f", "rawvideo", "-"),
    )
    size = 64 * 48
    middles = [frames[at + size // 2 + 32] for at in range(0, len(frames), size)]
    return [round((grey - 20) / 4) for grey in middles]


def run(tmp_path, *sources, out="out", program=None, **options):
    """Make copies as the command does."""
    context = Context(
        state_dir=tmp_path / "state", site=Site(tools=ToolPaths(ffmpeg=program or Path(FFMPEG)))
    )
    return access(AccessOptions(sources=sources, destination=tmp_path / out, **options), context)


def codes(report):
    return {finding.code for finding in report.findings}


def heading(path):
    done = subprocess.run(
        [FFMPEG, "-hide_banner", "-i", str(path)], capture_output=True, check=False
    )
    return done.stderr.decode("utf-8", "replace")


def streams(path, kind):
    return re.findall(rf"Stream #0:\d+.*: {kind}: (.*)", heading(path))


def combed(path):
    """Count the frames that idet calls interlaced, after its first ones."""
    done = subprocess.run(
        [
            *(FFMPEG, "-hide_banner", "-i", str(path), "-an", "-vf"),
            "idet,metadata=print:key=lavfi.idet.multiple.current_frame:file=-",
            *("-f", "null", "-"),
        ],
        capture_output=True,
        check=True,
    )
    words = re.findall(rb"current_frame=(\w+)", done.stdout)
    return sum(word in {b"tff", b"bff"} for word in words[5:])


def lufs(path, stream=0):
    done = subprocess.run(
        [
            *(FFMPEG, "-hide_banner", "-nostats", "-i", str(path)),
            *("-map", f"0:a:{stream}", "-af", "ebur128=framelog=quiet", "-f", "null", "-"),
        ],
        capture_output=True,
        check=True,
    )
    return float(re.findall(rb"I: +(-?[\d.]+) LUFS", done.stderr)[-1])


def samples(path, stream=0, channels=2):
    """Decode a track; one array for each channel."""
    raw = ffmpeg(
        *("-v", "error", "-i", str(path), "-map", f"0:a:{stream}", "-ar", "48000"),
        *("-ac", str(channels), "-f", "s16le", "-"),
    )
    both = array("h", raw)
    return [both[place::channels] for place in range(channels)]


def pitch(samples):
    """Tell a tone's frequency by how often it crosses zero."""
    middle = samples[len(samples) // 4 : 3 * len(samples) // 4]
    crossings = sum((a < 0) != (b < 0) for a, b in pairwise(middle))
    return crossings * 48000 / len(middle) / 2


def wrapper(folder, body):
    """Write a program that stands for ffmpeg; `body` sees copies being encoded, as "$@"."""
    folder.mkdir(exist_ok=True)
    path = folder / "ffmpeg"
    path.write_text(
        textwrap.dedent(
            f"""\
            #!/bin/sh
            real={FFMPEG}
            case "$*" in
              *libx264*-f*) : ;;
              *) exec $real "$@" ;;
            esac
            """
        )
        + textwrap.dedent(body)
    )
    path.chmod(0o755)
    return path
