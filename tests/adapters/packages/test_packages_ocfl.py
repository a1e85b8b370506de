"""OCFL objects: head and older versions, hostile and broken inventories."""

import hashlib
import json

import pytest
from foreign_cases import codes, md5, put, read, write
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.packages.forms import Form
from avpres.adapters.packages.reading import open_foreign
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import Role


def sha(content: bytes) -> str:
    return hashlib.sha512(content).hexdigest()


def inventory(**changes):
    plain = {
        "id": "info:example/1",
        "type": "https://ocfl.io/1.1/spec/#inventory",
        "digestAlgorithm": "sha512",
        "head": "v2",
        "manifest": {
            sha(b"one"): ["v1/content/a.txt"],
            sha(b"two"): ["v2/content/b.txt"],
        },
        "versions": {
            "v1": {"created": "2020-01-01T00:00:00Z", "state": {sha(b"one"): ["old/a.txt"]}},
            "v2": {
                "created": "2021-01-01T00:00:00Z",
                "user": {"name": "Anna"},
                "state": {sha(b"two"): ["b.txt", "copy of b.txt"]},
            },
        },
        "fixity": {"md5": {md5(b"two"): ["v2/content/b.txt"]}},
    }
    return plain | changes


def ocfl(root, found, *, version="1.1"):
    write(root / f"0=ocfl_object_{version}", f"ocfl_object_{version}\n")
    data = found if isinstance(found, bytes) else json.dumps(found).encode()
    put(root, "inventory.json", content=data)
    put(root, "inventory.json.sha512", content=f"{sha(data)} inventory.json\n".encode())
    put(root, "v1/content/a.txt", content=b"one")
    put(root, "v2/content/b.txt", content=b"two")
    return root


def test_files_of_the_head_come_under_their_logical_names(tmp_path):
    foreign = open_foreign(ocfl(tmp_path, inventory()))
    found = list(foreign.listed(pytest.fail))
    assert (foreign.form, foreign.identifiers) == (Form.OCFL, ("info:example/1",))
    assert [one.name for one in foreign.creators] == ["Anna"]
    assert foreign.notices == ()
    assert [(file.path, file.original, file.role) for file in found] == [
        ("v2/content/b.txt", "b.txt", Role.OBJECT),
        ("v2/content/b.txt", "copy of b.txt", Role.OBJECT),
        ("v1/content/a.txt", "v1/old/a.txt", Role.SUPPLEMENTAL),
    ]
    assert found[0].digests == (
        Digest(Algorithm.SHA512, sha(b"two")),
        Digest(Algorithm.MD5, md5(b"two")),
    )


def test_an_object_made_by_hand_without_versions_folders_lists_what_is_gone(tmp_path):
    gone = inventory(manifest={}, fixity={})
    files, _ = read(open_foreign(ocfl(tmp_path, gone)))
    assert set(files) == {"b.txt", "copy of b.txt"}
    assert {file.path for file in files.values()} == {""}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"head": "v9"}, "IMP-DOCUMENT"),
        ({"manifest": []}, "IMP-DOCUMENT"),
        ({"versions": None}, "IMP-DOCUMENT"),
        ({"manifest": {sha(b"two"): ["../../etc/passwd"]}}, "IMP-OUTSIDE"),
        ({"manifest": {sha(b"two"): [7, None, "a\0b", "\ud800", ""]}}, "IMP-DOCUMENT"),
        ({"fixity": {"md5": 3}}, "IMP-DOCUMENT"),
    ],
)
def test_an_odd_inventory_is_read_as_far_as_it_goes(tmp_path, change, code):
    _, notices = read(open_foreign(ocfl(tmp_path, inventory(**change))))
    assert code in codes(notices)


def test_a_logical_name_that_leads_out_is_not_kept(tmp_path):
    version = {"created": "", "state": {sha(b"two"): ["../../out.txt"]}}
    odd = inventory(versions={"v2": version})
    foreign = open_foreign(ocfl(tmp_path, odd))
    notices = []
    first, *_ = foreign.listed(notices.append)
    assert (first.path, first.original) == ("v2/content/b.txt", "")
    assert codes(notices) == ["IMP-OUTSIDE"]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"[" * 100_000, b"\xff\xfe", b"9" * 9000])
def test_an_inventory_that_is_none_gives_way_to_a_versions_copy(tmp_path, data):
    ocfl(tmp_path, data)
    copy = json.dumps(inventory()).encode()
    put(tmp_path, "v2/inventory.json", content=copy)
    put(tmp_path, "v2/inventory.json.sha512", content=sha(copy).encode())
    foreign = open_foreign(tmp_path)
    assert codes(foreign.notices) == ["IMP-DOCUMENT"]
    assert len(list(foreign.listed(pytest.fail))) == 3


def test_an_inventory_that_is_not_what_its_digest_says_is_told(tmp_path):
    ocfl(tmp_path, inventory())
    put(tmp_path, "inventory.json.sha512", content=b"0" * 128)
    (told,) = open_foreign(tmp_path).notices
    assert (told.code, int(told.exit_code)) == ("IMP-DOCUMENT", 10)


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(names=st.lists(names, min_size=1, max_size=6, unique=True))
def test_any_logical_name_comes_back_or_is_told(tmp_path_factory, names):
    root = tmp_path_factory.mktemp("object")
    version = {"created": "", "state": {sha(b"two"): names}}
    notices = []
    foreign = open_foreign(ocfl(root, inventory(versions={"v2": version})))
    back = [one.original for one in foreign.listed(notices.append) if one.role is Role.OBJECT]
    told = {one.path for one in notices} | {"\0"}
    assert all(
        kept == name or name in told or "\0" in name
        for name, kept in zip([one for one in names if "\0" not in one], back, strict=False)
    )
    assert all(not one.startswith("/") and ".." not in one.split("/") for one in back)
