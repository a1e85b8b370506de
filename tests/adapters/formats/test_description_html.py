"""The page of a collection: whole by itself, safe for any name, exact in its counts."""

import io

import pytest
from description_cases import DESCRIPTIONS, gif, wave
from html_page import Page
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avpres.adapters.formats.description_html import BEGINNING, Further, Records, write_html
from avpres.domain.attention import ADVICE, Reason
from avpres.domain.description import Completeness, Description
from avpres.domain.distribution import Distribution
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.reconciliation import Reconciliation
from avpres.domain.validity import Status


def fed(*descriptions: Description) -> Distribution:
    distribution = Distribution({"gif": "GIF", "wav": "WAVE"}, {"image/gif": "GIF"})
    for description in descriptions:
        distribution.add(description)
    return distribution


def source_of(report, distribution, *further, **options) -> str:
    handle = io.BytesIO()
    write_html(handle, report, distribution, *further, **options)
    assert handle.getvalue().startswith(BEGINNING)
    return handle.getvalue().decode("utf-8")


def page_of(*given, **options) -> Page:
    return Page(source_of(*given, **options))


def test_the_page_says_what_there_is_and_what_is_wrong(make_report):
    report = make_report(command="characterise", exit_code=ExitCode.NOT_CONFORMANT)
    files = fed(gif(), *(wave(f"{n}.wav") for n in range(1500)))
    page = page_of(report, files)
    for words in ("Needs attention", "1,501", "station-3", "Anna Ó Briain", "1.2.3", "GIF-CUT"):
        assert words in page.text
    assert ["Well-Formed and valid", "1,500", "> 99.9 %", "2.8 GiB"] in page.rows
    assert ["Not well-formed", "1", "< 0.1 %", "4.2 KiB"] in page.rows
    assert ["WAVE", "", "1,500", "2.8 GiB", "1,500", "0"] in page.rows
    assert ["Not well-formed", "1", ADVICE[Reason.BROKEN]] in page.rows
    assert ["avpres", "0.1.0", "validated", "1,501"] in page.rows
    (row,) = (row for row in page.rows if row[0] == "a.gif/scans")
    assert row[1:4] == ["GIF", "4.2 KiB", "4,321"]
    assert row[4] == "GIF-CUT the file ends inside of a picture and 30 more"


def test_nothing_is_fetched_and_nothing_runs(make_report):
    page = page_of(make_report(), fed(gif(), wave(), Description("x")))
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "base", "form", "use"}
    for _, attributes in page.tags:
        assert not {"src", "srcset", "data", "xlink:href"} & set(attributes)
        assert not any(key.startswith("on") for key in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    policy = next(a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'")


def test_every_link_leads_somewhere(make_report):
    files = fed(gif(), Description("x"), Description("y", error="no"))
    page = page_of(make_report(), files)
    links = {a["href"].removeprefix("#") for tag, a in page.tags if tag == "a"}
    assert links
    assert links <= {a.get("id") for _, a in page.tags}


def test_charts_are_hidden_from_readers_that_have_the_table(make_report):
    page = page_of(make_report(), fed(gif(), wave()))
    charts = [a for tag, a in page.tags if tag == "svg"]
    assert charts
    assert all(a["aria-hidden"] == "true" for a in charts)


def test_the_bar_is_as_long_as_its_files_are_many(make_report):
    files = [wave(f"{n}.wav") for n in range(3)] + [wave("x", status=Status.NOT_VALID)]
    page = page_of(make_report(), fed(*files))
    bars = [a["width"] for tag, a in page.tags if tag == "rect" and a.get("height") == "10"]
    assert bars[:2] == ["750", "250"]


@settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(DESCRIPTIONS, max_size=4))
def test_whatever_is_described_the_page_is_whole(make_report, descriptions):
    page = page_of(make_report(), fed(*descriptions))
    assert not any(tag == "script" for tag, _ in page.tags)


EVIL = "</td><script>alert(1)</script>\"'&\n\x1b[31m\udcff\u202e"


def test_no_name_becomes_part_of_the_page(make_report):
    described = gif(
        EVIL,
        root=EVIL,
        format=EVIL,
        validator=EVIL,
        completeness=Completeness(EVIL, (EVIL,), (EVIL,)),
    )
    lost = Description("x." + EVIL, error=EVIL)
    files = fed(described, lost)
    files.declare(EVIL)
    sets = Reconciliation(missing=1, extra=1, missing_names=[EVIL], extra_names=[EVIL])
    records = Records(EVIL, Digest(Algorithm.SHA256, "ab" * 32))
    source = source_of(make_report(), files, Further(sets, records))
    assert "<script" not in source
    assert not set("\x1b\u202e") & set(source)
    assert r"\xff" in Page(source).text


def test_the_list_is_cut_and_the_counts_are_exact(make_report):
    broken = [gif(f"broken {n}") for n in range(20)]
    empty = [Description(f"empty {n}") for n in range(5)]
    page = page_of(make_report(), fed(*broken, *empty), limit=15)
    assert sum(row[0].startswith("broken") for row in page.rows) == 15
    assert not any(row[0].startswith("empty ") for row in page.rows)
    assert "The first 15 are listed here; the records hold every one." in page.text
    assert "None is listed here; the records hold every one." in page.text
    assert ["Empty", "5", ADVICE[Reason.EMPTY]] in page.rows


def test_the_manifest_and_the_records_are_told(make_report):
    sets = Reconciliation(present=9, missing=2, extra=1, missing_names=["a"], extra_names=["b"])
    records = Records("files.jsonl", Digest(Algorithm.SHA256, "ab" * 32))
    page = page_of(make_report(), fed(wave()), Further(sets, records))
    assert ["Listed", "11", "in the manifest"] in page.rows
    assert ["Missing", "2", "listed, and not there"] in page.rows
    assert "The first 1 are shown." in page.text
    assert "files.jsonl" in page.text
    assert "sha256 " + "ab" * 32 in page.text


def test_names_are_compared_with_content_and_with_the_manifest(make_report):
    files = fed(gif(), wave("b.gif"))
    assert ["GIF", "2", "1", "0"] in page_of(make_report(), files).rows
    files.declare("image/gif")
    assert ["GIF", "2", "1", "1", "0"] in page_of(make_report(), files).rows


def test_rare_formats_are_the_long_tail(make_report):
    files = fed(*(wave(f"{n}.wav", format=f"format {n:02}") for n in range(40)))
    page = page_of(make_report(), files)
    assert "The long tail (15)" in page.text
    assert ["format 39", "1", "1.9 MiB", "1"] in page.rows


@pytest.mark.parametrize(
    ("descriptions", "fields", "word"),
    [
        ([wave()], {}, "All sound"),
        ([wave(), wave("x.doc", status=Status.UNKNOWN)], {}, "Needs attention"),
        ([wave(), Description("empty")], {}, "No fault found"),
        ([wave(completeness=Completeness("p", ("x",), ("x",)))], {}, "Needs attention"),
        ([gif()], {}, "Needs attention"),
        ([wave()], {"exit_code": ExitCode.INCOMPLETE}, "Needs attention"),
        ([wave()], {"ended": None}, "Unfinished"),
        ([], {}, "No fault found"),
    ],
)
def test_the_verdict_is_never_better_than_the_files(make_report, descriptions, fields, word):
    page = page_of(make_report(**fields), fed(*descriptions))
    assert word in page.text
    assert ("All sound" in page.text) == (word == "All sound")


def test_what_is_not_all_is_never_called_all(make_report):
    files = fed(*(wave(f"{n}.wav") for n in range(5000)), gif())
    page = page_of(make_report(), files)
    assert "> 99.9 %" in page.text
    assert "100.0 %" not in page.text
