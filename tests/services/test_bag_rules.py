"""Every rule of a bag, broken on a sound bag, with what is then said and the status."""

import shutil
from pathlib import Path

import bagit
import pytest
from bag_cases import FILES, INFO, digest, lines, make_bag, retag
from fixity_cases import Runner, codes, found
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.rules.bag_declaration import judge as judge_declaration
from avpres.adapters.rules.bag_fetch import holes
from avpres.adapters.rules.bag_info import Payload, elements
from avpres.adapters.rules.bag_info import judge as judge_information
from avpres.adapters.rules.bag_rules import BAG_RULES
from avpres.adapters.rules.rule import Breach
from avpres.domain.exit_codes import ExitCode

TWO = ("sha256", "sha512")
OK, FIXITY, INCOMPLETE, WRONG = (
    ExitCode.OK,
    ExitCode.FIXITY_MISMATCH,
    ExitCode.INCOMPLETE,
    ExitCode.NOT_CONFORMANT,
)


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path / "state")


@pytest.fixture
def sound(tmp_path):
    return make_bag(tmp_path / "bag", algorithms=TWO)


def write(name: str, data: bytes):
    def change(bag: Path) -> None:
        (bag / name).parent.mkdir(exist_ok=True)
        (bag / name).write_bytes(data)
        retag(bag)

    return change


def append(name: str, data: bytes):
    return lambda bag: write(name, (bag / name).read_bytes() + data)(bag)


def replace(name: str, old: bytes, new: bytes):
    def change(bag: Path) -> None:
        data = (bag / name).read_bytes()
        assert old in data
        write(name, data.replace(old, new))(bag)

    return change


def remove(name: str):
    def change(bag: Path) -> None:
        (bag / name).unlink()
        if not name.startswith("tagmanifest"):
            retag(bag)

    return change


def info(text: str):
    return write("bag-info.txt", (INFO + text).encode())


def fetch(line: str):
    return write("fetch.txt", line.encode())


def rename_manifest(new: str):
    def change(bag: Path) -> None:
        (bag / "manifest-sha512.txt").rename(bag / new)
        retag(bag)

    return change


def list_again(bag: Path) -> None:
    first = (bag / "manifest-sha512.txt").read_bytes().splitlines(keepends=True)[0]
    append("manifest-sha512.txt", first)(bag)


def unlist(bag: Path) -> None:
    kept = [x for x in (bag / "manifest-sha512.txt").read_text().splitlines() if "text" not in x]
    write("manifest-sha512.txt", ("\n".join(kept) + "\n").encode())(bag)


def add_payload(*names: str):
    def change(bag: Path) -> None:
        files = FILES | {name: name.encode() for name in names}
        for name in names:
            (bag / name).write_bytes(files[name])
        for algorithm in TWO:
            (bag / f"manifest-{algorithm}.txt").write_text(lines(algorithm, files))
        retag(bag)

    return change


def link(target: str):
    def change(bag: Path) -> None:
        outside = bag.parent / "outside.txt"
        outside.write_bytes(FILES["data/text-file.txt"])
        (bag / "data/other.txt").write_bytes(FILES["data/text-file.txt"])
        add = {"data/other.txt": FILES["data/text-file.txt"]}
        for algorithm in TWO:
            (bag / f"manifest-{algorithm}.txt").write_text(lines(algorithm, FILES | add))
        retag(bag)
        (bag / "data/other.txt").unlink()
        (bag / "data/other.txt").symlink_to(target)

    return change


def list_in_tag_manifest(line: str):
    return lambda bag: (bag / "tagmanifest-sha512.txt").write_text(
        (bag / "tagmanifest-sha512.txt").read_text() + line
    )


def tag_manifest_of_one_file(bag: Path) -> None:
    data = (bag / "bagit.txt").read_bytes()
    (bag / "tagmanifest-sha512.txt").write_text(f"{digest('sha512', data)}  bagit.txt\n")


def sha384(wrong: bool):
    def change(bag: Path) -> None:
        text = lines("sha384", FILES)
        changed = ("1" if text[0] == "0" else "0") + text[1:]
        write("manifest-sha384.txt", (changed if wrong else text).encode())(bag)

    return change


PAYLOAD = digest("sha512", FILES["data/text-file.txt"])
DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: "
BREAK = {
    "BAG-DECLARATION": (remove("bagit.txt"), WRONG),
    "BAG-DECLARATION-FORM": (append("bagit.txt", b"More: lines\n"), WRONG),
    "BAG-VERSION": (replace("bagit.txt", b"1.0", b"1.7"), WRONG),
    "BAG-ENCODING": (write("bagit.txt", DECLARED + b"KLINGON-8\n"), WRONG),
    "BAG-UTF8": (write("bagit.txt", DECLARED + b"ISO-8859-1\n"), OK),
    "BAG-BOM": (write("bag-info.txt", b"\xef\xbb\xbf" + INFO.encode()), WRONG),
    "BAG-TEXT": (write("bag-info.txt", b"Contact-Name: \xff\xfe\n"), WRONG),
    "BAG-DATA": (lambda bag: shutil.rmtree(bag / "data"), WRONG),
    "BAG-MANIFEST": (
        lambda bag: [(bag / f"manifest-{a}.txt").unlink() for a in TWO] and retag(bag),
        WRONG,
    ),
    "BAG-MANIFEST-NAME": (rename_manifest("manifest-SHA-512.txt"), WRONG),
    "BAG-ALGORITHM": (write("manifest-tiger.txt", b"00ff  data/text-file.txt\n"), INCOMPLETE),
    "BAG-CHANGED": (sha384(wrong=True), FIXITY),
    "BAG-LINE": (append("manifest-sha512.txt", b"not a line\n"), WRONG),
    "BAG-DIGEST": (append("manifest-sha512.txt", b"00ff  data/x\n"), WRONG),
    "BAG-NAME": (append("manifest-sha512.txt", b"0" * 128 + b"  data/a\0b\n"), WRONG),
    "BAG-OUTSIDE": (append("manifest-sha512.txt", b"0" * 128 + b"  data/../../x\n"), WRONG),
    "BAG-PAYLOAD": (append("manifest-sha512.txt", b"0" * 128 + b"  bagit.txt\n"), FIXITY),
    "BAG-FOLDER": (append("manifest-sha512.txt", b"0" * 128 + b"  data/dir\n"), WRONG),
    "BAG-TWICE": (list_again, WRONG),
    "BAG-EVERY": (unlist, INCOMPLETE),
    "BAG-ASTERISK": (replace("manifest-sha512.txt", b"  data/text", b" *data/text"), OK),
    "BAG-DOT": (replace("manifest-sha512.txt", b"  data/text", b"  ./data/text"), OK),
    "BAG-BACKSLASH": (replace("manifest-sha512.txt", b"data/text", b"data\\text"), WRONG),
    "BAG-ESCAPE": (add_payload("data/50%0A"), OK),
    "BAG-NFC": (add_payload("data/\u00e9", "data/e\u0301"), OK),
    "BAG-CASE": (add_payload("data/Film.mov", "data/film.mov"), OK),
    "BAG-SYSTEM": (add_payload("data/Thumbs.db"), OK),
    "BAG-LINK": (link("../../outside.txt"), WRONG),
    "BAG-LINK-INSIDE": (link("text-file.txt"), OK),
    "BAG-TAG-MANIFESTS": (tag_manifest_of_one_file, WRONG),
    "BAG-TAG-PAYLOAD": (list_in_tag_manifest(f"{PAYLOAD}  data/text-file.txt\n"), WRONG),
    "BAG-TAG-TAG": (
        lambda bag: list_in_tag_manifest(
            f"{digest('sha512', (bag / 'tagmanifest-sha256.txt').read_bytes())}"
            "  tagmanifest-sha256.txt\n"
        )(bag),
        OK,
    ),
    "BAG-INFO-LINE": (info("Contact-Name : Edna\n"), WRONG),
    "BAG-OXUM-FORM": (info("Payload-Oxum: 160.2\nPayload-Oxum: 160.2\n"), WRONG),
    "BAG-OXUM": (info("Payload-Oxum: 161.2\n"), INCOMPLETE),
    "BAG-SIZE": (info("Bag-Size: 42.6 GB\n"), OK),
    "BAG-DATE": (write("bag-info.txt", b"Bagging-Date: yesterday\n"), OK),
    "BAG-COUNT": (info("Bag-Count: first\n"), OK),
    "BAG-LINE-END": (write("bag-info.txt", b"Contact-Name: Edna"), OK),
    "BAG-FETCH-LINE": (fetch("not-absolute 12 data/text-file.txt\n"), WRONG),
    "BAG-FETCH-OUTSIDE": (fetch("http://localhost/x - C:\\x\n"), WRONG),
    "BAG-FETCH-LISTED": (fetch("http://localhost/x - data/other.txt\n"), WRONG),
    "BAG-FETCH-SIZE": (fetch("http://localhost/x 11 data/text-file.txt\n"), OK),
    "BAG-HOLE": (
        lambda bag: (
            fetch("http://user:secret@localhost/x?key=1 - data/text-file.txt\n")(bag),
            (bag / "data/text-file.txt").unlink(),
        ),
        INCOMPLETE,
    ),
}


def test_the_sound_bag_breaks_no_rule(runner, sound):
    report = runner.verify(sound)
    assert (report.exit_code, codes(report)) == (OK, {})
    assert report.summary.endswith("The package is valid (BagIt 1.0).")
    assert bagit.Bag(str(sound)).is_valid()


def test_every_rule_is_broken_somewhere_below():
    assert set(BREAK) == set(BAG_RULES)


@pytest.mark.parametrize("rule", BREAK)
def test_a_broken_rule_is_told_with_its_id_and_status(runner, sound, rule):
    damage, status = BREAK[rule]
    damage(sound)
    report = runner.verify(sound)
    assert rule in codes(report), report.findings
    assert report.exit_code is status, report.findings
    told = next(each for each in report.findings if each.code == rule)
    assert BAG_RULES[rule].source in told.message
    assert str(sound) in (told.path or "")
    assert ("valid" in report.summary) is (status is OK)


def test_no_address_is_told_with_its_password(runner, sound):
    BREAK["BAG-HOLE"][0](sound)
    told = next(f for f in runner.verify(sound).findings if f.code == "BAG-HOLE")
    assert "http://localhost/x" in told.message
    assert "secret" not in told.message
    assert "key" not in told.message


def test_an_oxum_that_is_wrong_does_not_keep_the_digests_from_being_taken(runner, sound):
    """And everything else is told in the same run."""
    info("Payload-Oxum: 1.1\n")(sound)
    (sound / "data/text-file.txt").write_bytes(b"some test\n")
    (sound / "data/dir/scan.dpx").unlink()
    (sound / "data/stray").write_bytes(b"x")
    append("manifest-sha256.txt", b"broken line\n")(sound)
    report = runner.verify(sound)
    assert {"BAG-OXUM", "FIX-CHANGED", "FIX-MISSING", "FIX-EXTRA", "BAG-LINE"} <= set(codes(report))
    assert report.exit_code is FIXITY
    assert "2 rules are broken" in report.summary


def test_a_bag_in_a_payload_is_opaque(runner, tmp_path):
    inner = make_bag(tmp_path / "inner")
    (inner / "data/text-file.txt").write_bytes(b"changed\n")
    files = {
        f"data/inner/{p.relative_to(inner)}": p.read_bytes()
        for p in inner.rglob("*")
        if p.is_file()
    }
    report = runner.verify(make_bag(tmp_path / "outer", files=files))
    assert report.exit_code is OK
    assert len(report.facts["packages"]) == 1


def test_an_unusual_digest_is_checked_and_not_only_told(runner, sound):
    sha384(wrong=False)(sound)
    report = runner.verify(sound)
    assert (report.exit_code, codes(report)) == (OK, {})


def test_a_bag_of_another_digest_alone_is_verified_from_the_medium(runner, tmp_path):
    bag = make_bag(tmp_path / "bag", algorithms=("sha384",), tags=())
    report = runner.verify(bag)
    assert report.exit_code is OK
    assert report.totals.verified_files == len(FILES)


def test_an_empty_bag_is_valid(runner, tmp_path):
    report = runner.verify(make_bag(tmp_path / "bag", files={}, tags=()))
    assert report.exit_code is OK
    assert report.summary == "no files, as the manifests say. The package is valid (BagIt 1.0)."


def test_before_1_0_a_file_may_stand_in_one_manifest_alone(runner, tmp_path):
    bag = make_bag(tmp_path / "bag", "0.97", algorithms=TWO)
    unlist(bag)
    assert runner.verify(bag).exit_code is OK


def test_two_bags_on_a_shelf_are_each_judged(runner, tmp_path):
    shelf = tmp_path / "shelf"
    make_bag(shelf / "one")
    info("Payload-Oxum: 1.1\n")(make_bag(shelf / "two"))
    report = runner.verify(shelf)
    assert report.exit_code is INCOMPLETE
    assert found(report, "BAG-OXUM") == [str(shelf / "two/bag-info.txt")]
    assert [each["forms"] for each in report.facts["packages"]] == [["BagIt 1.0"]] * 2


NAMES = ["100%0Adone", " a ", "x\ny", "a%25b", "caf\u00e9", "~x", "back\\slash", "'q\"", "a  b"]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_other_readers_fail_on_are_read(runner, tmp_path, name):
    written = name.replace("%", "%25").replace("\n", "%0A")
    text = f"{digest('sha512', b'x')}  data/{written}\n"
    bag = make_bag(
        tmp_path / "bag", files={f"data/{name}": b"x"}, manifest={"manifest-sha512.txt": text}
    )
    report = runner.verify(bag)
    assert (report.exit_code, codes(report)) == (OK, {})


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_no_declaration_makes_the_reader_fail(data):
    assert all(isinstance(each, Breach) for each in judge_declaration(data))


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.text(max_size=200), st.sampled_from([(0, 97), (1, 0)]))
def test_no_metadata_makes_the_reader_fail(text, version):
    read = [each for each in elements(text, version) if not isinstance(each, Breach)]
    list(judge_information(read, Payload(1, 1, 2), version))


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Z][a-z]{1,8}(-[A-Z][a-z]{1,8})?", fullmatch=True),
            st.from_regex(r"[!-~]( ?[!-~]){0,30}", fullmatch=True),
        ),
        max_size=6,
    )
)
def test_elements_come_back_in_their_order(pairs):
    text = "".join(f"{label}: {value}\n" for label, value in pairs)
    assert [(e.label, e.value) for e in elements(text, (1, 0))] == pairs


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_no_fetch_file_makes_the_reader_fail(data):
    import io

    from avpres.adapters.formats.bagit import Tongue

    list(holes(io.BytesIO(data), Tongue()))


@pytest.mark.parametrize("size", ["160 B", "0.2 KB", "1 KB", "160 bytes"])
def test_a_rounded_size_is_about_right(runner, tmp_path, size):
    report = runner.verify(make_bag(tmp_path / "bag", info=INFO + f"Bag-Size: {size}\n"))
    assert codes(report) == {}
