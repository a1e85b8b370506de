"""Memory that is kept for the next frame, and comparing in pieces."""

import threading

import numpy as np
import pytest

from avpres.adapters.scans.packing import Room, is_same

SIZE = 300_000  # bytes: more than two of the pieces that are compared at once


@pytest.mark.parametrize("at", [0, 131_071, 131_072, SIZE - 1])
def test_one_byte_that_differs_is_seen_wherever_it_is(at):
    one = bytes(SIZE)
    other = bytearray(one)
    other[at] = 1
    assert not is_same(one, other)
    assert is_same(one, memoryview(bytes(SIZE)))


def test_a_beginning_is_not_the_whole():
    assert not is_same(bytes(SIZE), bytes(SIZE - 1))
    assert not is_same(b"", b"\0")
    assert is_same(b"", b"")


def test_memory_is_used_again_by_its_thread_and_by_no_other():
    room = Room()
    first = room.of(100)
    assert np.shares_memory(first, room.of(50))
    found = []
    thread = threading.Thread(target=lambda: found.append(room.of(100)))
    thread.start()
    thread.join()
    assert not np.shares_memory(first, found[0])


def test_memory_grows_where_a_picture_is_larger():
    room = Room()
    room.of(10)
    assert len(room.of(1000)) == 1000
    assert len(room.of(10)) == 10
