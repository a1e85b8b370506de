"""A mixed holding of unknown origin, in the proportions of the AIHT of 2005.

1,000 files of about 60 MB: text 350, HTML 290, JPEG 220, WAVE 35, PDF 30, TIFF 27, GIF 25, AIFF 3,
office files and ZIP 20. Images come from Pillow, PDF from pikepdf, sound from the standard library.
"""

import io
import struct
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pikepdf
from PIL import Image

_VOCABULARY = (
    "archive film reel nitrate acetate negative print sound leader splice frame gauge perforation "
    "master copy edit title actor scene camera lens light shadow voice music score the of and a in "
    "to was by with from for on at it is that as were had not be this but"
)
_WORDS = tuple(_VOCABULARY.split())
_NOT_ASCII = 0.2  # share of texts
_SHARES: tuple[tuple[str, int], ...] = (
    ("text", 350),
    ("html", 290),
    ("jpeg", 220),
    ("wave", 35),
    ("pdf", 30),
    ("tiff", 27),
    ("gif", 25),
    ("aiff", 3),
    ("docx", 10),
    ("zip", 10),
)
_SUFFIX = {
    "text": "txt",
    "html": "html",
    "jpeg": "jpg",
    "wave": "wav",
    "tiff": "tif",
    "aiff": "aif",
}


def make_holding(folder: Path, thousands: int = 1) -> Path:
    """Write the holding, 1,000 files for each of `thousands`, and say where it is."""
    for number in range(thousands):
        draw = Random(f"holding {number}")  # noqa: S311 - contents, no secrets
        for kind, count in _SHARES:
            room = folder / f"box_{number:03}" / kind
            room.mkdir(parents=True)
            for item in range(count):
                name = f"{kind}_{item:04}.{_SUFFIX.get(kind, kind)}"
                (room / name).write_bytes(_MAKERS[kind](draw))
    return folder


def _sentence(draw: Random, words: int) -> str:
    return " ".join(draw.choices(_WORDS, k=words))


def _text(draw: Random) -> bytes:
    lines = [_sentence(draw, 12) for _ in range(draw.randint(5, 900))]
    if draw.random() < _NOT_ASCII:
        lines.append("Überlieferung, café, 1927")
    return "\n".join(lines).encode()


def _html(draw: Random) -> bytes:
    rows = "\n".join(f"<p>{_sentence(draw, 30)}</p>" for _ in range(draw.randint(4, 120)))
    title = _sentence(draw, 4)
    head = f"<head><title>{title}</title><meta charset='utf-8'></head>"
    return f"<!DOCTYPE html>\n<html>{head}\n<body>\n{rows}\n</body></html>\n".encode()


def _picture(draw: Random, least: int, most: int) -> Image.Image:
    width, height = draw.randint(least, most), draw.randint(least, most)
    small = Image.frombytes("RGB", (16, 12), draw.randbytes(16 * 12 * 3))
    return small.resize((width, height), Image.Resampling.BICUBIC)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _jpeg(draw: Random) -> bytes:
    noisy = Image.effect_noise((draw.randint(200, 700), draw.randint(200, 600)), 60)
    return _saved(noisy.convert("RGB"), "JPEG", quality=80)


def _tiff(draw: Random) -> bytes:
    kind = draw.choice(["raw", "tiff_lzw", "tiff_adobe_deflate"])
    return _saved(_picture(draw, 100, 500), "TIFF", compression=kind)


def _gif(draw: Random) -> bytes:
    return _saved(_picture(draw, 60, 300).convert("P"), "GIF")


def _wave(draw: Random) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(44100)
        sound.writeframes(draw.randbytes(4 * draw.randint(20_000, 160_000)))
    return buffer.getvalue()


def _aiff(draw: Random) -> bytes:
    frames = draw.randint(20_000, 90_000)
    rate = bytes.fromhex("400eac44000000000000")  # 44,100 Hz as an 80-bit float
    common = b"COMM" + struct.pack(">IhIh", 18, 2, frames, 16) + rate
    sound = b"SSND" + struct.pack(">III", 8 + 4 * frames, 0, 0) + draw.randbytes(4 * frames)
    return b"FORM" + struct.pack(">I", 4 + len(common) + len(sound)) + b"AIFF" + common + sound


def _pdf(draw: Random) -> bytes:
    with pikepdf.new() as book:
        for _ in range(draw.randint(1, 12)):
            page = book.add_blank_page()
            text = f"BT /F1 12 Tf 72 720 Td ({_sentence(draw, 200)}) Tj ET"
            page.Contents = book.make_stream(text.encode())
        buffer = io.BytesIO()
        book.save(buffer, deterministic_id=True)
        return buffer.getvalue()


def _zip(draw: Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in range(draw.randint(2, 12)):
            archive.writestr(zipfile.ZipInfo(f"notes/{item}.txt"), _text(draw))
    return buffer.getvalue()


def _docx(draw: Random) -> bytes:
    types = (
        '<?xml version="1.0"?><Types xmlns='
        '"http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.wordprocessingml.document.main+xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/></Types>'
    )
    links = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        '2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        "</Relationships>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("[Content_Types].xml"), types)
        archive.writestr(zipfile.ZipInfo("_rels/.rels"), links)
        body = f"<w:document xmlns:w='w'>{_sentence(draw, 3000)}</w:document>"
        archive.writestr(zipfile.ZipInfo("word/document.xml"), body)
    return buffer.getvalue()


_MAKERS: dict[str, Callable[[Random], bytes]] = {
    "text": _text,
    "html": _html,
    "jpeg": _jpeg,
    "wave": _wave,
    "pdf": _pdf,
    "tiff": _tiff,
    "gif": _gif,
    "aiff": _aiff,
    "docx": _docx,
    "zip": _zip,
}
