"""Scanned frames: `reading.read_scan` reads headers, `packing` turns samples into pictures."""
