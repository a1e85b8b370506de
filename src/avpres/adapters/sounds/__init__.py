"""Sound files of plain samples: WAVE, RF64, BW64, Wave64, AIFF and AIFF-C."""

from avpres.adapters.sounds.reading import is_sound, read_header, read_sound

__all__ = ["is_sound", "read_header", "read_sound"]
