"""Escaping text for XML.

`xml.sax.saxutils` does the same and loads an HTTP client to do it, which every start would pay.
"""

import html
import re

_BLANKS = str.maketrans({"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
_SPECIAL = re.compile("[&<>\"'\n\r\t]").search


def escape(text: str) -> str:
    """Escape text between tags."""
    return html.escape(text, quote=False) if _SPECIAL(text) else text


def quoteattr(text: str) -> str:
    """Quote and escape an attribute's value; white space that readers would fold is kept."""
    return f'"{html.escape(text).translate(_BLANKS)}"' if _SPECIAL(text) else f'"{text}"'
