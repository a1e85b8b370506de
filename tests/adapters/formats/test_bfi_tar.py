import io
import json
from pathlib import Path

import pytest
from manifest_cases import HARD_NAMES, entry, heading

from avpres.adapters.formats import bfi_tar
from avpres.adapters.formats.manifest_file import Origin
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm

MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def read(text):
    return list(bfi_tar.read(io.BytesIO(text.encode()), Origin(Path("N_1.tar_manifest.md5"))))


@pytest.mark.parametrize("indent", [None, 4])
def test_what_json_dumps_writes_is_read(indent):
    pairs = {f"scan01/{n:07}.dpx": f"{n:032x}" for n in range(5000)}
    pairs |= dict.fromkeys(HARD_NAMES, MD5)
    found = {one.path: one.digests[0].value for one in read(json.dumps(pairs, indent=indent))}
    assert found == pairs


def test_whole_paths_are_written():
    handle = io.BytesIO()
    entries = [entry(f"scan0{n}/2k/a.dpx", [Algorithm.MD5]) for n in (1, 2)]
    bfi_tar.write(handle, entries, heading(Algorithm.MD5))
    values = {one.path: one.digests[0].value for one in entries}
    assert handle.getvalue().decode() == json.dumps(values, indent=4)


def test_the_keys_of_a_file_are_listed_the_most_telling_first():
    assert bfi_tar.keys("N_1/scan01/a.dpx") == ("N_1/scan01/a.dpx", "scan01/a.dpx", "a.dpx")
    assert "R1_ASSETMAP" in bfi_tar.keys("dcp/R1/ASSETMAP")


def test_two_scans_share_a_key():
    one, other = bfi_tar.keys("A/x/1.dpx"), bfi_tar.keys("B/x/1.dpx")
    assert set(one) & set(other) == {"x/1.dpx", "1.dpx"}


def test_an_empty_object_lists_nothing():
    assert read(" {\n}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"a": 5}',
        '{"a": "abc"}',
        f'{{"a": "{MD5}"',
        f'{{"a": "{MD5}",}}',
        f'{{"a": "{MD5}"}} and more',
        f'{{"\\ud800": "{MD5}"}}',
        f'{{"": "{MD5}"}}',
        f'{{"a\\q": "{MD5}"}}',
    ],
)
def test_what_breaks_the_format_is_refused(text):
    with pytest.raises(NotConformantError, match=r"N_1\.tar_manifest\.md5: .*correct it"):
        read(text)
