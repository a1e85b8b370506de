"""MPEG-21 declarations: components in their many shapes, hostile names, damage."""

import base64
from xml.sax.saxutils import escape, quoteattr

import pytest
from foreign_cases import codes, md5, put, read, write
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.formats.uris import relative_uri
from avpres.adapters.packages.forms import Form
from avpres.adapters.packages.reading import open_foreign
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import Role

NS = "urn:mpeg:mpeg21:2002:02-DIDL-NS"
DII = "urn:mpeg:mpeg21:2002:01-DII-NS"
JHOVE = (
    '<jhove xmlns="http://hul.harvard.edu/ois/xml/ns/jhove" name="Jhove" release="1.0 (beta 2)">'
    "<repInfo><size>7</size></repInfo></jhove>"
)


def didl(*parts: str, namespace: str = NS, prefix: str = "didl") -> str:
    inside = "".join(parts).replace("didl:", f"{prefix}:" if prefix else "")
    name = f"{prefix}:DIDL" if prefix else "DIDL"
    declared = f"xmlns:{prefix}" if prefix else "xmlns"
    return f'<{name} {declared}="{namespace}" xmlns:dii="{DII}">{inside}</{name}>'


def container(*parts: str) -> str:
    return f"<didl:Container>{''.join(parts)}</didl:Container>"


def item(*parts: str) -> str:
    return f"<didl:Item>{''.join(parts)}</didl:Item>"


def component(*parts: str, id: str = "") -> str:
    return (
        f"<didl:Component{f' id={quoteattr(id)}' if id else ''}>{''.join(parts)}</didl:Component>"
    )


def said(content: str, mime: str = "text/xml", attributes: str = "") -> str:
    return (
        f'<didl:Descriptor {attributes}><didl:Statement mimeType="{mime}">{content}'
        "</didl:Statement></didl:Descriptor>"
    )


def identified(name: str) -> str:
    return said(f"<dii:Identifier>{escape(name)}</dii:Identifier>")


def resource(href: str, attributes: str = "") -> str:
    return f'<didl:Resource mimeType="image/jpeg" ref={quoteattr(href)} {attributes}/>'


@pytest.mark.parametrize("namespace", [NS, NS.replace("02-DIDL", "01-DIDL")])
@pytest.mark.parametrize("prefix", ["didl", "", "x"])
def test_old_dominions_component_is_a_file(tmp_path, namespace, prefix):
    put(tmp_path, "content/a b.jpg")
    file = component(
        identified("/GMU/a b.jpg"),
        said(md5(), "text/plain"),
        said(JHOVE),
        said("JPEG image data, JFIF standard 1.01", "text/plain", 'id="file"'),
        said("info:gdfr/fred/f/jpg", "text/plain"),
        resource("content/a%20b.jpg"),
        id="c1",
    )
    whole = didl(
        "<didl:DIDLInfo><Component/></didl:DIDLInfo>",
        container(identified("info:archive"), file),
        namespace=namespace,
        prefix=prefix,
    )
    write(tmp_path / "dip.xml", whole)
    foreign = open_foreign(tmp_path)
    files, notices = read(foreign)
    assert (foreign.form, foreign.identifiers) == (Form.DIDL, ("info:archive",))
    file = files["content/a b.jpg"]
    assert (file.original, file.id, file.mime) == ("/GMU/a b.jpg", "/GMU/a b.jpg", "image/jpeg")
    assert (file.size, file.format) == (7, "info:gdfr/fred/f/jpg")
    assert file.digests == (Digest(Algorithm.MD5, md5()),)
    assert [(one.type, one.tool, one.version) for one in file.records] == [
        ("JHOVE", "JHOVE", "1.0 (beta 2)"),
        ("file", "", ""),
    ]
    assert notices == []


def test_what_an_item_says_is_said_of_its_only_component(tmp_path):
    put(tmp_path, "a", "b", "c")
    alone = item(identified("one"), component(resource("a")))
    several = item(identified("two"), component(resource("b")), component(resource("c")))
    write(tmp_path / "didl.xml", didl(container(alone, several)))
    files, _ = read(open_foreign(tmp_path))
    assert {path: file.id for path, file in files.items()} == {"a": "one", "b": "", "c": ""}
    assert list(files) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "statement",
    [
        said(f"MD5: {md5().upper()}", "text/plain"),
        said(f"<digest algorithm='MD5'>{md5()}</digest>"),
        said(f"<c:checksums xmlns:c='urn:c'><c:md5>{md5()}</c:md5></c:checksums>"),
        said(
            '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><DigestMethod '
            'Algorithm="http://www.w3.org/2001/04/xmldsig-more#md5"/><DigestValue>'
            f"{base64.b64encode(bytes.fromhex(md5())).decode()}</DigestValue></Signature>"
        ),
    ],
)
def test_a_digest_is_found_however_it_is_said(tmp_path, statement):
    write(tmp_path / "didl.xml", didl(item(component(statement, resource("a")))))
    (file,) = read(open_foreign(tmp_path))[0].values()
    assert file.digests == (Digest(Algorithm.MD5, md5()),)


@pytest.mark.parametrize(
    ("inline", "content"),
    [
        ("<didl:Resource mimeType='text/plain'>text &amp; more</didl:Resource>", b"text & more"),
        ("<didl:Resource mimeType='x/y' encoding='base64'>AP8=</didl:Resource>", b"\x00\xff"),
        ("<didl:Resource mimeType='text/xml'><a>b</a></didl:Resource>", b"<a>b</a>"),
        ("<didl:Resource mimeType='x/y'></didl:Resource>", b""),
    ],
)
def test_an_inline_resource_is_a_file_with_its_content(tmp_path, inline, content):
    write(tmp_path / "didl.xml", didl(item(component(inline, id="c")), prefix="didl"))
    ((reference, file),) = read(open_foreign(tmp_path))[0].items()
    assert (reference, file.path) == ("didl.xml#c", "")
    assert b"<a" in file.content if content.startswith(b"<a") else file.content == content


def test_a_statement_beside_the_declaration_is_a_record_and_a_file(tmp_path):
    put(tmp_path, "a", "techmd/a.xml")
    statement = "<didl:Statement mimeType='text/xml' ref='techmd/a.xml'/>"
    beside = f"<didl:Descriptor>{statement}</didl:Descriptor>"
    write(tmp_path / "didl.xml", didl(item(component(beside, resource("a")))))
    files, _ = read(open_foreign(tmp_path))
    assert [one.path for one in files["a"].records] == ["techmd/a.xml"]
    assert files["techmd/a.xml"].role is Role.METADATA


def test_what_is_not_followed_is_told_and_what_is_packed_too(tmp_path):
    choice = "<didl:Choice><didl:Selection select_id='s'/></didl:Choice>"
    packed = component(resource("a", 'contentEncoding="gzip"'), "<didl:Anchor/>")
    write(tmp_path / "didl.xml", didl(item(choice, packed)))
    _, notices = read(open_foreign(tmp_path))
    assert codes(notices) == ["IMP-PASSED-OVER", "IMP-PASSED-OVER"]
    assert notices[1].message.endswith("1 Choice, 1 Anchor")


def test_a_declaration_inside_a_statement_or_a_resource_is_not_read_as_one(tmp_path):
    inner = item(component(resource("inner")))
    outer = component(said(inner), f"<didl:Resource mimeType='text/xml'>{inner}</didl:Resource>")
    write(tmp_path / "didl.xml", didl(item(outer)))
    ((_, file),) = read(open_foreign(tmp_path))[0].items()
    assert file.reference == "didl.xml#1"


def test_a_cut_declaration_gives_the_components_before_the_cut(tmp_path):
    whole = didl(container(*(item(component(resource(f"f{n}"))) for n in range(5))))
    for place in range(0, len(whole), 7):
        write(tmp_path / "didl.xml", whole[:place])
        files, notices = read(open_foreign(tmp_path))
        if "didl.xml" in files:  # not even the first element is whole
            continue
        expected = whole[:place].count("</didl:Component>")
        assert len(files) == expected
        assert codes(notices) == ["IMP-DOCUMENT"]


def test_entities_are_not_resolved(tmp_path):
    bomb = '<!DOCTYPE DIDL [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
    )
    secret = write(tmp_path / "secret", "secret")
    outside = f'<!ENTITY out SYSTEM "file://{secret}">]>'
    inside = component(said("&m;&out;", "text/plain"), resource("a"))
    write(tmp_path / "didl.xml", f"{bomb}{outside}{didl(item(inside))}")
    files, _ = read(open_foreign(tmp_path))
    contents = b"".join(one.content or b"" for file in files.values() for one in file.records)
    assert b"secret" not in contents
    assert len(contents) < 10_000


raw = st.binary(min_size=1, max_size=12).filter(lambda name: not {0, 0x2F} & {*name})
any_paths = (
    st.lists(raw, min_size=1, max_size=3)
    .map(lambda parts: "top/" + b"/".join(parts).decode("utf-8", "surrogateescape"))
    .filter(lambda path: not {"", ".", ".."} & {*path.split("/")})
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(names=st.lists(any_paths, min_size=1, max_size=5, unique=True))
def test_any_name_comes_back(tmp_path_factory, names):
    root = tmp_path_factory.mktemp("didl")
    parts = [component(resource(relative_uri(name))) for name in names]
    write(root / "didl.xml", didl(container(*parts)))
    back = [file.path for file in open_foreign(root).listed(lambda _: None)]
    assert back == names


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    href=st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"], max_codepoint=0xFFFD))
)
def test_no_reference_leads_out_or_stops_the_reading(tmp_path_factory, href):
    root = tmp_path_factory.mktemp("didl")
    write(root / "didl.xml", didl(container(component(resource(href)), component(resource("z")))))
    files = list(open_foreign(root).listed(lambda _: None))
    assert files[-1].path == "z"
    for path in (files[0].path, *files[0].candidates):
        assert not path.startswith("/")
        assert ".." not in path.split("/")
