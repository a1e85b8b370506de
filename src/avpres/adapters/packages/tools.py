"""Which tool made a technical record, where the record says so itself."""

import re

_LOOKED_AT = 4096  # bytes: who made it stands at the beginning
_TOOLS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("JHOVE", re.compile(rb"<(?:\w+:)?jhove\b[^>]*?\brelease=[\"']([^\"']*)", re.IGNORECASE)),
    ("JHOVE", re.compile(rb"\bJhove\b[^<>]{0,20}?\(?Rel\.? ([^\s,]+)", re.IGNORECASE)),
    ("MediaInfo", re.compile(rb"<creatingLibrary\b[^>]*?\bversion=[\"']([^\"']*)")),
    ("MediaInfo", re.compile(rb"<(?:Mediainfo|MediaInfo)\b[^>]*?\bversion=[\"']([^\"']*)")),
    ("FITS", re.compile(rb"<(?:\w+:)?fits\b[^>]*?\bversion=[\"']([^\"']*)")),
    ("ExifTool", re.compile(rb"Image::ExifTool ([0-9.]+)")),
    ("ffprobe", re.compile(rb"<program_version\b[^>]*?\bversion=[\"']([^\"']*)")),
    ("DROID", re.compile(rb"<FileCollection\b[\s\S]{0,300}?<DROIDVersion>([^<]*)")),
    ("Siegfried", re.compile(rb"siegfried *[\"']?:? *[\"']?([0-9.]+)", re.IGNORECASE)),
)
_WORDS = tuple(
    b"jhove mediainfo creatinglibrary fits exiftool program_version droid siegfried".split()
)


def told_by(record: bytes) -> tuple[str, str]:
    """Give name and version of the tool that a record names, both empty where it names none."""
    head = record[:_LOOKED_AT]
    lower = head.lower()
    if not any(word in lower for word in _WORDS):  # nearly all: MIX and PREMIS name none
        return "", ""
    for name, pattern in _TOOLS:
        if found := pattern.search(head):
            return name, found[1].decode("utf-8", "replace").strip()
    return "", ""
