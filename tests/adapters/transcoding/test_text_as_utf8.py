"""Texts as UTF-8: the same bytes come back, from avpres and from iconv, or it is refused."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.transcoding import text
from avpres.domain.charsets import ASIAN, CODECS, ICONV, WIDE, charset_named
from avpres.domain.migration import Reason, Unmigratable

FRENCH = "L'été dernier, à l'heure où…\r\nça coûte 5 €\r\n"
RUSSIAN = "Московский архив, плёнка 16 мм\n"
JAPANESE = "保存フィルムの一覧\n第一巻\n"
TABLES = [name for name in CODECS if name not in ASIAN and name not in WIDE]
NOT_IN_ICONV = {"macintosh": "∆\uf8ff", "x-mac-cyrillic": "€"}


@pytest.mark.parametrize("charset", WIDE)
def test_a_byte_order_mark_tells_the_charset(charset: str):
    content = ("\ufeff" + FRENCH).encode(CODECS[charset])

    made = text.to_utf8(content)

    assert made is not None
    assert (made.charset, made.basis) == (charset, "byte order mark")
    assert made.data == ("\ufeff" + FRENCH).encode()
    assert text.restore(made.data, made.charset) == content


def test_zero_bytes_in_every_other_place_tell_the_charset():
    made = text.to_utf8(FRENCH.encode("utf-16-le"))

    assert made is not None
    assert (made.charset, made.data) == ("UTF-16LE", FRENCH.encode())


@pytest.mark.parametrize("named", ["", "windows-1252"])
def test_escape_sequences_tell_the_charset(named: str):
    content = JAPANESE.encode("iso2022_jp")

    made = text.to_utf8(content, charset=named)

    assert made is not None
    assert (made.charset, made.data) == ("ISO-2022-JP", JAPANESE.encode())


@pytest.mark.parametrize(
    ("words", "charset"),
    [
        (FRENCH, "windows-1252"),
        (FRENCH.replace("…", "."), "ISO-8859-15"),
        (FRENCH, "macintosh"),
        ("coût: œuvre ½ ░▒▓\n".replace("œ", "o"), "IBM437"),
        (RUSSIAN, "KOI8-R"),
        (RUSSIAN, "windows-1251"),
        (JAPANESE, "Shift_JIS"),
        (JAPANESE, "EUC-JP"),
        ("plain English of a mainframe\n", "IBM037"),
        (FRENCH, "UTF-16BE"),
    ],
)
def test_a_charset_that_is_named_is_taken_if_the_bytes_come_back(words: str, charset: str):
    content = words.encode(CODECS[charset], "ignore")

    made = text.to_utf8(content, charset=charset)

    assert made is not None
    assert made.charset == charset
    assert made.data == content.decode(CODECS[charset]).encode()
    assert text.restore(made.data, charset) == content


@pytest.mark.parametrize(
    "content",
    [b"plain ASCII\r\n", FRENCH.encode(), ("\ufeff" + RUSSIAN).encode(), b"old\rMac\r"],
    ids=["ASCII", "UTF-8", "UTF-8 with a mark", "carriage returns"],
)
@pytest.mark.parametrize("charset", ["", "windows-1252", "Shift_JIS", "UTF-16LE"])
def test_what_is_utf8_already_is_kept(content: bytes, charset: str):
    assert text.to_utf8(content, charset=charset) is None


REFUSED = {
    "nothing": (b"", "", Reason.EMPTY),
    "a charset that is not told": (FRENCH.encode("cp1252"), "", Reason.CHARSET_UNKNOWN),
    "Japanese that is not told": (JAPANESE.encode("cp932"), "", Reason.CHARSET_UNKNOWN),
    "controls of ISO-8859-1": (FRENCH.encode("cp1252"), "ISO-8859-1", Reason.CHARSET_UNKNOWN),
    "a byte that is none": (b"caf\x81\n", "windows-1252", Reason.CHARSET_UNKNOWN),
    "half a character": (JAPANESE.encode("cp932")[:-2], "Shift_JIS", Reason.CHARSET_UNKNOWN),
    "a character that stands twice": (b"\xed\x40\x87\x90\n", "Windows-31J", Reason.NOT_REVERSIBLE),
    "ASCII as EBCDIC": (b"plain English, no mainframe\n", "IBM037", Reason.CHARSET_UNKNOWN),
    "a mark, and half a character": (b"\xff\xfea\0b", "", Reason.DAMAGED),
    "half a pair": (b"\xff\xfea\0\0\xd8b\0", "", Reason.DAMAGED),
    "a mark of UTF-8, and something else": (b"\xef\xbb\xbfcaf\xe9\n", "", Reason.DAMAGED),
    "an escape that is superfluous": (
        b"\x1b$B\x1b(B\x1b$BF|\x1b(B\n",
        "",
        Reason.NOT_REVERSIBLE,
    ),
    "an escape, and no Japanese": (b"\x1b$B~~~~\x1b(B\n", "", Reason.CHARSET_UNKNOWN),
    "binary": (bytes(range(256)) * 4, "windows-1252", Reason.UNKNOWN_FORMAT),
    "binary, not named": (bytes(range(1, 32)) * 40, "", Reason.UNKNOWN_FORMAT),
    "XML": (b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>', "", Reason.UNKNOWN_FORMAT),
    "HTML": (b"\n<!DOCTYPE html><p>caf\xe9", "windows-1252", Reason.UNKNOWN_FORMAT),
    "XML of two bytes": (
        "\ufeff<?xml version='1.0'?><a/>".encode("utf-16-le"),
        "",
        Reason.UNKNOWN_FORMAT,
    ),
    "NUL": ("\ufeffa\0b".encode("utf-16-le"), "", Reason.CHARSET_UNKNOWN),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_come_back_is_refused_by_reason(name: str):
    content, charset, reason = REFUSED[name]

    with pytest.raises(Unmigratable) as caught:
        text.to_utf8(content, charset=charset)

    assert caught.value.reason is reason


def test_the_refusal_tells_a_likely_charset():
    with pytest.raises(Unmigratable, match="it may be windows-1252"):
        text.to_utf8(FRENCH.encode("cp1252"))


def test_charsets_have_many_names():
    names = {"latin-1", "iso8859-1", "L1", "ISO-8859-1"}

    assert {charset_named(each) for each in names} == {"ISO-8859-1"}


def test_an_unknown_charset_is_refused():
    with pytest.raises(ValueError, match="not known"):
        text.to_utf8(b"caf\xe9", charset="rot13")


@pytest.mark.parametrize("charset", TABLES)
@pytest.mark.programs("iconv")
def test_iconv_gives_the_same_bytes(charset: str):
    codec, without = CODECS[charset], NOT_IN_ICONV.get(charset, "")
    content = b"".join(
        bytes([each]) for each in range(256) if bytes([each]).decode(codec, "ignore").strip(without)
    )

    assert iconv(content.decode(codec), charset) == content


@pytest.mark.parametrize(
    "charset", [*WIDE, "Shift_JIS", "EUC-JP", "GB18030", "Big5", "ISO-2022-JP"]
)
@pytest.mark.programs("iconv")
def test_iconv_gives_the_same_bytes_of_wide_characters(charset: str):
    words = "日本 漢字\n"
    content = words.encode(CODECS[charset])

    assert iconv(words, charset) == content


def iconv(words: str, charset: str) -> bytes:
    command = ["iconv", "-f", "UTF-8", "-t", ICONV.get(charset, charset)]
    return subprocess.run(command, input=words.encode(), capture_output=True, check=True).stdout


@settings(max_examples=200, deadline=None, derandomize=True)
@given(content=st.binary(max_size=60), charset=st.sampled_from(["", *CODECS]))
def test_any_bytes_come_back_or_are_refused(content: bytes, charset: str):
    try:
        made = text.to_utf8(content, charset=charset)
    except Unmigratable:
        return
    if made is None:
        content.decode("utf-8")
    else:
        assert text.restore(made.data, made.charset) == content
