import hashlib

import pytest

from avpres.adapters.validators.text_encoding import guess, sniff


@pytest.mark.parametrize(
    ("head", "charset"),
    [
        (b"reel one\n", "US-ASCII"),
        ("Köln\n".encode(), "UTF-8"),
        ("Köln und Düsseldorf\n".encode("latin-1"), "ISO-8859-1"),
        ("\u201eKöln\u201c\n".encode("cp1252"), "windows-1252"),
        ("Катушка\n".encode("cp1251"), "unknown-8bit"),
        ("フィルム\n".encode("shift_jis"), "unknown-8bit"),
        ("reel one\n".encode("utf-16"), "UTF-16LE"),
        ("reel one, reel two\n".encode("utf-16-be"), "UTF-16BE"),
        ("reel one\n".encode("utf-32"), "UTF-32LE"),
        (b"\xef\xbb\xbfreel\n", "UTF-8"),
        (b"dir\r\n\x1a", "US-ASCII"),
        (b"", ""),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1", ""),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0", ""),
        (hashlib.shake_128(b"noise").digest(4096), ""),
    ],
)
def test_texts_are_told_from_other_bytes(head: bytes, charset: str) -> None:
    assert sniff(head) == charset


def test_a_character_cut_at_the_end_of_the_head_is_forgiven() -> None:
    assert sniff("ab ж".encode()[:-1] + b"") in {"UTF-8", "unknown-8bit", "ISO-8859-1"}
    assert sniff(("x" + "ж" * 3000).encode()[:4096]) == "UTF-8"


def test_the_tail_is_looked_at_too() -> None:
    head = b"reel one\n" * 400
    assert sniff(head, head[:100] + bytes(range(32)) * 9) == ""
    assert sniff(head, "жж Köln\n".encode()[1:]) == "UTF-8"


def test_one_damaged_byte_does_not_make_a_text_binary() -> None:
    text = bytearray(b"the quick brown fox\n" * 50)
    text[77] = 0
    assert sniff(bytes(text)) == "US-ASCII"


def test_a_guess_says_how_much_does_not_fit() -> None:
    assert guess("très déjà prêt, Noël".encode("latin-1")).strays == 0
    assert guess(b"wo\xd7rd wo\xf7rd").strays == 2
