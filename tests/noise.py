"""Bytes without any order, which are the same in every run: no test may depend on its luck."""

import random

PIECE = 1_000_003  # a prime, so that no two blocks of a file are alike


def noise(size: int, seed: object = 0) -> bytes:
    """Give as many bytes as wanted; what two seeds give has nothing in common."""
    piece = random.Random(f"noise {seed}").randbytes(min(size, PIECE))  # noqa: S311 - no secret
    return (piece * (size // PIECE + 1))[:size]
