"""Coding of single frames and sounds by FFmpeg's libraries, and the journal of a cook."""
