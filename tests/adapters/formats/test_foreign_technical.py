"""Technical records of other archives, brought to words that can be compared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.formats import foreign_technical

RECORDS = {
    "MIX 0.2": (
        (
            b'<mix xmlns="http://www.loc.gov/mix/"><ImageWidth>40</ImageWidth>'
            b"<ImageLength>30</ImageLength><BitsPerSample>8,8,8</BitsPerSample></mix>"
        ),
        {"width": "40", "height": "30", "bits per sample": "8,8,8"},
    ),
    "MIX 2.0": (
        (
            b'<mix:mix xmlns:mix="http://www.loc.gov/mix/v20"><mix:imageWidth>40</mix:imageWidth>'
            b"<mix:imageHeight>30</mix:imageHeight>"
            b"<mix:bitsPerSampleValue>8</mix:bitsPerSampleValue>"
            b"<mix:bitsPerSampleValue>8</mix:bitsPerSampleValue>"
            b"<mix:samplesPerPixel>2</mix:samplesPerPixel></mix:mix>"
        ),
        {"width": "40", "height": "30", "bits per sample": "8,8", "samples per pixel": "2"},
    ),
    "audioMD": (
        (
            b'<audioMD xmlns="http://www.loc.gov/audioMD/"><samplingFrequency>48</samplingFrequency>'
            b"<numChannels>2</numChannels></audioMD>"
        ),
        {"sample rate": "48", "channels": "2"},
    ),
    "textMD": (
        (
            b'<textMD xmlns="info:lc/xmlns/textmd-v3"><charset>UTF-8</charset>'
            b"<linebreak>CR/LF</linebreak></textMD>"
        ),
        {"charset": "UTF-8", "line break": "CR/LF"},
    ),
    "a word that is not of the record's kind": (b"<x><width>40</width></x>", {}),
    "no XML": (b"40 x 30", {}),
    "nothing": (b"", {}),
    "an entity": (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x><charset>&e;</charset></x>',
        {},
    ),
}


@pytest.mark.parametrize(("record", "said"), RECORDS.values(), ids=list(RECORDS))
def test_a_record_says_what_can_be_compared(record, said):
    assert foreign_technical.read(record).properties == said


def test_jhove_names_itself_and_its_release():
    record = (
        b'<jhove xmlns="http://hul.harvard.edu/ois/xml/ns/jhove" release="1.0 (beta 2)">'
        b"<repInfo><format>TIFF</format><status>Well-Formed and valid</status>"
        b"<mimeType>image/tiff</mimeType></repInfo></jhove>"
    )
    found = foreign_technical.read(record)
    assert (found.tool, found.version) == ("JHOVE", "1.0 (beta 2)")
    assert found.properties == {
        "format": "TIFF",
        "status": "Well-Formed and valid",
        "MIME type": "image/tiff",
    }


def test_a_record_that_is_too_large_is_left_unread():
    record = b"<x><charset>UTF-8</charset>" + b" " * foreign_technical.LARGEST + b"</x>"
    assert foreign_technical.read(record).properties == {}


@given(st.binary(max_size=300))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_no_bytes_are_too_strange(record):
    foreign_technical.read(b"<x>" + record + b"</x>")
    foreign_technical.read(record)
