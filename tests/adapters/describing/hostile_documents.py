"""PDF files made to harm: trees that lead back to themselves, streams that grow."""

import io

from hostile_archives import MANY, MIB, Makers, zeros

_DEEP = 200_000


def files() -> Makers:
    """Give the maker of each file by its name."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<<>>>>"
    tree = b"<</Type/Catalog/Pages 2 0 R>>"
    return {
        "kids.pdf": lambda: _pdf(tree, b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R 2 0 R]>>"),
        "tree.pdf": lambda: _pdf(tree, *_page_tree(18)),
        "deep_tree.pdf": lambda: _pdf(
            tree,
            *[
                b"<</Type/Pages/Count 1/Kids[%d 0 R]/Parent %d 0 R>>" % (n + 1, n - 1)
                for n in range(2, 20_000)
            ],
        ),
        "arrays.pdf": lambda: _pdf(tree, b"[" * _DEEP + b"]" * _DEEP),
        "dictionaries.pdf": lambda: _pdf(tree, b"<</a" * _DEEP + b">>" * _DEEP),
        "names.pdf": lambda: _pdf(
            b"<</Type/Catalog/Pages 2 0 R/Names<</Dests 4 0 R>>>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            page,
            b"<</Kids[4 0 R 4 0 R 4 0 R]>>",
        ),
        "bomb.pdf": lambda: _pdf(
            tree,
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            page.replace(b"<<>>", b"<<>>/Contents 4 0 R"),
            _stream(_deflated(9000), b"/Filter/FlateDecode"),
        ),
        "xref.pdf": lambda: (
            b"%PDF-1.5\n1 0 obj<</Type/XRef/Size 2147483647/W[1 4 2]/Index[0 2147483647]"
            b"/Root 1 0 R/Length 0>>stream\n\nendstream endobj\nstartxref\n9\n%%EOF"
        ),
        "xref_bomb.pdf": lambda: (
            b"%PDF-1.5\n1 0 obj"
            + _stream(
                _deflated(500), b"/Type/XRef/Size 99999999/W[1 4 2]/Root 1 0 R/Filter/FlateDecode"
            )
            + b"endobj\nstartxref\n9\n%%EOF"
        ),
        "previous.pdf": lambda: (
            _pdf(tree)
            .replace(b"/Root", b"/Prev 99999/Root")
            .replace(b"/Prev 99999", b"/Prev 000%02d" % 63)
        ),
        "objects.pdf": lambda: (
            b"%PDF-1.5\n" + b"1 0 obj<<>>endobj\n" * (MANY * 3) + b"startxref\n9\n%%EOF"
        ),
        "object_stream.pdf": lambda: _pdf(
            tree, _stream(b"2 0 2 0", b"/Type/ObjStm/N 2147483647/First 7/Extends 2 0 R")
        ),
        "length.pdf": lambda: _pdf(tree, b"<</Length 2 0 R>>stream\nx\nendstream"),
        "brackets.pdf": lambda: b"%PDF-1.4\n" + b"<<[(" * MIB,
        "streams.pdf": lambda: _pdf(tree, *[_stream(_deflated(64), b"/Filter/FlateDecode")] * 100),
    }


def _page_tree(levels: int) -> list[bytes]:
    """Let each node stand twice in the one above: 2 to the power of levels pages."""
    nodes = [b"<</Type/Pages/Count 2/Kids[%d 0 R %d 0 R]>>" % (n + 3, n + 3) for n in range(levels)]
    return [*nodes, b"<</Type/Page/MediaBox[0 0 9 9]/Resources<<>>>>"]


def _deflated(mebibytes: int) -> bytes:
    return b"\x78\x9c" + zeros(mebibytes)


def _stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def _pdf(*objects: bytes) -> bytes:
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(
        b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)
    )
    return out.getvalue()
