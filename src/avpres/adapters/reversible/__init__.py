"""Reversibility data: RAWcooked's format, versions 1 and 2, and what avpres adds to it.

Described whole in docs/reversibility-format.md. The functions that others call:
`reading.read_reversibility`, `reading.is_reversibility`, `writing.ReversibilityWriter`,
`writing.FrameTrack`, `writing.as_version_2`, `layouts`.
"""
