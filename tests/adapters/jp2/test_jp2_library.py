"""Copies of libopenjp2: found, tried, and refused with a way out."""

import ctypes.util

import pytest

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
