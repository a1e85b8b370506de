"""Parameters by trial: parts of pictures tell what whole pictures do, in less time."""

import os
from pathlib import Path

import numpy as np
import pytest
import scan_maker

from avpres.adapters.cooking.journal import Journal
from avpres.config.cook import CookOptions
from avpres.domain.reel import Coding
from avpres.services.context import Context
from avpres.services.cook import trying
from avpres.services.cook.assessing import assess
from avpres.services.cook.planning import make_plan
from avpres.services.cook.stage import Reel

WIDE, HIGH = 782, 770  # not what sixteen parts divide


def shot(reel: Path, codes: np.ndarray, number: int = 1) -> Path:
    head = scan_maker.dpx(WIDE, HIGH, bits=12, number=number)[:2048]
    reel.mkdir(exist_ok=True)
    path = reel / f"scan_{number:07}.dpx"
    path.write_bytes(head + (codes.astype(np.uint16) << 4).astype(">u2").tobytes())
    return reel


@pytest.fixture
def grainy(tmp_path):
    return shot(tmp_path / "grainy", grain())


def grain() -> np.ndarray:
    """Draw grain that is wider than a pixel, on a slope."""
    drawn = np.random.default_rng(1).normal(0, 60, (HIGH + 2, WIDE + 2, 3))
    smooth = sum(drawn[y : y + HIGH, x : x + WIDE] for y in range(3) for x in range(3)) / 3
    return np.clip(smooth + slope() + 500, 0, 4095)


def slope() -> np.ndarray:
    """Draw a slope, of which more is learnt the more contexts there are."""
    drawn = np.add.outer(np.arange(HIGH) * 3, np.arange(WIDE) * 2) // 7
    return np.repeat(drawn[..., None], 3, axis=2)


def chosen(folder: Path, tmp_path: Path, **asked) -> tuple[Coding, dict[str, int]]:
    options = CookOptions(reels=(folder,), destination=tmp_path, **asked)
    reel = Reel(os.fsencode(folder), os.fsencode(folder.name), tmp_path / "out")
    journal = Journal(tmp_path / "journal")
    try:
        findings = []
        assess(reel, journal, options, findings.append, Context().progress)
        film = make_plan(reel, journal, options).films[0]
        return trying.choose(reel, film, journal, options, 2)
    finally:
        journal.close()
        (tmp_path / "journal").unlink()


def test_parts_of_a_picture_take_their_share_of_the_whole(grainy, tmp_path, monkeypatch):
    best, parts = chosen(grainy, tmp_path)
    monkeypatch.setattr(trying, "_LEAST", 10_000)
    assert chosen(grainy, tmp_path)[0] == best == Coding(0, 16)
    _, whole = chosen(grainy, tmp_path)
    shares = [
        sizes["context 1, 16 slices"] / sizes["context 0, 16 slices"] for sizes in (parts, whole)
    ]
    assert shares[0] == pytest.approx(shares[1], rel=0.003)
    assert sum(whole.values()) > 3.5 * sum(parts.values())


def test_a_clean_picture_is_given_more_contexts(tmp_path):
    assert chosen(shot(tmp_path / "clean", slope()), tmp_path)[0] == Coding(1, 16)


def test_what_is_asked_for_is_not_tried(grainy, tmp_path):
    assert chosen(grainy, tmp_path, context=1) == (Coding(1, 16), {})
    best, sizes = chosen(grainy, tmp_path, slices=30)
    assert best == Coding(0, 30)
    assert len(sizes) == 2


def test_more_slices_are_tried_of_long_reels(tmp_path, monkeypatch):
    for number in range(3):
        reel = shot(tmp_path / "long", grain(), number)
    monkeypatch.setattr(trying, "_EACH", 1)
    best, sizes = chosen(reel, tmp_path)
    assert best == Coding(0, 16)
    assert set(sizes) == {
        *("context 0, 16 slices", "context 1, 16 slices"),
        *("context 0, 24 slices", "context 0, 64 slices"),
    }
