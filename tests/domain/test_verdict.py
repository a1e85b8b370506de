"""Each file is of one class, and the message shown of it is the one that decided."""

import pytest

from avpres.domain.description import Completeness, Description
from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Message, Status
from avpres.domain.verdict import (
    Soundness,
    amounts,
    decisive,
    first_error,
    is_incomplete,
    soundness,
)

WARNING = Message("A-W", Severity.WARNING, "odd", 1)
ERROR = Message("A-E", Severity.ERROR, "wrong", 2, None, Impact.NOT_VALID)
BROKEN = Message("A-B", Severity.ERROR, "cut", 3, None, Impact.NOT_WELL_FORMED)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        (Description("a", size=1, status=Status.VALID), Soundness.SOUND),
        (Description("a", size=1, status=Status.WELL_FORMED), Soundness.SOUND),
        (Description("a", size=1, status=Status.NOT_VALID), Soundness.UNSOUND),
        (Description("a", size=1, status=Status.NOT_WELL_FORMED), Soundness.UNSOUND),
        (Description("a", size=1), Soundness.UNKNOWN),
        (Description("a"), Soundness.EMPTY),
        (Description("a", error="permission denied"), Soundness.UNREADABLE),
        (Description("a", size=9, status=Status.VALID, error="I/O"), Soundness.UNREADABLE),
    ],
)
def test_a_file_is_of_one_class(description, expected):
    assert soundness(description) is expected


def test_a_missing_property_makes_a_file_incomplete_and_not_unsound():
    described = Description("a", size=1, status=Status.VALID)
    described.completeness = Completeness("p", ("bits",), ("bits",))
    assert is_incomplete(described)
    assert soundness(described) is Soundness.SOUND
    assert not is_incomplete(Description("a", completeness=Completeness("p", ("bits",))))
    assert not is_incomplete(Description("a"))


def test_what_broke_the_file_is_shown_before_what_came_first():
    described = Description("a", messages=[WARNING, ERROR, BROKEN])
    assert decisive(described) is BROKEN
    assert first_error(described) is ERROR
    assert decisive(Description("a")) is None
    assert first_error(Description("a", messages=[WARNING])) is None


def test_messages_beyond_the_kept_ones_are_counted():
    described = Description("a", messages=[WARNING, WARNING, ERROR], counts={"A-W": 70})
    assert amounts(described) == {Severity.WARNING: 70, Severity.ERROR: 1}
