import base64
import gzip
import hashlib
import io
import subprocess
import sys
import time
import zlib

import pytest
from archive_samples import cuts, examined, flagged_share, ids, mutated
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.identification.magic import by_magic
from avpres.adapters.validators import warc as validator
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.validity import Status

PAGE = b"<html><body>" + b"a reel of nitrate " * 40 + b"</body></html>"
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(PAGE)
ID = "<urn:uuid:92283950-ef2f-4d72-b224-{:012d}>"
URI = "http://www.archive.org/images/logoc.jpg"


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def record(kind, block, number=1, version="1.0", **fields) -> bytes:
    mime = {"warcinfo": "application/warc-fields", "metadata": "application/warc-fields"}
    mime |= {name: f"application/http; msgtype={name}" for name in ("request", "response")}
    lines = {
        "WARC-Type": kind,
        "WARC-Record-ID": ID.format(number),
        "WARC-Date": "2006-09-19T17:20:24Z",
        "Content-Type": mime.get(kind, "image/jpeg"),
        "Content-Length": str(len(block)),
    }
    lines |= {} if kind == "warcinfo" else {"WARC-Target-URI": URI}
    lines |= {name.replace("_", "-"): value for name, value in fields.items()}
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
    return f"WARC/{version}\r\n{text}\r\n".encode() + block + b"\r\n\r\n"


def records() -> list[bytes]:
    return [
        record("warcinfo", b"software: test\r\nformat: WARC 1.0\r\n", 1),
        record("request", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 2),
        record(
            "response",
            HTTP + PAGE,
            3,
            WARC_IP_Address="207.241.233.58",
            WARC_Block_Digest=sha1(HTTP + PAGE),
            WARC_Payload_Digest=sha1(PAGE),
        ),
        record(
            "resource",
            PAGE,
            4,
            WARC_Block_Digest="md5:" + hashlib.md5(PAGE, usedforsecurity=False).hexdigest(),
        ),
        record("metadata", b"via: x\r\n", 5, WARC_Concurrent_To=ID.format(3)),
    ]


PLAIN = b"".join(records())
PACKED = b"".join(gzip.compress(one, mtime=0) for one in records())


def judge(data: bytes) -> Examination:
    return examined(data, Format.WARC)


@pytest.mark.parametrize(("data", "packing"), [(PLAIN, "None"), (PACKED, "GZIP")])
def test_a_warc_is_valid_and_described(data, packing):
    exam = judge(data)
    assert (exam.status, ids(exam)) == (Status.VALID, {"WARC-NO-DIGEST"})
    assert (exam.version, exam.mime) == ("1.0", "application/warc")
    box = exam.technical.container
    assert (box.members, box.compression) == (5, (packing,))
    assert box.created == "2006-09-19T17:20:24Z"
    assert exam.technical.properties["records"]["response"] == 1
    assert exam.technical.properties["with_block_digest"] == 2


WARCIO = """
import io, sys
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter
writer = WARCWriter(sys.stdout.buffer, gzip=sys.argv[1] == "True")
writer.write_record(writer.create_warcinfo_record("a.warc.gz", {"software": "warcio"}))
http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.0")
page = writer.create_warc_record(
    "http://a.org/", "response", payload=io.BytesIO(b"a reel" * 999), http_headers=http
)
writer.write_record(page)
"""


@pytest.mark.parametrize("gzipped", [False, True])
def test_what_warcio_writes_is_valid(gzipped):
    pytest.importorskip("warcio")
    command = [sys.executable, "-c", WARCIO, str(gzipped)]
    written = subprocess.run(command, check=True, capture_output=True).stdout
    exam = judge(written)
    assert (exam.status, exam.messages) == (Status.VALID, [])
    properties = exam.technical.properties
    assert (properties["with_block_digest"], properties["with_payload_digest"]) == (2, 1)


@pytest.mark.parametrize("data", [PLAIN, PACKED], ids=["plain", "packed"])
def test_a_cut_warc_is_not_well_formed(data):
    assert {judge(cut).status for cut in cuts(data)} == {Status.NOT_WELL_FORMED}


def test_every_cut_within_a_record_is_seen():
    one = records()[1]
    assert [n for n in range(len(one)) if judge(one[:n]).status.is_sound] == []


def test_most_changed_bytes_are_found():
    assert flagged_share(PACKED, Format.WARC) >= 0.97
    assert flagged_share(PLAIN, Format.WARC, tries=300) >= 0.7


def test_most_changed_bytes_of_a_head_are_found():
    head = record("response", HTTP, WARC_IP_Address="207.241.233.58")
    assert flagged_share(head[: -len(HTTP) - 4] + HTTP + b"\r\n\r\n", Format.WARC, tries=300) >= 0.6


@pytest.mark.parametrize(
    ("name", "value", "id", "jhove"),
    [
        ("WARC-Type", None, "WARC-MISSING-FIELD", None),
        ("WARC-Record-ID", None, "WARC-MISSING-FIELD", None),
        ("WARC-Target-URI", None, "WARC-MISSING-FIELD", None),
        ("WARC-Type", "responsx", "WARC-TYPE", None),
        ("WARC-Record-ID", "urn:uuid:1", "WARC-VALUE", "WARC-KB-107"),
        ("WARC-Record-ID", "<urn:uuid:1>", "WARC-VALUE", "WARC-KB-107"),
        ("WARC-Date", "2006-13-19T17:20:24Z", "WARC-VALUE", "WARC-KB-107"),
        ("WARC-Date", "2006-09-19", "WARC-VALUE", "WARC-KB-107"),
        ("WARC-Date", "2006-09-19T17:20:24.5Z", "WARC-VALUE", "WARC-KB-107"),
        ("WARC-Target-URI", "logoc.jpg", "WARC-VALUE", "WARC-KB-107"),
        ("WARC-Target-URI", "htto://a/", "WARC-VALUE", "WARC-KB-107"),
        ("WARC-IP-Address", "207.241.233.580", "WARC-VALUE", "WARC-KB-107"),
        ("WARC-Block-Digest", "sha1:abc", "WARC-VALUE", "WARC-KB-107"),
        ("WARC-Block-Digest", "crc99:abc", "WARC-DIGEST-UNKNOWN", None),
        ("Content-Type", "image", "WARC-VALUE", "WARC-KB-107"),
        ("Content-Type", "", "WARC-EMPTY", "WARC-KB-101"),
        ("Content-Length", "x", "WARC-CONTENT-LENGTH", None),
        ("Content-Length", "3", "WARC-LENGTH", "WARC-KB-107"),
        ("Content-Length", "99999", "WARC-CUT", "WARC-KB-105"),
        ("WARC-Filename", "a", "WARC-MISPLACED-FIELD", None),
        ("WARC-Refers-To", ID.format(9), "WARC-MISPLACED-FIELD", None),
        ("WARC-Segment-Number", "2", "WARC-SEGMENT", "WARC-KB-107"),
        ("WARC-Datf", "x", "WARC-MISSPELT-FIELD", None),
        ("WARC-Target-UR", "x", "WARC-MISSPELT-FIELD", None),
        ("Content-Type", "application/httq; msgtype=response", "WARC-VALUE", "WARC-KB-107"),
    ],
)
def test_what_is_wrong_with_a_field_is_named(name, value, id, jhove):
    fields = {name.replace("-", "_"): value}
    exam = judge(record("response", HTTP + PAGE, **fields) + record("resource", b"x", 2))
    found = next(message for message in exam.messages if message.id == id)
    assert found.jhove == jhove
    assert exam.status is not Status.VALID


@pytest.mark.parametrize(
    ("damage", "id", "status"),
    [
        (lambda data: data.replace(b"WARC/1.0", b"WARC/7.0", 1), "WARC-VERSION", None),
        (lambda data: data.replace(b"WARC/1.0", b"WARC/1", 1), "WARC-VERSION-LINE", None),
        (lambda data: data.replace(b"WARC/1.0", b"XARC/1.0", 1), "WARC-GARBAGE", None),
        (lambda data: data.replace(b"\r\n", b"\n", 1), "WARC-LINE-END", Status.NOT_VALID),
        (lambda data: data.replace(b"WARC-Type:", b"WARC-Type", 1), "WARC-FIELD-SYNTAX", None),
        (lambda data: data.replace(b"warcinfo", b"warcinf\xff", 1), "WARC-ENCODING", None),
        (lambda data: data.replace(b"2006", b"20\x016", 1), "WARC-CONTROL-CHARACTER", None),
        (lambda data: b"\r\n" + data, "WARC-EMPTY-LINES", Status.NOT_VALID),
        (lambda data: data + b"x", "WARC-GARBAGE", Status.NOT_WELL_FORMED),
        (lambda data: data + b"\r\n", "WARC-EMPTY-LINES", Status.NOT_VALID),
        (lambda data: data[:-2], "WARC-END", Status.NOT_WELL_FORMED),
        (lambda data: data.replace(b"\r\n\r\nWARC", b"\r\nWARC", 1), "WARC-RECORD-END", None),
        (lambda data: data.replace(b"WARC-Date", b"WARC-Type", 1), "WARC-DUPLICATE-FIELD", None),
        (lambda data: data.replace(b"a reel", b"A reel", 1), "WARC-BLOCK-DIGEST", None),
        (lambda data: data + data, "WARC-DUPLICATE-ID", Status.NOT_VALID),
        (lambda data: data.replace(b"GET", b"(ET", 1), "WARC-HTTP", Status.NOT_VALID),
        (lambda data: data.replace(b"software:", b"software ", 1), "WARC-FIELDS", None),
        (lambda _: b"", "WARC-EMPTY", Status.NOT_WELL_FORMED),
        (lambda _: b"WARC/1.0\r\n" + b"a: b\r\n" * 200_000, "WARC-HEAD-SIZE", None),
    ],
)
def test_what_is_wrong_is_named(damage, id, status):
    exam = judge(damage(PLAIN))
    assert id in ids(exam)
    assert not exam.status.is_sound
    assert not status or exam.status is status


def test_a_wrong_payload_digest_weighs_less_where_the_block_is_proved():
    wrong = {"WARC_Payload_Digest": sha1(b"")}
    exam = judge(record("response", HTTP + PAGE, WARC_Block_Digest=sha1(HTTP + PAGE), **wrong))
    assert (exam.status, "WARC-PAYLOAD-DIGEST" in ids(exam)) == (Status.NOT_VALID, True)
    assert judge(record("response", HTTP + PAGE, **wrong)).status is Status.NOT_WELL_FORMED


def test_a_payload_digest_taken_after_joining_the_chunks_is_no_error():
    http = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    block = http + b"%x\r\n" % len(PAGE) + PAGE + b"\r\n0\r\n\r\n"
    digests = {"WARC_Block_Digest": sha1(block), "WARC_Payload_Digest": sha1(PAGE)}
    exam = judge(record("response", block, **digests))
    assert (exam.status, "WARC-PAYLOAD-DIGEST" in ids(exam)) == (Status.VALID, True)


def test_revisits_may_have_the_digest_of_what_they_refer_to():
    profile = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
    fields = {"WARC_Profile": profile, "WARC_Payload_Digest": sha1(PAGE)}
    data = record("revisit", HTTP, Content_Type="application/http; msgtype=response", **fields)
    assert judge(data).status is Status.VALID
    assert "WARC-PROFILE" in ids(judge(data.replace(b"identical", b"identicam")))


def test_warc_1_1_has_its_own_dates():
    date = {"WARC_Date": "2006-09-19T17:20:24.123456789Z"}
    assert judge(record("resource", b"x", version="1.1", **date)).status is Status.VALID
    assert judge(record("resource", b"x", version="1.1", WARC_Date="2006")).status is Status.VALID


def test_digests_of_all_spellings_are_read():
    digest = hashlib.sha256(b"x").digest()
    for text in (digest.hex(), base64.b32encode(digest).decode().rstrip("=").lower(),
                 base64.b64encode(digest).decode()):  # fmt: skip
        data = record("resource", b"x", WARC_Block_Digest=f"sha-256:{text}")
        assert judge(data).status is Status.VALID
        assert judge(data.replace(b"\r\n\r\nx", b"\r\n\r\ny")).status is Status.NOT_WELL_FORMED


def test_records_packed_together_are_told():
    assert ids(judge(gzip.compress(PLAIN))) == {"WARC-NO-DIGEST", "WARC-PACKED-TOGETHER"}


def test_the_records_after_a_bad_one_are_still_read():
    parts = records()
    parts[1] = parts[1].replace(b"Content-Length: 27", b"Content-Length: 12")
    exam = judge(b"".join(parts))
    assert exam.status is Status.NOT_WELL_FORMED
    assert exam.technical.container.members == 5


def test_warcs_are_told_from_other_files():
    for data, is_one in ((PLAIN, True), (PACKED, True), (gzip.compress(b"x"), False), (b"", False)):
        assert (by_magic(Source(io.BytesIO(), "", data)) is Format.WARC) is is_one


def test_floods_and_bombs_are_left_quickly():
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = record("resource", b"", Content_Length=str(10 << 30)).rstrip(b"\r\n") + b"\r\n\r\n"
    bomb = engine.compress(head) + engine.flush(zlib.Z_FULL_FLUSH)
    bomb += (engine.compress(bytes(1 << 24)) + engine.flush(zlib.Z_FULL_FLUSH)) * 600
    flood = b"WARC/1.0\r\n\r\n" * 1_000_000
    began = time.process_time()
    assert "WARC-BOMB" in ids(judge(bomb))
    assert "WARC-STOPPED" in ids(judge(flood))
    assert time.process_time() - began < 3


def test_records_larger_than_what_is_held_are_read(tmp_path):
    block = b"frame of nitrate\n" * 1_500_000
    data = record("resource", block, WARC_Block_Digest=sha1(block)) + record("resource", b"x", 2)
    path = tmp_path / "a.warc"
    for content in (data, gzip.compress(data, 1)):
        path.write_bytes(content)
        with path.open("rb") as file:
            exam = Examination()
            validator.validate(Source(file, str(path)), exam)
        assert exam.technical.container.members == 2
        assert exam.status in {Status.VALID, Status.NOT_VALID}


@given(st.integers(min_value=0), st.sampled_from([PLAIN, PACKED]))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_no_damage_stops_the_validator(seed, data):
    judge(mutated(data, seed))


@given(st.integers(min_value=0))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_no_damage_within_members_stops_the_validator(seed):
    judge(gzip.compress(mutated(PLAIN, seed)))
