"""Copy backends by name: those of avpres, those of installed plugins, and the choice of one."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from avpres.adapters.storage.backends.contract import Backend, Guarantees, Preserve, Problem
from avpres.adapters.tools.tool import NOTHING_CONFIGURED
from avpres.domain.errors import UsageError

if TYPE_CHECKING:  # costs a start 25 ms, and most runs need no backend's name
    from importlib.metadata import EntryPoint

__all__ = [
    "AUTO",
    "NATIVE",
    "Backend",
    "Choice",
    "Guarantees",
    "Preserve",
    "Problem",
    "by_name",
    "choose",
    "names",
]

GROUP = "avpres.copy_backends"
"""Entry points of plugins: a callable that takes configured tool paths and gives a backend."""

NATIVE = "native"
"""The engine itself; never a program, never a plugin."""

AUTO = "auto"

_HOME = "avpres.adapters.storage.backends"
_BUILT_IN = {
    "cp": f"{_HOME}.posix_cp:CpBackend",
    "rsync": f"{_HOME}.rsync:RsyncBackend",
    "ditto": f"{_HOME}.ditto:DittoBackend",
    "gcp": f"{_HOME}.gcp:gcp",
    "robocopy": f"{_HOME}.robocopy:RobocopyBackend",
}
_SYSTEM_COPIER = {"darwin": "ditto", "win32": "robocopy"}

Factory = Callable[[Mapping[str, Path]], Backend]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which backend moves the bytes, and why, for the record."""

    name: str
    reason: str


def names() -> tuple[str, ...]:
    """Name every backend there is, on this system or not; the engine itself comes first."""
    return (NATIVE, *_registered())


def by_name(
    name: str,
    configured: Mapping[str, Path] = NOTHING_CONFIGURED,
    *,
    system: str = sys.platform,
) -> Backend:
    """Make the backend of that name; whether its program is here is for `agent()` to say.

    Raises:
        UsageError: there is none of that name, or not for this system.
        ValueError: `native` was asked for, which is the engine itself.
    """
    if name == NATIVE:
        raise ValueError("native is the engine itself and no program")
    registered = _registered()
    if name not in registered:
        known = ", ".join((AUTO, NATIVE, *registered))
        raise UsageError(f"there is no copy backend {name!r}; choose one of {known}")
    backend = _load(registered[name])(configured)
    if system not in backend.systems:
        raise UsageError(
            f"the copy backend {name} is for {_systems(backend)}; leave --backend out here"
        )
    return backend


def choose(
    asked: str,
    *,
    xattrs: bool = False,
    lto: bool = False,
    configured: Mapping[str, Path] = NOTHING_CONFIGURED,
    system: str = sys.platform,
) -> Choice:
    """Choose what moves the bytes; who asks by name gets that one or an error, never another.

    By itself the engine is chosen, for it reads the source once and knows tapes. It cannot keep
    resource forks and ACLs on macOS, nor ACLs and streams on Windows: when these are asked for,
    the system's own copier is chosen.

    Raises:
        UsageError: no such backend, not for this system, or it cannot keep what is asked.
    """
    if asked == AUTO:
        return _automatic(xattrs=xattrs, lto=lto, system=system)
    if asked == NATIVE:
        if xattrs and system in _SYSTEM_COPIER:
            other = _SYSTEM_COPIER[system]
            raise UsageError(f"native cannot keep attributes and ACLs here; use --backend {other}")
        return Choice(NATIVE, "asked for")
    guarantees = by_name(asked, configured, system=system).guarantees
    if xattrs and not guarantees.xattrs:
        raise UsageError(f"{asked} cannot keep extended attributes; leave out --xattrs")
    if lto and not guarantees.keeps_order:
        return Choice(asked, "asked for, although it does not keep the order of a tape")
    return Choice(asked, "asked for")


def _automatic(*, xattrs: bool, lto: bool, system: str) -> Choice:
    if not xattrs or system not in _SYSTEM_COPIER:
        where = "writes tape in order, one stream" if lto else "reads the source once"
        return Choice(NATIVE, f"{where}; no program offers more of what was asked")
    copier = _SYSTEM_COPIER[system]
    if lto:
        raise UsageError(
            f"on tape attributes, ACLs and resource forks are not kept; leave out --xattrs, "
            f"or try --backend {copier}"
        )
    return Choice(copier, f"only {copier} keeps attributes, ACLs and resource forks here")


def _registered() -> "dict[str, EntryPoint]":
    """Collect backends by name.

    Raises:
        UsageError: two have the same name: which of them ran must never be a matter of luck.
    """
    from importlib.metadata import EntryPoint, entry_points

    found = {name: EntryPoint(name, where, GROUP) for name, where in _BUILT_IN.items()}
    for point in entry_points(group=GROUP):
        if point.name in found or point.name in {NATIVE, AUTO}:
            owner = point.dist.name if point.dist else point.value
            raise UsageError(f"two copy backends are named {point.name}; uninstall {owner}")
        found[point.name] = point
    return found


def _load(point: "EntryPoint") -> Factory:
    try:
        return cast("Factory", point.load())
    except (ImportError, AttributeError) as error:
        raise UsageError(
            f"the copy backend {point.name} ({point.value}) cannot be loaded: {error}"
        ) from error


def _systems(backend: Backend) -> str:
    words = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}
    return " and ".join(sorted(words.get(system, system) for system in backend.systems))
