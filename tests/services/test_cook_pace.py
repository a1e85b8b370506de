"""What is told while a film is made: never too much, all in the end, and how fast it is."""

import re

import clip_maker
import pytest
from cook_cases import film_of, frames, sound, whole_reel

from avpres.config.cook import CookOptions
from avpres.services.context import Context
from avpres.services.cook import cook


class Heard:
    """Keeps what is told, a phase after another."""

    def __init__(self) -> None:
        self.phases: dict[str, list] = {}
        self.notes: list[str] = []

    def start(self, phase, *, size=None, files=None):
        self.now = self.phases.setdefault(phase, [(size, files), [(0, 0)]])

    def advance(self, *, size=0, files=0):
        assert size >= 0
        assert files >= 0
        before = self.now[1][-1]
        self.now[1].append((before[0] + size, before[1] + files))

    def note(self, text):
        self.notes.append(text)

    def finish(self):
        pass


def told(tmp, reel):
    heard = Heard()
    options = CookOptions(reels=(reel,), destination=tmp / "out")
    report = cook(options, Context(state_dir=tmp / "state", progress=heard))
    assert report.exit_code == 0, report.findings
    return heard


def clip_reel(top):
    reel = top / "reel"
    reel.mkdir()
    (reel / "tape.avi").write_bytes(clip_maker.avi(sounds=((1, 2, 16), (0x55, 1, 16))))
    (reel / "notes.txt").write_text("from VHS\n")
    return reel


def sound_reel(top):
    reel = frames(top / "reel", 3)
    sound(reel / "sound.wav", 48_000)
    return reel


@pytest.mark.parametrize("make", [whole_reel, clip_reel, sound_reel])
def test_every_phase_ends_at_what_it_announced_and_never_beyond(tmp_path, make):
    heard = told(tmp_path, make(tmp_path))
    for phase in ("cook", "read back"):
        (size, files), seen = heard.phases[phase]
        assert seen[-1][0] == size
        assert files is None or seen[-1][1] == files
    assert heard.phases["read back"][0][0] == film_of(tmp_path).stat().st_size


def test_frames_their_pace_and_the_share_are_told(tmp_path):
    heard = told(tmp_path, frames(tmp_path / "reel", 5))
    assert re.fullmatch(r"frame 5 of 5, [\d.]+ a second, \d+% of the size", heard.notes[-1])
