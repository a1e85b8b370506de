import io
from pathlib import Path

import bagit as reference
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manifest_cases import HARD_NAMES, entry, heading, tree

from avpres.adapters.formats import bagit, manifests
from avpres.adapters.formats.manifest_file import Origin
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
DECLARED = "BagIt-Version: {}\nTag-File-Character-Encoding: {}\n"


def bag(folder, *, version="1.0", encoding="UTF-8", manifest=b""):
    folder.mkdir(exist_ok=True)
    (folder / "bagit.txt").write_text(DECLARED.format(version, encoding))
    (folder / "manifest-md5.txt").write_bytes(manifest)
    return folder / "manifest-md5.txt"


def paths(manifest):
    return [one.path for one in manifests.read(manifests.open_manifest(manifest))]


@pytest.mark.parametrize(
    ("version", "written", "on_disk", "meant"),
    [
        ("1.0", "data/100%25", (), "data/100%"),
        ("1.0", "data/a%0Ab%0d", (), "data/a\nb\r"),
        ("1.0", "data/100%25", ("data/100%25",), "data/100%25"),
        ("1.0", "data/bare % sign", (), "data/bare % sign"),
        ("0.97", "data/100%25", (), "data/100%25"),
        ("0.97", "data/100%25", ("data/100%",), "data/100%"),
        ("0.97", "data/a%0Ab%25", ("data/a\nb%25",), "data/a\nb%25"),
        ("0.93", "*data/a", (), "data/a"),
        ("0.96", "data\\sub\\a", (), "data/sub/a"),
        ("1.0", "./data//a", (), "data/a"),
    ],
)
def test_paths_are_read_as_the_version_means_them_and_the_disk_confirms(
    tmp_path, version, written, on_disk, meant
):
    tree(tmp_path / "bag", *on_disk)
    manifest = bag(tmp_path / "bag", version=version, manifest=f"{MD5} \t{written}\n".encode())
    assert paths(manifest) == [meant]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end_is_read(tmp_path, end):
    manifest = bag(tmp_path / "bag", manifest=end.join([b"%b  data/a" % MD5.encode()] * 2 + [b""]))
    assert paths(manifest) == ["data/a", "data/a"]


def test_another_encoding_is_read_as_declared(tmp_path):
    line = f"{MD5}  data/é\n".encode("iso-8859-1")
    assert paths(bag(tmp_path / "bag", encoding="ISO-8859-1", manifest=line)) == ["data/é"]


@pytest.mark.parametrize("path", ["/etc/passwd", "data/../../x", "~/x", "C:\\x"])
def test_a_path_out_of_the_bag_is_refused(tmp_path, path):
    with pytest.raises(NotConformantError, match="leads out of the bag"):
        paths(bag(tmp_path / "bag", manifest=f"{MD5}  {path}\n".encode()))


@pytest.mark.parametrize("line", ["xyz  data/a", f"{MD5}", f"{MD5}00  data/a"])
def test_a_malformed_line_is_named(tmp_path, line):
    with pytest.raises(NotConformantError, match=r"manifest-md5\.txt, line 1"):
        paths(bag(tmp_path / "bag", manifest=f"{line}\n".encode()))


def test_a_manifest_of_unknown_digests_is_refused():
    with pytest.raises(NotConformantError, match="another of the bag's manifests"):
        list(bagit.read(io.BytesIO(b""), Origin(Path("manifest-sha384.txt"))))


def test_payload_and_tag_manifests_of_the_reference_tool_are_found_and_read(tmp_path):
    names = [name for name in HARD_NAMES if "%" not in name and "\udcff" not in name]
    tree(tmp_path / "bag", *(n for n in names if n == n.strip() and "\\" not in n))
    reference.make_bag(str(tmp_path / "bag"), checksums=["md5", "sha256"])
    found = manifests.find(tmp_path / "bag")
    assert [one.path.name for one in found] == [
        "manifest-md5.txt",
        "manifest-sha256.txt",
        "tagmanifest-md5.txt",
        "tagmanifest-sha256.txt",
    ]
    assert [one.complete for one in found] == [True, True, False, False]
    assert found[0].scope == tmp_path / "bag/data"
    for manifest in found:
        for one in manifests.read(manifest):
            assert (manifest.base / one.path).is_file()


def test_the_reference_tool_validates_what_is_written(tmp_path):
    names = [f"data/{n}" for n in ("a", "sub/b c", "line\nbreak", "carriage\rreturn", "é")]
    tree(tmp_path, *names)
    bag(tmp_path)
    with (tmp_path / "manifest-md5.txt").open("wb") as handle:
        entries = [entry(name, [Algorithm.MD5]) for name in names]
        bagit.write(handle, entries, heading(Algorithm.MD5))
    reference.Bag(str(tmp_path)).validate()
    assert paths(tmp_path / "manifest-md5.txt") == names


def test_only_line_ends_and_percent_signs_are_encoded():
    handle = io.BytesIO()
    bagit.write(handle, [entry("data/1%0A é\n", [Algorithm.MD5], b"")], heading(Algorithm.MD5))
    assert handle.getvalue().decode() == f"{MD5}  data/1%250A é%0A\n"


def test_a_name_that_is_not_utf8_cannot_go_into_a_bag():
    with pytest.raises(NotConformantError, match="rename it"):
        bagit.write(io.BytesIO(), [entry("data/\udcff", [Algorithm.MD5])], heading(Algorithm.MD5))


def test_fetch_lists_are_told_and_never_followed(tmp_path):
    bag(tmp_path)
    (tmp_path / "fetch.txt").write_text("http://x/a 5 data/a\nhttp://x/b - data/b c%0A\n\n")
    assert list(bagit.fetch(tmp_path)) == [
        ("http://x/a", 5, "data/a"),
        ("http://x/b", None, "data/b c\n"),
    ]
    (tmp_path / "fetch.txt").write_text("http://x/a 5 C:\\x\n")
    with pytest.raises(NotConformantError, match="out of the bag"):
        list(bagit.fetch(tmp_path))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(["utf-8", "utf-16", "iso-8859-1", "klingon"]))
def test_any_bytes_are_read_to_their_end_line_by_line(data, encoding):
    """And no path that comes out leads anywhere but below the bag."""
    tongue = bagit.Tongue((1, 0), encoding)
    for line in bagit.lines(io.BytesIO(data), tongue, None, lambda _: False):
        parts = line.path.split("/")
        assert line.fault is not None or not (line.path.startswith("/") or ".." in parts)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0/"), min_size=1))
def test_what_is_written_of_a_name_is_read_back(name):
    path = f"data/x{name}x"
    handle = io.BytesIO()
    bagit.write(handle, [entry(path, [Algorithm.MD5])], heading(Algorithm.MD5))
    handle.seek(0)
    (line,) = bagit.lines(handle, bagit.Tongue(), Algorithm.MD5, lambda found: found == path)
    assert line.fault is not None or line.path == path
