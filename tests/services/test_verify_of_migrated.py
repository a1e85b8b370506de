"""Where results of a migration lie, `verify --decode` says which command proves them."""

from decode_cases import CHECKED, codes, run
from normalise_cases import film


def test_results_of_a_migration_are_named_beside_films(tmp_path):
    shelf = tmp_path / "shelf"
    (shelf / "out").mkdir(parents=True)
    film(shelf / "a.mkv", *CHECKED, sound=())
    assert codes(run(tmp_path, shelf)) == set()
    (shelf / "out" / "migration.jsonl").write_bytes(b"")

    report = run(tmp_path, shelf)

    (told,) = (each for each in report.findings if each.code == "DEC-MIGRATED")
    assert told.path.endswith("shelf/out")
    assert "avpres migrate --prove" in told.message
