"""A command line in a process of its own, and in this one, away from the user's folders."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from avpres.cli.boundary import run

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # the tiny command, whichever way pytest imports tests

Ran = subprocess.CompletedProcess[bytes]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A user who has nothing: no settings, no state, no avpres variables."""
    for name in [name for name in os.environ if name.startswith("AVPRES_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.setenv("AVPRES_STATE_DIR", str(folder / "state"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    return folder


@pytest.fixture
def avpres(capfd) -> Callable[..., tuple[int, str, str]]:
    """Run a command line here; gives status, standard output and standard error."""

    def call(*words: str) -> tuple[int, str, str]:
        status = run(list(words))
        out, err = capfd.readouterr()
        return status, out, err

    return call


@pytest.fixture
def process() -> Callable[..., Ran]:
    """Run a command line in a process of its own."""

    def call(*words: str | bytes, env: Mapping[str, str] | None = None, **more: object) -> Ran:
        return subprocess.run(
            [sys.executable, "-m", "avpres", *words],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            check=False,
            timeout=60,
            **more,
        )

    return call


@pytest.fixture
def settings_file(home) -> Callable[[str], Path]:
    """Write the user's settings file."""

    def write(text: str) -> Path:
        file = home / "config" / "avpres" / "avpres.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return write


@pytest.fixture
def tiny(avpres):
    """Run the tiny command here."""
    import tiny_avpres

    tiny_avpres.add()
    yield lambda *words: avpres("tiny", *words)
    tiny_avpres.remove()


@pytest.fixture
def tiny_process() -> Callable[..., Ran]:
    """Run the tiny command in a process of its own."""

    def call(*words: str | bytes, env: Mapping[str, str] | None = None) -> Ran:
        return subprocess.run(
            [sys.executable, HERE / "tiny_avpres.py", "tiny", *words],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            check=False,
            timeout=60,
        )

    return call
