"""A distribution counts every file once, tells names from content, and does not grow."""

import pytest

from avpres.domain.attention import Attentions, Reason, reason_of
from avpres.domain.description import Completeness, Description
from avpres.domain.distribution import (
    EMPTY,
    PLAIN_TEXT,
    UNIDENTIFIED,
    Distribution,
    extension_of,
)
from avpres.domain.severity import Severity
from avpres.domain.tally import OTHER, Tally
from avpres.domain.validity import Impact, Message, Status
from avpres.domain.verdict import Soundness

EXTENSIONS = {"tif": "TIFF", "tiff": "TIFF", "jpg": "JPEG", "html": "HTML"}
TYPES = {"image/tiff": "TIFF", "image/jpeg": "JPEG"}
CUT = Message("TIFF-CUT", Severity.ERROR, "cut", 9, None, Impact.NOT_WELL_FORMED)


def file(path: str, format: str = "TIFF", status: Status = Status.VALID, **given) -> Description:
    return Description(path, format=format, status=status, **({"size": 10} | given))


def fed(*descriptions: Description, **options) -> Distribution:
    distribution = Distribution(EXTENSIONS, TYPES, **options)
    for description in descriptions:
        distribution.add(description)
    return distribution


def test_formats_are_told_apart_by_status():
    told = fed(
        file("a.tif"),
        file("b.tif", size=30),
        file("c.tif", status=Status.NOT_WELL_FORMED),
        file("d.jpg", "JPEG", Status.NOT_VALID),
    )
    rows = dict(told.formats())
    assert list(rows) == ["TIFF", "JPEG"]
    assert rows["TIFF"].statuses[Status.VALID].files == 2
    assert rows["TIFF"].statuses[Status.VALID].size == 40
    assert rows["TIFF"].total.files == 3
    assert told.statuses()[Status.NOT_VALID].files == 1
    assert (told.total.files, told.total.size) == (4, 60)


def test_each_file_is_of_one_class_and_incomplete_beside():
    lacking = Completeness("p", ("bits",), ("bits", "charset"))
    told = fed(
        file("a.tif", completeness=lacking),
        file("b.tif", status=Status.NOT_VALID, completeness=lacking),
        file("c.doc", "Word", Status.UNKNOWN),
        file("d.tif", size=0),
        file("e.tif", error="I/O error"),
    )
    assert {kind: count.files for kind, count in told.classes.items()} == dict.fromkeys(
        Soundness, 1
    )
    assert told.incomplete.files == 2
    assert told.missing["charset"].files == 2


def test_names_manifest_and_content_are_compared():
    told = fed(
        file("a.tif"),
        file("b.TIFF", status=Status.NOT_WELL_FORMED),
        file("c.jpg"),  # a TIFF by another name
        file("d.txt", "ASCII"),
        file("e", "UTF-8"),
        file("f.html", "XHTML"),
        file("g.doc", "Word", Status.UNKNOWN),
        file("h.tif", size=0),
        file("i.jpg", "", Status.UNKNOWN),
    )
    for type in ("image/tiff", "image/TIFF; x=1", "TIFF", "jpg", "text/plain", "audio/x-odd"):
        told.declare(type)
    kinds = {name: (c.by_extension, c.declared, c.found, c.validated) for name, c in told.kinds()}
    assert kinds == {
        "TIFF": (3, 3, 3, 2),
        "JPEG": (2, 1, 0, 0),
        PLAIN_TEXT: (1, 1, 2, 2),
        "HTML": (1, 0, 1, 1),
        OTHER: (2, 1, 1, 0),
        EMPTY: (0, 0, 1, 0),
        UNIDENTIFIED: (0, 0, 1, 0),
    }
    assert set(list(kinds)[-3:]) == {EMPTY, UNIDENTIFIED, OTHER}


def test_messages_are_counted_with_those_that_were_cut_off():
    many = file("a.tif", status=Status.NOT_WELL_FORMED, messages=[CUT], counts={"TIFF-CUT": 500})
    odd = Message("A-ODD", Severity.WARNING, "odd")
    told = fed(many, file("b.tif", messages=[CUT, CUT, odd]), file("c.tif", messages=[odd] * 3))
    findings = dict(told.findings())
    assert list(findings) == ["TIFF-CUT", "A-ODD"]
    assert (findings["TIFF-CUT"].files, findings["TIFF-CUT"].messages) == (2, 502)
    assert (findings["A-ODD"].files, findings["A-ODD"].messages) == (2, 4)


def test_memory_does_not_grow_with_names_that_never_end():
    told = Distribution(EXTENSIONS, TYPES, keys=50, attention=20)
    for number in range(3000):
        message = Message(f"X-{number}", Severity.ERROR, "bad", None, None, Impact.NOT_VALID)
        lacking = Completeness("p", (), (f"p{number}",))
        described = file(
            f"a.e{number}",
            f"format {number}",
            Status.NOT_VALID,
            messages=[message],
            completeness=lacking,
            validator=f"v {number}",
        )
        told.add(described)
        told.declare(f"type/{number}")
    for keys in (told.extensions, told.declared, told.missing, told.validators):
        assert len(keys) == 51
        assert sum(count.files for _, count in keys) == 3000
    formats = list(told.formats())
    assert len(formats) == 51
    assert formats[-1][0] == OTHER
    assert sum(row.total.files for _, row in formats) == 3000
    assert len(list(told.findings())) == 51
    assert told.attention.total == 3000
    assert len(list(told.attention.rows())) == 20


def test_other_is_last_in_a_tally_however_much_it_holds():
    tally = Tally(limit=1)
    for key in ("a", "b", "c", "c"):
        tally.add(key, 5)
    assert [(key, count.files, count.size) for key, count in tally] == [
        ("a", 1, 5),
        (OTHER, 3, 15),
    ]
    assert tally["absent"].files == 0


@pytest.mark.parametrize(
    ("description", "reason"),
    [
        (file("a"), None),
        (file("a", status=Status.UNKNOWN), Reason.UNKNOWN),
        (file("a", status=Status.UNKNOWN, messages=[CUT]), Reason.UNDECIDED),
        (file("a", error="I/O error"), Reason.UNREADABLE),
        (file("a", status=Status.NOT_VALID), Reason.INVALID),
        (file("a", status=Status.NOT_WELL_FORMED), Reason.BROKEN),
        (file("a", size=0), Reason.EMPTY),
        (file("a", completeness=Completeness("p", ("x",), ("x",))), Reason.INCOMPLETE),
    ],
)
def test_a_file_needs_attention_for_its_gravest_reason(description, reason):
    assert reason_of(description) is reason


def test_the_gravest_reasons_come_first_and_all_are_counted():
    attention = Attentions(kept=2)
    for number in range(5):
        attention.add(file(f"invalid {number}", status=Status.NOT_VALID))
        attention.add(file(f"broken {number}", status=Status.NOT_WELL_FORMED, messages=[CUT]))
        attention.add(file(f"fine {number}"))
    assert attention.total == 10
    assert attention.counts == {Reason.INVALID: 5, Reason.BROKEN: 5}
    names = [row.path for row in attention.rows()]
    assert names == ["broken 0", "broken 1", "invalid 0", "invalid 1"]
    assert len(list(attention.rows(3))) == 3


def test_a_row_has_the_message_that_decided_and_counts_the_rest():
    odd = Message("A-ODD", Severity.WARNING, "odd", 1)
    attention = Attentions()
    attention.add(file("a", status=Status.NOT_WELL_FORMED, messages=[odd, CUT]))
    (row,) = attention.rows()
    assert (row.id, row.text, row.offset, row.more) == ("TIFF-CUT", "cut", 9, 1)


@pytest.mark.parametrize(
    ("path", "extension"),
    [("a/b.TIF", "tif"), ("a.d/b", ""), (".profile", ""), ("a.tar.gz", "gz"), ("a.", "")],
)
def test_extensions(path, extension):
    assert extension_of(path) == extension
