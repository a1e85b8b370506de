"""Copies of libopenjp2: found, tried, and refused with a way out."""

import ctypes.util
import subprocess
import sys
from pathlib import Path

import pytest
from av.video.codeccontext import VideoCodecContext

from avpres.adapters.jp2 import second
from avpres.adapters.jp2.calling import library, ready
from avpres.adapters.jp2.library import candidates, choose
from avpres.domain.errors import ToolMissingError

COPIES = list(candidates())


@pytest.mark.parametrize("copy", COPIES, ids=[origin for _, origin in COPIES])
def test_every_copy_here_takes_parameters_of_the_known_layout(copy):
    found = ready(choose([copy]))

    assert found.version >= (2, 4)
    assert found.name.startswith("OpenJPEG 2.")


def test_the_copy_in_use_is_told_with_its_origin():
    found = library()

    assert (found.path, found.origin) in COPIES


@pytest.mark.parametrize("places", [[], [("/nowhere/libopenjp2.so", "system")]])
def test_no_copy_is_an_error_that_says_what_to_install(places):
    with pytest.raises(ToolMissingError, match=r"no copy of it can be loaded; install Pillow"):
        choose(places)


def test_another_library_of_that_name_is_not_taken():
    other = ctypes.util.find_library("m") or pytest.skip("no other shared library is here")

    with pytest.raises(ToolMissingError):
        choose([(other, "system")])


def test_nothing_is_loaded_before_it_is_needed():
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("only Linux tells what a process has loaded")
    script = (
        "import avpres.adapters.jp2.codestream, avpres.adapters.jp2.decoding, sys;"
        f"print('libopenjp2' in open({str(maps)!r}).read(), 'jpylyzer' in sys.modules)"
    )

    told = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)

    assert told.stdout.split() == [b"False", b"False"]


def test_the_second_decoder_is_ffmpegs_own_and_no_openjpeg_inside_of_it():
    assert VideoCodecContext.create("jpeg2000", "r").codec.name == "jpeg2000"
    assert second.name().startswith("FFmpeg jpeg2000 (libavcodec ")
