"""Room for results is judged by the plan, before the first file is migrated."""

import os
import shutil

import pytest
from PIL import Image

from avpres.config.migrate import MigrateOptions
from avpres.config.migration_policy import Jp2, Jxl, Keep, Rule, Target
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.imaging import Colour, ImageFormat, Traits
from avpres.domain.migration import Outcome
from avpres.domain.migration_class import Migrant, OtherTraits
from avpres.services.context import Context
from avpres.services.migrate import migrate
from avpres.services.migrate.planning import Decision
from avpres.services.migrate.room import MOST, OF_FILE, missing, size_of

PLATE = Traits(ImageFormat.TIFF, Colour.RGB, "none", (8, 8, 8), 400, 300)
FAX = Traits(ImageFormat.TIFF, Colour.GREY, "CCITT G4", (1,), 8000, 8000)


def decision(target: Target, outcome: Outcome = Outcome.OK, migrant: Migrant = PLATE) -> Decision:
    return Decision(migrant, Rule(name="all", target=target), outcome)


@pytest.mark.parametrize(
    ("case", "size", "wanted"),
    [
        (decision(Jxl(kind="jxl")), 100_000, 100_000),
        (decision(Jp2(kind="jp2")), 360_000, 360_000 + 45_000),
        (decision(Jp2(kind="jp2")), 20_000, MOST * 20_000),
        (decision(Jp2(kind="jp2"), migrant=FAX), 9_000_000, 8_000_000 + 1_125_000),
        (decision(Jp2(kind="jp2", embed_source=True)), 20_000, (MOST + 1) * 20_000),
        (decision(Keep(kind="keep"), Outcome.KEPT, OtherTraits("PDF")), 10**12, 0),
        (decision(Jp2(kind="jp2"), Outcome.REFUSED), 10**12, 0),
    ],
)
def test_a_target_takes_so_many_bytes_at_most(case, size, wanted):
    assert size_of(case, size) == wanted + OF_FILE


@pytest.fixture
def sources(tmp_path):
    """Give a picture, and a file that is larger than the volume."""
    folder = tmp_path / "sources"
    folder.mkdir()
    Image.new("RGB", (16, 12)).save(folder / "small.gif")
    (folder / "huge.wav").touch()
    os.truncate(folder / "huge.wav", shutil.disk_usage(tmp_path).free + (1 << 40))
    return folder


def run(tmp_path, *sources, **options):
    asked = MigrateOptions(sources=sources, destination=tmp_path / "out", jobs=1, **options)
    return migrate(asked, Context(state_dir=tmp_path / "state"))


def heading(path, size):
    """Make it a WAVE whose header tells all of its bytes, as RF64."""
    data = size - 92
    ds64 = b"ds64" + (28).to_bytes(4, "little") + (size - 8).to_bytes(8, "little")
    ds64 += data.to_bytes(8, "little") + (data // 2).to_bytes(8, "little") + bytes(4)
    fmt = b"fmt " + (16).to_bytes(4, "little") + b"\1\0\1\0" + (48000).to_bytes(4, "little")
    fmt += (96000).to_bytes(4, "little") + b"\2\0\x10\0"
    head = b"RF64" + b"\xff" * 4 + b"WAVE" + ds64 + fmt
    head += b"JUNK" + (4).to_bytes(4, "little") + bytes(4) + b"data" + b"\xff" * 4
    with path.open("r+b") as handle:
        handle.write(head)


def test_what_the_plan_keeps_takes_no_room(sources, tmp_path):
    report = run(tmp_path, sources)

    assert report.facts["outcomes"]["ok"] == 1


def test_a_run_that_cannot_fit_is_not_begun(sources, tmp_path):
    heading(sources / "huge.wav", (sources / "huge.wav").stat().st_size)

    with pytest.raises(DestinationRefusedError, match="--skip-space-check"):
        run(tmp_path, sources)

    assert not list((tmp_path / "out").rglob("*.jp2"))


def test_a_package_with_huge_sources_does_not_fit(sources, tmp_path):
    with pytest.raises(DestinationRefusedError, match="may need"):
        run(tmp_path, sources, package=tmp_path / "sips", with_sources=True)


def test_sources_that_would_not_fit_are_not_restored(tmp_path):
    (tmp_path / "out").mkdir()
    folder = tmp_path / "targets"
    folder.mkdir()
    huge = folder / "reel.wav.flac"
    huge.touch()
    os.truncate(huge, shutil.disk_usage(tmp_path).free + (1 << 40))

    with pytest.raises(DestinationRefusedError, match="what comes back may need"):
        run(tmp_path, folder, restore=True)


def test_what_was_restored_already_takes_no_room(tmp_path):
    (tmp_path / "there.wav").write_bytes(bytes(10))
    options = MigrateOptions(sources=(tmp_path,), destination=tmp_path, restore=True)

    assert missing(options, [(b"there.wav", 10), (b"there.wav", 11), (b"other.wav", 7)]) == 18
