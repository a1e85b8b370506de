"""The versions of HTML by their document types."""

import re

_PUBLIC = re.compile(rb"""public\s+["']([^"']*)["']""", re.IGNORECASE)
_HTML = re.compile(
    rb"-//(?:W3C|IETF|WAPFORUM|W3O)//DTD\s+(X?HTML)\s*(?:Mobile|Basic)?\s*([0-9.]*)\s*([A-Za-z ]*)",
    re.IGNORECASE,
)
_LIVING = re.compile(rb"^\s*html\s*(system\s+[\"']about:legacy-compat[\"']\s*)?$", re.IGNORECASE)
_FIRST = re.compile(rb"^\s*html\b", re.IGNORECASE)


def version_of(doctype: bytes) -> tuple[str, str]:
    """Give version and profile of what stands between `<!DOCTYPE` and `>`."""
    if _LIVING.match(doctype):
        return "5", ""
    public = _PUBLIC.search(doctype)
    found = _HTML.match(public[1]) if public else None
    if not found:
        return "", ""
    version = found[2].decode() or "4.01"
    if found[1].upper() == b"XHTML":
        version = f"XHTML {version}"
    profile = found[3].decode().strip() or ("Strict" if version in {"4.0", "4.01"} else "")
    return version, "" if profile == "Final" else profile


def is_html(doctype: bytes) -> bool:
    """Say whether a document type names html as its root."""
    return _FIRST.match(doctype) is not None
