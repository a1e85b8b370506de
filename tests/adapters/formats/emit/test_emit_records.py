"""What records say, and what they do not invent."""

import json

import pytest
from emit_cases import film, letter, picture, values, wave
from lxml import etree

from avpres.adapters.formats.emit import KINDS
from avpres.adapters.formats.emit.languages import three_letters
from avpres.adapters.formats.emit.quantities import (
    clock,
    decimal,
    frame_rate,
    iso_duration,
    moment,
    ratio,
)
from avpres.domain.formats import Format
from avpres.domain.technical import Audio, Image


def test_mix_tells_the_file_the_picture_and_its_digests():
    record = KINDS["mix"].write(picture())
    assert values(record, "objectIdentifierValue") == ["frame.tif"]
    assert values(record, "fileSize") == ["25000000"]
    assert values(record, "formatName") == ["image/tiff"]
    assert values(record, "formatRegistryKey") == ["fmt/353"]
    assert values(record, "byteOrder") == ["big endian"]
    assert values(record, "compressionScheme") == ["Uncompressed"]
    assert values(record, "messageDigestAlgorithm") == ["SHA-256"]
    assert values(record, "imageWidth") == ["2048"]
    assert values(record, "colorSpace") == ["RGB"]
    assert values(record, "iccProfileName") == ["sRGB"]
    assert values(record, "bitsPerSampleValue") == ["16"] * 4
    assert values(record, "bitsPerSampleUnit") == ["integer"]
    assert values(record, "samplesPerPixel") == ["4"]
    assert values(record, "extraSamples") == ["unassociated alpha data"]


def test_mix_tells_how_a_picture_was_made():
    record = KINDS["mix"].write(picture())
    assert values(record, "dateTimeCreated") == ["2019-03-04T05:06:07"]
    assert values(record, "scannerManufacturer") == ["Arri"]
    assert values(record, "orientation") == ["normal, rotated ccw 90°"]
    assert values(record, "processingSoftwareName") == ["Scanner 2"]
    assert values(record, "numerator") == ["300", "2997"]
    assert values(record, "denominator") == ["1", "10"]


def test_the_make_in_a_jpeg_is_a_camera():
    jpeg = picture()
    jpeg.format = Format.JPEG
    record = KINDS["mix"].write(jpeg)
    assert values(record, "digitalCameraManufacturer") == ["Arri"]
    assert not values(record, "scannerManufacturer")


def test_float_samples_are_not_called_integers():
    exr = picture(bits_per_sample=(16, 16, 16))
    exr.format = Format.OPENEXR
    assert values(KINDS["mix"].write(exr), "bitsPerSampleUnit") == ["floating point"]
    tiff = picture()
    tiff.technical.properties["sample_format"] = "IEEE floating point"
    assert values(KINDS["mix"].write(tiff), "bitsPerSampleUnit") == ["floating point"]


def test_pages_after_the_first_follow_as_records_of_their_own():
    book = picture()
    book.technical.images.append(Image(width=100, height=50))
    record = etree.fromstring(KINDS["mix"].write(book))
    inner = record.findall("{*}Extension/{*}mix//{*}imageWidth")
    assert [width.text for width in inner] == ["100"]


@pytest.mark.parametrize(
    "changes",
    [
        {"byte_order": "sideways", "resolution_unit": "furlong", "orientation": 9},
        {"created": "yesterday", "x_resolution": float("nan"), "extra_samples": (7,)},
    ],
)
def test_mix_leaves_out_what_its_lists_do_not_have(changes):
    record = KINDS["mix"].write(picture(**changes))
    gone = {
        "byte_order": "byteOrder",
        "resolution_unit": "samplingFrequencyUnit",
        "orientation": "orientation",
        "created": "dateTimeCreated",
        "x_resolution": "xSamplingFrequency",
        "extra_samples": "extraSamples",
    }
    assert all(values(record, gone[name]) == [] for name in changes)


def test_names_that_are_no_text_are_shown_and_break_nothing():
    odd = wave()
    odd.path = "take\n1 \udcff \x01&<\udc80.wav"
    for kind in ("aes57", "pbcore"):
        etree.fromstring(KINDS[kind].write(odd))
    assert values(KINDS["aes57"].write(odd), "primaryIdentifier") == [
        r"take\n1 \xff \x01&<\x80.wav"
    ]


def test_audiomd_counts_in_the_units_of_its_standard():
    record = KINDS["audiomd"].write(wave())
    assert values(record, "samplingFrequency") == ["96"]
    assert values(record, "dataRate") == ["4608"]
    assert values(record, "wordSize") == ["3"]
    assert values(record, "byteOrder") == ["0"]
    assert values(record, "firstSampleOffset") == ["44"]
    assert values(record, "numSampleFrames") == ["288000"]
    assert values(record, "duration") == ["PT3S"]
    assert values(record, "soundField") == ["L R"]
    assert values(record, "codecQuality") == []


def test_audiomd_says_lossy_or_lossless_only_of_codecs_it_knows():
    qualities = {
        codec: values(KINDS["audiomd"].write(wave(codec=codec)), "codecQuality")
        for codec in ("FLAC", "AAC LC", "MPEG Audio Layer II", "PCM", "Something new")
    }
    assert qualities == {
        "FLAC": ["lossless"],
        "AAC LC": ["lossy"],
        "MPEG Audio Layer II": ["lossy"],
        "PCM": [],
        "Something new": [],
    }


def test_a_count_that_the_schema_cannot_hold_is_left_out():
    assert values(KINDS["audiomd"].write(wave(samples=2**31)), "numSampleFrames") == []


def test_audiomd_notes_the_streams_after_the_first():
    both = film(Audio(codec="PCM", channels=2), Audio(codec="AAC", channels=6, sample_rate=48000.0))
    record = KINDS["audiomd"].write(both)
    assert values(record, "formatNote") == ["stream 2: AAC, 48000 Hz, 6 channels"]


def test_aes57_has_the_shape_that_jhove_writes():
    record = etree.fromstring(KINDS["aes57"].write(wave()))
    aes = "{http://www.aes.org/audioObject}"
    assert record.tag == f"{aes}audioObject"
    assert record.get("analogDigitalFlag") == "FILE_DIGITAL"
    assert record.get("schemaVersion") == "1.0.0"
    assert [child.tag.removeprefix(aes) for child in record] == [
        "format",
        "audioDataEncoding",
        "byteOrder",
        "firstSampleOffset",
        "audioDataBlockSize",
        "use",
        "primaryIdentifier",
        "face",
        "formatList",
    ]
    duration = record.find(f"{aes}face/{aes}timeline/{aes}duration")
    assert (duration.get("editRate"), duration.text) == ("96000", "288000")
    places = record.findall(f".//{aes}channelAssignment")
    assert [place.get("mapLocation") for place in places] == ["L", "R"]
    assert values(etree.tostring(record), "audioDataEncoding") == ["PCM audio in integer format"]
    assert values(etree.tostring(record), "bitDepth") == ["24"]


def test_a_claim_of_countless_channels_gives_no_endless_record():
    record = KINDS["aes57"].write(wave(channels=2_000_000_000))
    assert len(record) < 100_000
    assert values(record, "numChannels") == ["2000000000"]


def test_textmd_spells_character_sets_as_the_schema_does():
    spelled = {
        name: values(KINDS["textmd"].write(letter(charset=name)), "charset")
        for name in ("utf-8", "cp1252", "latin1", "iso-8859-15", "Klingon")
    }
    assert spelled == {
        "utf-8": ["UTF-8"],
        "cp1252": ["windows-1252"],
        "latin1": ["ISO-8859-1"],
        "iso-8859-15": ["ISO-8859-15"],
        "Klingon": [],
    }


def test_textmd_keeps_in_words_what_its_lists_do_not_have():
    text = letter(charset="Klingon", line_break="mixed", language="x-none-at-all")
    record = KINDS["textmd"].write(text)
    assert values(record, "textNote") == [
        "character set: Klingon",
        "line breaks: mixed",
        "byte order mark: no",
    ]
    assert values(record, "alt_language") == ["x-none-at-all"]
    assert values(record, "linebreak") == []


def test_textmd_tells_encoding_line_breaks_language_and_markup():
    page = letter(markup="XML", markup_version="1.0", namespace="urn:x", schemas=("a.xsd", "b.xsd"))
    record = KINDS["textmd"].write(page)
    assert values(record, "character_size") == ["variable"]
    assert values(record, "linebreak") == ["LF"]
    assert values(record, "language") == ["eng"]
    assert values(record, "markup_basis") == ["XML"]
    assert values(record, "markup_language") == ["a.xsd", "b.xsd"]


def test_videomd_has_every_track():
    record = etree.fromstring(KINDS["videomd"].write(film(Audio(codec="PCM", language="de"))))
    tracks = record.findall("{*}fileData/{*}track")
    assert [track.get("type") for track in tracks] == ["video", "audio"]
    text = etree.tostring(record)
    assert values(text, "sound") == ["Yes"]
    assert values(text, "language") == ["ger"]
    assert values(text, "quality") == ["lossless"]
    assert values(text, "sampling") == ["4:2:2", "4:2:2"]
    assert values(text, "timecodeInitialValue") == ["10:00:00:00"] * 2
    assert "29.97003" in values(text, "frameRate")


def test_pbcore_describes_the_instantiation_and_its_tracks():
    record = KINDS["pbcore"].write(film(Audio(codec="PCM", channels=2, language="en")))
    assert values(record, "instantiationIdentifier") == ["film.mkv"]
    assert values(record, "instantiationLocation") == ["/vault/film.mkv"]
    assert values(record, "instantiationMediaType") == ["Moving Image"]
    assert values(record, "instantiationTracks") == ["1 video track, 1 audio track"]
    assert values(record, "instantiationLanguage") == ["eng"]
    assert values(record, "essenceTrackEncoding") == ["FFV1", "PCM"]
    assert values(record, "essenceTrackFrameSize") == ["720x576"]
    assert values(record, "instantiationDuration") == ["00:00:03.003"]


def test_ffprobe_json_has_the_keys_that_programs_look_for():
    sound = Audio(codec="PCM", bits_per_sample=24, byte_order="little endian", sample_rate=48e3)
    read = json.loads(KINDS["ffprobe"].write(film(sound)))
    video, audio = read["streams"]
    assert (video["index"], video["codec_type"], video["codec_name"]) == (0, "video", "ffv1")
    assert (video["r_frame_rate"], video["field_order"]) == ("30000/1001", "tt")
    assert (audio["codec_name"], audio["sample_rate"]) == ("pcm_s24le", "48000")
    assert read["format"]["format_name"] == "matroska,webm"
    assert read["format"]["duration"] == "3.003000"
    assert "bit_rate" not in audio


def test_ffprobe_json_keeps_the_bytes_of_a_name_that_is_no_text():
    odd = wave()
    odd.path = "\udcff.wav"
    found = json.loads(KINDS["ffprobe"].write(odd))["format"]
    assert found["filename"] == r"/vault/\xff.wav"
    assert found["filename_base64"] == "L3ZhdWx0L/8ud2F2"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2019:03:04 05:06:07", "2019-03-04T05:06:07"),
        ("2019", "2019"),
        ("2019-03", "2019-03"),
        ("2019-03-04", "2019-03-04"),
        ("2019-03-04T05:06:07Z", "2019-03-04T05:06:07Z"),
        ("2019-03-04T05:06:07+02:00", "2019-03-04T05:06:07+02:00"),
        ("2019-03-04T05:06:07+20:00", "2019-03-03T09:06:07Z"),
        ("0000", ""),
        ("2019-13", ""),
        ("2019-02-30", ""),
        ("0000:00:00 00:00:00", ""),
        ("", ""),
    ],
)
def test_dates_are_written_as_schemas_want_them(written, expected):
    assert moment(written) == expected


def test_rates_are_the_fractions_they_were_meant_as():
    shown = [str(frame_rate(value)) for value in (25.0, 23.976, 29.97, 59.94, 12.5, 0.0, -1.0)]
    assert str(ratio(1.0667, 100)) == "16/15"
    assert shown == ["25", "24000/1001", "30000/1001", "60000/1001", "25/2", "None", "None"]


def test_numbers_have_no_exponents_and_no_idle_zeros():
    assert [decimal(value) for value in (1e-9, 44.1, 100.0, 1e300)] == ["0", "44.1", "100", ""]
    assert iso_duration(3723.5) == "PT1H2M3.5S"
    assert iso_duration(0.0) == "PT0S"
    assert clock(3723.0015) == "01:02:03.002"


def test_languages_are_iso_639_2():
    said = {"en": "eng", "de-AT": "ger", "fra": "fra", "zz": "", "english": "", "": ""}
    assert {written: three_letters(written) for written in said} == said
