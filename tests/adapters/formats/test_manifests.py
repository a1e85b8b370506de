import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from manifest_cases import CREATED, entries_of, entry, heading, tree

from avpres.adapters.formats import manifests, values
from avpres.domain.errors import (
    AvpresError,
    IncompleteError,
    NotConformantError,
    SourceUnreadableError,
    UsageError,
)
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestFormat

MD5 = Algorithm.MD5
EMPTY = "d41d8cd98f00b204e9800998ecf8427e"
FILES = ("a.mov", "sub/b.mov")
ONE_FILE = {
    ManifestFormat.IFI: (MD5,),
    ManifestFormat.GNU: (Algorithm.SHA256,),
    ManifestFormat.BSD: (MD5, Algorithm.SHA512),
    ManifestFormat.HASHDEEP: (MD5, Algorithm.SHA256),
    ManifestFormat.MHL: (Algorithm.XXH64,),
    ManifestFormat.DFXML: (Algorithm.SHA1,),
    ManifestFormat.AVPRES: (MD5, Algorithm.XXH128, Algorithm.C4),
}


@pytest.fixture
def shelf(tmp_path):
    """A folder that holds the folder `reel`."""
    tree(tmp_path / "reel", *FILES)
    return tmp_path


def put(path, form, algorithms, *, root="", of=None):
    entries = [e for e in entries_of(of or path.parent / "reel", algorithms) if e.digests]
    with path.open("wb") as handle:
        manifests.write_to(handle, form, entries, heading(*algorithms, root=root))
    return path


def lines(path, *paths):
    path.write_text("".join(f"{EMPTY}  {listed}\n" for listed in paths))
    return path


def listed(path):
    return [e.path for e in manifests.read(manifests.open_manifest(path))]


@pytest.mark.parametrize(("form", "algorithms"), ONE_FILE.items())
def test_a_manifest_beside_a_folder_is_recognised_found_and_read(shelf, form, algorithms):
    name = manifests.default_name("reel", form, algorithm=algorithms[0], created=CREATED)
    path = put(shelf / name, form, algorithms, root="reel")
    (found,) = manifests.find(shelf / "reel")
    assert (found.path, found.format, found.base, found.scope) == (
        path,
        form,
        shelf,
        shelf / "reel",
    )
    assert set(found.algorithms) == set(algorithms)
    assert [e.path for e in manifests.read(found)] == ["reel/a.mov", "reel/sub/b.mov"]


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (ManifestFormat.GNU, "SHA256SUMS"),
        (ManifestFormat.GNU, "checksum.sha256"),
        (ManifestFormat.GNU, "sha256sum.txt"),
        (ManifestFormat.BSD, "checksums.txt"),
        (ManifestFormat.HASHDEEP, "hashdeep.txt"),
        (ManifestFormat.MHL, "Reel_2024-01-01_120000.mhl"),
        (ManifestFormat.DFXML, "4f_dfxml.xml"),
        (ManifestFormat.AVPRES, "manifest.jsonl"),
    ],
)
def test_a_manifest_inside_a_folder_is_found_and_read(shelf, form, name):
    path = put(shelf / "reel" / name, form, ONE_FILE[form], of=shelf / "reel")
    (found,) = manifests.find(shelf / "reel")
    assert (found.path, found.format) == (path, form)
    assert (found.base, found.scope) == (shelf / "reel", shelf / "reel")
    assert [e.path for e in manifests.read(found)][:2] == list(FILES)


def test_an_ifi_package_is_found_from_either_of_its_folders(tmp_path):
    uuid = "6a1b0c9e-8a07-4a1e-9d6f-0123456789ab"
    tree(tmp_path / "oe1234" / uuid, "objects/film.mkv", "logs/x.log")
    package = tmp_path / "oe1234"
    md5 = put(
        package / f"{uuid}_manifest.md5", ManifestFormat.IFI, (MD5,), root=uuid, of=package / uuid
    )
    sha512 = put(
        package / f"{uuid}_manifest-sha512.txt",
        ManifestFormat.IFI,
        (Algorithm.SHA512,),
        root=uuid,
        of=package / uuid,
    )
    for start in (package, package / uuid):
        found = manifests.find(start)
        assert [(one.path, one.algorithms) for one in found] == [
            (sha512, (Algorithm.SHA512,)),
            (md5, (MD5,)),
        ]
        assert {one.scope for one in found} == {package / uuid}
    subprocess.run(["md5sum", "-c", md5.name], cwd=package, check=True, capture_output=True)


def test_a_manifest_that_lies_inside_the_folder_it_names_is_placed(shelf):
    path = put(shelf / "reel_manifest.md5", ManifestFormat.IFI, (MD5,), root="reel")
    path = path.rename(shelf / "reel" / path.name)
    found = manifests.open_manifest(path)
    assert (found.base, found.scope) == (shelf, shelf / "reel")


def test_a_folder_renamed_after_its_manifest_was_made_is_placed(shelf):
    lines(shelf / "reel_manifest.md5", "old name/a.mov", "old name/sub/b.mov")
    found = manifests.open_manifest(shelf / "reel_manifest.md5")
    assert (found.base, found.scope) == (shelf / "reel", shelf / "reel")
    assert [e.path for e in manifests.read(found)] == list(FILES)


def test_paths_without_the_folder_are_placed_in_it(shelf):
    lines(shelf / "reel_manifest.md5", *FILES)
    assert manifests.open_manifest(shelf / "reel_manifest.md5").base == shelf / "reel"


@pytest.mark.parametrize("lead", ["/Volumes/OLD/", "D:/tapes/"])
def test_paths_of_another_machine_are_brought_home(shelf, lead):
    lines(shelf / "reel.md5", f"{lead}reel/gone", f"{lead}reel/a.mov")
    found = manifests.open_manifest(shelf / "reel.md5")
    assert (found.base, found.strip) == (shelf, lead)
    assert found.scope == shelf / "reel"
    assert [e.path for e in manifests.read(found)] == ["reel/gone", "reel/a.mov"]


def test_absolute_paths_that_are_there_are_taken_as_they_stand(shelf, tmp_path_factory):
    path = tmp_path_factory.mktemp("desk") / "list.md5"
    lines(path, *(str(shelf / "reel" / name) for name in FILES))
    found = manifests.open_manifest(path)
    assert (found.scope, found.complete) == (shelf / "reel", False)
    assert all((found.base / e.path).is_file() for e in manifests.read(found))


def test_a_folder_of_which_everything_is_gone_keeps_its_place(tmp_path):
    lines(tmp_path / "reel_manifest.md5", "reel/a", "reel/b")
    found = manifests.open_manifest(tmp_path / "reel_manifest.md5")
    assert (found.base, found.scope) == (tmp_path, tmp_path / "reel")


def test_sidecars_are_found_for_their_file_and_left_to_the_walk_for_a_folder(shelf):
    reel = shelf / "reel"
    (reel / "a.mov.md5").write_text(f"{EMPTY} *a.mov\n")
    lines(reel / "a.mov.sha1", "a.mov")
    lines(reel / "a.mov_manifest.md5", "a.mov")
    found = manifests.find(reel / "a.mov")
    assert [one.path.name for one in found] == ["a.mov.md5", "a.mov.sha1", "a.mov_manifest.md5"]
    assert {one.scope for one in found} == {reel / "a.mov"}
    assert [one.path.name for one in manifests.find(reel)] == ["a.mov_manifest.md5"]


def test_the_longer_named_neighbour_is_another_story(shelf):
    tree(shelf / "reel_2", "x")
    lines(shelf / "reel_2_manifest.md5", "reel_2/x")
    assert manifests.find(shelf / "reel") == []


def test_bfi_manifests_speak_of_the_tar_or_what_was_in_it(tmp_path):
    path = tmp_path / "N_1.tar_manifest.md5"
    path.write_text(json.dumps({"scan01/a.dpx": EMPTY}, indent=4))
    (tmp_path / "N_1.tar").write_bytes(b"")
    (found,) = manifests.find(tmp_path / "N_1.tar")
    assert (found.format, found.scope) == (ManifestFormat.BFI_TAR, tmp_path / "N_1.tar")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("film.mkv", b"\x1a\x45\xdf\xa3" + bytes(range(256))),
        ("notes.txt", b"reel 1 was cleaned\n"),
        ("mets.xml", b"<?xml version='1.0'?><!-- <hashlist> --><mets><hashlist/></mets>"),
        ("a.json", b'{"title": "film"}'),
        ("many.xml", b"<?a?>" * 500 + b"<x>"),
        ("empty", b""),
    ],
)
def test_what_is_no_manifest_is_not_taken_for_one(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert manifests.sniff(tmp_path / name) is None
    with pytest.raises(NotConformantError, match="no manifest format"):
        manifests.open_manifest(tmp_path / name)


@pytest.mark.parametrize("name", ["reel_manifest.md5", "MD5SUMS", "a.mhl", "manifest-md5.txt"])
def test_an_empty_manifest_is_never_a_pass(tmp_path, name):
    (tmp_path / "bagit.txt").write_text("BagIt-Version: 1.0\n")
    content = b"<hashlist version='1.1'/>" if name.endswith("mhl") else b"\n\r\n"
    (tmp_path / name).write_bytes(content)
    with pytest.raises(IncompleteError, match="nothing to compare"):
        listed(tmp_path / name)


def test_a_broken_line_far_down_is_named(shelf):
    path = lines(shelf / "reel.md5", *(f"reel/{n}" for n in range(500)))
    path.write_text(path.read_text() + "what is this\n")
    with pytest.raises(NotConformantError, match=rf"^{path}, line 501: .*correct it"):
        listed(path)


def test_a_manifest_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(SourceUnreadableError, match="cannot be read"):
        manifests.open_manifest(tmp_path / "none.md5")


def test_digests_that_only_look_like_known_ones_are_refused(tmp_path):
    (tmp_path / "B2SUMS").write_text("a" * 128 + "  film.mkv\n")
    with pytest.raises(NotConformantError, match="avpres takes no b2 digests"):
        listed(tmp_path / "B2SUMS")


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("MD5SUMS", MD5),
        ("reel_manifest-sha512.txt", Algorithm.SHA512),
        ("reel.XXH128", Algorithm.XXH128),
        ("checksums.b3", Algorithm.BLAKE3),
        ("tape xxh3_manifest.md5", MD5),
        ("sha-256.txt", Algorithm.SHA256),
        ("xxh64sum.txt", Algorithm.XXH64),
        ("whirlpool bath_manifest.md5", MD5),
        ("reel.txt", None),
    ],
)
def test_file_names_tell_the_algorithm(name, algorithm):
    assert values.named(name) is algorithm


def test_the_given_format_is_believed(shelf):
    path = lines(shelf / "list", "reel/a.mov")
    assert manifests.open_manifest(path, format=ManifestFormat.BSD).format is ManifestFormat.BSD


def test_histories_are_not_written_as_one_file():
    with pytest.raises(UsageError, match="not written as one file"):
        manifests.write_to(io.BytesIO(), ManifestFormat.ASCMHL, [entry("a", [MD5])], heading(MD5))


def test_the_root_of_the_file_system_can_be_looked_at():
    assert isinstance(manifests.find(Path("/")), list)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(
        ["x.md5", "x_manifest.md5", "manifest-md5.txt", "a.mhl", "x.json", "x.xml", "x", "x.xxh128"]
    ),
    start=st.sampled_from(
        [
            b"",
            b"%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n",
            b"<hashlist>",
            b"<dfxml>",
            b"{",
            EMPTY.encode(),
            f"{EMPTY}  a/b\n".encode(),
            b'{"format":"avpres-manifest","version":1}\n',
        ]
    ),
    data=st.binary(max_size=100),
)
def test_any_file_is_opened_and_read_or_refused(tmp_path, name, start, data):
    path = tmp_path / name
    path.write_bytes(start + data)
    try:
        found = manifests.open_manifest(path)
        for one in manifests.read(found):
            os.path.lexists(found.base / one.path)
    except AvpresError as error:
        assert str(path) in str(error)  # noqa: PT017 - either outcome is right


READ_IN_A_CHILD = """
import resource, sys
from pathlib import Path
from avpres.adapters.formats import manifests
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = manifests.open_manifest(Path(sys.argv[1]))
count = sum(1 for _ in manifests.read(found))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux")
@pytest.mark.parametrize(
    "form", [ManifestFormat.GNU, ManifestFormat.MHL, ManifestFormat.BFI_TAR, ManifestFormat.AVPRES]
)
def test_memory_does_not_grow_with_the_entries(tmp_path, form):
    algorithms = ONE_FILE.get(form, (MD5,))
    one = entry("x", algorithms)
    many = (type(one)(f"reel/{n:07}.dpx", one.digests, 9, 0) for n in range(60_000))
    path = tmp_path / manifests.default_name("reel", form, algorithm=algorithms[0], created=CREATED)
    with path.open("wb") as handle:
        manifests.write_to(handle, form, many, heading(*algorithms))
    told = subprocess.run(
        [sys.executable, "-c", READ_IN_A_CHILD, path], capture_output=True, text=True, check=True
    )
    count, growth = map(int, told.stdout.split())
    assert count == 60_000
    assert growth < 12_000, "KiB; the entries alone would take 30,000"
