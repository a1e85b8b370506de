"""Paths as relative URI references, byte for byte, and the paths that a reference may mean.

Names on disk are bytes: a reference percent-encodes all but unreserved characters and slashes
(RFC 3986 §2.3), so that no reader can take a part of a name for a query, a scheme or an escape.
"""

import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

from avpres.adapters.formats.names import from_bytes, to_bytes

_PLAIN = re.compile(r"(?!\./|file://)[^%#?\ud800-\udfff]+", re.IGNORECASE)
"""References that have one meaning: nothing in them is encoded, or ends the path."""


def relative_uri(path: str) -> str:
    """Write a path as a URI reference: `100%0Adone` becomes `100%250Adone`."""
    return quote_from_bytes(to_bytes(path))


def path_of(uri: str) -> str:
    """Read a reference as a path: percent-decoded, without `file://` and an idle `./`."""
    return from_bytes(unquote_to_bytes(_without_scheme(uri).encode("utf-8", "surrogatepass")))


def candidates(uri: str) -> tuple[str, ...]:
    """Give the paths that a reference may mean, the likeliest first.

    Many writers never encode: their names are meant literally, and `#` and `?` belong to them or
    begin a fragment or query.
    """
    if _PLAIN.fullmatch(uri):
        return (uri,)
    bare = uri.partition("#")[0].partition("?")[0]
    likely = (path_of(uri), _without_scheme(uri), uri, path_of(bare))
    return tuple(path for path in dict.fromkeys(likely) if path)


def _without_scheme(uri: str) -> str:
    if uri[:7].lower() == "file://":
        uri = uri[7:]
        uri = uri.removeprefix("localhost") if uri.startswith("localhost/") else uri
    while uri.startswith("./"):
        uri = uri[2:]
    return uri
