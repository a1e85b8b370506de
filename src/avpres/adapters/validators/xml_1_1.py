"""XML 1.1, which libxml2 does not know, put into XML 1.0 to be parsed.

XML 1.1 allows references to control characters, has two more line ends, and lets prefixes be
undeclared; most control characters themselves it forbids (W3C, XML 1.1, §2.2 and §2.11).
"""

import re

from avpres.adapters.validators.source import Source

_LINE_ENDS = {0x85: "\n", 0x2028: "\n"}
_REFERENCES = re.compile(r"&#(?:x0*(?:[1-9a-fA-F]|1[0-9a-fA-F])|0*(?:[1-9]|[12]\d|3[01]));")
_UNDECLARED = re.compile(r"""(\sxmlns:[^\s=]+\s*=\s*)(?:""|'')""")
_FORBIDDEN = re.compile("[\x7f-\x84\x86-\x9f]")
_DECLARED = re.compile(
    r"(<\?xml\s+version\s*=\s*[\"'])1\.1([\"'])(\s+encoding\s*=\s*[\"'][^\"']*[\"'])?"
)


def as_1_0(source: Source, charset: str) -> bytes | None:
    """Give the file as XML 1.0 in UTF-8 that is well-formed if the file is; None if it cannot."""
    data = source.data
    if data is None:
        return None
    try:
        text = data.decode(charset).removeprefix("\ufeff")
    except (LookupError, ValueError):
        return None
    text = _FORBIDDEN.sub("\x01", text).translate(_LINE_ENDS)
    text = _DECLARED.sub(r"\g<1>1.0\2", text, count=1)
    text = _UNDECLARED.sub(r'\1"urn:undeclared"', text)
    return _REFERENCES.sub("&#32;", text).encode()
