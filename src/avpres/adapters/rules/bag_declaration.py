"""What `bagit.txt` says, held against RFC 8493 §2.1.1."""

import re
from collections.abc import Iterator

from avpres.adapters.formats.bagit import VERSIONS, Tongue, declared, is_text_encoding
from avpres.adapters.rules.bag_rules import BAG_RULES
from avpres.adapters.rules.rule import Breach, Level

_FILE = b"bagit.txt"
_BOM = b"\xef\xbb\xbf"
_STRICT = (
    re.compile(r"BagIt-Version: \d+\.\d+"),
    re.compile(r"Tag-File-Character-Encoding: \S+"),
)
_OLD = (
    re.compile(r"BagIt-Version:[ \t]*\d+\.\d+[ \t]*"),
    re.compile(r"Tag-File-Character-Encoding:[ \t]*\S+[ \t]*"),
)
_SHOWN = 60  # characters of a line that are repeated in a message


def judge(text: bytes) -> Iterator[Breach]:
    """Yield what is wrong with a bag declaration."""
    if text.startswith(_BOM):
        yield Breach(BAG_RULES["BAG-BOM"], "begins with a byte-order mark", _FILE)
    try:
        said = text.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield Breach(BAG_RULES["BAG-DECLARATION-FORM"], "is not UTF-8", _FILE)
        return
    tongue = declared(text)
    yield from _form(said, tongue)
    yield from _meaning(said, tongue)


def _form(said: str, tongue: Tongue) -> Iterator[Breach]:
    lines = re.split(r"\r\n|\r|\n", said)
    ended = lines[-1] == ""
    lines = lines[:-1] if ended else lines
    rule = BAG_RULES["BAG-DECLARATION-FORM"]
    patterns = _STRICT if tongue.version >= (1, 0) else _OLD
    names = ("BagIt-Version: M.N", "Tag-File-Character-Encoding: UTF-8")
    for number, (pattern, name) in enumerate(zip(patterns, names, strict=True)):
        line = lines[number] if number < len(lines) else ""
        if not pattern.fullmatch(line):
            yield Breach(rule, f"line {number + 1} is not {name}", _FILE, name, line[:_SHOWN])
    if any(line.strip() for line in lines[2:]) or (len(lines) > 2 and tongue.version >= (1, 0)):  # noqa: PLR2004 - lines
        yield Breach(rule, f"has {len(lines)} lines and not two", _FILE)
    if not ended:
        yield Breach(BAG_RULES["BAG-LINE-END"], "its last line has no end", _FILE)


def _meaning(said: str, tongue: Tongue) -> Iterator[Breach]:
    if "BagIt-Version" in said and tongue.version not in VERSIONS:
        number = ".".join(map(str, tongue.version))
        message = f"version {number} was never published; it was judged by the nearest"
        yield Breach(BAG_RULES["BAG-VERSION"], message, _FILE)
    if not is_text_encoding(tongue.encoding):
        message = f"{tongue.encoding[:_SHOWN]} is no known encoding; UTF-8 was tried"
        yield Breach(BAG_RULES["BAG-ENCODING"], message, _FILE)
    elif tongue.encoding.upper().replace("_", "-") not in {"UTF-8", "UTF8"}:
        message = f"tag files are in {tongue.encoding[:_SHOWN]}"
        yield Breach(BAG_RULES["BAG-UTF8"], message, _FILE, level=Level.SHOULD)
