import io
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from documents import ids, look, look_at_file, pdf, saved, seconds
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from avpres.adapters.validators.pdf_deep import decode_all
from avpres.adapters.validators.pdf_description import iso_date
from avpres.adapters.validators.source import WHOLE
from avpres.domain.formats import Format
from avpres.domain.technical import Document
from avpres.domain.validity import Impact, Status

BROKEN, INVALID, VALID = Status.NOT_WELL_FORMED, Status.NOT_VALID, Status.VALID
CLASSIC = {"object_stream_mode": pikepdf.ObjectStreamMode.disable}
PLAIN = pdf(**CLASSIC)
PACKED = pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)
CLAIMS = (
    b"%PDF-1.4\nxref\n0 99999999\n0000000000 65535 f \n"
    b"trailer <</Size 99999999>>\nstartxref\n9\n%%EOF"
)
LINEAR = pdf(linearize=True)
SAMPLES = {"plain": PLAIN, "packed": PACKED, "linear": LINEAR}
every_kind = pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES)


def document_of(data: bytes) -> Document:
    document = look(data, Format.PDF).technical.document
    assert document is not None
    return document


def changed(change: Callable[[pikepdf.Pdf], object], data: bytes = PLAIN) -> bytes:
    with pikepdf.open(io.BytesIO(data), inherit_page_attributes=False) as document:
        change(document)
        return saved(document, **CLASSIC)


def patched(old: bytes, new: bytes, data: bytes = PLAIN) -> bytes:
    assert len(old) == len(new)
    assert old in data
    return data.replace(old, new, 1)


@every_kind
def test_a_sound_file_is_valid(data: bytes) -> None:
    exam = look(data, Format.PDF)
    assert exam.messages == []
    assert exam.status is Status.VALID


def test_it_is_described() -> None:
    document = document_of(PLAIN)
    assert (document.pages, document.fonts, document.images) == (3, 3, 0)
    assert (document.title, document.created) == ("Cans of Köln", "2024-02-29T12:00:00+01:00")
    assert (document.encrypted, document.tagged, document.conformance) == (False, False, "")


@every_kind
@pytest.mark.parametrize("share", [1, 25, 50, 90])
def test_a_cut_file_is_not_well_formed(data: bytes, share: int) -> None:
    assert look(data[: len(data) * share // 100], Format.PDF).status is BROKEN


@pytest.mark.parametrize("length", range(0, len(PLAIN) - 6, 97))
def test_wherever_it_is_cut(length: int) -> None:
    assert look(PLAIN[:length], Format.PDF).status is BROKEN


def test_an_update_that_was_cut_is_no_sound_older_version() -> None:
    out = PLAIN + b"9 0 obj\n<< /Type /Page >>\nendobj\nxref\n9 1\n"
    assert "PDF-CUT" in ids(look(out, Format.PDF))


def test_bytes_after_the_end_are_pointed_out() -> None:
    exam = look(PLAIN + b"words", Format.PDF)
    assert exam.status is Status.VALID
    assert ids(exam) == {"PDF-AFTER-END"}


def test_a_linearized_file_knows_its_length() -> None:
    longer = re.sub(rb"/L (\d)", rb"/L 9", LINEAR, count=1)
    assert "PDF-CUT" in ids(look(longer, Format.PDF))


@pytest.mark.parametrize(
    ("old", "new", "id", "jhove"),
    [
        (b"%PDF-1", b"%PDX-1", "PDF-HEADER", "PDF-HUL-137"),
        (b"%%EOF", b"%%EOX", "PDF-NO-END", "PDF-HUL-138"),
        (b"startxref", b"startxxef", "PDF-NO-STARTXREF", "PDF-HUL-139"),
        (b"/Catalog", b"/Cetalog", "PDF-TYPE", "PDF-HUL-141"),
        (b"/Type /Pages", b"/Type /Pegas", "PDF-TYPE", "PDF-HUL-146"),
        (b"xref\n0", b"xrxf\n0", "PDF-SYNTAX", "PDF-HUL-68"),
        (b"trailer", b"traiker", "PDF-SYNTAX", "PDF-HUL-68"),
        (b"/Root", b"/Rout", "PDF-SYNTAX", "PDF-HUL-75"),
        (b"endobj", b"endibj", "PDF-SYNTAX", None),
        (b"endstream", b"endstreem", "PDF-SYNTAX", "PDF-HUL-64"),
    ],
)
def test_what_holds_it_together_is_checked(
    old: bytes, new: bytes, id: str, jhove: str | None
) -> None:
    exam = look(patched(old, new), Format.PDF)
    assert exam.status is BROKEN
    assert (id, jhove) in {(m.id, m.jhove) for m in exam.messages}


def test_damage_that_qpdf_would_repair_is_said_with_its_offset() -> None:
    exam = look(patched(b"endobj", b"endobx"), Format.PDF)
    message = next(m for m in exam.messages if m.id == "PDF-SYNTAX")
    assert message.offset is not None
    assert abs(message.offset - PLAIN.index(b"endobj")) < 8


def test_a_flipped_byte_in_compressed_data_is_found() -> None:
    place = PLAIN.index(b"stream\n") + 20
    damaged = bytearray(PLAIN)
    damaged[place] ^= 0x10
    exam = look(bytes(damaged), Format.PDF)
    assert exam.status is BROKEN
    assert ids(exam) & {"PDF-STREAM-DAMAGED", "PDF-STREAM-CUT"}


@pytest.mark.parametrize(
    ("version", "status"),
    [(b"1.0", Status.VALID), (b"2.0", Status.VALID), (b"1.8", INVALID), (b"3.0", BROKEN)],
)
def test_versions_from_1_0_to_2_0_are_known(version: bytes, status: Status) -> None:
    data = re.sub(rb"%PDF-\d\.\d", b"%PDF-" + version, PLAIN, count=1)
    exam = look(data, Format.PDF)
    assert exam.status is status
    assert exam.version == version.decode()


def test_a_header_may_stand_behind_other_bytes_but_not_far() -> None:
    exam = look(b"#!junk\n" + PLAIN, Format.PDF)
    assert ids(exam) == {"PDF-HEADER-OFFSET", "PDF-OFFSETS"}
    assert exam.status is INVALID
    exam = look(b" " * 1100 + PLAIN, Format.PDF)
    assert (exam.status, ids(exam)) == (BROKEN, {"PDF-HEADER"})


@pytest.mark.parametrize("junk", [b"\xef\xbb\xbf", b"#!junk\n" * 9])
def test_bytes_before_the_header_are_no_fault_where_offsets_count_them(junk: bytes) -> None:
    length = len(junk)

    def shifted(found: re.Match[bytes]) -> bytes:
        return b"%010d 00000 n" % (int(found[1]) + length)

    data = junk + re.sub(rb"(\d{10}) 00000 n", shifted, PLAIN)
    listed = b"startxref\n%d" % (data.rindex(b"\nxref") + 1)
    exam = look(re.sub(rb"startxref\n\d+", listed, data), Format.PDF)
    assert ids(exam) == {"PDF-HEADER-OFFSET"}
    assert exam.status is VALID


@pytest.mark.parametrize(
    ("old", "new", "id", "status"),
    [
        (b"/Size ", b"/Size 1", "PDF-SIZE", VALID),
        (b"/Type /Catalog", b"/PageMode 0 0 R /Type /Catalog", "PDF-REFERENCE", VALID),
        (b"/Type /Catalog", b"/Type /Catalog /Type /Catalog", "PDF-KEY-TWICE", VALID),
    ],
)
def test_what_jhove_and_all_readers_let_pass_is_a_warning(
    old: bytes, new: bytes, id: str, status: Status
) -> None:
    place = PLAIN.rindex(old)
    data = PLAIN[:place] + new + PLAIN[place + len(old) :]
    data = relisted(data)
    exam = look(data, Format.PDF)
    assert id in ids(exam), exam.messages
    assert exam.status is status, exam.messages


def relisted(data: bytes) -> bytes:
    """Write the offsets of all objects anew."""
    head, _, tail = data.rpartition(b"\nxref\n")
    offsets = [match.start() for match in re.finditer(rb"(?m)^\d+ 0 obj", head)]
    lines = iter([b"%010d 00000 n" % offset for offset in offsets])
    tail = re.sub(rb"\d{10} 00000 n", lambda _: next(lines), tail)
    return re.sub(rb"startxref\n\d+", b"startxref\n%d" % (len(head) + 1), head + b"\nxref\n" + tail)


@pytest.mark.parametrize("end", [b"\0\0\xff\xff", b""], ids=["flushed", "no checksum"])
def test_compressed_data_without_their_end_are_complete(end: bytes) -> None:
    text = b"BT ET " * 50
    packer = zlib.compressobj()
    packed = packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH if end else zlib.Z_FINISH)
    packed = packed if end else packed[:-4]

    def build(document: pikepdf.Pdf) -> None:
        stream = document.make_stream(b"")
        stream.write(packed, filter=Name.FlateDecode)
        document.pages[0].Contents = stream

    exam = look(changed(build), Format.PDF)
    assert ids(exam) == {"PDF-STREAM-OPEN"}
    assert exam.status is VALID


def test_dates_behind_a_cross_reference_stream_are_a_warning() -> None:
    packed = pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pikepdf.open(io.BytesIO(packed)) as document:
        document.docinfo["/ModDate"] = "yesterday"
        data = saved(document, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    exam = look(data, Format.PDF)
    assert (exam.status, ids(exam)) == (VALID, {"PDF-DATE"})


def drawing(document: pikepdf.Pdf, **said: object) -> None:
    stream = document.make_stream(b"x", **said)
    document.pages[0].Resources["/XObject"] = Dictionary(X1=stream)


def outside(document: pikepdf.Pdf) -> Dictionary:
    return Dictionary(GLGR=document.make_indirect(Dictionary(BaseVersion=Name("/1.7"))))


def labels(document: pikepdf.Pdf, *pairs: object) -> None:
    document.Root.PageLabels = Dictionary(Nums=Array(pairs))


def link(document: pikepdf.Pdf, **leading: object) -> None:
    note = Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), **leading)
    document.pages[0].Annots = Array([note])


@pytest.mark.parametrize(
    ("change", "id", "status"),
    [
        (lambda d: d.pages[0].update({"/Contents": 3}), "PDF-PAGE-CONTENT", INVALID),
        (lambda d: d.pages[0].update({"/Rotate": 45}), "PDF-PAGE-ROTATION", INVALID),
        (lambda d: d.pages[0].Resources.update({"/Font": 1}), "PDF-RESOURCES", INVALID),
        (lambda d: d.pages[0].Resources.Font.update({"/F2": 1}), "PDF-FONT", INVALID),
        (lambda d: d.pages[0].update({"/Annots": Array([1])}), "PDF-ANNOTATION", INVALID),
        (lambda d: d.Root.update({"/Names": 1}), "PDF-NAMES", INVALID),
        (lambda d: d.Root.update({"/Dests": 1}), "PDF-DESTINATIONS", INVALID),
        (lambda d: d.Root.update({"/PageLabels": 1}), "PDF-PAGE-LABELS", BROKEN),
        (lambda d: d.Root.update({"/Version": Name("/x")}), "PDF-VERSION", INVALID),
        (lambda d: d.Root.update({"/Metadata": 1}), "PDF-XMP", INVALID),
        (lambda d: d.docinfo.update({"/ModDate": "yesterday"}), "PDF-DATE", INVALID),
        (lambda d: d.Root.Outlines.update({"/First": 1}), "PDF-OUTLINES", BROKEN),
        (lambda d: d.Root.Outlines.First.update({"/Title": 1}), "PDF-OUTLINE", INVALID),
        (lambda d: d.Root.Outlines.First.update({"/Dest": 1}), "PDF-DESTINATION", INVALID),
        (lambda d: d.Root.update({"/Metadata": d.make_stream(b"<x")}), "PDF-XMP", VALID),
        (lambda d: d.docinfo.update({"/ModDate": "2024-01-01"}), "PDF-DATE", INVALID),
        (lambda d: d.docinfo.update({"/ModDate": "D:20240101120000+0100"}), "PDF-DATE", INVALID),
        (lambda d: d.pages[0].Resources.update({"/XObject": 1}), "PDF-RESOURCES", BROKEN),
        (lambda d: drawing(d, Subtype=Name.Image, Width=1), "PDF-IMAGE", BROKEN),
        (lambda d: drawing(d, Width=1, Height=1), "PDF-IMAGE", BROKEN),
        (lambda d: d.Root.update({"/Extensions": outside(d)}), "PDF-EXTENSION", BROKEN),
        (lambda d: labels(d, 1, Dictionary()), "PDF-PAGE-LABELS", INVALID),
        (lambda d: labels(d, 0, Dictionary(St=0)), "PDF-PAGE-LABELS", BROKEN),
        (labels, "PDF-PAGE-LABELS", INVALID),
        (lambda d: link(d, A=Array([])), "PDF-ACTION", BROKEN),
        (lambda d: link(d, Dest=Array([0, Name.Fit])), "PDF-DESTINATION", INVALID),
        (lambda d: link(d, Dest=Array([])), "PDF-DESTINATION", INVALID),
        (lambda d: link(d, Dest=Array([None, Name.Fit])), "PDF-DESTINATION", INVALID),
        (lambda d: link(d, Dest=Dictionary(D=1)), "PDF-DESTINATION", INVALID),
        (lambda d: d.Root.Outlines.First.update({"/Next": Dictionary()}), "PDF-OUTLINE", INVALID),
        (lambda d: d.Root.Pages.Kids.append(Dictionary(Type=Name.Page)), "PDF-PAGE-TREE", INVALID),
    ],
    ids=range(31),
)
def test_rules_of_the_structure(
    change: Callable[[pikepdf.Pdf], object], id: str, status: Status
) -> None:
    exam = look(changed(change), Format.PDF)
    assert id in ids(exam)
    assert exam.status is status


@pytest.mark.parametrize(
    ("old", "new", "id", "status"),
    [
        (b"/Type /Page >>", b"/Type /Pege >>", "PDF-PAGE-TREE", INVALID),
        (b"/Kids [", b"/Kits [", "PDF-PAGE-TREE", BROKEN),
        (b"/Kids [ 7 0 R", b"/Kids [ 4 0 R", "PDF-PAGE-LOOP", BROKEN),
        (b"/Kids [ 7 0 R", b"/Kids [ 8 0 R", "PDF-PAGE-LOOP", BROKEN),
        (b"/Kids [ 7 0 R", b"/Kids [ 9 9 R", "PDF-PAGE-MISSING", BROKEN),
        (b"/Count 3 /Kids", b"/Count 7 /Kids", "PDF-PAGE-COUNT", INVALID),
        (b"/Pages 4 0 R", b"/Pages 5 0 R", "PDF-PAGE-TREE", BROKEN),
        (b"[ 0 0 612 792 ]", b"[ 0 0 612     ]", "PDF-PAGE-BOX", INVALID),
        (b"/Resources", b"/Resaurces", "PDF-RESOURCES", INVALID),
    ],
)
def test_a_page_tree_that_leads_astray(old: bytes, new: bytes, id: str, status: Status) -> None:
    exam = look(patched(old, new), Format.PDF)
    assert id in ids(exam)
    assert exam.status is status


@pytest.mark.parametrize(
    ("name", "jhove"),
    [
        ("here", None),
        ("there", None),
        ("gone", "PDF-HUL-149"),
        ("before", "PDF-HUL-149"),
        ("outside", "PDF-HUL-149"),
        ("nowhere", "PDF-HUL-2"),
    ],
)
def test_links_must_lead_to_destinations_that_are_there(name: str, jhove: str | None) -> None:
    def build(document: pikepdf.Pdf) -> None:
        page = Array([document.pages[0].obj, Name.Fit])
        kids = [
            Dictionary(
                Limits=limits("here", "here"), Names=pairs(("here", page), ("before", page))
            ),
            Dictionary(Limits=limits("m", "n"), Names=pairs(("outside", page))),
            Dictionary(
                Limits=limits("n", "z"),
                Names=pairs(("nowhere", Array([1])), ("there", Dictionary(D=page))),
            ),
        ]
        tree = Dictionary(Kids=Array([document.make_indirect(kid) for kid in kids]))
        document.Root.Names = Dictionary(Dests=document.make_indirect(tree))
        link(document, A=Dictionary(S=Name.GoTo, D=pikepdf.String(name)))

    exam = look(changed(build), Format.PDF)
    assert {m.jhove for m in exam.messages} == ({jhove} if jhove else set())
    assert exam.status is (INVALID if jhove else VALID)


def limits(first: str, last: str) -> Array:
    return Array([pikepdf.String(first), pikepdf.String(last)])


def pairs(*named: tuple[str, object]) -> Array:
    return Array([part for name, value in named for part in (pikepdf.String(name), value)])


def test_outlines_that_go_round_end() -> None:
    def turn(document: pikepdf.Pdf) -> None:
        first = document.Root.Outlines.First
        first.Next = first

    exam = look(changed(turn), Format.PDF)
    assert ids(exam) == {"PDF-OUTLINE-LOOP"}


def test_claims_of_conformance_come_from_xmp() -> None:
    packet = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
     xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
     xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="2" pdfaid:conformance="B"
     xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>
     </rdf:Description></rdf:RDF></x:xmpmeta>"""

    def claim(document: pikepdf.Pdf) -> None:
        document.Root.Metadata = document.make_stream(packet)
        document.Root.Lang = pikepdf.String("de-DE")
        document.Root.MarkInfo = Dictionary(Marked=True)

    exam = look(changed(claim), Format.PDF)
    document = exam.technical.document
    assert document is not None
    assert exam.profile == "PDF/A-2b, PDF/UA-1"
    assert (document.language, document.tagged) == ("de-DE", True)


def test_an_encrypted_file_is_read_as_far_as_it_can_be() -> None:
    locks = pikepdf.Encryption(user="reel", owner="can")
    packed = look(
        pdf(encryption=locks, object_stream_mode=pikepdf.ObjectStreamMode.generate), Format.PDF
    )
    assert packed.status is Status.WELL_FORMED
    assert ids(packed) == {"PDF-ENCRYPTED"}
    locked = pdf(encryption=locks, **CLASSIC)
    exam = look(locked, Format.PDF)
    assert exam.status is VALID
    assert ids(exam) == {"PDF-LOCKED"}
    assert exam.technical.document is not None
    assert (exam.technical.document.encrypted, exam.technical.document.pages) == (True, 3)
    assert look(locked.replace(b"/Kids [", b"/Kits ["), Format.PDF).status is BROKEN
    assert look(locked[: len(locked) // 2], Format.PDF).status is BROKEN
    opened = look(pdf(encryption=pikepdf.Encryption(user="", owner="can")), Format.PDF)
    assert opened.status is Status.VALID
    assert opened.technical.document is not None
    assert (opened.technical.document.encrypted, opened.technical.document.pages) == (True, 3)


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("D:20240229120000+01'00'", "2024-02-29T12:00:00+01:00"),
        ("D:20240229120000Z", "2024-02-29T12:00:00Z"),
        ("D:20240229", "2024-02-29"),
        ("2024", "2024"),
        ("D:202402291200", "2024-02-29T12:00:00"),
        ("soon", ""),
    ],
)
def test_dates_become_iso_8601(said: str, date: str) -> None:
    assert iso_date(said) == date


def test_the_deep_pass_decodes_everything(tmp_path: Path) -> None:
    path = tmp_path / "reel.pdf"
    path.write_bytes(PLAIN)
    assert decode_all(path) == []
    damaged = bytearray(PLAIN)
    damaged[PLAIN.index(b"stream\n") + 20] ^= 0x10
    path.write_bytes(damaged)
    messages = decode_all(path)
    assert messages
    assert {m.impact for m in messages} == {Impact.NOT_WELL_FORMED}
    assert str(path) not in messages[0].text
    path.write_bytes(PLAIN[:500])
    assert decode_all(path)


def test_a_large_file_is_read_in_place(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    noise = bytes(WHOLE + 10)
    path.write_bytes(changed(lambda d: d.Root.update({"/Extra": d.make_stream(noise)})))
    with pikepdf.open(path) as document:
        document.save(
            tmp_path / "loose.pdf",
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
        )
    loose = tmp_path / "loose.pdf"
    assert loose.stat().st_size > WHOLE
    assert look_at_file(loose, Format.PDF).status is Status.VALID
    loose.write_bytes(loose.read_bytes()[:-2000])
    assert look_at_file(loose, Format.PDF).status is BROKEN


def _bomb() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.Extra = document.make_stream(bytes(60_000_000))
    return saved(document)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.4\n" + b"[" * 500_000 + b"\nstartxref\n9\n%%EOF",
        b"%PDF-1.4\n" + b"<<" * 500_000 + b"\nstartxref\n9\n%%EOF",
        CLAIMS,
        b"%PDF-1.4\n" + b"1 0 obj\n" * 100_000 + b"\nstartxref\n9\n%%EOF",
        _bomb(),
    ],
    ids=["arrays", "dictionaries", "claims", "objects", "bomb"],
)
def test_hostile_files_are_done_with_quickly(data: bytes) -> None:
    assert seconds(data, Format.PDF) < 1.5


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_damage_anywhere_gives_a_verdict_and_no_exception(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from([PLAIN, PACKED, LINEAR])))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    assert look(bytes(damaged), Format.PDF).status in Status


def test_most_single_damaged_bytes_are_found() -> None:
    found = 0
    for place in range(0, len(PLAIN), 23):
        damaged = bytearray(PLAIN)
        damaged[place] ^= 0x55
        found += look(bytes(damaged), Format.PDF).status is not Status.VALID
    assert found / len(range(0, len(PLAIN), 23)) > 0.75
