"""The block of a WARC record: its digests, and the HTTP message that it may be."""

import re
from dataclasses import dataclass

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.warc_digest import Check, Wanted, read_digest
from avpres.adapters.validators.warc_head import FIELD, Head
from avpres.adapters.validators.warc_reader import Reader

_LARGEST = 256 * 1024  # bytes of a head of HTTP, or of fields, that are looked at
_RESPONSE = re.compile(rb"HTTP/\d(\.\d)? \d{3}( |\r|\n)")
_REQUEST = re.compile(rb"[!#-'*+.0-9A-Z^-z|~-]+ \S+ HTTP/\d(\.\d)?\r?\n")
_CHUNKED = re.compile(rb"(?im)^transfer-encoding:[^\r\n]*chunked")
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,18})[ \t]*\r?$")


@dataclass(slots=True)
class Block:
    """A block as it is read."""

    head: Head
    length: int
    is_http: bool
    digest: Check | None = None
    payload: Check | None = None
    start: bytes = b""
    body: int = -1  # where the payload begins; -1 is not known yet
    read: int = 0


def read_block(reader: Reader, head: Head, length: int, exam: Examination) -> bool:
    """Take the block from the reader, and say whether it was there to its end."""
    block = Block(head, length, _is_http(head))
    block.digest = _wanted(head, "warc-block-digest", exam)
    if head.type not in {"revisit", "continuation"} and "warc-segment-number" not in head.values:
        block.payload = _wanted(head, "warc-payload-digest", exam)
    if not block.is_http:
        block.body = 0
    if block.digest or block.payload:
        for part in reader.parts(length):
            _feed(block, part)
    else:
        block.start = reader.peek(min(length, _LARGEST))
        _find_body(block)
        block.read = reader.skip(length)
    if block.read < length:
        return False
    _check_form(block, exam)
    _compare(block, exam)
    return True


def _is_http(head: Head) -> bool:
    mime = head.values.get("content-type", "").lower()
    return mime.startswith("application/http") and head.type in {"request", "response", "revisit"}


def _wanted(head: Head, name: str, exam: Examination) -> Check | None:
    value = head.values.get(name)
    found = read_digest(value) if value else None
    if found is Wanted.UNKNOWN and value:
        text = f"{name} is of the kind {value.partition(':')[0][:30]}, which is not known here"
        exam.undetermined("WARC-DIGEST-UNKNOWN", text, head.offset)
    return found if isinstance(found, Check) else None


def _feed(block: Block, part: bytes) -> None:
    if block.digest:
        block.digest.state.update(part)
    was = block.read
    block.read += len(part)
    if len(block.start) < _LARGEST:
        block.start += part[: _LARGEST - len(block.start)]
    if block.body < 0:
        _find_body(block)
        if block.body < 0:
            return
        if block.payload:  # parts may end inside of the head of the message
            block.payload.state.update(part[max(0, block.body - was) :])
    elif block.payload:
        block.payload.state.update(part)


def _find_body(block: Block) -> None:
    if block.body >= 0:
        return
    end, bare = block.start.find(b"\r\n\r\n"), block.start.find(b"\n\n")
    if end >= 0 and not 0 <= bare < end:
        block.body = end + 4
    elif bare >= 0:
        block.body = bare + 2


def _check_form(block: Block, exam: Examination) -> None:
    head, start = block.head, block.start
    if block.is_http and block.length:
        wanted = _REQUEST if head.type == "request" else _RESPONSE
        if not wanted.match(start) or block.body < 0:
            text = "the content is no message of HTTP, as its Content-Type says"
            exam.invalid("WARC-HTTP", text, head.offset, jhove="WARC-KB-102")
        elif head.type == "response" and "warc-truncated" not in head.values:
            _check_http_length(block, exam)
    mime = head.values.get("content-type", "").lower()
    if mime.startswith("application/warc-fields") and block.length <= len(start):
        lines = start.replace(b"\r", b"").split(b"\n")
        if any(line and line[:1] not in b" \t" and b":" not in line for line in lines):
            text = "the content is not made of fields, as its Content-Type says"
            exam.invalid("WARC-FIELDS", text, head.offset)


def _check_http_length(block: Block, exam: Examination) -> None:
    message = block.start[: block.body]
    said = _LENGTH.search(message)
    found = block.length - block.body
    if said and found and int(said[1]) != found and not _CHUNKED.search(message):
        text = f"the server announced {int(said[1])} bytes, {found} are there"
        exam.warn("WARC-HTTP-LENGTH", text, block.head.offset)


def _compare(block: Block, exam: Examination) -> None:
    offset = block.head.offset
    is_proved = block.digest is not None and block.digest.agrees()
    if block.digest and not is_proved:
        text = f"the content does not have the {block.digest.algorithm} that WARC-Block-Digest says"
        exam.broken("WARC-BLOCK-DIGEST", text, offset, jhove=FIELD)
    if not block.payload or block.payload.agrees() or (block.is_http and block.body < 0):
        return
    text = "the payload does not have the digest that WARC-Payload-Digest says"
    if _CHUNKED.search(block.start[: max(block.body, 0)]):
        text += "; it may have been taken after the chunks were joined"
        say = exam.warn if is_proved else exam.invalid
    else:
        say = exam.invalid if is_proved else exam.broken
    say("WARC-PAYLOAD-DIGEST", text, offset, jhove=FIELD)
