"""`python -m avpres characterise` as a user meets it: statuses, sentences, files it leaves."""

import csv
import json
import os
import subprocess
import sys

import pytest
from characterise_cases import make_holding, picture
from lxml import etree

TOML = '[[rule]]\nkind = "image"\nrequired = ["images.widht"]\n'


@pytest.fixture
def run(tmp_path):
    """Run `avpres characterise` in a folder of its own; nothing of the user's is read."""

    def run(*words, **more) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [sys.executable, "-m", "avpres", "characterise", *words],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path / "home"),
                "AVPRES_STATE_DIR": str(tmp_path / "state"),
                **more,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert b"Traceback" not in done.stdout + done.stderr
        return done

    return run


@pytest.fixture
def holding(tmp_path):
    return make_holding(tmp_path / "holding")


def cut(path):
    path.write_bytes(path.read_bytes()[:300])


def last_line(done) -> str:
    lines = (done.stdout + done.stderr).decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""


def test_sound_files_end_with_status_0_and_the_sentence(run, holding):
    done = run(str(holding))

    assert done.returncode == 0, done.stderr
    assert last_line(done).endswith("every file is sound and completely described.")


def test_a_damaged_file_ends_with_status_13_and_says_where(run, holding):
    cut(holding / "stills" / "frame.png")

    done = run(str(holding))

    assert done.returncode == 13
    told = done.stdout.decode()
    assert "frame.png: not well-formed PNG" in told
    assert "at byte" in told
    assert "[PNG-CUT]" in told
    assert last_line(done).endswith("6 sound; 1 not well-formed.")


def test_a_format_that_nobody_can_judge_is_status_11(run, holding):
    (holding / "scan.bmp").write_bytes(picture("BMP"))

    done = run(str(holding))

    assert done.returncode == 11
    assert "1 of unknown soundness" in last_line(done)


def test_a_path_that_is_not_there_is_status_20(run):
    done = run("nowhere")

    assert done.returncode == 20
    assert last_line(done) == "avpres: nowhere is not there; check the name and the mount"


def test_the_gravest_status_decides(run, holding):
    (holding / "scan.bmp").write_bytes(picture("BMP"))
    cut(holding / "stills" / "frame.gif")

    assert run(str(holding)).returncode == 13


def test_help_lists_statuses_and_options(run):
    done = run("--help")

    assert done.returncode == 0
    text = done.stdout.decode()
    assert text.startswith("Usage: avpres characterise ")
    assert {"--deep", "--emit", "--into", "--profile"} <= set(text.replace(",", " ").split())
    assert "13" in text


def broken(tmp_path):
    (tmp_path / "profile.toml").write_text(TOML)
    (tmp_path / "not.toml").write_text("x = [")
    (tmp_path / "list.csv").write_text("a,b\n1,2\n")
    (tmp_path / "diary.csv").write_text("a diary")


BAD = {
    "no path": ((), "the folder or file to describe is not given"),
    "an empty path": (("",), "an empty path was given"),
    "a profile that is not there": (("--profile", "nope"), "no such profile or file"),
    "a profile that is no TOML": (("--profile", "not.toml"), "not.toml: not TOML"),
    "a profile with a wrong word": (("--profile", "profile.toml"), "did you mean images.width?"),
    "records without a folder": (("--emit", "mix"), "add --into FOLDER"),
    "records into a file": (("--emit", "mix", "--into", "list.csv"), "name a folder"),
    "a kind of record that is none": (("--emit", "marc"), "is not one of"),
    "an output in a folder that is not there": (("--csv", "no/x.csv"), "make it first"),
    "an output called -": (("--ndjson", "-"), "name a file"),
    "two outputs in one file": (("--csv", "x", "--html", "x"), "two outputs"),
    "a digest that is none": (("--digest", "sha3"), "is not one of"),
    "schemas that are not there": (("--schemas", "nowhere"), "there is no such folder"),
    "signatures that are not there": (("--signatures", "nowhere"), "there is no such file"),
    "signatures that are none": (("--signatures", "not.toml"), "Siegfried cannot use it"),
    "a list that is not there": (("--manifest", "nowhere.csv"), "cannot be read"),
    "a list without paths": (("--manifest", "list.csv"), "list.csv"),
    "no workers": (("--jobs", "0"), "greater than or equal to 1"),
    "no time": (("--time-limit", "0"), "greater than 0"),
}


@pytest.mark.parametrize(("words", "said"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_status_2_and_one_clear_sentence(run, holding, tmp_path, words, said):
    broken(tmp_path)
    paths = () if words in {(), ("",)} else (str(holding),)

    done = run(*paths, *words)

    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("avpres: ")
    assert said in line
    assert done.stdout == b""


def test_an_output_never_takes_the_place_of_something_else(run, holding, tmp_path):
    broken(tmp_path)

    done = run(str(holding), "--csv", "diary.csv")

    assert done.returncode == 22
    assert (tmp_path / "diary.csv").read_text() == "a diary"


@pytest.mark.parametrize(
    ("flag", "content"),
    [
        ("--csv", b'\xef\xbb\xbf"title","date"\r\n"Reel 1","1927"\r\n'),
        ("--html", b"<!DOCTYPE html>\n<title>mine</title>\n"),
        ("--jhove-xml", b'<?xml version="1.0" encoding="UTF-8"?>\n<jhove name="Jhove"/>\n'),
        ("--audit-xml", b'<?xml version="1.0" encoding="UTF-8"?>\n<mets/>\n'),
    ],
)
def test_a_file_of_the_same_kind_that_is_not_ours_stays(run, holding, tmp_path, flag, content):
    (tmp_path / "mine").write_bytes(content)

    assert run(str(holding), flag, "mine").returncode == 22
    assert (tmp_path / "mine").read_bytes() == content


def test_json_is_the_whole_report_and_nothing_else(run, holding):
    cut(holding / "stills" / "frame.jpg")

    done = run(str(holding), "--json")

    report = json.loads(done.stdout)
    assert done.returncode == report["exit_code"] == 13
    assert report["command"] == "characterise"
    assert report["totals"]["files"] == 7
    assert report["facts"]["classes"] == {
        "sound": 6,
        "unsound": 1,
        "unknown": 0,
        "empty": 0,
        "unreadable": 0,
    }
    assert report["facts"]["formats"]["JPEG"] == {"Not well-formed": 1}
    assert [finding["code"] for finding in report["findings"]] == ["CHR-NOT-WELL-FORMED"]
    assert report["ended"] > report["started"]


def test_every_output_is_written_under_a_name_with_spaces_and_accents(run, holding, tmp_path):
    folder = tmp_path / "Ergebnisse für Köln"
    folder.mkdir()
    flags = ("csv", "html", "ndjson", "jhove-xml", "audit-xml")
    places = {flag: folder / f"liste é {flag}" for flag in flags}
    words = [word for flag in flags for word in (f"--{flag}", str(places[flag]))]

    for _ in range(2):  # and once more over what the first run left
        assert run(str(holding), *words).returncode == 0

    rows = list(csv.DictReader(places["csv"].read_text("utf-8-sig").splitlines()))
    records = [json.loads(line) for line in places["ndjson"].read_bytes().splitlines()]
    assert len(rows) == len(records) == 7
    assert {row["soundness"] for row in rows} == {"sound"}
    assert places["html"].read_bytes().startswith(b"<!DOCTYPE html>")
    for flag in ("jhove-xml", "audit-xml"):
        root = etree.fromstring(places[flag].read_bytes())
        assert root.attrib["name"] == "avpres"


@pytest.mark.skipif(sys.platform != "linux", reason="such names exist on Linux alone")
def test_names_that_are_not_utf_8_are_described_and_kept_exactly(run, tmp_path):
    folder = os.fsencode(tmp_path / "old names")
    os.mkdir(folder)
    with open(os.path.join(folder, b"K\xf6ln \xff.txt"), "wb") as file:
        file.write(b"words\n")

    done = run("old names", "--ndjson", "out.ndjson", "--csv", "out.csv", "--html", "out.html")

    assert done.returncode == 0, done.stderr
    (record,) = map(json.loads, (tmp_path / "out.ndjson").read_bytes().splitlines())
    assert record["path"] == "K\\xf6ln \\xff.txt"
    assert record["path_base64"] == "S/ZsbiD/LnR4dA=="
    assert record["status"] == "Well-Formed and valid"


def test_records_lie_as_their_files_do(run, holding, tmp_path):
    done = run(str(holding), "--emit", "mix", "--emit", "textmd", "--into", "records")

    assert done.returncode == 0, done.stderr
    found = sorted(
        str(path.relative_to(tmp_path / "records"))
        for path in (tmp_path / "records").rglob("*.xml")
    )
    assert found == [
        "holding/notes.txt.textmd.xml",
        "holding/stills/frame.gif.mix.xml",
        "holding/stills/frame.jpg.mix.xml",
        "holding/stills/frame.png.mix.xml",
        "holding/stills/frame.tif.mix.xml",
        "holding/über.txt.textmd.xml",
    ]
    for path in (tmp_path / "records").rglob("*.xml"):
        etree.fromstring(path.read_bytes())


def test_settings_and_environment_are_heard(run, holding):
    done = run(str(holding / "notes.txt"), "--json", AVPRES_CHARACTERISE__DIGEST="sha1,xxh128")

    (event,) = [
        each
        for each in json.loads(done.stdout)["events"]
        if each["type"] == "message digest calculation"
    ]
    assert event["facts"]["algorithms"] == "sha1, xxh128"


def test_links_are_told_and_not_followed(run, holding):
    (holding / "loop").symlink_to(holding)

    done = run(str(holding))

    assert done.returncode == 0
    assert "loop: not described: it is a symbolic link" in done.stdout.decode()
