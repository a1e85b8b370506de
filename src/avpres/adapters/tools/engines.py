"""Programs and libraries that read media: which there are, and what brings them."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from avpres.adapters.tools.tool import Tool

_PIP = "pip install imageio-ffmpeg"


def _wheel_ffmpeg() -> Path | None:
    """Find the ffmpeg that the imageio-ffmpeg wheel brings."""
    try:
        import imageio_ffmpeg
    except ImportError:
        return None
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:  # its answer when the wheel was built without a program
        return None


FFMPEG = Tool(
    name="ffmpeg",
    programs=("ffmpeg",),
    version_args=("-version",),
    version_pattern=r"^ffmpeg version (\S+)",
    advice={
        "linux": f"apt install ffmpeg, dnf install ffmpeg-free, or {_PIP}",
        "darwin": f"brew install ffmpeg, or {_PIP}",
        "win32": f"winget install Gyan.FFmpeg, or {_PIP}",
    },
    bundled=_wheel_ffmpeg,
)

LTFS = Tool(
    name="ltfs",
    programs=("ltfs",),
    version_args=("-V",),
    version_pattern=r"(?i)version (\d+(?:\.\d+)+)",
    version_status=(0, 1),
    advice={
        "linux": "build it from github.com/LinearTapeFileSystem/ltfs or take your drive vendor's",
        "darwin": "take the LTFS package of your drive's vendor",
        "win32": "take the LTFS package of your drive's vendor",
    },
)


@dataclass(frozen=True, slots=True)
class Library:
    """A library inside a Python wheel, and how to ask it for its own version.

    Raises nothing: `found` is None when the wheel is absent or its library cannot be loaded.
    """

    name: str
    wheel: str
    module: str
    ask: Callable[[object], str | None]
    advice: str

    def found(self) -> str | None:
        """Give the library's version, which is not the wheel's."""
        try:
            return self.ask(importlib.import_module(self.module))
        except (ImportError, OSError, RuntimeError, AttributeError):
            return None

    @property
    def wheel_version(self) -> str | None:
        """Give the version of the wheel that brings it."""
        return wheel_version(self.wheel)


def wheel_version(name: str) -> str | None:
    """Give the version of an installed distribution."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _mediainfo(module: object) -> str | None:
    """Load the library, then ask it."""
    info = module.MediaInfo  # type: ignore[attr-defined]
    if not info.can_parse():
        return None
    _, _, text, _ = info._get_library()  # noqa: SLF001 (there is no public word for the version)
    return str(text)


def _siegfried(module: object) -> str | None:
    return str(module.version())  # type: ignore[attr-defined]


def _openjpeg(module: object) -> str | None:
    return module.version("jpg_2000")  # type: ignore[attr-defined, no-any-return]


def _pyav(module: object) -> str | None:
    return str(module.ffmpeg_version_info)  # type: ignore[attr-defined]


LIBRARIES = (
    Library("MediaInfo", "pymediainfo", "pymediainfo", _mediainfo, "pip install pymediainfo"),
    Library("Siegfried", "pygfried", "pygfried", _siegfried, "pip install pygfried"),
    Library("OpenJPEG", "pillow", "PIL.features", _openjpeg, "pip install pillow"),
    Library("FFmpeg libraries", "av", "av", _pyav, "pip install av"),
)
"""Engines that wheels bring; none is needed to copy and verify."""

NEEDED = (
    "xxhash",
    "blake3",
    "lxml",
    "pydantic",
    "pydantic-settings",
    "structlog",
    "platformdirs",
    "pygfried",
    "pikepdf",
    "jpylyzer",
    "pymediainfo",
    "imageio-ffmpeg",
    "pillow",
    "numpy",
    "imagecodecs",
)
"""Wheels without which avpres cannot do its work."""
