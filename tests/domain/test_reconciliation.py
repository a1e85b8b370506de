"""Every path is in one set: listed and there, missing, or extra."""

from hypothesis import given
from hypothesis import strategies as st

from avpres.domain.manifest import nfc
from avpres.domain.reconciliation import Entry, Match, Place, Reconciliation, order, reconcile

PATHS = st.lists(st.sampled_from(["a", "a.b", "a/b", "b", "\udcff", "é", "e\u0301", "z"]))


def matched(listed, found):
    left = sorted((Entry(path, f"type of {path}") for path in listed), key=order)
    right = sorted((Entry(path, f"format of {path}") for path in found), key=order)
    return list(reconcile(left, right))


def test_what_is_listed_there_missing_and_extra_is_told_apart():
    assert matched(["a", "b", "d"], ["b", "c", "d"]) == [
        Match(Place.MISSING, "a", "type of a"),
        Match(Place.PRESENT, "b", "type of b", "format of b"),
        Match(Place.EXTRA, "c", "", "format of c"),
        Match(Place.PRESENT, "d", "type of d", "format of d"),
    ]


def test_a_name_in_another_unicode_form_is_the_same_name():
    assert matched(["caf\u00e9"], ["cafe\u0301"]) == [
        Match(Place.PRESENT, "cafe\u0301", "type of caf\u00e9", "format of cafe\u0301")
    ]


def test_names_that_differ_only_in_form_are_two_where_both_are_there():
    matches = matched(["\u00e9"], ["\u00e9", "e\u0301"])
    assert [(m.place, m.path) for m in matches] == [
        (Place.PRESENT, "\u00e9"),
        (Place.EXTRA, "e\u0301"),
    ]


@given(PATHS, PATHS)
def test_the_sets_are_those_of_set_theory(listed, found):
    sets = Reconciliation()
    matches = matched(listed, found)
    for match in matches:
        sets.add(match)
    assert len({(m.place, m.path) for m in matches}) == len(matches)
    assert sets.present + sets.extra == len(set(found))
    assert sets.listed == len(set(listed))
    plain_listed = {nfc(path) for path in listed}
    plain_found = {nfc(path) for path in found}
    assert {nfc(m.path) for m in matches if m.place is Place.PRESENT} == plain_listed & plain_found
    assert plain_listed - plain_found <= {nfc(path) for path in sets.missing_names}
    assert plain_found - plain_listed <= {nfc(path) for path in sets.extra_names}


def test_names_are_kept_up_to_a_limit_and_counted_beyond():
    sets = Reconciliation(kept=2)
    for number in range(5):
        sets.add(Match(Place.MISSING, f"m{number}"))
        sets.add(Match(Place.EXTRA, f"e{number}"))
    assert (sets.missing, sets.missing_names) == (5, ["m0", "m1"])
    assert (sets.extra, sets.extra_names) == (5, ["e0", "e1"])


def test_neither_side_is_held():
    def endless(prefix):
        number = 0
        while True:
            number += 1
            yield Entry(f"{prefix}{number:09d}")

    matches = reconcile(endless("a"), endless("b"))
    assert [next(matches).place for _ in range(1000)] == [Place.MISSING] * 1000
