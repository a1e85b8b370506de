"""Sorting of entries without holding them all in memory."""

import heapq
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import IO, Any, TypeVar

from avpres.domain.manifest import ManifestEntry

T = TypeVar("T")

RUN = 20_000  # entries held at once, about 10 MB
_BATCH = 500  # entries pickled at once; four times faster than one by one


def depth_first(entries: Iterable[ManifestEntry]) -> Iterator[ManifestEntry]:
    """Yield entries so that each folder's files come together, its subfolders whole in between."""
    return externally(entries, lambda entry: entry.path.split("/"))


def externally(items: Iterable[T], key: Callable[[T], Any]) -> Iterator[T]:
    """Yield anything that pickles, sorted; equal keys keep their order."""
    waiting = iter(items)
    first = sorted(islice(waiting, RUN), key=key)
    if len(first) < RUN:
        yield from first
        return
    with ExitStack() as stack:
        runs = [iter(first)]
        while run := sorted(islice(waiting, RUN), key=key):
            runs.append(_spilled(run, stack.enter_context(tempfile.TemporaryFile())))
        yield from heapq.merge(*runs, key=key)


def _spilled(run: Iterable[T], store: IO[bytes]) -> Iterator[T]:
    waiting = iter(run)
    while batch := list(islice(waiting, _BATCH)):
        pickle.dump(batch, store, protocol=pickle.HIGHEST_PROTOCOL)
    store.seek(0)
    return _loaded(store)


def _loaded(store: IO[bytes]) -> Iterator[Any]:
    while True:
        try:
            yield from pickle.load(store)  # noqa: S301 - our own temporary file, without a name
        except EOFError:
            return
