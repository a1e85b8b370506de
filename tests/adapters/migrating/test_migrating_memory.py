"""Want of memory is told as that: not as a crash, and not as a fault of the file."""

import io
import subprocess
import sys

import pytest
from PIL import Image

from avpres.adapters.processes.memory import MIB, data_of, is_to_be_had

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the limit holds on Linux")
TRY = """
import sys
from avpres.adapters.processes.memory import limit_memory
from avpres.adapters.transcoding import jxl
from avpres.domain.migration import Unmigratable
import imagecodecs
with open(sys.argv[1], "rb") as file:
    data = file.read()
limit_memory(int(sys.argv[2]))
try:
    print("ok", len(jxl.transcode(data)))
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


def test_what_nobody_has_is_not_to_be_had():
    assert is_to_be_had(MIB)
    assert not is_to_be_had(1 << 62)
    assert not is_to_be_had(1 << 80)


def test_a_process_that_is_gone_has_nothing():
    assert data_of(0) == 0
    assert data_of(2**22 + 1) == 0
