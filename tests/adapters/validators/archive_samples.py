"""Examines bytes as one format, and damages them in ways that happen."""

import io
import random
from collections.abc import Iterator

from avpres.adapters.validators.examination import Examination, Rules
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.validity import Status


def examined(data: bytes, format: Format) -> Examination:
    exam = Examination(rules=Rules())
    examine(Source(io.BytesIO(), "sample", data), format, exam)
    return exam


def ids(exam: Examination) -> set[str]:
    return set(exam.counts)


def cuts(data: bytes) -> Iterator[bytes]:
    for share in (0.01, 0.25, 0.5, 0.9):
        yield data[: int(len(data) * share)]
    yield data[:-1]


def mutated(data: bytes, seed: int) -> bytes:
    """Overwrite, remove, double or cut a few parts, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(out) or 1)
        size = chance.choice((1, 1, 2, 4, 20))
        match chance.randrange(5):
            case 0:
                out[place : place + size] = chance.randbytes(size)
            case 1:
                del out[place : place + size]
            case 2:
                out[place:place] = out[place : place + size]
            case 3:
                out[place : place + size] = chance.choice((b"\0", b"\xff")) * size
            case _:
                del out[max(place, 1) :]
    return bytes(out)


def flagged_share(data: bytes, format: Format, seed: int = 1, tries: int = 100) -> float:
    """Give the share of single changed bytes after which the file is no longer sound."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    sound = examined(data, format).status
    seen = 0
    for _ in range(tries):
        out = bytearray(data)
        out[chance.randrange(len(out))] ^= chance.randint(1, 255)
        status = examined(bytes(out), format).status
        seen += status in {Status.NOT_WELL_FORMED, Status.NOT_VALID} and status != sound
    return seen / tries
