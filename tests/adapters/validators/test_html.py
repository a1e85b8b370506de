from pathlib import Path

import pytest
from documents import HTML, ids, look, look_at_file, seconds
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.validators.source import WHOLE
from avpres.domain.formats import Format
from avpres.domain.validity import Status

BROKEN, INVALID, OPEN = Status.NOT_WELL_FORMED, Status.NOT_VALID, Status.WELL_FORMED
END = len(HTML.rstrip())
PARTS = (
    b"< > </ <!-- --> <!doctype <![CDATA[ ]]> <svg <p <td <table <script <title <body <html <a / = "
    b"\" ' x <plaintext <? &lt; </p </svg </html <br <li <select <option"
).split()
OLD = b"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"
 "http://www.w3.org/TR/html4/loose.dtd">
<HTML><HEAD><TITLE>Reels</TITLE></HEAD><BODY BGCOLOR=white>
<CENTER><FONT FACE="Arial">one<P>two</FONT></CENTER>
<TABLE BORDER><TR><TD NOWRAP>1<TD>2</TABLE><HR NOSHADE></BODY></HTML>
"""


def broken_by(old: bytes, new: bytes) -> set[str]:
    assert old in HTML
    return ids(look(HTML.replace(old, new, 1), Format.HTML)) - {"HTML-NOT-CHECKED"}


def test_sound_html_is_well_formed_and_never_called_valid() -> None:
    exam = look(HTML, Format.HTML)
    assert exam.status is OPEN
    assert ids(exam) == {"HTML-NOT-CHECKED"}


def test_html_is_described() -> None:
    exam = look(HTML, Format.HTML)
    text = exam.technical.text
    assert text is not None
    assert (exam.version, text.markup, text.markup_version) == ("5", "HTML", "5")
    assert (text.charset, text.language, text.line_break) == ("UTF-8", "en", "LF")
    assert exam.technical.properties["title"] == "Reels &amp; cans"
    assert exam.technical.properties["encoding_basis"] == "declared in meta"


@pytest.mark.parametrize(
    ("public", "version", "profile"),
    [
        (b"-//W3C//DTD HTML 4.01//EN", "4.01", "Strict"),
        (b"-//W3C//DTD HTML 4.01 Transitional//EN", "4.01", "Transitional"),
        (b"-//W3C//DTD HTML 4.0 Frameset//EN", "4.0", "Frameset"),
        (b"-//W3C//DTD HTML 3.2 Final//EN", "3.2", ""),
        (b"-//IETF//DTD HTML 2.0//EN", "2.0", ""),
        (b"-//W3C//DTD XHTML 1.0 Strict//EN", "XHTML 1.0", "Strict"),
        (b"-//Other//DTD Words//EN", "", ""),
    ],
)
def test_older_versions_are_known_by_their_document_types(
    public: bytes, version: str, profile: str
) -> None:
    data = OLD.replace(b"-//W3C//DTD HTML 4.01 Transitional//EN", public)
    exam = look(data, Format.HTML)
    assert (exam.version, exam.profile) == (version, profile)


def test_html_of_1999_has_errors_only_where_it_has() -> None:
    assert ids(look(OLD, Format.HTML)) == {"HTML-NOT-CHECKED"}
    wrong = OLD.replace(b"</FONT></CENTER>", b"</CENTER></FONT>")
    assert {"HTML-UNCLOSED-ELEMENT", "HTML-STRAY-END-TAG"} <= ids(look(wrong, Format.HTML))


@pytest.mark.parametrize("length", [*range(1, END, 9), END - 1])
def test_cut_html_is_not_well_formed(length: int) -> None:
    assert look(HTML[:length], Format.HTML).status is BROKEN


@pytest.mark.parametrize(
    ("end", "id"),
    [
        (b"<h1", "HTML-EOF-IN-TAG"),
        (b"<!-- a <com", "HTML-EOF-IN-COMMENT"),
        (b"<script>if", "HTML-EOF-IN-TEXT"),
        (b"<!DOCTYPE ht", "HTML-EOF-IN-DOCTYPE"),
        (b"<a href=x>link", "HTML-UNCLOSED-AT-END"),
        (b"</a>", "HTML-END-MISSING"),
    ],
)
def test_what_the_cut_went_through_is_said(end: bytes, id: str) -> None:
    exam = look(HTML[: HTML.index(end) + len(end)], Format.HTML)
    assert id in ids(exam)
    message = next(m for m in exam.messages if m.id == id)
    assert message.offset is not None


@pytest.mark.parametrize(
    ("old", "new", "id"),
    [
        (b"<h1>", b"</div><h1>", "HTML-STRAY-END-TAG"),
        (b"<b>bold</b>", b"<b><i>bold</b>", "HTML-UNCLOSED-ELEMENT"),
        (b"<h1>", b"<div><h1>", "HTML-UNCLOSED-ELEMENT"),
        (b'class="x"', b'class="x" CLASS="y"', "HTML-DUPLICATE-ATTRIBUTE"),
        (b'class="x"', b'klass="x"', "HTML-UNKNOWN-ATTRIBUTE"),
        (b'src="x.png"', b'src="x.png', "HTML-ATTRIBUTE-CHARACTER"),
        (b"<b>bold</b>", b"<bq>bold</bq>", "HTML-UNKNOWN-ELEMENT"),
        (b"&amp;", b"&amq;", "HTML-UNKNOWN-REFERENCE"),
        (b"<p>one", b"<p>1 < 2", "HTML-STRAY-LESS-THAN"),
        (b"<p>one", b"<p>o\x03e", "HTML-CONTROL-CHARACTER"),
        (b"<p>one", b"<![if !IE]>", "HTML-BOGUS-COMMENT"),
        (b"<p>one", b"<!-->", "HTML-COMMENT"),
        (b"<!DOCTYPE html>", b"", "HTML-NO-DOCTYPE"),
        (b"<h1>", b"<!DOCTYPE html><h1>", "HTML-DOCTYPE-MISPLACED"),
        (b"<h1>", b"<td>", "HTML-MISPLACED"),
        (b"<h1>", b"<body><h1>", "HTML-TWICE"),
        (b"link</a>", b"<a>link</a>", "HTML-NESTED"),
        (b"</html>", b"</html><p>more", "HTML-AFTER-END"),
        (b"<p>one", b"<div/>", "HTML-SELF-CLOSED"),
        (b'charset="utf-8"', b'charset="utf-9"', "HTML-CHARSET"),
    ],
)
def test_errors_are_found(old: bytes, new: bytes, id: str) -> None:
    assert id in broken_by(old, new)
    assert look(HTML.replace(old, new, 1), Format.HTML).status is INVALID


@pytest.mark.parametrize(
    ("old", "new", "id"),
    [
        (b"<p>one", b"<p>o\0e", "HTML-NUL"),
        (b"<p>one", b"<p>o\xffe", "HTML-ENCODING"),
        (b"<!DOCTYPE html>", b"<!DOCTYPE reel>", "HTML-DOCTYPE"),
        (b"</html>", b"", "HTML-END-MISSING"),
    ],
)
def test_damage_that_no_reader_should_pass_over(old: bytes, new: bytes, id: str) -> None:
    exam = look(HTML.replace(old, new, 1), Format.HTML)
    assert id in ids(exam)
    assert exam.status is BROKEN


def test_ends_that_html_lets_out_are_no_errors() -> None:
    data = (
        b"<!DOCTYPE html><html><title>x</title><dl><dt>a<dd>b<dt>c</dl><select><option>1<option>2"
        b"</select><table><caption>t<thead><tr><th>1<tbody><tr><td>2<tfoot><tr><td>3</table>"
        b"<ruby>a<rt>b</ruby><p>x<div>y</div><ul><li><ul><li>z</ul></ul></html>"
    )
    assert ids(look(data, Format.HTML)) == {"HTML-NOT-CHECKED"}


def test_a_body_alone_needs_its_end_as_well() -> None:
    data = b"<!DOCTYPE html><title>x</title><body><p>one"
    assert "HTML-END-MISSING" in ids(look(data, Format.HTML))
    assert look(data + b"</body>", Format.HTML).status is OPEN


def test_words_without_tags_are_no_html() -> None:
    exam = look(b"just words < here\n", Format.HTML)
    assert "HTML-NO-ELEMENTS" in ids(exam)
    assert exam.status is BROKEN
    assert "HTML-EMPTY" in ids(look(b"", Format.HTML))


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be", "utf-32-le"])
def test_wide_html_is_walked_like_any_other(codec: str) -> None:
    words = HTML.decode().replace(' charset="utf-8"', "")
    exam = look(words.encode(codec), Format.HTML)
    assert exam.status is OPEN
    cut = words.encode(codec)[: len(words.encode(codec)) // 2]
    assert look(cut, Format.HTML).status is BROKEN


def test_the_encoding_is_found_where_it_is_not_declared() -> None:
    words = HTML.replace(b'<meta charset="utf-8">', b"").replace(b"one", "Köln".encode())
    exam = look(words, Format.HTML)
    assert "HTML-NO-CHARSET" in ids(exam)
    assert exam.technical.text is not None
    assert exam.technical.text.charset == "UTF-8"
    exam = look(words.replace("ö".encode(), b"\xf6"), Format.HTML)
    assert exam.technical.text is not None
    assert exam.technical.text.charset == "ISO-8859-1"


def test_a_large_file_is_walked_in_pieces(tmp_path: Path) -> None:
    row = b'<tr><td class="a">one <b>two</b><td><!-- x --><script>"</td>"</script></tr>\n'
    head, foot = HTML.split(b"<tr><td>1", 1)
    whole = head + row * (WHOLE // len(row) + 9) + b"<tr><td>1" + foot
    path = tmp_path / "large.html"
    path.write_bytes(whole)
    assert look_at_file(path, Format.HTML).status is OPEN
    path.write_bytes(whole[: len(whole) // 2])
    assert look_at_file(path, Format.HTML).status is BROKEN


@pytest.mark.parametrize(
    "data",
    [
        b"<html>" + b"<" * 500_000,
        b"<html>" + b"<div>" * 100_000,
        b"<html><b><table>" + b"<i>" * 4000 + b"</b>" * 100_000,
        b"<html><a " + b'="' * 300_000,
        b"<html><a " + b"='" * 300_001,
        b"<html " + b" a" * 500_000 + b">",
        b"<html>" + b"<!--" * 200_000,
        b"<html><script>" + b"</scrip" * 200_000,
        b"<html>" + b"&a" * 500_000,
        b"<html>" + (b"<a =" + b" " * 1000) * 500,
        b"<html>" + b"<p><b>" * 100_000,
        b"<html>" + b"</p>" * 200_000,
        b"<html><svg>" + b"<g>" * 4000 + b"</h>" * 100_000,
    ],
    ids=range(13),
)
def test_hostile_html_is_done_with_quickly(data: bytes) -> None:
    assert seconds(data, Format.HTML) < 1.5


def test_a_file_full_of_errors_is_given_up_but_described() -> None:
    exam = look(HTML.replace(b"<h1>", b"</p>" * 3000), Format.HTML)
    assert "HTML-TOO-MANY" in ids(exam)
    assert exam.status is INVALID
    assert exam.version == "5"


@settings(max_examples=250, deadline=None, derandomize=True)
@given(st.data())
def test_damage_anywhere_gives_a_verdict_and_no_exception(data: st.DataObject) -> None:
    damaged = bytearray(HTML)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        if data.draw(st.booleans()):
            damaged[place] = data.draw(st.sampled_from(b"<>/!-\"'= ab&\0"))
        else:
            del damaged[place : place + data.draw(st.integers(1, 40))]
    assert look(bytes(damaged), Format.HTML).status in {BROKEN, INVALID, OPEN}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PARTS), max_size=40))
def test_any_order_of_markup_gives_a_verdict(parts: list[bytes]) -> None:
    assert look(b"".join(parts), Format.HTML).status in {BROKEN, INVALID, OPEN}
