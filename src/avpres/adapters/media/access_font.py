"""A font for texts in the picture: one that is told, one that is here, and nothing from elsewhere.

Pillow carries Aileron (CC0) for its own use, with the letters of ASCII. It is written to a file of
its own, since ffmpeg wants one.
"""

import os
import sys
from io import BytesIO
from pathlib import Path

from PIL import ImageFont

from avpres.adapters.storage import durable
from avpres.domain.errors import UsageError
from avpres.domain.picture import Size

_PLACES = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": (r"C:\Windows\Fonts",),
}
_NAMES = (
    *("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf"),
    *("Arial Unicode.ttf", "Arial.ttf", "arial.ttf", "Helvetica.ttc"),
)
_ABSENT = "\ufffe"  # no font has a letter for it: shows what stands for a missing one
_TRIAL = 100  # pixels, for measuring


def choose(text: str, told: Path | None, folder: Path) -> Path:
    """Give a font file with every letter of a text.

    Args:
        text: what is to be written.
        told: the font that the settings name; no other is taken in its place.
        folder: where Pillow's font may be put.

    Raises:
        UsageError: there is none, or the one that was told lacks a letter.
    """
    if told is not None:
        lacking = _lacking(text, told)
        if lacking:
            raise UsageError(f"{told} has no letter {lacking!r}; name another font with --font")
        return told
    carried = _carried()
    if carried is not None and not _lacks(text, ImageFont.truetype(BytesIO(carried), _TRIAL)):
        return _placed(carried, folder)
    for path in _installed():
        if not _lacking(text, path):
            return path
    raise UsageError(f"no font that is here can write {text!r}; name one with --font")


def fitting(text: str, font: Path, frame: Size, share: float) -> tuple[int, Size]:
    """Give the size of letters at which a text fills a share of the frame, and its own size."""
    left, top, right, bottom = ImageFont.truetype(os.fspath(font), _TRIAL).getbbox(text)
    width, height = max(1.0, right - left), max(1.0, bottom - top)
    scale = min(frame.width * share / width, frame.height * share / height)
    size = max(1, int(_TRIAL * scale))
    return size, Size(int(width * size / _TRIAL), int(height * size / _TRIAL))


def _carried() -> bytes | None:
    font = ImageFont.load_default(_TRIAL)
    found = getattr(font, "font_bytes", None)
    return found if isinstance(found, bytes) else None


def _placed(content: bytes, folder: Path) -> Path:
    path = folder / "fonts" / "Aileron-Regular.otf"
    if not (path.is_file() and path.read_bytes() == content):
        path.parent.mkdir(parents=True, exist_ok=True)
        with durable.replace(path) as file:
            file.write(content)
    return path


def _installed() -> list[Path]:
    found: dict[str, Path] = {}
    for place in _PLACES.get(sys.platform, _PLACES["linux"]):
        for folder, _, names in os.walk(os.path.expanduser(place)):
            for name in set(names) & set(_NAMES):
                found.setdefault(name, Path(folder, name))
    return [found[name] for name in _NAMES if name in found]


def _lacking(text: str, path: Path) -> str:
    try:
        font = ImageFont.truetype(os.fspath(path), _TRIAL)
    except OSError as error:
        raise UsageError(f"{path}: no font that can be read; name another with --font") from error
    return _lacks(text, font)


def _lacks(text: str, font: ImageFont.FreeTypeFont) -> str:
    """Give the first letter that a font has no shape for."""
    absent = _shape(_ABSENT, font)
    return next((c for c in text if not c.isspace() and _shape(c, font) == absent), "")


def _shape(letter: str, font: ImageFont.FreeTypeFont) -> tuple[object, bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)
