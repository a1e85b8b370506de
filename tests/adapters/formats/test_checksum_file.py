import io
import shutil
import subprocess
from pathlib import Path

import pytest
from manifest_cases import HARD_NAMES, entries_of, entry, heading, tree

from avpres.adapters.formats import checksum_file
from avpres.adapters.formats.manifest_file import Origin
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def read(text, *, hint=None, exists=lambda _: False):
    data = text if isinstance(text, bytes) else text.encode()
    return list(checksum_file.read(io.BytesIO(data), Origin(Path("x.md5"), hint, exists)))


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (f"{MD5}  a b.mov\n", "a b.mov"),
        (f"{MD5} *a.mov\n", "a.mov"),
        (f"{MD5}  *a.mov\n", "*a.mov"),
        (f"{MD5}   a.mov\n", " a.mov"),
        (f"{MD5} a.mov\n", "a.mov"),
        (f"{MD5}\ta.mov\n", "a.mov"),
        (f"{MD5.upper()}  a.mov\r\n", "a.mov"),
        (f"\ufeff{MD5}  ./a.mov\r\n", "a.mov"),
        (f"# made by hand\n\n; and so\n{MD5}  a.mov", "a.mov"),
        (f"\\{MD5}  a\\nb\\\\c\\rd\n", "a\nb\\c\rd"),
        (f"{MD5}  reel\\sub\\a.mov\r\n", "reel/sub/a.mov"),
        (f"MD5 (a (1) = b.mov) = {MD5}\n", "a (1) = b.mov"),
        (f"MD5(a.mov)= {MD5}\n", "a.mov"),
        (f"\\MD5 (a\\nb) = {MD5}\n", "a\nb"),
    ],
)
def test_every_form_of_line_is_read(line, path):
    (one,) = read(line)
    assert one.path == path
    assert [(d.algorithm, d.value) for d in one.digests] == [(Algorithm.MD5, MD5)]


def test_a_backslash_is_kept_when_a_file_of_that_name_is_there():
    (one,) = read(f"{MD5}  back\\slash\n", exists=lambda path: path == "back\\slash")
    assert one.path == "back\\slash"


def test_a_carriage_return_is_part_of_a_name_in_a_file_with_other_line_ends():
    paths = [one.path for one in read(f"{MD5}  a\n{MD5}  Icon\r\n")]
    assert paths == ["a", "Icon\r"]


@pytest.mark.parametrize(
    ("value", "hint", "algorithm"),
    [
        (MD5, None, Algorithm.MD5),
        (MD5, Algorithm.XXH128, Algorithm.XXH128),
        ("a" * 40, Algorithm.MD5, Algorithm.SHA1),
        (SHA256, None, Algorithm.SHA256),
        (SHA256, Algorithm.BLAKE3, Algorithm.BLAKE3),
        ("b" * 128, None, Algorithm.SHA512),
        ("c" * 16, None, Algorithm.XXH64),
        ("c" * 16, Algorithm.XXH3, Algorithm.XXH3),
        ("XXH3_" + "c" * 16, None, Algorithm.XXH3),
        ("c4" + "1" * 88, None, Algorithm.C4),
    ],
)
def test_the_algorithm_is_told_by_hint_and_length(value, hint, algorithm):
    (one,) = read(f"{value}  a\n", hint=hint)
    assert one.digests[0].algorithm is algorithm


def test_lines_of_one_file_with_several_algorithms_are_joined():
    (one,) = read(f"MD5 (a) = {MD5}\nSHA2-256 (a) = {SHA256}\n")
    assert [d.algorithm for d in one.digests] == [Algorithm.MD5, Algorithm.SHA256]


def test_two_values_for_one_file_stay_two_entries():
    assert len(read(f"{MD5}  a\n{'0' * 32}  a\n")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "not a manifest\n",
        f"{MD5}  \0\n",
        f"{MD5}  ./\n",
        f"{'a' * 33}  a\n",
        f"BLAKE2b (a) = {'a' * 128}\n",
        f"MD5 (a) = {SHA256}\n",
        f"\\{MD5}  a\\tb\n",
        b"\xff\xfea\x00",
        b"a" * (2 << 20),
    ],
)
def test_a_malformed_line_is_named(text):
    good = f"{MD5}  good\n".encode()
    data = text if isinstance(text, bytes) else good + text.encode()
    line = 1 if isinstance(text, bytes) else 2
    with pytest.raises(NotConformantError, match=rf"^x\.md5, line {line}: .*correct it"):
        read(data)


@pytest.mark.parametrize(
    ("algorithm", "tool"),
    [
        (Algorithm.MD5, "md5sum"),
        (Algorithm.SHA1, "sha1sum"),
        (Algorithm.SHA256, "sha256sum"),
        (Algorithm.SHA512, "sha512sum"),
    ],
)
@pytest.mark.parametrize("write", [checksum_file.write_gnu, checksum_file.write_bsd])
def test_coreutils_accept_what_is_written_and_are_read_back(tmp_path, algorithm, tool, write):
    tree(tmp_path / "reel", *HARD_NAMES)
    entries = entries_of(tmp_path / "reel", [algorithm])
    with (tmp_path / "m").open("wb") as handle:
        write(handle, entries, heading(algorithm))
    checked = subprocess.run(
        [tool, "-c", "--strict", "../m"], cwd=tmp_path / "reel", capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    made = subprocess.run(
        [tool, *([] if write is checksum_file.write_gnu else ["--tag"]), "--", *HARD_NAMES],
        cwd=tmp_path / "reel",
        capture_output=True,
        check=True,
    ).stdout
    found = read(made, exists=lambda path: (tmp_path / "reel" / path).exists())
    assert {(e.path, e.digests) for e in found} == {(e.path, e.digests) for e in entries}


@pytest.mark.parametrize(
    ("command", "algorithm"),
    [
        (["xxhsum", "-H1"], Algorithm.XXH64),
        (["xxhsum", "-H2"], Algorithm.XXH128),
        (["xxhsum", "-H3"], Algorithm.XXH3),
        (["b3sum"], Algorithm.BLAKE3),
    ],
)
def test_what_newer_tools_write_is_read_and_what_is_written_they_accept(
    tmp_path, command, algorithm
):
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    tree(tmp_path, "a b.mov", "sub/é.mov")
    entries = entries_of(tmp_path, [algorithm])
    made = subprocess.run(
        [*command, *(one.path for one in entries)], cwd=tmp_path, capture_output=True, check=True
    ).stdout
    assert read(made, hint=algorithm) == [ManifestEntry(e.path, e.digests) for e in entries]
    write = checksum_file.write_bsd if b" = " in made else checksum_file.write_gnu
    with (tmp_path / "m").open("wb") as handle:
        write(handle, entries, heading(algorithm))
    subprocess.run([*command[:1], "-c", "m"], cwd=tmp_path, capture_output=True, check=True)


def test_ifi_manifests_are_written_as_ifiscripts_write_them():
    handle = io.BytesIO()
    entries = [
        entry(f"reel/{name}", [Algorithm.MD5], b"") for name in ["é", "b", "B/x", "a c", "a"]
    ]
    checksum_file.write_ifi(handle, entries, heading(Algorithm.MD5))
    lines = [f"{MD5}  reel/{name}\n" for name in ["B/x", "a", "a c", "b", "é"]]
    assert handle.getvalue().decode() == "".join(lines)


def test_a_missing_digest_is_not_written_as_something_else():
    with pytest.raises(UsageError, match="a has no sha1 digest"):
        checksum_file.write_gnu(
            io.BytesIO(), [entry("a", [Algorithm.MD5])], heading(Algorithm.SHA1)
        )


def test_one_manifest_holds_one_algorithm():
    with pytest.raises(UsageError, match="one manifest for each"):
        checksum_file.write_gnu(io.BytesIO(), [], heading(Algorithm.SHA1, Algorithm.MD5))
