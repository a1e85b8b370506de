"""DV whose last frame is cut: ffmpeg fills it up with what it read before, so it is not whole."""

import os

from normalise_cases import film, messages, run

from avpres.domain.exit_codes import ExitCode

FRAME = 144_000  # bytes


def test_a_frame_of_dv_that_is_cut_is_told(tmp_path):
    whole = film(tmp_path / "a.dv", "-target", "pal-dv", size="720x576", sound=())
    assert whole.stat().st_size == 6 * FRAME
    assert run(tmp_path, whole).exit_code is ExitCode.OK
    for name, size in (("b.dv", 6 * FRAME - 1000), ("c.dv", 5 * FRAME + FRAME // 2)):
        cut = tmp_path / name
        cut.write_bytes(whole.read_bytes())
        os.truncate(cut, size)
        report = run(tmp_path, cut)
        assert report.exit_code is ExitCode.SOURCE_UNREADABLE
        assert "its last frame is cut" in messages(report, "NRM-SOURCE")


def test_dv_that_ends_with_a_frame_is_whole(tmp_path):
    source = film(tmp_path / "a.dv", "-target", "pal-dv", size="720x576", sound=())
    os.truncate(source, 3 * FRAME)
    assert run(tmp_path, source).exit_code is ExitCode.OK
