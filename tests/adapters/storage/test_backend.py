"""Names, plugins and the choice of a copy backend."""

import dataclasses
import sys
from pathlib import Path

import pytest
from backend_fakes import stand

from avpres.adapters.storage import backend
from avpres.adapters.storage.backends.contract import Guarantees
from avpres.domain.errors import ToolMissingError, UsageError

DOCS = Path(__file__).parents[3] / "docs" / "backends.md"
HOME = {
    "cp": ("linux",),
    "rsync": ("linux", "darwin"),
    "gcp": ("darwin",),
    "ditto": ("darwin",),
    "robocopy": ("win32",),
}
EVERY = [(name, system) for name, systems in HOME.items() for system in systems]

PLUGIN = """
from avpres.adapters.storage.backends.posix_cp import CpBackend
def make(configured):
    return CpBackend(configured, name="tapecopy")
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a distribution that brings backends, as pip would lay it out."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def lay_out(points: str) -> None:
        (tmp_path / "avpres_tapecopy.py").write_text(PLUGIN)
        info = tmp_path / "avpres_tapecopy-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: avpres-tapecopy\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(f"[avpres.copy_backends]\n{points}\n")

    yield lay_out
    sys.modules.pop("avpres_tapecopy", None)


def test_the_engine_comes_first_among_the_names():
    assert backend.names() == ("native", *("cp", "rsync", "ditto", "gcp", "robocopy"))


@pytest.mark.parametrize(("name", "system"), EVERY)
def test_every_backend_is_made_for_its_systems(name, system):
    made = backend.by_name(name, system=system)
    assert made.name == name
    assert made.systems == frozenset(HOME[name])


@pytest.mark.parametrize(
    ("name", "system"),
    [("cp", "darwin"), ("gcp", "linux"), ("ditto", "win32"), ("robocopy", "linux")],
)
def test_a_backend_for_another_system_is_refused(name, system):
    with pytest.raises(UsageError, match=f"the copy backend {name} is for "):
        backend.by_name(name, system=system)
    with pytest.raises(UsageError, match=f"the copy backend {name} is for "):
        backend.choose(name, system=system)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(
        UsageError, match="'teracopy'; choose one of auto, native, cp, rsync, ditto"
    ):
        backend.by_name("teracopy")


def test_the_engine_is_no_program():
    with pytest.raises(ValueError, match="engine itself"):
        backend.by_name("native")


def test_a_plugin_is_found_by_its_entry_point(install):
    install("tapecopy = avpres_tapecopy:make")
    assert backend.names()[-1] == "tapecopy"
    assert backend.by_name("tapecopy", system="linux").name == "tapecopy"


@pytest.mark.parametrize("name", ["cp", "native", "auto"])
def test_a_plugin_cannot_take_the_name_of_another_backend(install, name):
    install(f"{name} = avpres_tapecopy:make")
    with pytest.raises(UsageError, match=rf"two copy backends are named {name}.*avpres-tapecopy"):
        backend.names()


def test_a_plugin_that_cannot_be_loaded_is_named(install):
    install("tapecopy = avpres_tapecopy:nothing")
    with pytest.raises(UsageError, match=r"tapecopy .avpres_tapecopy:nothing. cannot be loaded"):
        backend.by_name("tapecopy")


def test_a_configured_path_reaches_the_program(tmp_path):
    made = stand("cp", tmp_path)
    if made is None:
        pytest.skip("cp is not installed")
    agent = backend.by_name("cp", {"cp": made.program}, system="linux").agent()
    assert agent.note == str(made.program)


def test_a_missing_program_is_told_when_the_agent_is_asked(tmp_path):
    with pytest.raises(ToolMissingError, match="configured as rsync"):
        backend.by_name("rsync", {"rsync": tmp_path / "no"}, system="linux").agent()


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("lto", [False, True])
def test_the_engine_is_chosen_where_nothing_else_is_needed(system, lto):
    choice = backend.choose("auto", lto=lto, system=system)
    assert choice.name == "native"
    assert choice.reason


def test_attributes_are_the_engines_on_linux_and_the_systems_copier_elsewhere():
    chosen = {
        system: backend.choose("auto", xattrs=True, system=system).name
        for system in ("linux", "darwin", "win32")
    }
    assert chosen == {"linux": "native", "darwin": "ditto", "win32": "robocopy"}


def test_attributes_on_tape_are_refused_rather_than_lost():
    with pytest.raises(UsageError, match="on tape"):
        backend.choose("auto", xattrs=True, lto=True, system="darwin")


@pytest.mark.parametrize(("name", "system"), [*EVERY, ("native", "linux"), ("native", "win32")])
def test_who_asks_by_name_gets_that_backend(name, system):
    choice = backend.choose(name, lto=True, system=system)
    assert choice.name == name
    assert choice.reason.startswith("asked for")


def test_a_copier_that_sorts_is_recorded_as_such_for_tape():
    assert "order of a tape" in backend.choose("rsync", lto=True, system="linux").reason
    assert backend.choose("gcp", lto=True, system="darwin").reason == "asked for"


@pytest.mark.parametrize(("name", "system"), [("gcp", "darwin"), ("native", "darwin")])
def test_a_backend_that_cannot_keep_what_is_asked_is_refused(name, system):
    with pytest.raises(UsageError, match="cannot keep"):
        backend.choose(name, xattrs=True, system=system)


def test_the_documented_table_is_the_code():
    """Docs are for people who cannot try it first: what they promise is what the code says."""
    documented = [line for line in DOCS.read_text().splitlines() if line.startswith("| ")]
    header = ["promise", *HOME]
    rows = {tuple(cells(line)) for line in documented}
    assert tuple(header) in rows
    made = [backend.by_name(name, system=HOME[name][0]).guarantees for name in HOME]
    for field in dataclasses.fields(Guarantees):
        row = (f"`{field.name}`", *(word(getattr(one, field.name)) for one in made))
        assert row in rows


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def word(value: bool | str) -> str:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
