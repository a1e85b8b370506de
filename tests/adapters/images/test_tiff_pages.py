"""Every layout of TIFF gives the samples that were put in, by two decoders."""

import io
import itertools

import numpy as np
import pytest
import tiff_maker as make

from avpres.adapters.images import tiff_library, tiff_pages, tiff_probe
from avpres.adapters.images.limits import Limits
from avpres.domain.imaging import Alpha, Colour, SampleKind
from avpres.domain.migration import Reason, Unmigratable

EXTRA = {1: (), 2: (0,), 3: (), 4: (0,), 6: (0, 0, 0)}
LAYOUTS = [
    ((False, True)[n & 1], (None, (16, 16))[n >> 1 & 1], (None, 3)[n >> 2]) for n in range(8)
]


def read(data: bytes, limits: Limits = Limits()):  # noqa: B008 - it is frozen
    traits = tiff_probe.probe(io.BytesIO(data), len(data))
    return traits, list(tiff_pages.pages(memoryview(data), traits, limits))


def refused(data: bytes, limits: Limits = Limits()) -> Reason:  # noqa: B008 - it is frozen
    with pytest.raises(Unmigratable) as found:
        read(data, limits)
    return found.value.reason


def same(samples: np.ndarray, found: np.ndarray) -> bool:
    return samples.dtype == found.dtype and samples.tobytes() == found.tobytes()


@pytest.mark.parametrize(
    ("bits", "order"),
    [
        *((bits, "<") for bits in (*range(1, 33), 40, 48, 56, 63, 64)),
        *((bits, ">") for bits in (1, 8, 10, 12, 16, 24, 32, 40, 64)),
    ],
)
def test_every_depth_gives_its_samples(bits, order):
    for channels, (planar, tile, rows) in itertools.product((1, 3, 4, 6), LAYOUTS[:6]):
        samples = make.grain(7, 19, channels, bits, seed=bits)
        form = {"planar": planar, "tile": tile, "rows": rows, "extra": EXTRA[channels]}
        traits, (found,) = read(make.tiff(samples, order=order, bits=bits, **form))
        assert traits.bits == (bits,) * channels
        assert same(samples, found.raster.samples), (channels, form)
        assert len(found.decoders) == 2


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize(
    ("kind", "bits"),
    [
        *(("i", 8), ("i", 16), ("i", 32), ("i", 64), ("i", 5), ("i", 12), ("i", 24)),
        *(("f", 16), ("f", 32), ("f", 64), ("c", 64), ("c", 128)),
    ],
)
def test_numbers_of_every_kind_give_their_samples(kind, bits, order, big):
    kinds = {"i": SampleKind.SIGNED, "f": SampleKind.FLOAT, "c": SampleKind.COMPLEX}
    for channels, (planar, tile, rows) in itertools.product((1, 3), LAYOUTS[:5]):
        samples = make.grain(6, 17, channels, bits, kind=kind)
        form = {"planar": planar, "tile": tile, "rows": rows}
        form["sample_format"] = {"i": 2, "f": 3, "c": 6}[kind]
        traits, (found,) = read(make.tiff(samples, order=order, big=big, bits=bits, **form))
        assert traits.kind is kinds[kind]
        assert ("bigtiff" in traits.flags) is big
        assert same(samples, found.raster.samples), (channels, form)
        assert len(found.decoders) == 2


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "compression",
    [make.LZW, make.DEFLATE, make.OLD_DEFLATE, make.PACKBITS, make.LZMA, make.ZSTD],
)
def test_every_compression_gives_its_samples(compression, order):
    plain = compression == make.PACKBITS
    predictors = {"u": (1,) if plain else (1, 2), "f": (1,) if plain else (1, 2, 3)}
    for kind, bits in (("u", 1), ("u", 4), ("u", 8), ("u", 16), ("u", 64), ("f", 32), ("f", 64)):
        samples = make.grain(9, 21, 3, bits, kind=kind)
        for predictor, (planar, tile, rows) in itertools.product(predictors[kind], LAYOUTS[:5]):
            if (predictor > 1 and bits < 8) or (predictor == 2 and kind == "f"):
                continue
            form = {"planar": planar, "tile": tile, "rows": rows, "predictor": predictor}
            data = make.tiff(samples, order=order, bits=bits, compression=compression, **form)
            _, (found,) = read(data)
            assert same(samples, found.raster.samples), (kind, bits, form)
            assert len(found.decoders) == 2


def test_bits_of_each_byte_that_are_turned_about_are_turned_back():
    for compression, bits in itertools.product((make.NONE, make.LZW, make.PACKBITS), (1, 8, 12)):
        samples = make.grain(9, 21, 1, bits)
        traits, (found,) = read(make.tiff(samples, bits=bits, compression=compression, fill=2))
        assert same(samples, found.raster.samples)
        assert "fill-order" in traits.flags


def test_strips_that_stand_anywhere_are_put_in_order():
    samples = make.grain(9, 21, 3)
    page = make.page(samples, rows=4)
    page.pieces = [page.pieces[0], b"between", page.pieces[1], page.pieces[2]]
    offsets = [8, 8 + 21 * 12 + 8, 8 + 21 * 24 + 8]
    page.tags |= {
        273: (make.LONG, make.values(make.LONG, "<", *offsets)),
        279: (make.LONG, make.values(make.LONG, "<", 252, 252, 63)),
    }
    _, (found,) = read(make.book([page]))
    assert same(samples, found.raster.samples)


def test_channels_of_different_depth_have_one_decoder():
    samples = make.grain(5, 7, 3, 5)
    for compression in (make.NONE, make.LZW, make.DEFLATE):
        traits, (found,) = read(make.tiff(samples, bits=(5, 6, 5), compression=compression))
        assert traits.bits == (5, 6, 5)
        assert same(samples, found.raster.samples)
        assert len(found.decoders) == 1


@pytest.mark.parametrize(
    ("photometric", "channels", "extra", "colour", "alpha"),
    [
        (1, 1, (), Colour.GREY, Alpha.NONE),
        (1, 2, (1,), Colour.GREY, Alpha.ASSOCIATED),
        (1, 2, (2,), Colour.GREY, Alpha.UNASSOCIATED),
        (1, 2, (), Colour.GREY, Alpha.UNSPECIFIED),
        (2, 3, (), Colour.RGB, Alpha.NONE),
        (2, 4, (1,), Colour.RGB, Alpha.ASSOCIATED),
        (2, 4, (0,), Colour.RGB, Alpha.UNSPECIFIED),
        (2, 5, (0, 2), Colour.RGB, Alpha.UNASSOCIATED),
        (5, 4, (), Colour.CMYK, Alpha.NONE),
        (5, 5, (2,), Colour.CMYK, Alpha.UNASSOCIATED),
        (8, 3, (), Colour.LAB, Alpha.NONE),
        (9, 3, (), Colour.LAB, Alpha.NONE),
    ],
)
def test_colours_are_told_and_given_as_they_are_stored(photometric, channels, extra, colour, alpha):
    for bits, compression in itertools.product((8, 16), (make.NONE, make.LZW)):
        samples = make.grain(5, 7, channels, bits)
        form = {"photometric": photometric, "extra": extra, "compression": compression}
        traits, (page,) = read(make.tiff(samples, **form))
        assert (traits.colour, traits.alpha) == (colour, alpha)
        assert (page.raster.colour, page.raster.alpha) == (colour, alpha)
        assert same(samples, page.raster.samples)
        assert len(page.decoders) == 2
        assert ("extra-channels" in traits.flags) is (len(extra) > 1)


@pytest.mark.parametrize("bits", [1, 4, 8, 12, 16])
def test_white_is_zero_is_turned_about_and_noted(bits):
    samples = make.grain(5, 9, 2, bits)
    data = make.tiff(samples, bits=bits, photometric=0, extra=(2,))
    traits, (page,) = read(data)
    found = page.raster.samples
    assert same(samples[:, :, 1], found[:, :, 1])
    assert np.array_equal(found[:, :, 0], (1 << bits) - 1 - samples[:, :, 0])
    assert page.raster.notes == ("white was zero in the source; its samples were turned about",)
    assert "min-is-white" in traits.flags


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 10])
def test_palettes_keep_sixteen_bits_unless_writers_left_eight_in_the_low_byte(bits):
    samples = make.grain(5, 9, 1, bits)
    chance = np.random.default_rng(bits)
    for top, depth in ((65536, 16), (256, 8)):
        colours = chance.integers(0, top, (3, 1 << bits))
        colours[0, 0] = top - 1
        tags = {320: (make.SHORT, make.values(make.SHORT, "<", *colours.flat))}
        _, (page,) = read(make.tiff(samples, bits=bits, photometric=3, tags=tags))
        assert page.raster.palette is not None
        assert page.raster.palette.bits == depth
        assert np.array_equal(page.raster.palette.entries, colours.T)
        assert bool(page.raster.notes) is (depth == 8)
        assert same(samples, page.raster.samples)


def test_pages_come_first_and_what_belongs_to_them_is_told():
    small = make.page(make.grain(4, 3), tags={254: (make.LONG, b"\1\0\0\0")})
    mask = make.grain(9, 7, 1, 1)
    masks = make.page(mask, bits=1, photometric=4, tags={254: (make.LONG, b"\4\0\0\0")})
    less = make.page(mask[:4], bits=1, photometric=4, tags={254: (make.LONG, b"\5\0\0\0")})
    thumbnail = make.page(make.grain(4, 3), compression=6, leave_out=(256, 257))
    thumbnail.tags[513] = (make.LONG, b"\1\0\0\0")
    one, two = make.grain(9, 7, seed=1), make.grain(5, 7, 3, seed=2)
    data = make.book([small, make.page(one), masks, make.page(two, below=[small, less]), thumbnail])
    traits, pages = read(data)
    assert [(page.kind, page.number) for page in pages] == [("page", 1), ("page", 2), ("mask", 3)]
    assert same(one, pages[0].raster.samples)
    assert same(two, pages[1].raster.samples)
    assert same(mask, pages[2].raster.samples)
    assert traits.frames == 3
    assert traits.flags == {"reduced", "mask", "sub-ifds", "mixed"}
    beside = dict(pages[0].told)["beside"]
    assert [each["kind"] for each in beside] == ["mask", *["reduced"] * 4]


def test_a_picture_that_is_alone_is_no_reduced_one():
    traits, (page,) = read(make.tiff(make.grain(4, 3), tags={254: (make.LONG, b"\1\0\0\0")}))
    assert page.kind == "image"
    assert not traits.flags


def test_directories_below_that_are_listed_and_chained_are_given_once():
    below = [make.page(make.grain(4, 3 + n), tags={254: (make.LONG, b"\1\0\0\0")}) for n in (0, 1)]
    data = bytearray(make.book([make.page(make.grain(9, 7), below=below)]))
    _, *listed = tiff_probe.pictures(lambda at, size: bytes(data[at : at + size]), len(data))
    start, following = (each.page.offset for each in listed)
    count = len(listed[0].page.entries)
    place = start + 2 + 12 * count
    data[place : place + 4] = following.to_bytes(4, "little")
    traits, (page,) = read(bytes(data))
    assert [each["width"] for each in dict(page.told)["beside"]] == [3, 4]
    given = list(tiff_pages.pages(memoryview(data), traits, Limits(), reduced=True))
    assert [page.kind for page in given] == ["image", "reduced", "reduced"]
    assert [page.raster.width for page in given] == [7, 3, 4]


def test_every_page_of_a_book_is_given():
    for big, order in itertools.product((False, True), "<>"):
        pages = [make.grain(5, 6 + n, seed=n) for n in range(5)]
        data = make.book([make.page(each, order=order) for each in pages], order=order, big=big)
        traits, found = read(data)
        assert traits.frames == 5
        assert (traits.width, traits.height) == (10, 5)
        assert [each.number for each in found] == [1, 2, 3, 4, 5]
        for wanted, page in zip(pages, found, strict=True):
            assert same(wanted, page.raster.samples)


def test_limits_are_held_before_anything_is_decoded():
    book = make.book([make.page(make.grain(5, 6))] * 3)
    assert refused(book, Limits(frames=2)) is Reason.FRAMES
    assert refused(book, Limits(pixels=29)) is Reason.TOO_LARGE
    wide = make.tiff(make.grain(1, 1), tags={256: (make.LONG, b"\0\0\0\x40")})
    assert refused(wide) is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"photometric": 6, "channels": 3}, Reason.YCBCR),
        ({"photometric": 32803}, Reason.RAW_CAMERA),
        ({"photometric": 34892, "channels": 3}, Reason.RAW_CAMERA),
        ({"tags": {50706: (make.BYTE, b"\1\4\0\0")}}, Reason.RAW_CAMERA),
        ({"compression": 34713}, Reason.RAW_CAMERA),
        ({"compression": 6}, Reason.OLD_JPEG),
        ({"compression": 34676}, Reason.DECODER_ERROR),
        ({"compression": 34661}, Reason.DAMAGED),
        ({"compression": 12345}, Reason.DECODER_ERROR),
        ({"photometric": 32844, "bits": 16}, Reason.FLOAT),
        ({"photometric": 999}, Reason.UNDEFINED_COLOUR),
        ({"leave_out": (262,)}, Reason.UNDEFINED_COLOUR),
        ({"photometric": 5, "channels": 4, "tags": {332: (3, b"\2\0")}}, Reason.UNDEFINED_COLOUR),
        ({"photometric": 0, "kind": "f", "bits": 32}, Reason.FLOAT),
        ({"kind": "f", "bits": 32, "tags": {339: (3, b"\1\0")}, "depth": 100}, Reason.BITS),
        ({"sample_format": 5, "bits": 32}, Reason.COMPLEX),
        ({"sample_format": 3, "bits": 24}, Reason.FLOAT),
        ({"predictor": 2}, Reason.DECODERS_DISAGREE),
        ({"predictor": 3, "compression": 5}, Reason.DAMAGED),
        ({"photometric": 2, "channels": 1}, Reason.DAMAGED),
        ({"photometric": 3}, Reason.DAMAGED),
        ({"tags": {33628: (make.LONG, b"\1\0\0\0")}}, Reason.FRAMES),
        ({"tags": {270: (2, b"ImageJ=1.53\nimages=7\nslices=7\n\0")}}, Reason.FRAMES),
        ({"tags": {270: (2, b'{"shape": [7, 4, 5], "truncated": true}\0')}}, Reason.FRAMES),
        ({"tags": {32997: (3, b"\2\0")}}, Reason.DECODER_ERROR),
    ],
)
def test_what_is_not_decoded_is_refused_by_name(form, reason):
    form = dict(form)
    kind, channels = form.pop("kind", "u"), form.pop("channels", 1)
    samples = make.grain(4, 5, channels, form.get("bits", 8), kind=kind)
    if "depth" in form:
        form["tags"] |= {258: (3, form.pop("depth").to_bytes(2, "little"))}
    assert refused(make.tiff(samples, **form)) is reason


def test_without_a_library_of_its_own_words_are_compared_with_what_imagecodecs_holds(monkeypatch):
    monkeypatch.setattr(tiff_library, "_PLACES", ())
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    tiff_library.find.cache_clear()
    try:
        for bits, decoders in ((1, 2), (8, 2), (16, 2), (12, 2), (24, 1), (64, 2)):
            for planar, tile, rows in LAYOUTS[:5]:
                samples = make.grain(9, 21, 3, bits)
                data = make.tiff(samples, bits=bits, planar=planar, tile=tile, rows=rows)
                _, (page,) = read(data)
                assert same(samples, page.raster.samples)
                assert len(page.decoders) == decoders
        samples = [make.grain(5, 6, seed=n) for n in range(3)]
        _, found = read(make.book([make.page(each, compression=5) for each in samples]))
        assert all(same(a, b.raster.samples) for a, b in zip(samples, found, strict=True))
        assert {len(page.decoders) for page in found} == {2}
    finally:
        tiff_library.find.cache_clear()
