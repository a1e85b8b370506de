import hashlib
from pathlib import Path

import pytest
from documents import ids, look, look_at_file, seconds
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import WHOLE
from avpres.domain.formats import Format
from avpres.domain.technical import Text
from avpres.domain.validity import Status

NOISE = hashlib.shake_128(b"noise").digest(4000)
FRENCH = "Un été à la française, Noël, c\u2019est bientôt déjà prêt\r\n"
GREEK = "Ένα ρολό ταινίας\n"


def text_of(exam: Examination) -> Text:
    assert exam.technical.text is not None
    return exam.technical.text


def test_plain_ascii_is_valid() -> None:
    exam = look(b"one\ntwo\nthree\n", Format.ASCII)
    text = text_of(exam)
    assert exam.status is Status.VALID
    assert (text.charset, text.line_break, text.lines, text.characters) == ("US-ASCII", "LF", 3, 14)


def test_utf8_counts_characters_not_bytes() -> None:
    exam = look(("\ufeff" + GREEK).encode(), Format.UTF8)
    text = text_of(exam)
    assert exam.status is Status.VALID
    assert (text.charset, text.has_bom, text.characters) == ("UTF-8", True, len(GREEK))
    assert exam.technical.properties["encoding_basis"] == "byte order mark"


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_wide_encodings_are_known_with_and_without_a_mark(name: str, mark: str) -> None:
    exam = look((mark + "reel one\r\nreel two\r\n" * 9).encode(name), Format.TEXT)
    text = text_of(exam)
    assert exam.status is Status.VALID
    assert text.charset.lower() == name.replace("-le", "le").replace("-be", "be")
    assert text.byte_order == ("little endian" if name.endswith("le") else "big endian")
    assert (text.line_break, text.lines, text.has_bom) == ("CR/LF", 18, bool(mark))


@pytest.mark.parametrize(
    ("codec", "charset"),
    [("cp1252", "windows-1252"), ("mac_roman", "macintosh"), ("koi8-r", "unknown-8bit")],
)
def test_other_encodings_are_guessed_and_said_to_be(codec: str, charset: str) -> None:
    words = FRENCH if codec != "koi8-r" else "Катушка плёнки\n"
    exam = look(words.encode(codec), Format.TEXT)
    assert exam.status is Status.WELL_FORMED
    assert text_of(exam).charset == charset
    assert "TEXT-ENCODING-GUESSED" in ids(exam)


def test_latin_1_is_told_from_windows() -> None:
    exam = look("Grüße aus Köln, très bien\n".encode("latin-1"), Format.TEXT)
    assert text_of(exam).charset == "ISO-8859-1"


def test_a_bad_byte_in_utf8_is_named_by_its_offset() -> None:
    good = GREEK.encode() * 50
    bad = good[:101] + b"\xff" + good[102:]
    exam = look(bad, Format.UTF8)
    message = next(m for m in exam.messages if m.id == "TEXT-UTF8")
    assert exam.status is Status.NOT_WELL_FORMED
    assert text_of(exam).charset == "UTF-8"
    assert message.offset is not None
    assert abs(message.offset - 101) <= 1


def test_a_character_cut_at_the_end_is_not_well_formed() -> None:
    exam = look((GREEK * 20).encode()[:-2], Format.UTF8)
    assert exam.status is Status.NOT_WELL_FORMED
    assert "TEXT-UTF8" in ids(exam)


def test_the_byte_of_a_character_that_is_wrong_has_the_id_of_jhove() -> None:
    exam = look("ж".encode() * 20 + b"\xe2\x82\x41 ", Format.UTF8)
    assert [m.jhove for m in exam.messages if m.id == "TEXT-UTF8"] == ["UTF8-HUL-4"]


def test_utf16_with_half_a_character_is_not_well_formed() -> None:
    exam = look("reel one\n".encode("utf-16")[:-1], Format.TEXT)
    assert "TEXT-WIDE" in ids(exam)
    assert exam.status is Status.NOT_WELL_FORMED


def test_an_empty_text_is_not_well_formed() -> None:
    assert ids(look(b"", Format.ASCII)) == {"TEXT-EMPTY"}


def test_a_text_of_blanks_has_nothing_to_say_which_is_no_fault() -> None:
    exam = look(b" \n \n", Format.ASCII)
    assert (exam.status, ids(exam)) == (Status.VALID, {"TEXT-BLANK"})
    assert look(bytes(100), Format.ASCII).status is Status.NOT_WELL_FORMED


def test_the_last_line_without_its_end_leaves_validity_open() -> None:
    exam = look(b"one\ntwo", Format.ASCII)
    assert exam.status is Status.WELL_FORMED
    assert ids(exam) == {"TEXT-LAST-LINE"}


@pytest.mark.parametrize(
    ("data", "word", "lines"),
    [
        (b"a\nb\n", "LF", 2),
        (b"a\rb\r", "CR", 2),
        (b"a\r\nb\r\n", "CR/LF", 2),
        (b"a\r\nb\n", "mixed", 2),
        (b"a", "", 1),
    ],
)
def test_line_ends_are_counted(data: bytes, word: str, lines: int) -> None:
    text = text_of(look(data, Format.ASCII))
    assert (text.line_break, text.lines) == (word, lines)


@pytest.mark.parametrize(
    ("data", "id", "status"),
    [
        (b"reel \x02 one\n" + b"x\n" * 90, "TEXT-CONTROL", Status.NOT_VALID),
        (b"reel \x00 one\n" + b"x\n" * 90, "TEXT-NUL", Status.NOT_WELL_FORMED),
        (b"a\x1eb\x1fc words of a record\n" * 30, "TEXT-BINARY", Status.NOT_WELL_FORMED),
        (b"a\x1e words of a longer record\n" * 30, "TEXT-CONTROLS", Status.VALID),
        (NOISE, "TEXT-BINARY", Status.NOT_WELL_FORMED),
    ],
)
def test_what_no_text_holds_is_found(data: bytes, id: str, status: Status) -> None:
    exam = look(data, Format.ASCII)
    assert id in ids(exam)
    assert exam.status is status


def test_a_stray_byte_in_ascii_is_taken_for_damage() -> None:
    data = b"the quick brown fox jumps\n" * 60
    exam = look(data[:500] + b"\xd7" + data[501:], Format.ASCII)
    assert "TEXT-STRAY-BYTES" in ids(exam)
    assert exam.messages[0].offset == 500


def test_the_end_mark_of_dos_is_no_damage() -> None:
    assert look(b"dir a:\r\n\x1a", Format.ASCII).status is Status.VALID


def test_lost_characters_are_pointed_out() -> None:
    exam = look("K\ufffdln\n".encode(), Format.UTF8)
    assert exam.status is Status.VALID
    assert "TEXT-LOST" in ids(exam)


def test_a_text_larger_than_memory_windows_is_read_in_pieces(tmp_path: Path) -> None:
    line = "αβγ δεζ\r\n".encode()
    path = tmp_path / "large.txt"
    path.write_bytes(line * (WHOLE // len(line) + 5))
    text = text_of(exam := look_at_file(path, Format.UTF8))
    assert exam.status is Status.VALID
    assert text.lines == WHOLE // len(line) + 5
    assert text.line_break == "CR/LF"
    assert text.characters == text.lines * 9


def test_21_megabytes_take_far_less_than_a_second() -> None:
    line = "Grüße aus Köln, Привет мир, 日本\n".encode()
    assert seconds(line * (21_000_000 // len(line)), Format.UTF8) < 0.9


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_whatever_the_bytes_a_verdict_comes(data: bytes) -> None:
    assert look(data, Format.TEXT).status in Status
