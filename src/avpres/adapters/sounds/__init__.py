"""Sound files of plain samples: WAVE, RF64, BW64, Wave64, AIFF and AIFF-C."""
