import base64
import io
import json
from pathlib import Path

import pytest
from manifest_cases import entry, heading

from avpres.adapters.formats import avpres_lines
from avpres.adapters.formats.manifest_file import Origin
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm

CHOSEN = (Algorithm.MD5, Algorithm.XXH128)
HEADER = '{"format":"avpres-manifest","version":1}'
MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def read(text):
    data = text if isinstance(text, bytes) else text.encode()
    return list(avpres_lines.read(io.BytesIO(data), Origin(Path("m.jsonl"))))


def written(*entries):
    handle = io.BytesIO()
    avpres_lines.write(handle, entries, heading(*CHOSEN, root="reel"))
    return handle.getvalue()


def test_lines_say_what_they_hold():
    header, line, end = map(json.loads, written(entry("reel/é", CHOSEN, b"")).splitlines())
    assert header == {
        "format": "avpres-manifest",
        "version": 1,
        "algorithms": ["md5", "xxh128"],
        "root": "reel",
        "created": "2024-02-29T12:30:15Z",
        "tool": header["tool"],
    }
    assert line["path"] == "reel/é"
    assert line["digests"] == {"md5": MD5, "xxh128": "99aa06d3014798d86001c324468d497f"}
    assert (line["size"], line["mtime_ns"]) == (0, 1_700_000_000_000_000_000)
    assert end == {"files": 1}


def test_a_name_that_is_not_utf8_stands_readable_and_raw():
    line = json.loads(written(entry("a\udcff", CHOSEN)).splitlines()[1])
    assert line["path"] == "a\ufffd"
    assert base64.b64decode(line["raw"]) == b"a\xff"


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_manifest_that_is_cut_short_is_refused(lines):
    data = written(entry("a", CHOSEN), entry("b", CHOSEN))
    with pytest.raises(NotConformantError, match="cut short"):
        read(b"\n".join(data.splitlines()[:lines]))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"format":"other"}\n', "not the header"),
        ('{"format":"avpres-manifest","version":2}\n', "update it"),
        (HEADER + "\n[]\n", "not a JSON object"),
        (HEADER + '\n{"digests":{}}\n', "without a path"),
        (HEADER + '\n{"path":"a"}\n', "without digests"),
        (HEADER + '\n{"path":"a","digests":{"md5":"x"}}\n', "a md5 digest that is none"),
        (HEADER + '\n{"path":"a","digests":{"b2":"x"}}\n', "a b2 digest that is none"),
        (HEADER + '\n{"path":"a","size":true,"digests":{}}\n', "in range"),
        (HEADER + '\n{"path":"a","size":-1,"digests":{}}\n', "in range"),
        (HEADER + '\n{"path":"a","raw":"%","digests":{}}\n', "base64"),
        (HEADER + '\n{"files":7}\n', "0 files are listed where the end says 7"),
        (HEADER + '\n{"files":0}\n{"files":0}\n', "after the end"),
    ],
)
def test_what_breaks_the_format_is_refused(text, why):
    with pytest.raises(NotConformantError, match=rf"m\.jsonl, line \d.*{why}"):
        read(text)
