"""A package of films and a sound, to make access copies of."""

from pathlib import Path

from access_cases import ffmpeg
from export_cases import packaged

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25")
SINE = ("-f", "lavfi", "-i", "sine=r=48000")


def films_package(root: Path) -> Path:
    """Give a package of two films, one without sound, a sound, and what is neither."""
    reel = root / "reel"
    (reel / "sub").mkdir(parents=True)
    pcm = ("-c:v", "v210", "-c:a", "pcm_s24le")
    ffmpeg(*PICTURE, *SINE, "-t", "0.4", *pcm, str(reel / "tape.mov"))
    ffmpeg(*PICTURE, "-t", "0.4", "-c:v", "ffv1", str(reel / "sub" / "silent.avi"))
    ffmpeg(*SINE, "-t", "0.4", str(reel / "song.wav"))
    return packaged(root, {b"card.pdf": b"%PDF-1.4\n", b"sub/note.txt": b"note\n"})
