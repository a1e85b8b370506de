"""Cuts between pixels that share words: RAWcooked's way of packing each slice, done by hand.

The packing is that of its source (Transform.cpp), for one row: every slice packs its own pixels,
what is left of a word that the next slice shares is put aside, and added at the end, if the first
slice asked for it.
"""

from dataclasses import replace

import pytest
import scan_maker as make

from avpres.adapters.scans.cuts import since, why_not_cut
from avpres.adapters.scans.reading import read_scan

GARBAGE = 0x15555555  # memory that nothing was written to


GREY = read_scan(make.dpx(descriptor=6, width=48, height=20)).array


def why_not(width, across):
    return why_not_cut(replace(GREY, width=width), across, 1)


def packed(width, across):
    """Pack a row of ten bits in slices, `transform_passthrough_dpx_Raw_Y_10_FilledX_BE`."""
    words, aside = [0] * -(-width // 3), [GARBAGE] * across
    is_mended = False
    for place in range(across):
        left, right = place * width // across, (place + 1) * width // across
        if left % 3 == 0 and right % 3 == 0:  # no word is shared: none is put aside
            for x in range(left, right):
                words[x // 3] |= (x + 1) << 10 * (x % 3)
            continue
        is_mended |= place == 0
        kept, at = 0, left // 3
        for x in range(left, right):
            kept |= (x + 1) << 10 * (x % 3)
            if x % 3 == 2:
                words[at], kept, at = kept, 0, at + 1
        if right < width:
            aside[(left + 1) * across // width] = kept
        elif kept:
            words[at] = kept
    for place in range(across - 1) if is_mended else ():
        left, right = place * width // across, (place + 1) * width // across
        found = left // (width // across)
        words[right // 3] |= aside[found] if found < across else GARBAGE
    return words


def right_words(width):
    words = [0] * -(-width // 3)
    for x in range(width):
        words[x // 3] |= (x + 1) << 10 * (x % 3)
    return words


@pytest.mark.parametrize("across", range(1, 9))
def test_a_cut_that_is_taken_gives_the_row_back(across):
    taken = [width for width in range(across + 1, 200) if not why_not(width, across)]
    assert len(taken) > 25
    assert all(packed(width, across) == right_words(width) for width in taken)


def test_most_cuts_that_are_not_taken_would_spoil_the_row():
    refused = [
        (width, across)
        for width in range(9, 200)
        for across in range(2, 9)
        if why_not(width, across)
    ]
    spoilt = [pair for pair in refused if packed(*pair) != right_words(pair[0])]
    assert len(spoilt) > 0.8 * len(refused)


def array(descriptor, bits, packing, width):
    form = {"descriptor": descriptor, "bits": bits, "packing": packing}
    return replace(read_scan(make.dpx(width=48, height=20, **form)).array, width=width)


@pytest.mark.parametrize(
    ("form", "across", "words"),
    [
        ((50, 10, 1, 100), 3, ""),
        ((51, 10, 1, 48), 4, ""),
        ((51, 10, 1, 51), 3, "blocks of 3 pixels"),
        ((51, 12, 0, 48), 4, ""),
        ((51, 12, 0, 20), 4, "blocks of 2 pixels"),
        ((50, 12, 0, 64), 4, ""),
        ((50, 12, 0, 2048), 4, ""),
        ((50, 12, 0, 2048), 6, ""),
        ((50, 12, 0, 2050), 4, "blocks of 8 pixels"),
        ((50, 12, 0, 2050), 3, ""),
        ((6, 12, 0, 48), 4, "blocks of 8 pixels"),
        ((50, 10, 1, 4), 4, "4 by 4 slices"),
    ],
)
def test_cuts_within_words_are_told(form, across, words):
    why = why_not_cut(array(*form), across, across)
    assert (words in why) if words else why == ""


def test_rows_of_slices_that_rawcooked_does_not_find_are_told():
    assert "1 by 2 slices" in why_not_cut(array(50, 10, 1, 64), 1, 2)


def test_older_versions_take_no_split_words_and_no_single_slice():
    assert since(array(50, 12, 0, 2048), 4, 4) == "21.09"
    assert since(array(50, 12, 0, 2048), 6, 4) == "23.03"
    assert since(array(50, 10, 1, 64), 4, 4) == "21.09"
    assert since(array(50, 10, 1, 64), 1, 1) == "23.03"
