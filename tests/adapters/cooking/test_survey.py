"""What an assessment keeps of files, on disk."""

import pytest

from avpres.adapters.cooking.survey import Survey
from avpres.adapters.cooking.surveyed import Claims, File, Form
from avpres.domain.reel import Role, numbered

FORM = Form("bits 10", "DPX", "24", "24", "", "", "21.09")


@pytest.fixture
def survey():
    made = Survey()
    yield made
    made.close()


def add(survey, path, form=FORM, role=Role.FRAME, **claims):
    file = File(path, 10, 1, 2, 2**64 - 1, role, "DPX", "")
    survey.add(file, numbered(path) if role is not Role.ATTACHED else None, form, Claims(**claims))


def test_frames_come_back_by_number_whatever_their_names(survey):
    for path in (b"a/10.dpx", b"a/11.dpx", b"a/9.dpx"):
        add(survey, path, position=5)
    survey.complete()
    (run,) = survey.runs()
    assert [row.path for row in survey.rows(run)] == [b"a/9.dpx", b"a/10.dpx", b"a/11.dpx"]
    assert (run.star, run.folder, run.frames, run.lacking) == (b"a/*.dpx", b"a", 3, 0)
    assert (run.first, run.last, run.first_digits) == (9, 11, b"9")


def test_a_broken_frame_bears_its_number_and_is_no_frame(survey):
    for number in (1, 2, 4):
        form = None if number == 2 else FORM
        add(survey, b"%d.dpx" % number, form, Role.FRAME if form else Role.OPAQUE)
    survey.complete()
    (run,) = survey.runs()
    assert (run.frames, run.lacking, run.size) == (2, 1, 20)


def test_the_commonest_form_is_the_usual_one(survey):
    other = FORM._replace(traits="bits 16")
    for number in range(1, 6):
        add(survey, b"%d.dpx" % number, other if number == 1 else FORM)
    survey.complete()
    (run,) = survey.runs()
    number, example = survey.usual(run)
    assert (survey.form(number), example) == (FORM, b"2.dpx")
    assert dict(survey.forms(run)) == {b"1.dpx": other, b"2.dpx": FORM}


def test_signatures_of_any_size_come_back(survey):
    add(survey, b"1.dpx")
    survey.complete()
    assert next(survey.files()).inode == 2**64 - 1


def test_names_that_differ_in_case_or_form_are_twins(survey):
    for path in (b"A.txt", b"a.txt", "caf\u00e9".encode(), "cafe\u0301".encode(), b"\xff"):
        add(survey, path, None, Role.ATTACHED)
    survey.complete()
    assert len(survey.twins(9)) == 2


def test_names_are_ticked_once_and_the_rest_is_counted(survey):
    for number in range(4):
        add(survey, b"%d.dpx" % number)
    survey.complete()
    assert survey.tick(b"1.dpx") == 10
    assert survey.tick(b"none.dpx") is None
    assert survey.unlisted(1) == (3, [b"0.dpx"])
    assert survey.unlisted(1)[0] == 4
