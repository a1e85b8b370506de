"""Who is to blame where a JPEG XL looks otherwise: never the target for damage of its source."""

import json
from io import BytesIO

import numpy as np
from PIL import Image

from avpres.config.migrate import MigrateOptions
from avpres.domain.migration import Outcome, Reason
from avpres.services.context import Context
from avpres.services.migrate import migrate


def test_damage_that_decoders_show_differently_is_the_sources(tmp_path):
    """One bit is turned: the bytes come back, but no two decoders show the same picture."""
    squares = (np.random.default_rng(2).integers(0, 2, (8, 8, 3)) * 255).astype(np.uint8)
    held = BytesIO()
    Image.fromarray(squares.repeat(8, 0).repeat(8, 1)).save(held, "JPEG", quality=90, subsampling=0)
    whole = held.getvalue()
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    scan = whole.index(b"\xff\xda")
    for place, bit in ((35, 128), (98, 128), (103, 16)):
        hurt = bytearray(whole)
        hurt[scan + place] ^= bit
        (folder / f"{place}.jpg").write_bytes(hurt)

    options = MigrateOptions(sources=(folder,), destination=out, sheet=0, jobs=1)
    migrate(options, Context(state_dir=tmp_path / "state"))

    told = [json.loads(line) for line in (out / "migration.jsonl").read_text().splitlines()]
    assert {each["outcome"] for each in told} == {Outcome.REFUSED}
    assert {each["reason"] for each in told} <= {Reason.DAMAGED, Reason.DECODERS_DISAGREE}
    assert not (out / "quarantine").exists()
