"""Checks and tests of avpres, each a session; `.ci/run` runs them all on one machine."""

import shutil
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False  # the Pythons that are there
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "types", "layers", "docs", "completions", "tests", "smoke"]

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
CODE = [p for p in ("src", "tests", "benchmarks", "docs", "noxfile.py") if Path(p).exists()]
PROJECT = nox.project.load_toml("pyproject.toml")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format with ruff."""
    install(session, "checks")
    session.run("ruff", "check", *CODE)
    session.run("ruff", "format", "--check", *CODE)


@nox.session
def types(session: nox.Session) -> None:
    """Check annotations with mypy, strictly."""
    install(session, "checks", itself=True)
    session.run("mypy", "src")


@nox.session
def layers(session: nox.Session) -> None:
    """Check that imports go down only."""
    install(session, "checks", itself=True)
    session.run("lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """Check that the pages say what the program does."""
    install(session, "tests", itself=True)
    session.run("python", "docs/generate.py", "--check")
    session.run("pytest", "-q", "tests/test_docs.py")


@nox.session
def completions(session: nox.Session) -> None:
    """Check the completion scripts in the shells that are here."""
    install(session, "tests", itself=True)
    session.run("pytest", "-q", "tests/cli", "-k", "completion")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run every test, with coverage; words after `--` go to pytest."""
    install(session, "tests", itself=True)
    counted = () if session.posargs else ("--cov=avpres", "--cov-report=term-missing:skip-covered")
    session.run("pytest", "-n", "auto", *counted, *session.posargs)


@nox.session(venv_backend="none")
def smoke(session: nox.Session) -> None:
    """Build the wheel, install it in an empty environment, and use it there."""
    place = Path(session.create_tmp()).resolve()
    session.run(
        *(sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "-w", str(place), "."),
        external=True,
    )
    (wheel,) = place.glob("avpres-*.whl")
    empty = place / "empty"
    session.run(sys.executable, "-m", "venv", "--clear", str(empty), external=True)
    programs = empty / ("Scripts" if sys.platform == "win32" else "bin")
    session.run(
        *(str(programs / "python"), "-m", "pip", "install", "-qq", str(wheel)), external=True
    )
    path = {"PATH": f"{programs}:/usr/bin:/bin", "AVPRES_STATE_DIR": str(place / "state")}
    session.run("sh", "examples/ci_smoke.sh", env=path, external=True)
    shutil.rmtree(place)


@nox.session(default=False)
def benchmarks(session: nox.Session) -> None:
    """Measure against limits and peers; by hand, on an idle machine; docs/benchmarks.md."""
    install(session, "tests", itself=True)
    session.run("python", "-m", "benchmarks", *(session.posargs or ["--all"]))


def install(session: nox.Session, group: str, *, itself: bool = False) -> None:
    """Install a dependency group and, if asked, avpres; in a ready environment, nothing."""
    if session.virtualenv.venv_backend == "none":
        return
    session.install(*nox.project.dependency_groups(PROJECT, group))
    if itself:
        session.install("-e", ".")
