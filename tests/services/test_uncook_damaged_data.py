"""Damage in the data that give files back: told, and never the end of all that is sound."""

import clip_maker as make
import pytest
from cook_cases import back, codes, film_of, frames, messages, run, sound, tree

from avpres.adapters.reversible import elements as e
from avpres.adapters.reversible.walking import walk
from avpres.adapters.reversible.window import Window
from avpres.config.verify import VerifyOptions
from avpres.services.context import Context
from avpres.services.reversible.opening import open_cooked
from avpres.services.verify import verify


@pytest.fixture(scope="module")
def cooked(tmp_path_factory):
    place = tmp_path_factory.mktemp("cooked")
    reel = frames(place / "reel", 2)
    sound(reel / "sound.wav", 1000)
    (reel / "a note.txt").write_bytes(b"of the scanner")
    (reel / "b note.txt").write_bytes(b"of the archive")
    (reel / "empty").mkdir()
    assert run(place, reel).exit_code == 0
    return place


def spans(film, id_):
    """Give where the elements of a kind stand in the data of a film."""
    with open_cooked(film) as opened, film.open("rb") as handle:
        begin, size = opened.span
        window = Window(handle, begin, size)
        return [
            (found.start, found.end)
            for found in walk(window, opened.data.start, begin + size)
            if found.id == id_
        ]


def damaged(film, tmp, place, bits=0xFF):
    data = bytearray(film.read_bytes())
    data[place] ^= bits
    path = tmp / "damaged.mkv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", [e.ATTACHMENT, e.FOLDER, e.TRACK, e.BLOCK])
def test_what_is_damaged_costs_itself_alone(tmp_path, cooked, kind):
    begin, end = spans(film_of(cooked), kind)[-2:][0]
    sources = tree(cooked / "reel")
    for number, place in enumerate(range(begin, end, max(1, (end - begin) // 4))):
        film = damaged(film_of(cooked), tmp_path, place)
        report = back(tmp_path, film, out=f"back {number}")
        assert report.exit_code == 10, report.findings
        restored = {name: each[0] for name, each in tree(tmp_path / f"back {number}").items()}
        whole = sum(restored.get(b"reel/" + name) == each[0] for name, each in sources.items())
        assert whole >= len(sources) - (3 if kind == e.TRACK else 1)


def test_a_name_that_is_another_is_told(tmp_path, cooked):
    begin, end = spans(film_of(cooked), e.ATTACHMENT)[0]
    data = film_of(cooked).read_bytes()
    place = data.index(b"a note", begin, end)
    report = back(tmp_path, damaged(film_of(cooked), tmp_path, place, 0x02))
    assert (tmp_path / "back/reel/c note.txt").read_bytes() == b"of the scanner"
    assert "a name or a time may be another" in messages(report, "UNC-DATA")
    assert report.exit_code == 10
    assert "see the findings" in report.summary


def test_parts_of_a_file_that_is_not_listed_are_no_proof(tmp_path):
    reel = tmp_path / "reel"
    reel.mkdir()
    (reel / "tape.avi").write_bytes(make.avi())
    assert run(tmp_path, reel).exit_code == 0
    begin, end = spans(film_of(tmp_path), e.ATTACHMENT)[0]
    place = film_of(tmp_path).read_bytes().index(b"tape", begin, end)
    film = damaged(film_of(tmp_path), tmp_path, place, 0x02)
    text = "tape.avi (all of its parts) cannot come back: the film holds parts of it"
    proof = verify(VerifyOptions(paths=(film,)), Context(state_dir=tmp_path / "state"))
    assert text in messages(proof, "REV-LOST")
    restored = back(tmp_path, film)
    assert "tape.avi: is not in the film (the film holds parts" in messages(restored, "UNC-LOST")
    assert codes(restored) >= {"UNC-DATA", "UNC-LOST"}
