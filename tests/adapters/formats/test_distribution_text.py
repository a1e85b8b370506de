"""The account of a run on a terminal: aligned, within its width, complete."""

import pytest
from description_cases import gif, wave

from avpres.adapters.formats.distribution_text import lines
from avpres.adapters.formats.text_table import table
from avpres.domain.description import Completeness, Description
from avpres.domain.distribution import Distribution
from avpres.domain.reconciliation import Reconciliation
from avpres.domain.validity import Status


def fed(*descriptions, **options) -> Distribution:
    distribution = Distribution({"gif": "GIF", "wav": "WAVE"}, {"image/gif": "GIF"}, **options)
    for description in descriptions:
        distribution.add(description)
    return distribution


def text_of(distribution, **options) -> str:
    return "\n".join(lines(distribution, **options))


def test_the_table_says_format_status_and_totals():
    told = lines(fed(gif(), *(wave(f"{n}.wav") for n in range(1234))))
    rows = [line.split() for line in told]
    assert ["WAVE", "1,234", "1,234", "-"] in rows
    assert ["GIF", "1", "-", "1"] in rows
    assert ["All", "1,235", "1,234", "1"] in rows
    assert ["Sound", "1,234", "files", "2.3", "GiB"] in rows
    assert ["Unsound", "1", "file", "4.2", "KiB"] in rows


@pytest.mark.parametrize("width", [40, 80, 100, 120, 200])
def test_no_table_is_wider_than_the_terminal(width):
    statuses = list(Status)
    files = [
        gif(f"{n}.gif", format=f"A format with a name that goes on and on {n}", status=status)
        for n in range(20)
        for status in statuses
    ]
    told = lines(fed(*files), width=width)
    assert max(map(len, told)) <= min(max(width, 80), 120)
    assert width > 80 or any("…" in line for line in told)


def test_the_columns_stand_below_each_other():
    told = list(table(["Name", "Files", "Well-Formed and valid"], [["a", "1", "22"]], 80))
    assert {len(line) for line in told[-2:]} == {len(told[-1])}
    assert told[-1].endswith("22")
    assert told[-3].endswith("valid")


def test_names_and_content_are_compared_and_the_manifest_only_if_there_is_one():
    distribution = fed(gif("a.wav"), wave("b.wav"))
    assert "By declared type" not in text_of(distribution, width=120)
    rows = [line.split() for line in lines(distribution)]
    assert ["WAVE", "2", "1", "1"] in rows
    assert ["GIF", "-", "1", "-"] in rows
    distribution.declare("image/gif")
    assert "By declared type" in text_of(distribution, width=120)
    assert ["GIF", "-", "1", "1", "-"] in [line.split() for line in lines(distribution)]


def test_the_sets_of_a_manifest_are_named():
    sets = Reconciliation(present=9000, missing=12, extra=1)
    sets.missing_names = [f"m{number}" for number in range(12)]
    sets.extra_names = ["line\nbreak"]
    told = text_of(fed(gif()), reconciliation=sets, shown=10)
    assert "9,012 listed, 9,000 of them present, 12 missing; 1 extra" in told
    assert "missing  m9\n" in told
    assert "missing  and 2 more" in told
    assert r"extra    line\nbreak" in told


def test_what_needs_attention_says_what_where_and_how_much_more():
    told = text_of(fed(gif(), Description("no\x1b[31m.bin", error="permission denied"), wave()))
    assert "What needs attention: 2 files (1 unreadable, 1 not well-formed)" in told
    assert r"unreadable: no\x1b[31m.bin" in told
    assert "GIF-CUT at byte 4,321: the file ends inside of a picture (and 30 more)" in told
    assert "GIF-CUT, 1 file: the file ends inside of a picture" in told


def test_what_a_sound_file_lacks_is_said():
    lacking = Completeness("drs-2005", ("charset",), ("charset",))
    told = text_of(fed(wave(completeness=lacking)))
    assert "lacks charset" in told
    assert "charset (1)" in told


def test_the_long_tail_is_one_line():
    told = text_of(fed(*(wave(f"{n}.wav", format=f"f{n}") for n in range(100))))
    assert "60 formats more" in told


def test_a_run_over_nothing_says_so():
    assert lines(Distribution()) == ["no files"]


def test_a_run_in_which_all_is_well_has_no_list_of_trouble():
    told = text_of(fed(wave()))
    assert "needs attention" not in told
    assert "Most said" not in told
