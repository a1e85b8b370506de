"""A package in another layout: the same files, the same records, and a word on every loss."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from packing_cases import DATE, ID, Packer, film, needs_schemas, only, schema, tree

from avpres.config.convert import ConvertOptions
from avpres.config.site import Site
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import DestinationExistsError, NotConformantError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.premis import EventType
from avpres.services.context import Context, Progress
from avpres.services.convert import convert
from avpres.services.packing.opening import open_package
from avpres.services.verify import verify

PREMIS = "{http://www.loc.gov/premis/v3}"


class _CutError(Exception):
    """Stands for a power failure."""


class _Until(Progress):
    def __init__(self, phase):
        self._phase = phase

    def start(self, phase, **_totals):
        if phase == self._phase:
            raise _CutError


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A package with all that a package may hold; tests look at it and do not change it."""
    root = tmp_path_factory.mktemp("package")
    (root / "reel" / "nothing" / "at all").mkdir(parents=True)
    film(root / "reel" / "clip.mov")
    for name in ("new\nline", "100%0Adone", " outer ", "é", "e\u0301"):
        (root / "reel" / name).write_text(name, "utf-8")
    os.utime(root / "reel" / "é", ns=(1_000_000_007, 1_000_000_007))
    (root / "card.txt").write_text("from the donor\n", "utf-8")
    pack = Packer(root / "state", operator="Ann", site=Site(institution="Archive", rights="ours"))
    given = {"supplement": [root / "card.txt"], "parent": "oe1234", "kind": "AIP"}
    pack(root / "reel", root / "out", **given, bag_info=["Contact-Name: Ann"])
    return only(root / "out" / "oe1234")


@pytest.fixture
def changed(package, tmp_path):
    """A copy of the package, to be changed."""
    shutil.copytree(package, tmp_path / "changed" / package.name)
    return tmp_path / "changed" / package.name


@pytest.fixture
def run(tmp_path):
    def run(folder, out, progress=None, **options):
        asked = ConvertOptions(package=folder, destination=out, **options)
        context = Context(state_dir=tmp_path / "state", operator="Ben")
        context = Context(
            state_dir=tmp_path / "state", operator="Ben", progress=progress or context.progress
        )
        return convert(asked, context)

    return run


def records(folder):
    """All that is known of the files of a package, with their names in it."""
    opened = open_package(folder)
    places = opened.places
    tops = {f"{places.supplemental}/": "supplemental/", f"{places.objects}/": "objects/"}
    known = {}
    for file in opened.files():
        lead = next(lead for lead in tops if file.path.startswith(lead))
        name = tops[lead] + file.path.removeprefix(lead)
        about = (file.original, file.size, file.mtime, file.digests, file.role, file.description)
        known[name] = about
    return known


def sound(folder, tmp_path):
    asked = VerifyOptions(paths=[folder])
    return verify(asked, Context(state_dir=tmp_path / "verifying")).exit_code is ExitCode.OK


def test_there_and_back_again_nothing_is_lost(package, run, tmp_path):
    before = tree(package)
    first = run(package, tmp_path / "csip", layout="csip")
    assert first.exit_code is ExitCode.OK
    assert first.finding_counts == {"CNV-BAG-INFO": 1}
    second = run(only(tmp_path / "csip"), tmp_path / "back", layout="ifi-bag", strict=True)
    assert second.exit_code is ExitCode.OK
    assert second.summary.endswith("nothing was lost.")
    back = only(tmp_path / "back")
    assert records(back) == records(package)
    objects, again = (tree(folder / "data/objects") for folder in (package, back))
    assert again == objects
    assert tree(back / "data/metadata/objects") == tree(package / "data/metadata/objects")
    kept = (back / "data/objects/reel/é").stat().st_mtime_ns
    assert kept == (package / "data/objects/reel/é").stat().st_mtime_ns == 1_000_000_007
    assert list(open_package(back).folders()) == ["data/objects/reel/nothing/at all"]
    assert tree(package) == before
    assert sound(back, tmp_path)
    assert sound(only(tmp_path / "csip"), tmp_path)


def test_the_new_package_says_from_which_it_was_made(package, run, tmp_path):
    run(package, tmp_path / "out", layout="mets")
    old, new = open_package(package).package, open_package(only(tmp_path / "out")).package
    assert new.id != old.id
    assert new.sources == (old.id,)
    assert (new.label, new.kind, new.rights, new.institution) == (
        old.label, old.kind, old.rights, old.institution
    )  # fmt: skip
    assert new.identifiers == old.identifiers == {"oe": "oe1234"}
    root = etree.parse(only(tmp_path / "out") / "premis.xml").getroot()
    relation = root.find(f"{PREMIS}object[1]/{PREMIS}relationship")
    assert relation.findtext(f"{PREMIS}relationshipSubType") == "has source"
    assert relation.findtext(f".//{PREMIS}relatedObjectIdentifierValue") == str(old.id)


@needs_schemas
def test_what_is_written_follows_the_schemas(package, run, tmp_path):
    run(package, tmp_path / "out", layout="csip")
    rules = schema()
    for document in only(tmp_path / "out").rglob("premis.xml"):
        rules.assertValid(etree.parse(document))
    rules.assertValid(etree.parse(only(tmp_path / "out") / "METS.xml"))


def test_events_are_carried_over_and_the_conversion_is_one_more(package, run, tmp_path):
    report = run(package, tmp_path / "out", layout="ifi")
    before = open_package(package).package.events
    after = open_package(only(tmp_path / "out")).package.events
    assert after[: len(before)] == before
    assert [event.type for event in after[len(before) :]] == [
        EventType.REPLICATION,
        EventType.MESSAGE_DIGEST_CALCULATION,
        EventType.FIXITY_CHECK,
        EventType.PACKAGE_CREATION,
    ]
    assert "what the package records" in after[-2].detail
    assert len(report.events) == 4
    assert len({event.id for event in after}) == len(after)


def test_nothing_is_described_again(package, run, tmp_path):
    phases = []

    class Listening(Progress):
        def start(self, phase, **_totals):
            phases.append(phase)

    run(package, tmp_path / "out", layout="ifi", progress=Listening())
    assert "characterise" not in phases
    assert "copy" in phases


@pytest.mark.parametrize("where", ["data/objects/reel/é", "data/metadata/supplemental/card.txt"])
def test_a_file_that_is_not_as_recorded_makes_no_package(changed, run, tmp_path, where):
    content = (changed / where).read_bytes()
    (changed / where).write_bytes(content[:-1] + b"?")
    report = run(changed, tmp_path / "out", layout="ifi")
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    (finding,) = [each for each in report.findings if each.code == "CNV-FILE"]
    assert finding.path == where
    assert finding.expected != finding.found
    assert os.listdir(tmp_path / "out") == []


def test_a_record_that_is_not_as_the_manifest_says_makes_no_package(changed, run, tmp_path):
    (record,) = changed.rglob("*_mediainfo.xml")
    record.write_bytes(record.read_bytes() + b"<!-- -->")
    report = run(changed, tmp_path / "out", layout="ifi")
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("name", ["data/metadata/files.jsonl", "data/logs/events.jsonl"])
def test_a_record_of_its_own_that_was_changed_makes_no_package(changed, run, tmp_path, name):
    content = (changed / name).read_bytes()
    (changed / name).write_bytes(content.replace(b"Ann", b"Eve", 1))
    report = run(changed, tmp_path / "out", layout="ifi")
    assert (report.exit_code, report.finding_counts["CNV-FILE"]) == (ExitCode.FIXITY_MISMATCH, 1)
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize(
    "line", [b'{"folder": "data/objects/../../../../evil"}\n', b'{"folder": "/tmp/evil"}\n']
)
def test_a_folder_that_leads_out_is_never_made(changed, run, tmp_path, line):
    listed = changed / "data/metadata/files.jsonl"
    listed.write_bytes(listed.read_bytes() + line)
    for manifest in ("manifest-md5.txt", "manifest-sha512.txt"):
        _mend(changed, manifest, "data/metadata/files.jsonl")
    with pytest.raises(NotConformantError):
        run(changed, tmp_path / "out", layout="ifi")
    assert not list(tmp_path.rglob("evil"))
    assert not (tmp_path / "out").exists() or os.listdir(tmp_path / "out") == []


def _mend(bag, manifest, name):
    """Give a manifest the digest that a file has now, as somebody hostile would."""
    algorithm = manifest.removeprefix("manifest-").removesuffix(".txt")
    digest = hashlib.new(algorithm, (bag / name).read_bytes(), usedforsecurity=False).hexdigest()
    lines = (bag / manifest).read_text("utf-8").split("\n")
    changed = [f"{digest}  {name}" if line.endswith(f"  {name}") else line for line in lines]
    (bag / manifest).write_text("\n".join(changed), "utf-8")


def test_a_list_that_names_a_file_twice_is_refused(changed, run, tmp_path):
    listed = changed / "data/metadata/files.jsonl"
    head, first, *rest = listed.read_bytes().splitlines(keepends=True)
    listed.write_bytes(b"".join([head, first, first, *rest]))
    with pytest.raises(NotConformantError, match="twice"):
        run(changed, tmp_path / "out", layout="ifi")


def test_a_missing_file_makes_no_package(changed, run, tmp_path):
    (changed / "data/objects/reel/é").unlink()
    report = run(changed, tmp_path / "out", layout="ifi")
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert not [name for name in os.listdir(tmp_path / "out") if not name.startswith(".")]


def test_a_pipe_in_the_place_of_a_file_is_told_as_that(changed, run, tmp_path):
    (changed / "data/objects/reel/é").unlink()
    os.mkfifo(changed / "data/objects/reel/é")
    report = run(changed, tmp_path / "out", layout="mets")
    (finding,) = [each for each in report.findings if each.code == "CNV-FILE"]
    assert finding.path == "data/objects/reel/é"
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE


def test_every_loss_is_told_and_strict_makes_no_package(changed, run, tmp_path):
    (changed / "data/metadata/generations/0001").mkdir(parents=True)
    (changed / "data/metadata/generations/0001/manifest-md5.txt").write_text("old", "utf-8")
    (changed / "data/objects/ascmhl").mkdir()
    (changed / "data/objects/ascmhl/0001.mhl").write_text("list", "utf-8")
    (changed / "data/stray.txt").write_text("?", "utf-8")
    asked = {"layout": "ifi", "digest": ["sha256", "sha512"]}
    expected = dict.fromkeys(
        ["CNV-DIGEST", "CNV-BAG-INFO", "CNV-GENERATION", "CNV-MHL", "CNV-LEFT"], 1
    )
    dry = run(changed, tmp_path / "out", **asked, dry_run=True)
    assert (dry.exit_code, dry.finding_counts) == (ExitCode.OK, expected)
    refused = run(changed, tmp_path / "out", **asked, strict=True)
    assert (refused.exit_code, refused.finding_counts) == (ExitCode.NOT_REVERSIBLE, expected)
    assert not (tmp_path / "out").exists()
    report = run(changed, tmp_path / "out", **asked)
    assert (report.exit_code, report.finding_counts) == (ExitCode.OK, expected)
    assert "5 not carried over" in report.summary
    new = open_package(only(tmp_path / "out"))
    kinds = {tuple(each.algorithm.value for each in file.digests) for file in new.files()}
    assert kinds == {("sha256", "sha512")}


def test_lines_of_a_bag_go_from_bag_to_bag(package, run, tmp_path):
    report = run(package, tmp_path / "out", layout="csip-bag", strict=True)
    assert report.exit_code is ExitCode.OK
    said = (only(tmp_path / "out") / "bag-info.txt").read_text("utf-8").splitlines()
    assert "Contact-Name: Ann" in said


def test_a_name_that_a_bag_cannot_hold_makes_none(run, tmp_path):
    (tmp_path / "reel").mkdir()
    (tmp_path / "reel" / os.fsdecode(b"not \xff utf-8")).write_bytes(b"x")
    Packer(tmp_path / "packing")(tmp_path / "reel", tmp_path / "ifi", layout="ifi")
    folder = only(tmp_path / "ifi")
    report = run(folder, tmp_path / "out", layout="csip-bag")
    assert (report.exit_code, report.finding_counts) == (
        ExitCode.DESTINATION_REFUSED, {"CNV-NAME": 1}
    )  # fmt: skip
    assert not (tmp_path / "out").exists()
    assert run(folder, tmp_path / "out", layout="csip").exit_code is ExitCode.OK


def test_a_run_that_was_cut_goes_on_and_gives_the_same_bytes(package, run, tmp_path):
    asked = {"layout": "mm", "package_id": ID, "date": DATE}
    with pytest.raises(_CutError):
        run(package, tmp_path / "one", **asked, progress=_Until("write"))
    assert not (tmp_path / "one" / ID).exists()
    run(package, tmp_path / "one", **asked)
    run(package, tmp_path / "two", **asked)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert (tmp_path / "one" / ID).is_dir()


def test_a_package_that_is_there_is_never_replaced(package, run, tmp_path):
    run(package, tmp_path / "out", package_id=ID)
    before = tree(tmp_path / "out")
    with pytest.raises(DestinationExistsError):
        run(package, tmp_path / "out", layout="csip", package_id=ID)
    assert tree(tmp_path / "out") == before


def test_what_is_no_package_or_lies_in_one_is_refused(package, run, tmp_path):
    with pytest.raises(NotConformantError, match="import"):
        run(tmp_path, tmp_path / "out", layout="csip")
    with pytest.raises(UsageError, match="inside"):
        run(package, package / "data", layout="csip")
    with pytest.raises(UsageError, match="E-ARK"):
        run(package, tmp_path / "out", layout="csip", digest=["xxh128"])


NAMES = st.binary(min_size=1, max_size=40).filter(
    lambda name: not {0, 47} & set(name) and name not in {b".", b".."}
)


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(names=st.sets(NAMES, min_size=5, max_size=25))
def test_no_name_is_changed_on_the_way(names, run, tmp_path_factory):
    root = tmp_path_factory.mktemp("names")
    (root / "reel").mkdir()
    for name in names:
        Path(root / "reel" / os.fsdecode(name)).write_bytes(name)
    Packer(root / "packing")(root / "reel", root / "ifi", layout="ifi")
    assert run(only(root / "ifi"), root / "csip", layout="csip").exit_code is ExitCode.OK
    assert run(only(root / "csip"), root / "mets", layout="mets").exit_code is ExitCode.OK
    again = run(only(root / "mets"), root / "back", layout="ifi", strict=True)
    assert again.exit_code is ExitCode.OK
    assert records(only(root / "back")) == records(only(root / "ifi"))
    assert tree(only(root / "back") / "objects/reel") == tree(root / "reel")
