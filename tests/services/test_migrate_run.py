"""Runs of `migrate` from end to end: real files, real damage, real workers."""

import hashlib
import json
import os
import shutil
from importlib.resources import files
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from lxml import etree
from PIL import Image

from avpres import __version__
from avpres.adapters.formats import schemas
from avpres.adapters.formats.report_view import verdict
from avpres.config.migrate import MigrateOptions
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import DestinationRefusedError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.migrate import migrate
from avpres.services.verify import verify

SCHEMA = etree.XMLSchema(etree.parse(str(files(schemas).joinpath("premis.xsd"))))


def samples(seed: int = 1, size: tuple[int, int] = (40, 60)) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8)


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    folder = tmp_path_factory.mktemp("collection")
    (folder / "sub").mkdir()
    Image.fromarray(samples()).save(folder / "photo.jpg", quality=90)
    Image.fromarray(samples(2)).quantize(256).save(folder / "photo.gif")
    Image.fromarray(samples(3)).save(folder / "photo.tif")
    frames = [Image.fromarray(samples(n)).quantize(32) for n in (4, 5)]
    frames[0].save(
        folder / "sub" / "film.gif", save_all=True, append_images=frames[1:], duration=70
    )
    Image.fromarray(samples(6)).convert("CMYK").save(folder / "sub" / "print.jpg")
    whole = (folder / "photo.gif").read_bytes()
    (folder / "sub" / "cut.gif").write_bytes(whole[: len(whole) // 2])
    (folder / "notes.txt").write_text("kept as they are\n")
    return folder


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture(scope="module")
def first(collection, tmp_path_factory):
    """Give a finished run: its results and its report."""
    folder = tmp_path_factory.mktemp("first")
    before = state(collection)
    report = run([collection], folder / "out", folder)
    assert state(collection) == before
    return folder / "out", report


@pytest.fixture
def migrated(first, out):
    shutil.copytree(first[0], out)
    return out


def run(sources, out, tmp_path, **options):
    options = MigrateOptions(sources=sources, destination=out, jobs=2, **options)
    return migrate(options, Context(state_dir=tmp_path / "state"))


def lines(out) -> list[dict]:
    return [json.loads(line) for line in (out / "migration.jsonl").read_text().splitlines()]


def told(out) -> dict[str, dict]:
    return {each["place"]: each for each in lines(out)}


def names(out) -> set[str]:
    found = (path.relative_to(out) for path in out.rglob("*") if path.is_file())
    return {str(path) for path in found if not path.name.startswith(("migration", "review"))}


def state(folder):
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in folder.rglob("*")
    }


def test_a_collection_is_migrated_and_every_refusal_has_a_reason(first):
    out, report = first

    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert report.facts["outcomes"] == {
        "ok": 4,
        "kept": 1,
        "refused": 2,
        "failed": 0,
        "qa-failed": 0,
    }
    assert names(out) == {
        "photo.jxl",
        "photo.gif.jp2",
        "photo.tif.jp2",
        "sub/film-p0001.jp2",
        "sub/film-p0002.jp2",
        "sub/film.gif.migration.json",
    }
    reasons = {place: each["reason"] for place, each in told(out).items() if "reason" in each}
    assert set(reasons) == {"sub/cut.gif", "sub/print.jpg"}
    assert not (out / ".avpres-migrate.part").exists()


def test_other_programs_read_the_same_from_the_targets(collection, first):
    out, _ = first

    restored = imagecodecs.jpegxl_decode_jpeg((out / "photo.jxl").read_bytes())
    assert bytes(restored) == (collection / "photo.jpg").read_bytes()
    with Image.open(out / "photo.tif.jp2") as image:
        assert np.array_equal(np.asarray(image), samples(3))
    with Image.open(out / "photo.gif.jp2") as image, Image.open(collection / "photo.gif") as gif:
        assert np.array_equal(np.asarray(image.convert("RGB")), np.asarray(gif.convert("RGB")))


def test_the_records_tell_digests_and_derivation_both_ways(collection, first, tmp_path):
    out, _ = first

    line = told(out)["photo.tif"]
    source = (collection / "photo.tif").read_bytes()
    assert line["digests"]["sha256"] == hashlib.sha256(source).hexdigest()
    (file,) = line["files"]
    target = (out / "photo.tif.jp2").read_bytes()
    assert file["digests"]["sha256"] == hashlib.sha256(target).hexdigest()
    assert file["pixels_sha256"]
    assert len(file["proved_by"]) == 2
    tree = etree.parse(out / "migration.premis.xml")
    assert SCHEMA.validate(tree), SCHEMA.error_log
    space = {"p": "http://www.loc.gov/premis/v3"}
    words = tree.xpath("//p:relationshipSubType/text()", namespaces=space)
    assert words.count("is source of") == words.count("has source") == 6
    events = tree.xpath("//p:eventType/text()", namespaces=space)
    assert events == [*["migration"] * 6, "policy assignment"]  # of what is kept
    agents = tree.getroot().findall("p:agent", space)
    words = ("p:agentName", "p:agentVersion")
    named = {tuple(each.findtext(word, namespaces=space) for word in words) for each in agents}
    assert {("avpres", __version__), ("avpres (GIF)", __version__)} <= named
    assert all(version and version[0].isdigit() for _, version in named)
    checked = verify(VerifyOptions(paths=[out]), Context(state_dir=tmp_path / "state"))
    assert checked.exit_code is ExitCode.OK


def test_a_report_says_pass_where_something_was_proved(collection, out, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("photo.jpg", "photo.gif"):
        shutil.copy(collection / name, source / name)

    ran = run([source], out, tmp_path, sheet=0)
    again = run([source], out, tmp_path, sheet=0)
    back = run([out], tmp_path / "back", tmp_path, restore=True)
    proof = migrate(
        MigrateOptions(prove=True, destination=out, jobs=1), Context(state_dir=tmp_path / "state")
    )

    words = [verdict(each).word for each in (ran, again, back, proof)]
    assert words == ["Pass", "Done, nothing compared", "Pass", "Pass"]
    assert ran.totals.verified_size == sum(each.stat().st_size for each in source.iterdir())


def test_a_second_run_does_nothing_and_says_so(collection, migrated, tmp_path):
    out = migrated
    before = {path: path.stat().st_ino for path in out.rglob("*.j*2")}

    report = run([collection], out, tmp_path)

    assert report.totals.already_there == 7
    assert report.exit_code is ExitCode.NOT_CONFORMANT  # two are refused still
    assert {path: path.stat().st_ino for path in out.rglob("*.j*2")} == before
    assert "7 of them settled by an earlier run" in report.summary


def test_only_what_is_missing_is_made_again(collection, migrated, tmp_path):
    out = migrated
    (out / "photo.tif.jp2").unlink()

    report = run([collection], out, tmp_path)

    assert report.totals.already_there == 6
    assert (out / "photo.tif.jp2").is_file()


def test_the_same_run_gives_the_same_bytes(collection, tmp_path):
    date = "2020-01-02T03:04:05+00:00"
    for name in ("one", "two"):
        run([collection], tmp_path / name, tmp_path, date=date)

    one, two = tmp_path / "one", tmp_path / "two"
    assert [content for _, content in state(one).values()]
    for path in one.rglob("*"):
        other = two / path.relative_to(one)
        assert path.is_dir() or path.read_bytes() == other.read_bytes()


def test_another_policy_leaves_what_is_there_and_does_what_it_wants_the_same(
    collection, migrated, tmp_path
):
    out = migrated

    report = run([collection], out, tmp_path, policy="aiht-2005")

    codes = report.finding_counts
    assert codes["MIG-POLICY"] == 4
    assert (out / "photo.jxl").is_file()
    back = run([collection], out, tmp_path)
    assert back.facts["outcomes"]["ok"] == back.totals.already_there == 4


def test_a_source_that_changed_since_is_told_and_its_target_stays(collection, out, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(collection, source)
    run([source], out, tmp_path)
    target = (out / "photo.tif.jp2").read_bytes()
    Image.fromarray(samples(9)).save(source / "photo.tif")

    report = run([source], out, tmp_path)

    assert report.finding_counts["MIG-CHANGED"] == 1
    assert (out / "photo.tif.jp2").read_bytes() == target


def test_a_target_that_is_there_already_is_never_replaced(collection, out, tmp_path):
    out.mkdir()
    (out / "photo.jxl").write_bytes(b"of somebody else")

    report = run([collection / "photo.jpg"], out, tmp_path)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert (out / "photo.jxl").read_bytes() == b"of somebody else"
    assert told(out)["photo.jpg"]["reason"] == "name-taken"


def test_results_may_not_lie_in_a_source(collection, tmp_path):
    with pytest.raises(UsageError, match="nothing is written into a source"):
        run([collection], collection / "out", tmp_path)


def test_names_of_any_bytes_are_kept(out, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    odd = [b"caf\xe9.gif", b"new\nline.gif", b"%0A.gif", b" end .gif", b"x" * 251 + b".gif"]
    odd += ["é.gif".encode(), "é.tif".encode()]
    for number, name in enumerate(odd):
        picture = Image.fromarray(samples(number, (9, 7))).quantize(16)
        kind = "TIFF" if name.endswith(b"tif") else "GIF"
        with open(os.fsencode(source) + b"/" + name, "wb") as handle:
            picture.save(handle, kind)

    report = run([source], out, tmp_path)

    assert report.exit_code is ExitCode.OK
    made = {name for name in os.listdir(os.fsencode(out)) if name.endswith(b".jp2")}
    assert made == {
        b"caf\xe9.jp2",
        b"new\nline.jp2",
        b"%0A.jp2",
        b" end .jp2",
        b"x" * 251 + b".jp2",
        "é.gif.jp2".encode(),
        "é.tif.jp2".encode(),
    }
    assert run([source], out, tmp_path).totals.already_there == 7


def test_a_sample_is_the_same_in_every_run(collection, tmp_path):
    asked = []
    for name in ("one", "two"):
        run([collection], tmp_path / name, tmp_path, qa="sample:2")
        asked.append({place: each.get("second") for place, each in told(tmp_path / name).items()})

    assert asked[0] == asked[1]
    assert {True, False} <= set(asked[0].values())


def test_links_are_told_and_not_followed(collection, out, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "link.gif").symlink_to(collection / "photo.gif")
    shutil.copy(collection / "photo.gif", source / "real.gif")

    report = run([source], out, tmp_path)

    assert names(out) == {"real.jp2"}
    assert report.finding_counts == {"MIG-SKIPPED": 1}


def test_of_several_folders_each_has_its_own(collection, out, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        shutil.copy(collection / "photo.gif", folder / "same.gif")

    run([one, two], out, tmp_path)

    assert names(out) == {"one/same.jp2", "two/same.jp2"}


@pytest.mark.parametrize("plan", [False, True])
def test_two_sources_of_one_name_are_no_run_and_no_plan(plan, collection, out, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "box").mkdir(parents=True)
        shutil.copy(collection / "photo.gif", tmp_path / name / "box" / "same.gif")
    folders = [tmp_path / name / "box" for name in ("one", "two")]

    for sources in (folders, [folder / "same.gif" for folder in folders]):
        with pytest.raises(UsageError, match="would both land under the name"):
            run(sources, out, tmp_path, plan=plan)

    assert not out.exists()
    report = run([folders[0], folders[0] / "same.gif"], out, tmp_path)
    assert (report.totals.files, names(out)) == (1, {"same.jp2"})


def test_what_is_only_kept_leaves_a_sound_record_too(collection, out, tmp_path):
    report = run([collection / "notes.txt"], out, tmp_path)

    assert report.exit_code is ExitCode.OK
    assert SCHEMA.validate(etree.parse(out / "migration.premis.xml"))
    assert told(out)["notes.txt"]["outcome"] == "kept"


def test_nothing_there_is_no_success(out, tmp_path):
    (tmp_path / "empty").mkdir()

    report = run([tmp_path / "empty"], out, tmp_path)

    assert report.exit_code is ExitCode.INCOMPLETE
    assert Path(out / "migration.jsonl").read_bytes() == b""


def test_a_finished_run_is_proved_again_without_its_sources(migrated, tmp_path):
    report = migrate(
        MigrateOptions(prove=True, destination=migrated, jobs=2),
        Context(state_dir=tmp_path / "state"),
    )

    assert report.exit_code is ExitCode.OK
    assert report.totals.verified_files == 5


def test_a_proof_finds_one_changed_byte_and_a_missing_file(migrated, tmp_path):
    target = migrated / "photo.tif.jp2"
    data = bytearray(target.read_bytes())
    data[-200] ^= 1
    target.write_bytes(data)
    (migrated / "photo.jxl").unlink()

    report = migrate(
        MigrateOptions(prove=True, destination=migrated, jobs=2),
        Context(state_dir=tmp_path / "state"),
    )

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert report.finding_counts == {"MIG-PROOF": 1, "MIG-MISSING": 1}


def test_what_gives_its_source_back_does(collection, migrated, tmp_path):
    report = run([migrated], tmp_path / "back", tmp_path, restore=True)

    assert report.exit_code is ExitCode.OK
    assert (tmp_path / "back/photo.jpg").read_bytes() == (collection / "photo.jpg").read_bytes()
    assert [path.name for path in (tmp_path / "back").iterdir()] == ["photo.jpg"]


def test_a_source_that_comes_back_otherwise_is_thrown_away(migrated, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    Image.fromarray(samples(7)).save(other / "photo.jpg")
    run([other], tmp_path / "elsewhere", tmp_path)
    shutil.copy(tmp_path / "elsewhere/photo.jxl", migrated / "photo.jxl")

    report = run([migrated / "photo.jxl"], tmp_path / "back", tmp_path, restore=True)

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert list((tmp_path / "back").iterdir()) == []


def test_a_jp2_of_the_record_gives_no_bytes_back_and_says_so(migrated, tmp_path):
    target = migrated / "photo.gif.jp2"

    report = run([target], tmp_path / "back", tmp_path, restore=True)

    assert report.exit_code is ExitCode.INCOMPLETE
    (finding,) = report.findings
    assert (finding.code, finding.path) == ("MIG-UNRECORDED", str(target))
    assert "do not from JPEG 2000" in finding.message


def test_what_is_kept_is_told_where_the_package_does_not_hold_it(collection, out, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("photo.gif", "notes.txt"):
        shutil.copy(collection / name, source / name)

    without = run([source], out, tmp_path, package=tmp_path / "one", sheet=0)
    whole = run([source], out, tmp_path, package=tmp_path / "two", with_sources=True)

    assert without.exit_code is whole.exit_code is ExitCode.OK
    assert without.finding_counts == {"MIG-NOT-INSIDE": 1}
    assert not list((tmp_path / "one").rglob("notes.txt"))
    assert list((tmp_path / "two").rglob("notes.txt"))
    assert "MIG-NOT-INSIDE" not in whole.finding_counts


@pytest.mark.parametrize(("place", "why"), [("file", "is no folder"), ("file/out", "cannot be")])
def test_a_file_in_the_place_of_the_results_is_told(place, why, collection, tmp_path):
    (tmp_path / "file").write_text("of somebody else")

    with pytest.raises(DestinationRefusedError, match=f"{why}.*; name a folder for the results"):
        run([collection], tmp_path / place, tmp_path)

    assert (tmp_path / "file").read_text() == "of somebody else"


def test_results_become_a_package_that_tells_of_what_each_was_made(collection, out, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("photo.jpg", "photo.gif"):
        shutil.copy(collection / name, source / name)
    boxes = tmp_path / "packages"

    report = run([source], out, tmp_path, package=boxes, with_sources=True)
    again = run([source], out, tmp_path, package=boxes, with_sources=True)

    assert report.exit_code is again.exit_code is ExitCode.OK
    (package,) = [path for path in boxes.iterdir() if path.is_dir()]
    tree = etree.parse(package / "data/metadata/premis.xml")
    space = {"p": "http://www.loc.gov/premis/v3"}
    links = "//p:relationship[p:relationshipType='derivation']"
    kinds = tree.xpath(f"{links}/p:relationshipSubType/text()", namespaces=space)
    assert sorted(kinds) == ["has source", "has source", "is source of", "is source of"]
    related = tree.xpath(f"{links}/p:relatedObjectIdentifier", namespaces=space)
    known = set(tree.xpath("//p:objectIdentifierValue/text()", namespaces=space))
    assert {
        each.findtext("p:relatedObjectIdentifierValue", None, space) for each in related
    } <= known
    checked = verify(VerifyOptions(paths=[package]), Context(state_dir=tmp_path / "state"))
    assert checked.exit_code is ExitCode.OK


def test_a_package_without_sources_has_their_digests_and_tells_what_was_kept(
    collection, out, tmp_path
):
    source = tmp_path / "source"
    source.mkdir()
    shutil.copy(collection / "photo.gif", source / "photo.gif")
    shutil.copy(collection / "notes.txt", source / "notes.txt")
    boxes = tmp_path / "packages"

    report = run([source], out, tmp_path, package=boxes)

    assert report.exit_code is ExitCode.OK
    (package,) = [path for path in boxes.iterdir() if path.is_dir()]
    digest = hashlib.sha256((source / "photo.gif").read_bytes()).hexdigest()
    space = {"p": "http://www.loc.gov/premis/v3"}
    for record in (package / "data/metadata/premis.xml", out / "migration.premis.xml"):
        tree = etree.parse(record)
        SCHEMA.assertValid(tree)
        query = "//p:event[p:eventType='policy assignment']"
        (event,) = tree.xpath(query, namespaces=space)
        assert "rule=all else" in event.findtext(".//p:eventDetail", None, space)
        assert "1 file stays" in event.findtext(".//p:eventOutcomeDetailNote", None, space)
    tree = etree.parse(package / "data/metadata/premis.xml")
    query = "//p:relatedObjectIdentifier[p:relatedObjectIdentifierType='SHA-256']"
    (named,) = tree.xpath(f"{query}/p:relatedObjectIdentifierValue/text()", namespaces=space)
    assert named == digest
    assert {line.get("why") for line in lines(out)} == {
        None,
        "the policy keeps what this rule takes",
    }
    checked = verify(VerifyOptions(paths=[package]), Context(state_dir=tmp_path / "state"))
    assert checked.exit_code is ExitCode.OK


def test_no_package_is_made_where_something_was_refused(collection, out, tmp_path):
    boxes = tmp_path / "packages"

    report = run([collection / "sub"], out, tmp_path, package=boxes)

    assert report.finding_counts["MIG-PACKAGE"] == 1
    assert not boxes.exists()


def test_a_document_may_have_more_pages_than_an_animation_has_frames(out, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    pages = [Image.fromarray(samples(number, (8, 8))) for number in range(70)]
    pages[0].save(source / "book.tif", save_all=True, append_images=pages[1:])
    frames = [page.quantize(32) for page in pages]
    frames[0].save(source / "long.gif", save_all=True, append_images=frames[1:])

    run([source], out, tmp_path, sheet=0)

    assert len(names(out)) == 70
    assert told(out)["long.gif"]["reason"] == "too-many-frames"


def test_targets_whose_record_is_lost_are_found_to_be_the_same(collection, migrated, tmp_path):
    (migrated / "migration.jsonl").unlink()

    report = run([collection], migrated, tmp_path)

    assert report.facts["outcomes"]["ok"] == 4
    assert len(told(migrated)) == 7


def test_sources_of_one_place_that_come_one_after_the_other_share_no_target(out, tmp_path):
    for number, parent in enumerate(("one", "two", "three")):
        source = tmp_path / parent
        source.mkdir()
        Image.fromarray(samples(number, (9, 9))).quantize(16).save(source / "same.gif")
        assert run([source], out, tmp_path, sheet=0).exit_code is ExitCode.OK

    made = [each["files"][0]["path"] for each in lines(out)]
    assert names(out) == set(made)
    assert len(made) == 3
    assert {"same.jp2", "same.gif.jp2"} < set(made)


def test_an_empty_file_is_kept_and_told(tmp_path, out):
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "empty.tif").touch()

    for _ in range(2):
        report = run([sources], out, tmp_path)
        (finding,) = report.findings
        assert (finding.code, finding.path) == ("MIG-EMPTY", str(sources / "empty.tif"))
        assert report.exit_code is ExitCode.OK


@pytest.mark.parametrize("left_out", [(), ("taken.gif",)], ids=["gone", "left out"])
def test_a_source_that_failed_and_is_gone_leaves_the_tables(tmp_path, out, left_out):
    sources = tmp_path / "sources"
    sources.mkdir()
    Image.fromarray(samples()).save(sources / "plate.gif")
    Image.fromarray(samples(2)).save(sources / "taken.gif")
    out.mkdir()
    (out / "taken.jp2").write_bytes(b"somebody's")
    assert run([sources], out, tmp_path).facts["outcomes"]["failed"] == 1
    if not left_out:
        (sources / "taken.gif").unlink()

    report = run([sources], out, tmp_path, exclude=left_out)

    told = [each for each in report.findings if each.code != "MIG-SKIPPED"]
    assert [each.code for each in told] == ["MIG-GONE"]
    assert "no longer among the sources" in told[0].message
    assert report.facts["results"]["reasons"] == []
    assert [line["outcome"] for line in lines(out)] == ["ok"]
