"""Files that are digested on their way."""

import hashlib
import io
from pathlib import Path

import pytest
from noise import noise

from avpres.adapters.storage.digesting import Digesting, digested
from avpres.domain.fixity import Algorithm

BOTH = (Algorithm.MD5, Algorithm.SHA512)
PIECES = {
    "nothing": (),
    "a few bytes": (b"one", b"two"),
    "blocks": (b"a" * 3_000_000, b"b" * 70, noise(2_500_001)),
    "small pieces": (b"line\n",) * 500_000,
}


@pytest.mark.parametrize("pieces", PIECES.values(), ids=PIECES)
def test_digests_are_those_of_the_file(tmp_path: Path, pieces: tuple[bytes, ...]):
    path = tmp_path / "file"
    with digested(path, BOTH) as (handle, digesting):
        for piece in pieces:
            handle.write(piece)
    content = path.read_bytes()
    assert content == b"".join(pieces)
    assert digesting.size == len(content)
    found = [digest.value for digest in digesting.digests()]
    assert found == [hashlib.new(name, content).hexdigest() for name in ("md5", "sha512")]


def test_what_is_there_is_left_alone(tmp_path: Path):
    path = tmp_path / "file"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError), digested(path, BOTH):
        pass
    assert path.read_bytes() == b"mine"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_is_told():
    with (
        io.FileIO("/dev/full", "w") as full,
        io.BufferedWriter(Digesting(full, BOTH)) as handle,
        pytest.raises(OSError, match="No space left"),
    ):
        handle.write(b"x" * 3_000_000)
