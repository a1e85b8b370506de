"""The library libopenjp2: where a copy of it is found, and which version it is.

Wheels of Pillow and imagecodecs for Linux and macOS bring it as a shared library; wheels for
Windows hold it inside their own modules, where it cannot be called.
"""

import ctypes
import ctypes.util
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from avpres.domain.errors import ToolMissingError

LEAST = (2, 4)
"""The first version whose tiles, strictness and rates are as they are wanted here."""

# imagecodecs' copy of the same version encodes 7 % faster than Pillow's.
_PLACES = (
    ("imagecodecs", "../imagecodecs.libs", "libopenjp2*.so*"),
    ("imagecodecs", ".dylibs", "libopenjp2*.dylib"),
    ("PIL", "../pillow.libs", "libopenjp2*.so*"),
    ("PIL", ".dylibs", "libopenjp2*.dylib"),
)
_ADVICE = (
    "install Pillow from its wheel (pip install --force-reinstall --only-binary :all: pillow), or "
    "the library itself (apt install libopenjp2-7, dnf install openjpeg2, brew install openjpeg, "
    "or openjp2.dll of the OpenJPEG project in a folder of PATH)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A copy of the library that was loaded: its functions, and what records say of it."""

    handle: ctypes.CDLL
    version: tuple[int, ...]
    path: str
    origin: str  # "pillow", "imagecodecs" or "system"

    @property
    def name(self) -> str:
        """Name the library as records do."""
        return "OpenJPEG " + ".".join(map(str, self.version))


@lru_cache(maxsize=1)
def find() -> Found:
    """Load the first copy that is new enough, once in a process.

    Raises:
        ToolMissingError: there is none; the text says how to get one.
    """
    return choose(candidates())


def choose(places: Iterable[tuple[str, str]]) -> Found:
    """Load the first copy among these that is new enough.

    Raises:
        ToolMissingError: there is none; the text says how to get one.
    """
    old = []
    for path, origin in places:
        found = _load(path, origin)
        if found is None:
            continue
        if found.version >= LEAST:
            return found
        old.append(f"{found.name} at {found.path}")
    what = f"only {', '.join(old)} was found" if old else "no copy of it can be loaded"
    least = ".".join(map(str, LEAST))
    raise ToolMissingError(f"JP2 needs OpenJPEG's library {least} or later; {what}; {_ADVICE}")


def candidates() -> Iterator[tuple[str, str]]:
    """Yield where copies may be: those of the wheels first, for their version is known."""
    for module, folder, pattern in _PLACES:
        spec = find_spec(module)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            for path in sorted(Path(place, folder).resolve().glob(pattern)):
                yield str(path), "pillow" if module == "PIL" else module
    name = ctypes.util.find_library("openjp2")
    if name:
        yield name, "system"


def _load(path: str, origin: str) -> Found | None:
    try:
        handle = ctypes.CDLL(path)
        handle.opj_version.restype = ctypes.c_char_p
        said = handle.opj_version().decode("ascii", "replace")
    except (OSError, AttributeError):  # not for this machine, or something else of that name
        return None
    match = re.match(r"(\d+)\.(\d+)\.(\d+)", said)
    return Found(handle, tuple(map(int, match.groups())), path, origin) if match else None
