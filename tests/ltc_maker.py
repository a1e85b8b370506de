"""Longitudinal timecode, written by the letter of its standard."""

from array import array


def ltc(seconds=2, fps=25):
    """Write longitudinal timecode as SMPTE ST 12-1 has it: biphase mark, sync word last."""
    samples, level = array("h"), 12000
    half = 48000 // (80 * fps) / 2
    edge = 0.0
    for frame in range(seconds * fps):
        word = [int(b) for b in f"{frame % fps % 10:04b}"[::-1]] + [0] * 60
        word += [0, 0, *[1] * 12, 0, 1]
        for bit in word:
            level = -level
            edge += half
            samples.extend([level] * (round(edge) - len(samples)))
            level = -level if bit else level
            edge += half
            samples.extend([level] * (round(edge) - len(samples)))
    return samples
