"""Rules of a policy are held against what jpylyzer tells, here and in any Schematron processor."""

import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import imagecodecs
import numpy as np
import pytest
from lxml import etree, isoschematron
from PIL import Image, ImageCms

from avpres.adapters.images.raster import Embedded, Page, Raster
from avpres.adapters.jp2 import audit, make
from avpres.adapters.jp2.parsing import codestream_of
from avpres.adapters.jp2.rules import rules_of_form, rules_of_picture, schematron
from avpres.domain.imaging import Codestream, Colour
from avpres.domain.migration import Reason, Unmigratable

FORM = Codestream(tile=64, levels=2)
SAMPLES = np.random.default_rng(8).integers(0, 256, (80, 70, 3)).astype(np.uint8)
RASTER = Raster(SAMPLES, (8, 8, 8), Colour.RGB)
MADE = make.jp2(Page(RASTER), FORM)
OTHERS = {
    "progression": replace(FORM, progression="LRCP"),
    "layers": replace(FORM, layers_psnr=(0.0,)),
    "levels": replace(FORM, levels=3),
    "tile size (xTsiz)": replace(FORM, tile=128),
    "colour transform": replace(FORM, colour_transform=False),
    "code-block width": replace(FORM, block=32),
    "precincts": replace(FORM, precincts=(128,)),
    "sop": replace(FORM, sop=True),
    "eph": replace(FORM, eph=True),
    "segmentation": replace(FORM, segmentation=True),
}


def test_a_target_as_the_policy_wants_it_breaks_no_rule():
    assert audit.breaches(MADE, FORM) == []


@pytest.mark.parametrize("rule", OTHERS)
def test_each_property_that_is_otherwise_breaks_its_rule(rule):
    assert rule in [breach.rule for breach in audit.breaches(MADE, OTHERS[rule])]


@pytest.mark.parametrize("rule", OTHERS)
def test_each_property_is_made_as_it_is_asked_for(rule):
    made, proof = make.proved(Page(RASTER), OTHERS[rule])

    assert audit.breaches(made, OTHERS[rule]) == []
    assert len(proof.decoders) == 2


def test_a_lossy_wavelet_and_boxes_that_are_not_wanted_are_told():
    stored = BytesIO()
    Image.fromarray(SAMPLES).save(stored, "JPEG2000", irreversible=True)
    other = replace(MADE, data=stored.getvalue())

    told = {breach.rule: breach for breach in audit.breaches(other, FORM)}

    assert (
        str(told["transformation"]) == "transformation is 9-7 irreversible, wanted 5-3 reversible"
    )
    assert str(told["quantization"]) == ("quantization is scalar expounded, wanted no quantization")


def test_the_detail_of_a_refusal_names_three_breaches_and_counts_the_rest():
    with pytest.raises(Unmigratable) as caught:
        audit.check(MADE, replace(FORM, progression="CPRL", levels=4, tile=32, block=16))

    assert caught.value.reason is Reason.QA_STRUCTURE
    assert "progression is RLCP, wanted CPRL" in str(caught.value)
    assert caught.value.detail.endswith("more")


def test_jpylyzer_tripping_over_a_file_is_a_breach_and_no_crash():
    (breach,) = audit.judged(MADE.data[:100], ())

    assert breach.rule == "jpylyzer's verdict"


@pytest.mark.parametrize("form", [FORM, *OTHERS.values()])
def test_the_same_rules_hold_in_a_schematron_processor(tmp_path, form):
    made = make.jp2(Page(RASTER), form)
    (tmp_path / "a.jp2").write_bytes(made.data)
    told = subprocess.run(
        [sys.executable, "-m", "jpylyzer", tmp_path / "a.jp2"], check=True, capture_output=True
    )
    report = etree.fromstring(told.stdout)
    rules = (*rules_of_form(FORM), *rules_of_picture(RASTER, made.head, FORM))

    schema = isoschematron.Schematron(etree.fromstring(schematron(rules, "a policy")))

    assert schema.validate(report) == (form == FORM)


def test_threads_change_nothing():
    one, _ = make.proved(Page(RASTER), FORM, threads=1, second=False)
    two, _ = make.proved(Page(RASTER), FORM, threads=2, second=False)

    assert one.data == two.data


def test_the_same_picture_gives_the_same_bytes():
    assert make.jp2(Page(RASTER), FORM).data == MADE.data


def test_samples_are_compared_without_the_profile_that_other_programs_apply():
    """`imagecodecs.jpeg2k_decode` turns the colours of a JP2 by its profile, as viewers do."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    darker = profile.replace(b"para\0\0\0\0\0\3\0\0\0\2ff", b"para\0\0\0\0\0\3\0\0\0\1ff")

    made, proof = make.proved(Page(RASTER, Embedded(icc=darker)), FORM)

    assert profile != darker == made.head.profile
    assert proof.digest == RASTER.digest()
    assert not np.array_equal(imagecodecs.jpeg2k_decode(made.data), SAMPLES)
    coded = bytes(codestream_of(memoryview(made.data)))
    assert np.array_equal(imagecodecs.jpeg2k_decode(coded), SAMPLES)
