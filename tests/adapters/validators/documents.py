"""Texts, markup and PDF files for tests, and how they are examined."""

import io
import os
import time
from pathlib import Path

import pikepdf

from avpres.adapters.validators.examination import Examination, Rules
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format

HTML = b"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Reels &amp; cans</title>
<style>p > b { color: red }</style></head>
<body class="x"><h1>Reels</h1><p>one<p>two <b>bold</b><br><ul><li>a<li>b</ul>
<table><tr><td>1<td>2<tr><td>3</table><img src="x.png" alt="">
<script>if (a < b) { "</p>" }</script>
<svg viewBox="0 0 1 1"><path d="M0"/></svg><!-- a <comment> --><a href=x>link</a>
</body></html>
"""
XHTML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML {version}//EN" "http://www.w3.org/TR/x.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><head><title>Reels</title></head>
<body><p>one&nbsp;reel</p>{more}</body></html>
"""
BOMB = (
    b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(10))
    + b"]><l>&k;</l>"
)


def look(data: bytes, format: Format, *, schemas: Path | None = None) -> Examination:
    exam = Examination(rules=Rules(schemas=schemas))
    with open(os.devnull, "rb") as nothing:
        examine(Source(nothing, "sample", data), format, exam)
    return exam


def look_at_file(path: Path, format: Format) -> Examination:
    exam = Examination()
    with path.open("rb") as file:
        examine(Source(file, str(path)), format, exam)
    return exam


def ids(exam: Examination) -> set[str]:
    return set(exam.counts)


def seconds(data: bytes, format: Format) -> float:
    start = time.process_time()
    look(data, format)
    return time.process_time() - start


def pdf(*, pages: int = 3, streams: bool = True, outline: bool = True, **saving: object) -> bytes:
    document = pikepdf.new()
    for number in range(pages):
        page = document.add_blank_page()
        if streams:
            text = b"BT /F1 12 Tf (page %d) Tj ET\n" % number * 40
            page.Contents = document.make_stream(text)
            font = {"/Type": pikepdf.Name.Font, "/Subtype": pikepdf.Name.Type1}
            fonts = pikepdf.Dictionary(F1=document.make_indirect(pikepdf.Dictionary(font)))
            page.Resources = pikepdf.Dictionary(Font=fonts)
    if outline:
        with document.open_outline() as outlines:
            outlines.root.append(pikepdf.OutlineItem("first", 0))
            outlines.root.append(pikepdf.OutlineItem("second", 1))
    document.docinfo["/Title"] = "Cans of Köln"
    document.docinfo["/CreationDate"] = "D:20240229120000+01'00'"
    return saved(document, **saving)


def saved(document: pikepdf.Pdf, **saving: object) -> bytes:
    out = io.BytesIO()
    document.save(out, compress_streams=True, fix_metadata_version=False, **saving)
    return out.getvalue()
