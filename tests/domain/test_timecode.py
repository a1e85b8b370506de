"""Frames are numbered as editing tables number them, drop frame too."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.domain.timecode import Counting, Timecode, can_drop, parse_clock, parse_timecode
from avpres.domain.trimming import Cut, cut

PAL = Fraction(25)
NTSC = Fraction(30000, 1001)
FAST = Fraction(60000, 1001)
TEN = Timecode(10, 0, 0, 0)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("00:00:59;29", 1799),
        ("00:01:00;02", 1800),
        ("00:09:59;29", 17981),
        ("00:10:00;00", 17982),
        ("01:00:00;00", 107892),
    ],
)
def test_drop_frame_leaves_out_two_numbers_a_minute_but_not_each_tenth(text, number):
    assert parse_timecode(text).number(NTSC) == number
    assert str(Counting(NTSC, Timecode(0, 0, 0, 0, drops=True)).timecode(number)) == text


@pytest.mark.parametrize("text", ["00:01:00;00", "00:61:00;00", "00:00:00:30", "00:00:75:00"])
def test_numbers_that_no_frame_bears_are_refused(text):
    with pytest.raises(ValueError, match="timecode"):
        parse_timecode(text).number(NTSC)


def test_there_is_no_drop_frame_at_25_frames():
    assert not can_drop(PAL)
    with pytest.raises(ValueError, match="no drop frame"):
        parse_timecode("00:00:10;00").number(PAL)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    st.integers(0, 24 * 3600 * 60),
    st.sampled_from([(PAL, False), (NTSC, False), (NTSC, True), (FAST, True)]),
)
def test_a_frame_is_found_by_the_timecode_that_it_bears(frame, how):
    rate, drops = how
    frame %= 24 * 3600 * round(rate) * 9 // 10
    counting = Counting(rate, Timecode(9, 59, 0, 12, drops))
    assert counting.frame(counting.timecode(frame)) == frame


def test_drop_frame_keeps_step_with_the_clock():
    hour = Counting(NTSC, Timecode(0, 0, 0, 0, drops=True)).timecode(round(NTSC * 3600))
    assert (hour.hours, hour.minutes, hour.seconds) == (1, 0, 0)


def test_a_tape_may_run_past_midnight():
    counting = Counting(PAL, Timecode(23, 59, 0, 0))
    assert counting.frame(Timecode(0, 0, 10, 0)) == 70 * 25
    assert str(counting.timecode(70 * 25)) == "00:00:10:00"


def test_times_are_read_as_people_write_them():
    assert parse_clock("90.5") == Fraction(181, 2)
    assert parse_clock("01:30") == 90
    assert parse_clock("1:00:00.040") == Fraction(3600040, 1000)
    assert parse_clock("-3") is None
    assert parse_timecode("00:01:30") is None


def test_a_cut_is_counted_from_the_tapes_own_timecode():
    found = cut("10:00:01:05", "10:00:02:00", counting=Counting(PAL, TEN), whole=Fraction(4))
    assert found == Cut(Fraction(30, 25), Fraction(2))


def test_a_time_is_brought_to_the_next_frame():
    found = cut("0.43", None, counting=Counting(PAL, TEN), whole=Fraction(4))
    assert found == Cut(Fraction(11, 25))
    assert found.duration(Fraction(4)) == Fraction(89, 25)


@pytest.mark.parametrize(
    ("first", "beyond", "said"),
    [
        ("2", "1", "nothing is left"),
        ("5", None, "beyond the end"),
        (None, "10:00:09:00", "beyond the end"),
        ("soon", None, "neither a timecode nor a time"),
        ("09:00:00:00", None, "beyond the end"),
    ],
)
def test_cuts_that_cannot_be_are_refused(first, beyond, said):
    with pytest.raises(ValueError, match=said):
        cut(first, beyond, counting=Counting(PAL, TEN), whole=Fraction(4))


def test_sound_has_no_frames_to_count():
    with pytest.raises(ValueError, match="write a time"):
        cut("00:00:01:00", None, counting=None, whole=Fraction(4))
    assert cut("1.25", None, counting=None, whole=Fraction(4)).begin == Fraction(5, 4)
