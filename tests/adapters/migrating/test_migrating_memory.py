"""Want of memory is told as that: not as a crash, and not as a fault of the file."""

import io
import subprocess
import sys

import pytest
from PIL import Image

from avpres.adapters.processes.memory import MIB, data_of, is_to_be_had
from avpres.adapters.transcoding import jxl
from avpres.adapters.transcoding.jxl_boxes import size_of

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the limit holds on Linux")
TRY = """
import sys
from avpres.adapters.processes.memory import limit_memory
from avpres.adapters.transcoding import jxl
from avpres.domain.migration import Unmigratable
import imagecodecs
with open(sys.argv[1], "rb") as file:
    data = file.read()
deed = jxl.transcode if data[:2].hex() == "ffd8" else jxl.restore
limit_memory(int(sys.argv[2]))
try:
    print("ok", len(deed(data)))
except Unmigratable as why:
    print(why.reason, why.detail)
"""


def tried(data, tmp_path, mib):
    path = tmp_path / "photo.jpg"
    path.write_bytes(data)
    asked = [sys.executable, "-c", TRY, str(path), str(mib)]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def large():
    file = io.BytesIO()
    Image.linear_gradient("L").resize((2600, 2600)).save(file, "JPEG", progressive=True)
    return file.getvalue()


@LINUX
def test_a_jpeg_that_libjxl_has_no_memory_for_is_not_called_irreversible(large, tmp_path):
    told = tried(large, tmp_path, 300)

    assert told.startswith("memory libjxl takes some 4")
    assert "2600 x 2600 pixels; --memory-limit raises that" in told


@LINUX
def test_a_damaged_one_is_called_damaged_all_the_same(large, tmp_path):
    assert tried(large[:-2], tmp_path, 300).startswith("damaged")


@LINUX
def test_with_enough_memory_it_is_taken(large, tmp_path):
    assert tried(large, tmp_path, 700).startswith("ok")


@LINUX
def test_a_jpeg_xl_that_cannot_be_restored_for_want_of_memory_is_not_called_damaged(
    large, tmp_path
):
    made = jxl.transcode(large)

    assert size_of(made) == (2600, 2600)
    assert tried(made, tmp_path, 110).startswith("memory")
    assert tried(made[:-40], tmp_path, 700).startswith("not-reversible")


@pytest.mark.parametrize("size", [(8, 8), (256, 16), (600, 400), (9000, 7), (1, 1), (300, 301)])
def test_the_size_stands_in_the_codestream(size):
    file = io.BytesIO()
    Image.new("L", size).save(file, "JPEG")

    assert size_of(jxl.transcode(file.getvalue())) == size


def test_what_nobody_has_is_not_to_be_had():
    assert is_to_be_had(MIB)
    assert not is_to_be_had(1 << 62)
    assert not is_to_be_had(1 << 80)


def test_a_process_that_is_gone_has_nothing():
    assert data_of(0) == 0
    assert data_of(2**22 + 1) == 0
