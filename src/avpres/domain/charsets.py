"""Charsets of texts: their IANA names, and by what codec they are read.

Single-byte tables of Python and of `iconv` agree for all that are listed here, but for signs that
docs/reversible-targets.md names. Of those of several bytes, some characters stand twice: such a
text comes back or is refused, as the comparison tells.
"""

import codecs

ISO = {f"ISO-8859-{n}": f"iso8859-{n}" for n in range(1, 17) if n != 12}  # noqa: PLR2004 - none
WINDOWS = {f"windows-{n}": f"cp{n}" for n in (874, *range(1250, 1259))}
DOS = {
    f"IBM{n}": f"cp{n}"
    for n in (*(437, 737, 775, 850, 852, 855, 857), *(858, *range(860, 864), 865, 866, 869))
}
EBCDIC = {"IBM037": "cp037", "IBM500": "cp500"}
OTHERS = {
    "KOI8-R": "koi8-r",
    "KOI8-U": "koi8-u",
    "macintosh": "mac-roman",
    "x-mac-ce": "mac-latin2",
    "x-mac-cyrillic": "mac-cyrillic",
}
ASIAN = {
    "Big5": "big5",
    "EUC-JP": "euc_jp",
    "EUC-KR": "euc_kr",
    "GB18030": "gb18030",
    "GB2312": "gb2312",
    "GBK": "gbk",
    "ISO-2022-JP": "iso2022_jp",
    "Shift_JIS": "shift_jis",
    "Windows-31J": "cp932",
}
WIDE = {
    "UTF-16BE": "utf-16-be",
    "UTF-16LE": "utf-16-le",
    "UTF-32BE": "utf-32-be",
    "UTF-32LE": "utf-32-le",
}
CODECS = ISO | WINDOWS | DOS | EBCDIC | OTHERS | ASIAN | WIDE
"""The Python codec of each charset that is known here, by its name in records."""

ICONV = {
    "IBM737": "CP737",
    "IBM775": "CP775",
    "Windows-31J": "CP932",
    "windows-874": "CP874",
    "x-mac-ce": "MAC-CENTRALEUROPE",
    "x-mac-cyrillic": "MAC-CYRILLIC",
}
"""What `iconv` calls them, where it has another name for them."""


def charset_named(word: str) -> str:
    """Give the name of a charset in records, whichever of its names is given.

    Raises:
        ValueError: it is none that is known here.
    """
    try:
        codec = codecs.lookup(word).name
    except (LookupError, ValueError):
        codec = ""
    for name, known in CODECS.items():
        if word.casefold() == name.casefold() or codecs.lookup(known).name == codec:
            return name
    raise ValueError(f"the charset {word!r} is not known; docs/reversible-targets.md lists them")
