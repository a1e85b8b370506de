import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from manifest_cases import (
    CREATED,
    HARD_NAMES,
    SCHEMAS,
    entries_of,
    entry,
    heading,
    needs_schemas,
    tree,
)

from avpres.adapters.formats import ascmhl, ascmhl_chain, manifests, ordering
from avpres.adapters.formats.ascmhl_generation import Counts, new_generation
from avpres.adapters.formats.manifest_file import Origin
from avpres.domain.errors import (
    FixityMismatchError,
    IncompleteError,
    NotConformantError,
    UsageError,
)
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry, ManifestFormat

XXH64, C4, MD5, XXH3 = Algorithm.XXH64, Algorithm.C4, Algorithm.MD5, Algorithm.XXH3
BIN = Path(sys.executable).parent
FILES = ("top.mov", "A/1.mov", "A/B/2 é & co.mov", "C/3.mov", "empty")
needs_reference = pytest.mark.skipif(
    not (BIN / "ascmhl").exists(), reason="ascmhl is not installed"
)


@pytest.fixture
def card(tmp_path):
    root = tmp_path / "card"
    tree(root, *FILES)
    (root / "empty").write_bytes(b"")
    (root / "D/empty folder").mkdir(parents=True)
    return root


def add(root, *algorithms, **more):
    return new_generation(root, entries_of(root, algorithms), heading(*algorithms), **more)


def recorded(root):
    return {e.path: e.digests for e in manifests.read(manifests.open_manifest(root / "ascmhl"))}


def reference(tool, *arguments):
    """Run the reference implementation; its status is its verdict."""
    done = subprocess.run([BIN / tool, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@needs_reference
@pytest.mark.parametrize("algorithm", ascmhl.WRITTEN)
def test_the_reference_tool_verifies_what_is_written(card, algorithm):
    add(card, algorithm)
    for arguments in (["diff", card], ["info", "-v", card]):
        assert reference("ascmhl", *arguments)[0] == 0
    for arguments in (["verify", card], ["verify", "-dh", card]):
        assert reference("ascmhl-debug", *arguments)[0] == 0
    (card / "A/1.mov").write_bytes(b"changed")
    assert reference("ascmhl-debug", "verify", card)[0] == 11
    assert reference("ascmhl-debug", "verify", "-dh", card)[0] == 12


@needs_reference
def test_the_reference_tool_goes_on_with_a_history_begun_here(card):
    add(card, XXH64)
    assert reference("ascmhl", "create", "-h", "xxh64", "-h", "md5", card)[0] == 0
    assert {d.algorithm for d in recorded(card)["top.mov"]} == {XXH64, MD5}
    assert add(card, MD5).counts == Counts(verified=5)
    assert reference("ascmhl-debug", "verify", card)[0] == 0


@needs_reference
def test_a_history_of_the_reference_tool_is_read_and_continued(card):
    reference("ascmhl", "create", "-h", "xxh3", card / "A")
    assert reference("ascmhl", "create", "-h", "xxh3", card)[0] == 0
    expected = {e.path: e.digests for e in entries_of(card, [XXH3]) if e.digests}
    assert recorded(card) == expected
    assert add(card, XXH3).counts == Counts(verified=5)
    assert reference("ascmhl-debug", "verify", card)[0] == 0
    assert reference("ascmhl", "create", "-h", "xxh3", card)[0] == 0
    assert manifests.open_manifest(card / "ascmhl").generation == 3


@needs_reference
def test_files_renamed_by_the_reference_tool_are_known_under_their_new_name(card):
    add(card, XXH64)
    (card / "C/3.mov").rename(card / "C/4.mov")
    assert reference("ascmhl", "create", "-dr", "-h", "xxh64", card)[0] == 0
    assert "C/4.mov" in recorded(card)
    assert "C/3.mov" not in recorded(card)


@needs_schemas
def test_what_is_written_is_valid(card):
    tree(card, *(f"hard/{name}" for name in HARD_NAMES))
    add(card / "A", *ascmhl.WRITTEN)
    add(card, *ascmhl.WRITTEN)
    lists = etree.XMLSchema(etree.parse(SCHEMAS / "ASCMHL.xsd"))
    chain = etree.XMLSchema(etree.parse(SCHEMAS / "ASCMHLDirectory.xsd"))
    for path in card.rglob("*.mhl"):
        lists.assertValid(etree.parse(path))
    for path in card.rglob("ascmhl_chain.xml"):
        chain.assertValid(etree.parse(path))


def test_any_name_comes_back_as_it_was(tmp_path):
    tree(tmp_path / "\udcff card\n", *HARD_NAMES)
    add(tmp_path / "\udcff card\n", XXH64)
    assert set(recorded(tmp_path / "\udcff card\n")) == set(HARD_NAMES)


def test_a_recorded_digest_is_never_replaced(card):
    add(card, XXH64)
    before = recorded(card)
    (card / "C/3.mov").write_bytes(b"changed")
    told = []
    for _ in range(2):
        done = add(card, XXH64, on_failed=lambda *facts: told.append(facts))
        assert done.counts == Counts(verified=4, failed=1)
        assert b'<xxh64 action="failed"' in done.path.read_bytes()
    assert recorded(card) == before
    found = entry("", [XXH64], b"changed").digests[0]
    assert told == [("C/3.mov", before["C/3.mov"][0], found)] * 2


def test_new_missing_and_known_files_are_counted(card):
    add(card, XXH64)
    (card / "C/3.mov").unlink()
    (card / "top.mov").rename(card / "zz.mov")
    assert add(card, XXH64).counts == Counts(original=1, verified=3, missing=2)


def test_another_algorithm_is_added_beside_a_verified_one_only(card):
    add(card, XXH64)
    with pytest.raises(UsageError, match="is on record in ASC MHL with xxh64"):
        add(card, MD5)
    (card / "C/3.mov").write_bytes(b"changed")
    add(card, XXH64, MD5)
    digests = recorded(card)
    assert {d.algorithm for d in digests["top.mov"]} == {XXH64, MD5}
    assert {d.algorithm for d in digests["C/3.mov"]} == {XXH64}


def test_nested_histories_get_their_own_generation_and_a_reference(card):
    add(card / "A", MD5, XXH64)
    done = add(card, XXH64)
    assert done.counts == Counts(original=3, verified=2)
    assert len(ascmhl_chain.chain(card / "A")) == 2
    assert b"A/1.mov" not in done.path.read_bytes()
    assert b"<path>A/ascmhl/0002_A_" in done.path.read_bytes()
    assert set(recorded(card)) == set(FILES)


def test_an_earlier_generation_can_be_read_alone_with_those_before_it(card):
    first = add(card, XXH64)
    tree(card, "later.mov")
    second = add(card, XXH64)
    assert manifests.open_manifest(first.path).generation == 1
    assert len(list(manifests.read(manifests.open_manifest(first.path)))) == 5
    assert len(list(manifests.read(manifests.open_manifest(second.path)))) == 6


def test_a_changed_hash_list_is_found_out(card):
    done = add(card, XXH64)
    done.path.write_bytes(done.path.read_bytes().replace(b"top.mov", b"pot.mov"))
    with pytest.raises(FixityMismatchError, match="was changed after it was written"):
        recorded(card)
    with pytest.raises(FixityMismatchError):
        add(card, XXH64)


def test_a_changed_nested_hash_list_is_found_out_by_its_parent(card):
    add(card / "A", XXH64)
    add(card, XXH64)
    nested = card / "A/ascmhl"
    old = max(nested.glob("*.mhl"))
    chain = nested / "ascmhl_chain.xml"
    before = ascmhl_chain.file_c4(old)
    old.write_bytes(old.read_bytes() + b"\n")
    chain.write_text(chain.read_text().replace(before, ascmhl_chain.file_c4(old)))
    with pytest.raises(FixityMismatchError):
        recorded(card)


def test_a_missing_hash_list_or_chain_is_not_passed_over(card):
    done = add(card, XXH64)
    done.path.rename(card / "away")
    with pytest.raises(IncompleteError, match="is missing"):
        recorded(card)
    (card / "ascmhl/ascmhl_chain.xml").unlink()
    with pytest.raises(NotConformantError, match="is missing"):
        recorded(card)


def test_a_hash_list_whose_chain_a_killed_run_did_not_write_is_taken_in(card):
    add(card, XXH64)
    chain = card / "ascmhl/ascmhl_chain.xml"
    before = chain.read_bytes()
    add(card, XXH64)
    chain.write_bytes(before)
    assert add(card, XXH64).number == 3
    assert [g.number for g in ascmhl_chain.chain(card)] == [1, 2, 3]
    chain.unlink()
    with pytest.raises(NotConformantError, match="not in the chain"):
        add(card, XXH64)


def test_algorithms_that_the_format_lacks_are_refused(card):
    with pytest.raises(UsageError, match="no SHA-256"):
        add(card, Algorithm.SHA256)
    assert not (card / "ascmhl").exists()


def test_histories_are_found_and_opened(card):
    add(card, XXH64)
    (found,) = manifests.find(card)
    assert (found.format, found.base, found.scope) == (ManifestFormat.ASCMHL, card, card)
    assert (found.generation, found.algorithms) == (1, (XXH64,))
    assert "ascmhl" in found.ignore
    for path in (card, card / "ascmhl", card / "ascmhl/ascmhl_chain.xml"):
        assert manifests.open_manifest(path) == found


def test_a_hash_list_outside_a_history_is_a_packing_list(card, tmp_path):
    done = add(card, XXH64)
    alone = tmp_path / "packing.mhl"
    os.replace(done.path, alone)
    found = manifests.open_manifest(alone)
    assert (found.format, found.generation) == (ManifestFormat.ASCMHL, None)
    assert len(list(manifests.read(found))) == 5


@pytest.mark.parametrize(
    "body",
    [
        "<hash><path>/etc/x</path></hash>",
        "<hash><path>a/../../x</path></hash>",
        "<hash><path>a</path><md5>x</md5></hash>",
        '<hash><path>a</path><md5 action="done">d41d8cd98f00b204e9800998ecf8427e</md5></hash>',
        "<hash><path size='x'>a</path></hash>",
        "<hashlistreference><path>a</path></hashlistreference>",
        "<hash>",
    ],
)
def test_what_breaks_the_format_is_refused(body):
    text = f"<hashlist xmlns='urn:ASC:MHL:v2.0'>{body}</hashlist>".encode()
    with pytest.raises(NotConformantError, match=r"x\.mhl, line 1"):
        list(ascmhl.read(io.BytesIO(text), Origin(Path("x.mhl"))))


def test_a_history_larger_than_one_sorting_run_is_whole(tmp_path):
    (tmp_path / "big").mkdir()
    digests = entry("x", [XXH64]).digests
    count = ordering.RUN + 1000
    many = (ManifestEntry(f"{n % 97:02}/{n:07}.dpx", digests, 1, 0) for n in range(count))
    done = new_generation(tmp_path / "big", many, heading(XXH64))
    assert done.counts == Counts(original=count)
    assert len(re.findall(b"<directoryhash>", done.path.read_bytes())) == 97
    found = manifests.read(manifests.open_manifest(tmp_path / "big/ascmhl"))
    assert sum(1 for _ in found) == count
    assert done.path.name == f"0001_big_{CREATED:%Y-%m-%d_%H%M%S}Z.mhl"
