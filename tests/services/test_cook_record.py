"""The record of a film: JSON that every program reads, exact for every name."""

import json
import os

import pytest
from cook_cases import frames, run
from scan_maker import dpx

NAME = b"r\xff\xc3\xa9el"


def odd_reel(tmp):
    reel = tmp / os.fsdecode(NAME)
    frames(reel)
    os.mkdir(os.path.join(os.fsencode(reel), b"\xe9"))
    for number in range(3):
        path = os.path.join(os.fsencode(reel), b"\xe9", b"x%02d.dpx" % number)
        with open(path, "wb") as handle:
            handle.write(dpx(48, 32, seed=number, number=number))
    return reel


def record_of(tmp, reel):
    (path,) = (tmp / "out" / reel.name).glob("*.cook.json")
    return path


def test_the_record_is_utf_8_with_exact_names_beside_those_shown(tmp_path):
    reel = odd_reel(tmp_path)
    assert run(tmp_path, reel).exit_code == 0
    text = record_of(tmp_path, reel).read_bytes().decode("utf-8")
    assert "\\udc" not in text
    told = json.loads(text)
    assert told["source"]["path"].endswith("r\\xfféel")
    names = [each["name"] for each in told["files"]]
    assert "r\\xfféel.mkv" in names
    assert all("name_base64" in each for each in told["files"])
    assert any(each["names"].startswith("\\xe9/") for each in told["tracks"])


def test_a_second_run_knows_the_result_by_its_exact_names(tmp_path):
    reel = odd_reel(tmp_path)
    assert run(tmp_path, reel).exit_code == 0
    assert run(tmp_path, reel).totals.already_there == 1
    (tmp_path / "out" / reel.name / f"{reel.name}.framemd5").unlink()
    assert run(tmp_path, reel).exit_code == 22


@pytest.mark.parametrize("is_odd", [False, True])
def test_a_record_of_before_is_read_too(tmp_path, is_odd):
    reel = odd_reel(tmp_path) if is_odd else frames(tmp_path / "reel")
    assert run(tmp_path, reel).exit_code == 0
    path = record_of(tmp_path, reel)
    told = json.loads(path.read_bytes())
    folder = tmp_path / "out" / reel.name
    sizes = {
        each.relative_to(folder).as_posix(): each.stat().st_size
        for each in folder.rglob("*")
        if each.is_file() and each != path and each.suffix not in {".md5", ".sha256"}
    }
    old = {key: value for key, value in told.items() if key != "files"} | {"files": sizes}
    path.write_text(json.dumps(old))
    assert run(tmp_path, reel).totals.already_there == 1


def test_a_record_that_is_damaged_is_no_result(tmp_path):
    reel = frames(tmp_path / "reel")
    assert run(tmp_path, reel).exit_code == 0
    path = record_of(tmp_path, reel)
    for text in ('{"name_base64": "/w=="}', '{"files": [1, {"x": 2}]}', "[" * 10_000, "{"):
        path.write_text(text)
        assert run(tmp_path, reel).exit_code == 22
