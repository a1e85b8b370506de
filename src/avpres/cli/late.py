"""Modules that are imported when they are used, and set up then.

structlog imports rich and asyncio, a tenth of a second; most runs have nothing to log with it.
"""

import sys
from collections.abc import Callable
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType

_setups: dict[str, Callable[[ModuleType], None]] = {}


def when_used(name: str, setup: Callable[[ModuleType], None]) -> None:
    """Set a module up: now if it is there, else when the first of its names is asked for.

    The latest setup counts.
    """
    _setups[name] = setup
    module = sys.modules.get(name)
    if module is None:
        _put(name)
    elif type(module) is ModuleType:  # a lazy one that nobody has used yet is of a kind of its own
        setup(module)


def _put(name: str) -> None:
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    spec.loader = LazyLoader(_SettingUp(spec.loader))
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


class _SettingUp(Loader):
    """A loader that sets the module up once it is loaded."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave it to the module's own loader."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Load the module and set it up."""
        self._loader.exec_module(module)
        _setups[module.__name__](module)
