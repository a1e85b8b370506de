"""Damaged and hostile packages: whatever the bytes are, reading ends and says what it met."""

import json
import subprocess
import sys

import pytest
from foreign_cases import codes, entry, group, md5, mets, put, read, techmd, write
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.packages.reading import open_foreign
from avpres.domain.errors import AvpresError

WHOLE = mets(
    group(entry("a%20b", 'ID="f" ADMID="t" SIZE="7"'), use="techmd"),
    before=techmd("t", "<mix/>"),
    behind='<structMap><div><mptr xlink:href="x/METS.xml"/></div></structMap>',
    attributes='OBJID="o" LABEL="l"',
)
DIDL = (
    '<d:DIDL xmlns:d="urn:mpeg:mpeg21:2002:02-DIDL-NS"><d:Container><d:Item><d:Component>'
    f"<d:Descriptor><d:Statement>{md5()}</d:Statement></d:Descriptor>"
    '<d:Resource ref="a%20b" mimeType="x/y"/></d:Component></d:Item></d:Container></d:DIDL>'
)
INVENTORY = json.dumps(
    {
        "id": "i",
        "head": "v1",
        "digestAlgorithm": "md5",
        "manifest": {md5(): ["v1/content/a"]},
        "versions": {"v1": {"created": "", "state": {md5(): ["a"]}}},
    }
)
LISTS = {
    "METS.xml": WHOLE,
    "didl.xml": DIDL,
    "inventory.json": INVENTORY,
    "manifest-md5.txt": f"{md5()}  data/a%25\n{md5()} *data/b\n",
    "bag-info.txt": "A: b\n  c\nBag-Software-Agent: x 1\n",
    "fetch.txt": "http://x 1 data/a\n",
    "tree.md5": f"{md5()}  a\n",
}


def package(root, name: str, content: bytes):
    if name == "inventory.json":
        write(root / "0=ocfl_object_1.0", "ocfl_object_1.0\n")
    elif name in {"manifest-md5.txt", "bag-info.txt", "fetch.txt"}:
        write(root / "bagit.txt", "BagIt-Version: 0.97\n")
    put(root, name, content=content)
    return root


@pytest.mark.parametrize("name", LISTS)
def test_a_document_cut_at_any_place_is_read_as_far_as_it_goes(tmp_path, name):
    whole = LISTS[name].encode()
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        files, notices = read(open_foreign(package(tmp_path, name, whole[:place])))
        assert files or notices or name.endswith(".txt")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data(), name=st.sampled_from(sorted(LISTS)))
def test_a_document_with_any_bytes_changed_stops_no_reading(tmp_path_factory, data, name):
    whole = bytearray(LISTS[name].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    root = package(tmp_path_factory.mktemp("damaged"), name, bytes(whole))
    foreign = open_foreign(root)
    for file in foreign.listed(lambda _: None):
        for path in (file.path, *file.candidates):
            assert not path.startswith("/")
            assert ".." not in path.split("/")
    list(foreign.provenance())


@pytest.mark.parametrize("place", ["attribute", "text"])
def test_an_entity_bomb_does_not_go_off(tmp_path, place):
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(11)
    )
    inside = entry("&l;" if place == "attribute" else "a")
    text = mets(group(inside), before=techmd("t", "&l;" if place == "text" else ""))
    write(tmp_path / "METS.xml", f"<!DOCTYPE mets [{entities}]>{text}")
    files, notices = read(open_foreign(tmp_path))
    assert all(len(path) < 1000 for path in files)
    assert place == "text" or codes(notices) == ["IMP-DOCUMENT"] or "METS.xml" in files


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(AvpresError, match="cannot be listed"):
        open_foreign(tmp_path / "gone")


def test_a_thousand_documents_that_point_on_are_read_once_each(tmp_path):
    for number in range(60):
        pointers = "".join(f'<mptr xlink:href="{other}.xml"/>' for other in range(60))
        structure = f"<structMap><div>{pointers}</div></structMap>"
        write(tmp_path / f"{number}.xml", mets(group(entry(f"f{number}")), behind=structure))
    write(
        tmp_path / "METS.xml", mets("", behind='<structMap><mptr xlink:href="0.xml"/></structMap>')
    )
    found = [file.path for file in open_foreign(tmp_path).listed(pytest.fail)]
    assert len([path for path in found if path.startswith("f")]) == 60


MEASURE = """
import re, sys
from pathlib import Path
from avpres.adapters.packages.reading import open_foreign
count = sum(1 for _ in open_foreign(Path(sys.argv[1])).listed(print))
print(count, re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in KiB on Linux alone")
def test_memory_does_not_grow_with_the_number_of_files(tmp_path):
    used = []
    for number in (100, 6000):
        sections = "".join(techmd(f"t{n}", f"<mix>{'x' * 3000}</mix>") for n in range(number))
        files = group(*(entry(f"d/{n}.jpg", f'ADMID="t{n}"') for n in range(number)))
        write(tmp_path / "METS.xml", mets(files, before=sections))
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(tmp_path)], capture_output=True, check=True
        )
        count, memory = done.stdout.split()
        assert int(count) == number
        used.append(int(memory))
    assert used[1] - used[0] < 12 * 1024
