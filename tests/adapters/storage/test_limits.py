import os
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avpres.adapters.storage.limits import LIMITS, Folding, limits_of
from avpres.adapters.storage.naming import check_name, check_portable, fold, fold_key
from avpres.adapters.storage.volume import MediumKind, volume_of

NFC, NFD = "café", "cafe\u0301"
REFUSED = [
    ("ext4", b"x" * 256, "256 bytes"),
    ("ext4", "é".encode() * 128, "256 bytes"),
    ("exfat", b"a:b", "`:`"),
    ("exfat", b"new\nline", "'\\n'"),
    ("exfat", b"what?", "`?`"),
    ("exfat", b"back\\slash", "`\\`"),
    ("exfat", b"dot.", "`.`"),
    ("exfat", b"\xff\xfe", "not UTF-8"),
    ("exfat", b"x" * 256, "256 UTF-16"),
    ("exfat", "\U0001d11e".encode() * 128, "256 UTF-16"),
    ("vfat", b"a|b", "`|`"),
    ("fuse.ntfs-3g", b"\xff", "not UTF-8"),
    ("fuse.ntfs-3g", b"x" * 256, "256 UTF-16"),
    ("hfsplus", "é".encode() * 128, "256 UTF-16"),
    ("apfs", "é".encode() * 128, "256 bytes"),
    ("apfs", b"\xff", "not UTF-8"),
    ("ltfs", "é".encode() * 256, "256 characters"),
    ("ltfs", b"\xff", "not UTF-8"),
    ("ltfs", b"unit\x1fseparator", "'\\x1f'"),
]
HELD = [
    ("ext4", b"\xff\xfe\n: ."),
    ("ext4", b"x" * 255),
    ("exfat", "é".encode() * 255),
    ("exfat", "\U0001d11e".encode() * 127),
    ("fuse.exfat", b"dot."),
    ("fuse.ntfs-3g", b"a:b?\n."),
    ("hfsplus", "é".encode() * 127),
    ("ltfs", "é".encode() * 255),
    ("ltfs", ("e\u0301" * 255).encode()),
    ("ltfs", b"a:b\n"),
    ("nfs4", b"\xff"),
]


@pytest.mark.parametrize(("filesystem", "name", "reason"), REFUSED)
def test_a_name_that_cannot_be_held_is_told_with_the_reason(filesystem, name, reason):
    assert reason in (check_name(name, LIMITS[filesystem]) or "")


@pytest.mark.parametrize(("filesystem", "name"), HELD)
def test_a_name_that_can_be_held_passes(filesystem, name):
    assert check_name(name, LIMITS[filesystem]) is None


@pytest.mark.parametrize("filesystem", LIMITS)
def test_a_plain_name_passes_everywhere(filesystem):
    assert check_name(b"AV-0001_reel 2.mkv", LIMITS[filesystem]) is None


@given(st.binary(min_size=1, max_size=300).filter(lambda name: not {0, 47} & set(name)))
def test_every_name_is_judged_without_an_error(name):
    for limits in LIMITS.values():
        check_name(name, limits)
        fold_key(name, limits)
    check_portable(name)


@pytest.mark.parametrize(
    ("filesystem", "one", "other", "same"),
    [
        ("ext4", "Foo.mov", "foo.MOV", False),
        ("ext4", NFC, NFD, False),
        ("exfat", "Foo.mov", "foo.MOV", True),
        ("exfat", "É", "é", True),
        ("exfat", NFC, NFD, False),
        ("exfat", "ß", "ss", False),
        ("exfat", "\u0131", "i", False),
        ("exfat", "\u017f", "s", False),
        ("apfs", "Straße", "STRASSE", True),
        ("apfs", NFC, NFD.upper(), True),
        ("hfsplus", NFC, NFD, True),
        ("ltfs", NFC, NFD, True),
        ("ltfs", "a", "A", False),
        ("fuse.ntfs-3g", "a", "A", False),
    ],
)
def test_names_that_would_be_one_file_have_one_key(filesystem, one, other, same):
    limits = LIMITS[filesystem]

    assert (fold_key(one.encode(), limits) == fold_key(other.encode(), limits)) is same


@given(st.text(max_size=20))
def test_a_folded_name_folds_to_itself(text):
    for folding in Folding:
        once = fold(text, folding, "NFC")

        assert fold(once, folding, "NFC") == once


@given(st.text(max_size=20))
def test_unicode_forms_of_a_name_have_one_key_on_ltfs(text):
    limits = LIMITS["ltfs"]
    keys = {fold_key(unicodedata.normalize(f, text).encode(), limits) for f in ("NFC", "NFD")}

    assert len(keys) == 1


@pytest.mark.parametrize(
    ("name", "portable"),
    [
        (b"film.mov", True),
        (b"a:b", False),
        (b"dot.", False),
        (b"space ", False),
        (b"aux.mov", False),
        (b"COM1", False),
        (b"COM10", True),
        (b"auxiliary.mov", True),
        (b" leading", True),
    ],
)
def test_names_that_windows_cannot_open_are_known(name, portable):
    assert (check_portable(name) is None) is portable


@pytest.mark.parametrize(
    ("filesystem", "block", "largest"),
    [
        ("ext4", 4096, 1 << 44),
        ("ext4", 1024, 1 << 42),
        ("ext3", 4096, 1 << 41),
        ("ext3", 1024, 1 << 34),
        ("vfat", 4096, (1 << 32) - 1),
        ("exfat", 32768, None),
    ],
)
def test_the_largest_file_depends_on_file_system_and_block(tmp_path, filesystem, block, largest):
    volume = replace(
        volume_of(tmp_path), filesystem=filesystem, block_size=block, kind=MediumKind.LOCAL
    )

    assert limits_of(volume).max_file == largest


def test_an_unknown_file_system_is_asked_whether_it_folds(tmp_path):
    limits = limits_of(replace(volume_of(tmp_path), filesystem="newfs"))

    assert limits.folding_varies
    assert check_name(b"\xff:", limits) is None


@pytest.mark.parametrize(
    ("version", "held"), [("2.4.0", True), ("2.5.1", True), ("2.2.0", False), (None, False)]
)
def test_a_tape_refuses_colons_unless_its_format_can_write_them(tmp_path, version, held):
    try:
        os.setxattr(tmp_path, "user.ltfs.volumeUUID", b"u")
        if version:
            os.setxattr(tmp_path, "user.ltfs.softwareFormatSpec", version.encode())
    except OSError:
        pytest.skip("no user attributes here")

    limits = limits_of(volume_of(tmp_path, tape=True))

    assert (check_name(b"10:00:00.mov", limits) is None) is held
    assert not limits.hard_links


def test_a_tape_behind_a_gateway_is_held_to_the_older_rules():
    volume = volume_of(Path("/"), tape=True)

    assert check_name(b"a:b", limits_of(volume)) is not None
