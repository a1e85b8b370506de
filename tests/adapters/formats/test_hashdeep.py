import io
import shutil
import subprocess
from pathlib import Path

import pytest
from manifest_cases import entries_of, entry, heading, tree

from avpres.adapters.formats import dfxml, hashdeep
from avpres.adapters.formats.manifest_file import Origin
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.fixity import Algorithm

needs_hashdeep = pytest.mark.skipif(
    not shutil.which("hashdeep"), reason="hashdeep is not installed"
)
BOTH = (Algorithm.MD5, Algorithm.SHA256)
NAMES = ("a.mov", "sub/b, with commas", "line\nbreak", "x&<\"'.mov", "empty")


def read(data):
    return list(hashdeep.read(io.BytesIO(data), Origin(Path("h.txt"))))


def run(*arguments, cwd):
    return subprocess.run(["hashdeep", *arguments], cwd=cwd, capture_output=True, check=False)


@needs_hashdeep
def test_what_hashdeep_writes_is_read(tmp_path):
    tree(tmp_path, *NAMES)
    made = run("-r", "-l", "-c", "md5,sha256,tiger,whirlpool", ".", cwd=tmp_path).stdout
    found = {(e.path, e.digests, e.size) for e in read(made)}
    assert found == {(e.path, e.digests, e.size) for e in entries_of(tmp_path, BOTH)}


@needs_hashdeep
def test_hashdeep_audits_what_is_written(tmp_path):
    tree(tmp_path / "t", "a.mov", "sub/b, c", "\udcff")
    with (tmp_path / "k").open("wb") as handle:
        hashdeep.write(handle, entries_of(tmp_path / "t", BOTH), heading(*BOTH))
    audit = ("-a", "-k", "../k", "-r", "-l", "a.mov", "sub", "\udcff")
    assert run(*audit, cwd=tmp_path / "t").returncode == 0
    (tmp_path / "t/a.mov").write_bytes(b"changed")
    assert run(*audit, cwd=tmp_path / "t").returncode != 0


@needs_hashdeep
def test_what_hashdeep_writes_as_dfxml_is_read(tmp_path):
    tree(tmp_path, *NAMES)
    made = run("-d", "-r", "-l", ".", cwd=tmp_path).stdout
    entries = dfxml.read(io.BytesIO(made), Origin(Path("d.xml")))
    found = {(e.path, e.digests, e.size) for e in entries}
    assert found == {(e.path, e.digests, e.size) for e in entries_of(tmp_path, BOTH)}


@pytest.mark.parametrize(
    "data",
    [
        b"%%%% HASHDEEP-1.0\n%%%% size,md5\n",
        b"%%%% HASHDEEP-1.0\n5,d41d8cd98f00b204e9800998ecf8427e,a\n",
        b"%%%% HASHDEEP-1.0\n%%%% size,md5,filename\nx,d41d8cd98f00b204e9800998ecf8427e,a\n",
        b"%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n5,d41d8cd98f00b204e9800998ecf8427e,\n",
        b"%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n5,d41d8cd98f00b204,a\n",
    ],
)
def test_what_breaks_the_format_is_refused(data):
    with pytest.raises(NotConformantError, match=r"h\.txt, line \d"):
        read(data)


def test_algorithms_that_hashdeep_lacks_are_refused():
    with pytest.raises(UsageError, match="hashdeep knows"):
        hashdeep.write(io.BytesIO(), [entry("a", [Algorithm.C4])], heading(Algorithm.C4))
