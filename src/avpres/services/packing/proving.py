"""What avpres itself wrote into a package, read back from the medium."""

import os
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from avpres.adapters.storage.reading import Reading, ReadRequest, read_group
from avpres.adapters.storage.volume import volume_of
from avpres.domain.errors import FixityMismatchError, IncompleteError
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import PackagedFile

_GROUP = 256  # files, of which the small ones are read ahead together
_CHEAPEST = (
    *(Algorithm.XXH3, Algorithm.XXH128, Algorithm.XXH64, Algorithm.BLAKE3),
    *(Algorithm.SHA1, Algorithm.SHA512, Algorithm.C4, Algorithm.MD5, Algorithm.SHA256),
)
"""Algorithms by the processor time of a byte."""


def prove(tree: Path, files: Iterable[PackagedFile], algorithms: Sequence[Algorithm]) -> None:
    """Hold files on the medium against the digests that were taken on their way; all is flushed.

    Raises:
        FixityMismatchError: other bytes lie there than were written.
        IncompleteError: a file cannot be read.
    """
    algorithm = min(algorithms, key=_CHEAPEST.index)
    volume = volume_of(tree)
    waiting = iter(files)
    while group := list(islice(waiting, _GROUP)):
        requests = [
            ReadRequest(os.fsencode(tree / file.path), (algorithm,), file.size, file)
            for file in group
        ]
        for reading in read_group(requests, volume=volume, piped=False):
            _judge(reading)


def _judge(reading: Reading) -> None:
    file = reading.request.key
    if not isinstance(file, PackagedFile):
        raise TypeError(file)
    if reading.error is not None:
        raise IncompleteError(
            f"{file.path}: cannot be read back ({reading.error.strerror}); no package appeared. "
            "Run the same command again"
        ) from reading.error
    if reading.digests[0] not in file.digests:
        raise FixityMismatchError(
            f"{file.path}: other bytes lie on the medium than were written; no package appeared. "
            "Try another medium"
        )
