"""Still images, most with a photograph's mixture of slopes and noise."""

import io
from collections.abc import Iterator
from random import Random

from PIL import Image, ImageDraw, TiffImagePlugin

from benchmarks.specimens.specimen import Specimen

_PHOTO = (320, 240)


def images() -> Iterator[Specimen]:
    """Make GIF, JPEG, JPEG 2000, PNG and TIFF, and PDF of scans."""
    for name, data in (*_jpegs(), *_jp2s(), *_gifs(), *_pngs(), *_tiffs()):
        yield Specimen(name, _FORMATS[name.rpartition(".")[2]], data)


_FORMATS = {
    "jpg": "JPEG",
    "jp2": "JPEG 2000",
    "j2k": "JPEG 2000",
    "gif": "GIF",
    "png": "PNG",
    "tif": "TIFF",
}


def photo(seed: int = 1, size: tuple[int, int] = _PHOTO) -> Image.Image:
    """Paint clouds of colour, grain, and a few hard edges, the same for the same seed."""
    draw = Random(seed)  # noqa: S311 - contents, no secrets
    clouds = Image.frombytes("RGB", (12, 9), draw.randbytes(12 * 9 * 3)).resize(
        size, Image.Resampling.BICUBIC
    )
    grain = Image.frombytes("L", size, draw.randbytes(size[0] * size[1]))
    whole = Image.blend(clouds, grain.convert("RGB"), 0.08)
    pen = ImageDraw.Draw(whole)
    for _ in range(12):
        place = [draw.randrange(size[0]), draw.randrange(size[1])]
        pen.rectangle([*place, place[0] + 40, place[1] + 25], fill=tuple(draw.randbytes(3)))
    return whole


def page(seed: int = 1, size: tuple[int, int] = (620, 877)) -> Image.Image:
    """Give a scanned page: black words on white."""
    draw = Random(seed)  # noqa: S311 - contents, no secrets
    sheet = Image.new("1", size, 1)
    pen = ImageDraw.Draw(sheet)
    for line in range(40, size[1] - 40, 18):
        text = " ".join("".join(draw.choices("aeinrstlo", k=draw.randint(2, 9))) for _ in range(12))
        pen.text((40, line), text, fill=0)
    return sheet


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """Write an image as Pillow does."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _jpegs() -> Iterator[tuple[str, bytes]]:
    one = photo()
    exif = Image.Exif()
    exif[271], exif[272], exif[306] = "Arri", "Scanner", "2026:01:02 03:04:05"
    yield "baseline.jpg", saved(one, "JPEG", quality=85, exif=exif)
    yield "fine.jpg", saved(photo(2), "JPEG", quality=95, subsampling=0)
    yield "progressive.jpg", saved(photo(3), "JPEG", quality=80, progressive=True)
    yield "restarts.jpg", saved(photo(4), "JPEG", quality=85, restart_marker_rows=1)
    yield "grey.jpg", saved(photo(5).convert("L"), "JPEG", quality=75, optimize=True)
    yield "large.jpg", saved(photo(6, (800, 600)), "JPEG", quality=80)


def _jp2s() -> Iterator[tuple[str, bytes]]:
    yield "lossless.jp2", saved(photo(1), "JPEG2000")
    yield (
        "lossy.jp2",
        saved(
            photo(2), "JPEG2000", irreversible=True, quality_mode="rates", quality_layers=[20, 10]
        ),
    )
    yield "tiles.j2k", saved(photo(3), "JPEG2000", tile_size=(128, 128))
    yield "grey.jp2", saved(photo(4).convert("L"), "JPEG2000")


def _gifs() -> Iterator[tuple[str, bytes]]:
    yield "photo.gif", saved(photo(1).convert("P"), "GIF")
    yield "web.gif", saved(photo(2).quantize(128), "GIF", interlace=True, transparency=3)
    frames = [photo(seed, (120, 90)).quantize(64) for seed in range(5)]
    yield (
        "moving.gif",
        saved(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0, duration=80),
    )
    yield "page.gif", saved(page().convert("P"), "GIF")


def _pngs() -> Iterator[tuple[str, bytes]]:
    yield "photo.png", saved(photo(1), "PNG")
    yield "palette.png", saved(photo(2).quantize(200), "PNG", optimize=True)
    yield "alpha.png", saved(photo(3).convert("RGBA"), "PNG", dpi=(300, 300))
    yield "page.png", saved(page(), "PNG")


def _tiffs() -> Iterator[tuple[str, bytes]]:
    yield "raw.tif", saved(photo(1), "TIFF")
    yield "lzw.tif", saved(photo(2), "TIFF", compression="tiff_lzw")
    yield "deflate.tif", saved(photo(3), "TIFF", compression="tiff_adobe_deflate")
    yield "packbits.tif", saved(photo(4).quantize(64), "TIFF", compression="packbits")
    yield "group4.tif", saved(page(), "TIFF", compression="group4")
    yield "jpeg.tif", saved(photo(5), "TIFF", compression="jpeg")
    pages = [page(seed) for seed in range(4)]
    yield (
        "book.tif",
        saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="group4"),
    )
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270], tags[305] = "a scan", "avpres benchmarks"
    yield "big.tif", saved(photo(6), "TIFF", big_tiff=True, compression="tiff_lzw", tiffinfo=tags)
