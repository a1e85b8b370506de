"""Which file a listed one is, and where each file goes: for any names, however hostile."""

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.domain.oais import Layout
from avpres.services.importing.arrived import Arrived
from avpres.services.importing.inventory import Present, folded, open_inventory
from avpres.services.importing.placing import Placing, move
from avpres.services.importing.resolving import resolve
from avpres.services.packing.layouts import PLACES

NAMES = st.sampled_from(
    ["a", "A", "b", "é", unicodedata.normalize("NFD", "é"), " a ", "x\ny", "100%0A", "beside-1"]
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
LISTED = "INSERT INTO listing (path, others, reference, role, file, how) VALUES (?, ?, ?, ?, ?, ?)"


def compatible(paths):
    """Leave out paths that no folder holds together: a file where another needs a folder."""
    kept = set()
    for path in sorted(paths):
        parts = path.split("/")
        above = {"/".join(parts[:n]) for n in range(1, len(parts))}
        if not above & kept and not any(other.startswith(path + "/") for other in kept):
            kept.add(path)
    return kept


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return tmp_path_factory.mktemp("places")


def filled(inventory, paths):
    inventory.clear()
    inventory.put(Present(os.fsencode(path), 1, 0, "") for path in sorted(paths))


@given(st.sets(PATHS, max_size=12), st.sets(PATHS, max_size=6), st.booleans())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_every_file_gets_a_place_and_none_lies_in_the_way_of_another(bench, inside, around, bag):
    inner = {f"top/pack/data/{path}" for path in compatible(inside)}
    beside = {f"top/pack/{path}" for path in compatible(around) if not path.startswith("data")}
    outer = {f"top/{path}" for path in compatible(around)}
    places = PLACES[Layout.IFI_BAG if bag else Layout.IFI]
    with open_inventory(bench) as inventory:
        filled(inventory, inner | beside | outer)
        Placing(inventory, places, ("top/pack", "data")).run()
        found = {os.fsdecode(each.path): os.fsdecode(each.place) for each in inventory.placed()}
    assert set(found) == inner | beside | outer
    assert len(set(found.values())) == len(found)
    assert compatible(found.values()) == set(found.values())
    for path in inner:
        assert found[path] == f"{places.objects}/{path.removeprefix('top/pack/data/')}"
    unlike = {folded(os.fsencode(place)) for path, place in found.items() if path not in inner}
    assert len(unlike) == len(beside | outer)


@given(st.sets(PATHS, max_size=10), st.lists(PATHS, max_size=10))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_name_that_is_there_is_always_its_own_file(bench, there, listed):
    with open_inventory(bench) as inventory:
        filled(inventory, there)
        for path in listed:
            row = (os.fsencode(path), b"", b"", "object", None, "")
            inventory.db.execute(LISTED, row)
        resolve(inventory, are_uris=False)
        rows = inventory.db.execute("SELECT path, file, how FROM listing").fetchall()
    for path, file, how in rows:
        name = os.fsdecode(path)
        if name in there:
            assert (file, how) == (path, "exact")
        elif file is not None:
            assert os.fsdecode(file) in there
            assert os.fsdecode(file) not in listed


def test_moving_can_be_cut_short_anywhere(tmp_path):
    stage = tmp_path / "incoming"
    arrived = Arrived(stage, "top", tmp_path / "inline")
    paths = [f"top/{number}" for number in range(6)]
    for name in paths:
        (stage / name).parent.mkdir(parents=True, exist_ok=True)
        (stage / name).write_text(name, "utf-8")
    with open_inventory(tmp_path) as inventory:
        filled(inventory, paths)
        Placing(inventory, PLACES[Layout.IFI], ("top", "")).run()
        objects = tmp_path / "tree" / "objects"
        objects.mkdir(parents=True)
        os.rename(stage / "top/0", objects / "0")  # moved before the run was killed
        os.link(stage / "top/1", objects / "1")  # killed between the halves of a rename
        move(inventory, arrived, tmp_path / "tree")
    assert {path.name: path.read_text("utf-8") for path in objects.iterdir()} == {
        Path(name).name: name for name in paths
    }
    assert list((stage / "top").iterdir()) == []
