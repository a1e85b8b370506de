"""Marked-up texts made to harm: entities that multiply, nests without end."""

from collections.abc import Callable

Makers = dict[str, Callable[[], bytes]]
MIB = 1024 * 1024
MANY = 100_000
_DEEP = 200_000


def files() -> Makers:
    """Give the maker of each file by its name."""
    prolog = b'<?xml version="1.0"?>\n'
    attributes = b" ".join(b'a%d="1"' % n for n in range(MANY * 5))
    spaces = b" ".join(b'xmlns:n%d="u%d"' % (n, n) for n in range(MANY))
    return {
        "laughs.xml": lambda: prolog + _laughs(),
        "parameters.xml": lambda: prolog + _parameters(),
        "quadratic.xml": lambda: (
            prolog + b'<!DOCTYPE a [<!ENTITY x "%s">]><a>%s</a>' % (b"x" * 200_000, b"&x;" * 20_000)
        ),
        "attribute_laughs.xml": lambda: prolog + _laughs().replace(b"&k;", b'<i a="&k;"/>'),
        "file.xml": lambda: (
            prolog + b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
        ),
        "web.xml": lambda: (
            prolog + b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><a>&x;</a>'
        ),
        "deep.xml": lambda: prolog + b"<a>" * _DEEP + b"</a>" * _DEEP,
        "attributes.xml": lambda: prolog + b"<a " + attributes + b"/>",
        "namespaces.xml": lambda: prolog + b"<a " + spaces + b"><b " + b"/></a>",
        "open.html": lambda: b"<!DOCTYPE html><title>x</title>" + b"<div>" * _DEEP,
        "formatting.html": lambda: b"<!DOCTYPE html><title>x</title>" + b"<b><p>" * MANY,
        "tables.html": lambda: b"<!DOCTYPE html><title>x</title>" + b"<table><td>" * MANY,
        "attributes.html": lambda: b"<!DOCTYPE html><title>x</title><p " + attributes + b">",
        "tag.html": lambda: b"<!DOCTYPE html><title>x</title><p " + b"a" * (8 * MIB),
        "less.html": lambda: b"<!DOCTYPE html><title>x</title>" + b"<" * (4 * MIB),
        "comments.html": lambda: b"<!DOCTYPE html><title>x</title>" + b"<!--" * MIB,
        "laughs.xhtml": lambda: (
            prolog
            + _laughs()
            .replace(b"<l>", b'<html xmlns="http://www.w3.org/1999/xhtml">')
            .replace(b"</l>", b"</html>")
        ),
    }


def _laughs() -> bytes:
    rows = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(10))
    return b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + rows + b"]><l>&k;</l>"


def _parameters() -> bytes:
    rows = b"".join(
        b"<!ENTITY %% p%d '%s'>" % (n, b"&#37;p%d;" % (n - 1) * 20) for n in range(1, 12)
    )
    return b"<!DOCTYPE l [<!ENTITY % p0 'x'>" + rows + b"%p11;]><l/>"
