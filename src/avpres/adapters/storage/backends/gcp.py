"""gcp: GNU cp under the name that Homebrew gives it, liked by archives for LTO on macOS."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from avpres.adapters.storage.backends.posix_cp import GUARANTEES, CpBackend
from avpres.adapters.tools.cp import GCP
from avpres.adapters.tools.tool import NOTHING_CONFIGURED

_ON_MACOS = dataclasses.replace(
    GUARANTEES,
    xattrs=False,  # coreutils knows those of Linux only
    acls=False,
    proved="by GNU cp under that name, on Linux",
)


def gcp(configured: Mapping[str, Path] = NOTHING_CONFIGURED) -> CpBackend:
    """Make the backend; flags and messages are those of cp."""
    return CpBackend(
        configured, name="gcp", tool=GCP, systems=frozenset({"darwin"}), guarantees=_ON_MACOS
    )
