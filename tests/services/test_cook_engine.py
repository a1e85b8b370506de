"""`--engine rawcooked`: whatever the program says of itself, avpres proves what it made."""

import json
import os
import re
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import pytest
import rawcooked_fake
from cook_cases import back, codes, film_of, frames, messages, sound, tree
from cook_cases import run as cooked
from packing_cases import only

from avpres.config.cook import CookOptions
from avpres.config.doctor import DoctorOptions
from avpres.domain.errors import ToolMissingError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.reel import CookEngine, Gaps, Misfits
from avpres.services.context import Context
from avpres.services.doctor import doctor

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts")
HOSTILE = re.compile(r"[\"$\\`%'\n]")


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """Give a film of the reel of most tests."""
    tmp = tmp_path_factory.mktemp("ready")
    cooked(tmp, made(tmp), context=0, slices=4)
    return film_of(tmp)


@pytest.fixture
def program(tmp_path, monkeypatch, ready):
    """Puts a stand-in on PATH, which takes the film that is ready or makes one."""
    folder = tmp_path / "bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def put(body="good()", *, is_ready=True, **options):
        monkeypatch.setenv("RAWCOOKED_FAKE_FILM", str(ready) if is_ready else "")
        rawcooked_fake.install(folder, body, **options)
        return folder

    return put


@pytest.fixture
def reel(tmp_path):
    return made(tmp_path)


def made(tmp: Path) -> Path:
    reel = frames(tmp / "reel", 3)
    (reel / "notes.txt").write_text("notes\n")
    (reel / "empty.txt").touch()
    return reel


def run(tmp: Path, *reels: Path, **options):
    return cooked(tmp, *reels, engine=CookEngine.RAWCOOKED, **options)


def test_a_film_that_stands_our_proof_is_taken(tmp_path, reel, program):
    sound(reel / "sound.wav")
    folder = program(is_ready=False)
    before = tree(reel)
    report = run(tmp_path, reel)
    assert report.exit_code is ExitCode.OK, report.findings
    assert tree(reel) == before
    assert {agent.name: agent.version for agent in report.agents}["rawcooked"] == "25.12"
    result = tmp_path / "out" / "reel"
    assert sorted(path.name for path in result.iterdir()) == sorted(
        [
            *("reel.mkv", "reel.cook.json", "reel.framemd5", "source", "reel.events.jsonl"),
            *("reel.mediainfo.xml", "reel.mediatrace.xml", "reel.md5", "reel.sha256"),
            "reel.rawcooked.log",
        ]
    )
    assert json.loads((result / "reel.cook.json").read_text())["rawcooked"] == "25.12"
    assert rawcooked_fake.SUCCESS in (result / "reel.rawcooked.log").read_text()
    assert back(tmp_path, result / "reel.mkv").exit_code is ExitCode.OK
    assert not [word for word in rawcooked_fake.words(folder) if HOSTILE.search(word)]


def test_its_records_are_those_of_our_own_engine(tmp_path, reel, program):
    program()
    run(tmp_path, reel)
    cooked(tmp_path, reel, out="own", context=0, slices=4)
    for name in ("reel.framemd5", "source/reel_manifest.md5", "source/reel_manifest.sha256"):
        texts = [(tmp_path / out / "reel" / name).read_text() for out in ("out", "own")]
        assert texts[0] == texts[1]


def test_every_action_is_asked_for_and_none_that_lets_gaps_pass(tmp_path, reel, program):
    folder = program(is_ready=False)
    (reel / "large.bin").write_bytes(bytes(1024 * 1024 + 5))
    report = run(tmp_path, reel, rate="18", slices=16)
    assert report.exit_code is ExitCode.OK, report.findings
    words = rawcooked_fake.words(folder)
    assert {"--encode", "--hash", "--coherency", "--check-padding", "--check"} <= set(words)
    assert "--no-accept-gaps" in words
    assert not {"--all", "-y", "--accept-gaps"} & set(words)
    assert words[words.index("-framerate") + 1] == "18"
    assert words[words.index("-slices") + 1] == "16"
    assert int(words[words.index("-s") + 1]) > 1024 * 1024 + 5
    assert words[-1].endswith(".partial.mkv")


FAILURES = {
    "no film": "print({success!r})",
    "an empty film": "film.touch(); print({success!r})",
    "nothing said": "film.write_bytes(cooked())",
    "status 1 after success": "good(); sys.exit(1)",
    "an error after success": 'good(); print("Error: undecodable file", flush=True)',
    "an error on stderr": 'print("Error: x", file=sys.stderr, flush=True); good()',
    "a crash": "good(); os.kill(os.getpid(), signal.SIGSEGV)",
    "a log of another run": (
        'film.write_bytes(cooked()); log = film.with_suffix(".log"); log.write_text({success!r});'
        'Path(str(film) + ".log").write_text({success!r})'
    ),
}


@pytest.mark.parametrize("body", FAILURES.values(), ids=FAILURES)
def test_a_run_that_did_not_end_well_counts_for_nothing(body, tmp_path, reel, program):
    program(body.replace("{success!r}", repr(rawcooked_fake.SUCCESS)))
    report = run(tmp_path, reel, package=True)
    assert report.exit_code is ExitCode.TOOL_FAILED
    assert "rawcooked" in messages(report, "COK-ENGINE")
    assert os.listdir(tmp_path / "out") == ["reel.failed"]
    assert (tmp_path / "out/reel.failed/reel.rawcooked.log").is_file()
    assert not list((tmp_path / "out").rglob("*.mkv"))
    program()
    assert run(tmp_path, reel).exit_code is ExitCode.OK


WRONG = {
    "half a film": "content = cooked(); film.write_bytes(content[: len(content) // 2])",
    "a flipped bit": (
        "content = bytearray(cooked()); content[content.rindex(b'\\xff\\xff') - 900] ^= 1;"
        "film.write_bytes(content)"
    ),
    "no Matroska": "film.write_bytes(b'film')",
    "a frame less": (
        "top = Path(tempfile.mkdtemp()) / reel.name; shutil.copytree(reel, top);"
        "sorted(top.glob('*.dpx'))[-1].unlink(); film.write_bytes(cooked(top))"
    ),
    "a sidecar less": (
        "top = Path(tempfile.mkdtemp()) / reel.name; shutil.copytree(reel, top);"
        "(top / 'notes.txt').unlink(); film.write_bytes(cooked(top))"
    ),
    "another sidecar": (
        "top = Path(tempfile.mkdtemp()) / reel.name; shutil.copytree(reel, top);"
        "(top / 'notes.txt').write_text('other\\n'); film.write_bytes(cooked(top))"
    ),
    "another frame": (
        "top = Path(tempfile.mkdtemp()) / reel.name; shutil.copytree(reel, top);"
        "path = sorted(top.glob('*.dpx'))[1]; data = bytearray(path.read_bytes());"
        "data[5000] ^= 16; path.write_bytes(data); film.write_bytes(cooked(top))"
    ),
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_a_film_that_does_not_give_the_source_back_is_no_film(body, tmp_path, reel, program):
    program(f"{body}\nprint({rawcooked_fake.SUCCESS!r})")
    report = run(tmp_path, reel, package=True)
    assert report.exit_code is ExitCode.NOT_REVERSIBLE, report.findings
    assert os.listdir(tmp_path / "out") == ["reel.failed"]
    assert not list((tmp_path / "out").rglob("*.mkv"))


def test_one_that_hangs_is_stopped_and_no_other_of_its_name(tmp_path, reel, program):
    program("print('Analysing', flush=True); time.sleep(600)")
    colleague = tmp_path / "other" / "rawcooked"
    colleague.parent.mkdir()
    shutil.copy(shutil.which("sleep"), colleague)
    with subprocess.Popen([colleague, "600"]) as others:
        report = run(tmp_path, reel, stall=0.03)
        assert others.poll() is None
        others.kill()
    assert report.exit_code is ExitCode.TOOL_FAILED
    assert "no progress" in messages(report, "COK-ENGINE")


def test_a_slow_one_that_still_writes_is_waited_for(tmp_path, reel, program):
    body = "with film.open('ab', buffering=0) as out:\n"
    body += "    for _ in range(8):\n        out.write(b'x'); time.sleep(0.5)\n"
    program(f"{body}film.unlink()\ngood()")
    report = run(tmp_path, reel, stall=0.05)
    assert report.exit_code is ExitCode.OK, report.findings


def test_it_gets_nothing_to_read(tmp_path, reel, program):
    program("assert sys.stdin.read() == ''; good()")
    assert run(tmp_path, reel).exit_code is ExitCode.OK


@pytest.mark.parametrize("name", ['a"b', "a$(touch x)", "a`b`", "a%07d", "it's", "a\\b"])
def test_no_name_reaches_it_that_a_shell_would_read(name, tmp_path, reel, program):
    folder = program()
    place = tmp_path / name
    place.mkdir()
    reel.rename(place / "reel")
    report = cooked(place, place / "reel", engine=CookEngine.RAWCOOKED)
    assert report.exit_code is ExitCode.OK, report.findings
    assert not [word for word in rawcooked_fake.words(folder) if HOSTILE.search(word)]
    assert film_of(place).is_file()
    assert back(tmp_path, film_of(place)).exit_code is ExitCode.OK
    assert (tmp_path / "back/reel/notes.txt").is_file()


def test_a_reel_of_such_a_name_is_cooked_under_another_and_that_is_told(tmp_path, reel, program):
    folder = program(is_ready=False)
    hostile = reel.rename(tmp_path / "re$el")
    report = run(tmp_path, hostile)
    assert report.exit_code is ExitCode.OK, report.findings
    assert "restores the reel as re_el" in messages(report, "COK-ENGINE-KEEPS")
    assert not [word for word in rawcooked_fake.words(folder) if HOSTILE.search(word)]
    assert (tmp_path / "out/re$el/re$el.mkv").is_file()


def test_a_reel_whose_name_is_not_utf_8_is_cooked_under_another_and_that_is_told(
    tmp_path, reel, program
):
    folder = program(is_ready=False)
    odd = reel.rename(tmp_path / os.fsdecode(b"re\xffel"))
    report = run(tmp_path, odd)
    assert report.exit_code is ExitCode.OK, report.findings
    assert "not UTF-8; the film restores the reel as re_el" in messages(report, "COK-ENGINE-KEEPS")
    assert not [word for word in rawcooked_fake.words(folder) if HOSTILE.search(word)]
    assert film_of(tmp_path, odd.name).is_file()


@pytest.mark.parametrize("name", ["a$b.txt", '"', ".hidden", os.fsdecode(b"\xe9.txt")])
def test_a_file_that_it_would_lose_or_hand_to_a_shell_is_refused(name, tmp_path, reel, program):
    folder = program()
    (reel / name).write_text("x")
    report = run(tmp_path, reel)
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert os.fsdecode(name) in messages(report, "COK-ENGINE")
    assert not (folder / "words.txt").exists()
    assert os.listdir(tmp_path / "out") == []


def test_a_gap_is_refused_before_it_is_started(tmp_path, reel, program):
    folder = program()
    (reel / "scan_0086401.dpx").unlink()
    report = run(tmp_path, reel)
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert "COK-GAP" in codes(report)
    assert not (folder / "words.txt").exists()


def test_scans_that_it_does_not_know_are_refused_before_it_is_started(tmp_path, program):
    folder = program()
    reel = frames(tmp_path / "reel", 2)
    with wave.open(str(reel / "three.wav"), "wb") as handle:
        handle.setnchannels(3)
        handle.setsampwidth(2)
        handle.setframerate(48_000)
        handle.writeframes(bytes(6 * 4000))
    report = run(tmp_path, reel)
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert "cannot restore" in messages(report, "COK-ENGINE")
    assert not (folder / "words.txt").exists()


def test_a_source_that_changes_meanwhile_throws_the_film_away(tmp_path, reel, program):
    program("good(); (reel / 'late.txt').write_text('late')")
    report = run(tmp_path, reel)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert "COK-SOURCE" in codes(report)
    assert os.listdir(tmp_path / "out") == []


def test_what_it_says_of_licences_is_passed_on(tmp_path, reel, program):
    program("print('Warning: a license is needed for that'); good()")
    report = run(tmp_path, reel)
    assert "a license is needed" in messages(report, "COK-LICENCE")


def test_a_package_holds_its_log_and_says_who_made_the_film(tmp_path, reel, program):
    program()
    assert run(tmp_path, reel, package=True).exit_code is ExitCode.OK
    package = only(tmp_path / "out")
    assert (package / "data/logs" / f"{package.name}.mkv_rawcooked.log").is_file()
    assert "rawcooked" in (package / "data/metadata/premis.xml").read_text()


def test_a_missing_program_is_told_and_nothing_takes_its_place(tmp_path, reel, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissingError, match="rawcooked is not installed"):
        run(tmp_path, reel)
    assert not (tmp_path / "out").exists()


def test_an_older_version_is_refused(tmp_path, reel, program):
    program(version="18.10")
    with pytest.raises(ToolMissingError, match=r"21\.09 is needed"):
        run(tmp_path, reel)


def test_doctor_names_it(tmp_path, program):
    folder = program()
    report = doctor(DoctorOptions(), Context(state_dir=tmp_path / "state"))
    (check,) = [each for each in report.facts["checks"] if each["name"] == "rawcooked"]
    assert check["value"] == f"25.12, {folder / 'rawcooked'} (path)"


@pytest.mark.parametrize(
    "options",
    [{"gaps": Gaps.HOLD}, {"bad_frames": Misfits.ATTACH}, {"uncodable": Misfits.ATTACH}],
)
def test_options_that_it_cannot_fulfil_are_refused(options, tmp_path):
    with pytest.raises(ValueError, match="not for RAWcooked"):
        CookOptions(reels=(tmp_path,), destination=tmp_path, engine=CookEngine.RAWCOOKED, **options)


@pytest.mark.programs("rawcooked")
def test_an_installed_rawcooked_makes_films_that_avpres_restores(tmp_path, reel):
    sound(reel / "sound.wav", width=2)
    report = run(tmp_path, reel)
    assert report.exit_code is ExitCode.OK, report.findings
    assert back(tmp_path, film_of(tmp_path)).exit_code is ExitCode.OK
    contents = {name: found[0] for name, found in tree(tmp_path / "back" / "reel").items()}
    assert contents == {name: found[0] for name, found in tree(reel).items()}


@pytest.mark.programs("rawcooked")
@pytest.mark.parametrize("form", [{}, {"padding": -1}, {"bits": 12}, {"trailer": b"more"}])
def test_an_installed_rawcooked_checks_and_restores_films_of_avpres(form, tmp_path):
    reel = frames(tmp_path / "reel", 3, **form)
    sound(reel / "sound.wav", width=2)
    assert cooked(tmp_path, reel).exit_code is ExitCode.OK
    film = film_of(tmp_path)
    for words in (["--check", film], ["-y", film, "-o", tmp_path / "restored"]):
        done = subprocess.run(
            ["rawcooked", *words], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    restored = {path.name: path.read_bytes() for path in (tmp_path / "restored").rglob("*.*")}
    for path in reel.iterdir():
        assert restored[path.name] == path.read_bytes()
