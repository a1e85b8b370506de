"""The judgement of one path: the quick way says nothing that the long way would not say."""

from hypothesis import given
from hypothesis import strategies as st

from avpres.adapters.formats.report_json import file_from_json
from avpres.domain.fixity import Algorithm, Digest, Evidence, pack
from avpres.services.fixity.judging import Brief, Verdict, _brief, _judge
from avpres.services.fixity.lines import Lines

digest = st.builds(
    Digest,
    st.sampled_from([Algorithm.MD5, Algorithm.SHA1]),
    st.sampled_from(["0" * 32, "1" * 32]),
)
digests = st.lists(digest, max_size=2).map(pack)
readings = st.tuples(
    st.sampled_from([5, 6]),
    st.lists(digest, max_size=2, unique_by=lambda each: each.algorithm).map(pack),
    st.sampled_from([None, "direct", "evicted", "unknown", "cached"]),
    st.sampled_from([None, "input/output error"]),
)
nothing = st.just((None, None, None, None))


@st.composite
def paths(draw):
    """Draw the rows of one path: its entries, and what was found of it."""
    name = draw(st.sampled_from([(None, None), (0, 5), (2, 6)]))
    read = draw(readings | nothing)
    rest = (draw(st.none() | digests), draw(st.sampled_from([None, b"other"])))
    cells = st.just(read[1] or "") | digests
    entries = draw(st.lists(st.tuples(cells, st.sampled_from([None, 5, 9])), min_size=1))
    return [
        (b"a", 1, number, cell, size, *name, *read, *rest)
        for number, (cell, size) in enumerate(entries)
    ]


@given(paths())
def test_a_brief_judgement_is_the_long_one(rows):
    brief = _brief(rows)
    if brief is None:
        return
    long, short = _judge(rows), brief.judgement()
    assert long.verdict is short.verdict is Verdict.VERIFIED
    assert (long.path, long.size, long.error) == (short.path, short.size, short.error)
    assert (long.found, long.evidence) == (short.found, short.evidence)
    assert not long.is_contradicted


def test_one_entry_that_was_read_as_listed_is_brief():
    cell = pack([Digest(Algorithm.MD5, "0" * 32)])
    row = (b"a", 1, 0, cell, None, 0, 5, 5, cell, "evicted", None, None, None)
    assert _brief([row]) == Brief(b"a", Verdict.VERIFIED, 5, cell, "evicted")


@given(
    path=st.binary(min_size=1, max_size=20).filter(lambda raw: not {0, 47} & set(raw)),
    cell=digests.filter(lambda cell: len({word.split(":")[0] for word in cell.split()}) == 1),
    evidence=st.sampled_from([None, *Evidence]),
)
def test_the_quick_line_is_the_long_one(path, cell, evidence):
    lines = Lines("/tree \udcff")
    brief = Brief(path, Verdict.VERIFIED, 5, cell.split()[0], evidence)
    quick = lines.brief(brief, "verified")
    assert file_from_json(quick) == file_from_json(lines.full(brief.judgement(), "verified"))
