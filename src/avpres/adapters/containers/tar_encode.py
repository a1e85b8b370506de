"""Headers of a tar, always the same for the same member: ustar, and PAX where ustar is too small.

POSIX.1-2001, pax interchange format. Owner and group are 0 and without names.
"""

from avpres.adapters.containers.planned import SECOND

BLOCK = 512
RECORD = 20 * BLOCK  # what tars are padded to at their end, as GNU tar and Python do
END = bytes(2 * BLOCK)

_NAME, _PREFIX = 100, 155  # bytes
_SIZE_LIMIT = 8**11  # 8 GiB; larger ones need a PAX record
_TIME_LIMIT = 8**11
_CHECKSUM_AS_SPACES = 8 * 0x20
_FILE, _FOLDER, _EXTENDED = b"0", b"5", b"x"
_OWNER = b"0000000\x000000000\x00"  # uid and gid
_TAIL = b"ustar\x0000" + bytes(64) + _OWNER  # magic, version, no names, no device


def header(path: bytes, size: int, mtime: int, *, is_folder: bool) -> bytes:
    """Write the header blocks of one member.

    Args:
        path: without a slash at its end.
        size: bytes; 0 for folders.
        mtime: nanoseconds; the header gets whole seconds.
        is_folder: folders get a slash and mode 0755.
    """
    name = path + b"/" if is_folder else path
    seconds = mtime // SECOND
    kind, mode = (_FOLDER, b"0000755\x00") if is_folder else (_FILE, b"0000644\x00")
    fitted = _split(name) if name.isascii() else None
    records = _records(name, size, seconds, has_name=fitted is None)
    prefix, short = fitted or (b"", name[:_NAME])
    block = _block(
        short,
        prefix,
        kind + mode,
        size if size < _SIZE_LIMIT else 0,
        seconds if 0 <= seconds < _TIME_LIMIT else 0,
    )
    return _extended(path, records) + block if records else block


def padding(size: int) -> bytes:
    """Give the zeros that fill the last block of data."""
    return bytes(-size % BLOCK)


def _split(name: bytes) -> tuple[bytes, bytes] | None:
    if len(name) <= _NAME:
        return b"", name
    if len(name) > _PREFIX + 1 + _NAME:
        return None
    cut = name.find(b"/", max(len(name) - _NAME - 1, 1), _PREFIX + 1)
    if cut < 0 or cut == len(name) - 1:
        return None
    return name[:cut], name[cut + 1 :]


def _records(name: bytes, size: int, seconds: int, *, has_name: bool) -> bytes:
    records = b""
    if has_name:
        if not _is_utf8(name):
            records += _record(b"hdrcharset", b"BINARY")
        records += _record(b"path", name)
    if size >= _SIZE_LIMIT:
        records += _record(b"size", b"%d" % size)
    if not 0 <= seconds < _TIME_LIMIT:
        records += _record(b"mtime", b"%d" % seconds)
    return records


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _record(keyword: bytes, value: bytes) -> bytes:
    """Write `length keyword=value`; the length counts its own digits."""
    rest = len(keyword) + len(value) + 3
    length = rest + len(str(rest))
    length = rest + len(str(length))
    return b"%d %s=%s\n" % (length, keyword, value)


def _extended(path: bytes, records: bytes) -> bytes:
    last = path.rpartition(b"/")[2].decode("ascii", "replace").encode("ascii", "replace")
    name = (b"PaxHeaders/" + last)[:_NAME]
    block = _block(name, b"", _EXTENDED + b"0000644\x00", len(records), 0)
    return block + records + padding(len(records))


def _block(name: bytes, prefix: bytes, kind_and_mode: bytes, size: int, seconds: int) -> bytes:
    numbers = b"%011o\x00%011o\x00" % (size, seconds)
    front = name.ljust(_NAME, b"\0") + kind_and_mode[1:] + _OWNER + numbers
    back = kind_and_mode[:1] + bytes(100) + _TAIL + prefix.ljust(_PREFIX, b"\0") + bytes(12)
    total = sum(front) + sum(back) + _CHECKSUM_AS_SPACES
    return b"%s%06o\x00 %s" % (front, total, back)
