import base64
import hashlib
import html
import io
import re
import shutil
import subprocess

import numpy as np
import pytest

from avpres.adapters.formats.review_page import Looked, Pair, Picture, Sheet, View, write_sheet
from avpres.adapters.images.showing import png
from avpres.domain.review import Judgement, Review

CLASSES = {"TIFF, RGB": 1200, "GIF, palette": 3, "BMP": 1}
NASTY = '</script><img src=x onerror="boom()">\u202e\udcff\n.tif'


def pair(number, *, maximum=0.0):
    grey = Picture(png(np.full((8, 8, 3), 40 * number, np.uint8)))
    black = Picture(png(np.zeros((8, 8), np.uint8)))
    view = View(grey, grey, black)
    digest = hashlib.sha256(bytes([number])).hexdigest()
    psnr = 60.0 if maximum else None
    gain = 255 / maximum if maximum else 0.0
    looked = Looked(
        (8, 8), view, view, (0, 0), maximum, maximum / 10, psnr, gain, ("orientation 6 applied",)
    )
    return Pair(number, "TIFF, RGB", NASTY, f"{number}.jp2", digest, looked)


def sheet(drawn=None):
    digest = hashlib.sha256(b"drawn").hexdigest()
    shown = {"TIFF, RGB": 2, "GIF, palette": 1} if drawn is None else drawn
    made = "2026-11-22T10:00:00Z"
    return Sheet(digest, "avpres-jp2", "1", made, "avpres 0.1.0", CLASSES, shown)


def page(pairs=None, **more):
    handle = io.BytesIO()
    write_sheet(handle, sheet(**more), pairs or [pair(1), pair(2, maximum=3.0), pair(3)])
    return handle.getvalue().decode()


def test_the_page_loads_nothing_and_runs_its_own_script_alone():
    text = page()
    script = re.search("<script>(.*)</script>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href)=\"(?!data:)", text)


def test_a_name_cannot_become_part_of_the_page():
    text = page()
    assert text.count("</script>") == 1
    assert "<img src=x" not in text
    assert "\u202e" not in text


def test_the_page_tells_what_the_sample_proves_and_what_was_left_out():
    text = page()
    assert "3 of 1,204 migrated pictures" in text
    assert "fewer than 63.2% of all" in text
    assert "299 would have to be looked at" in text
    assert "1 of 3 classes had no room" in text


def test_identical_pairs_say_so_and_others_give_figures():
    text = page()
    assert text.count("<span>identical</span>") == 4
    assert "largest difference 3, \u03c3 0.3, PSNR 60.0 dB; difference amplified 85 times" in text


def test_a_pair_that_cannot_be_shown_says_why():
    hidden = Pair(1, "GIF", "a.gif", "a.jp2", "0" * 64, "the source is <gone>")
    assert "not shown: the source is &lt;gone&gt;" in page([hidden])


BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
HAND = """
<script>
const made = URL.createObjectURL;
URL.createObjectURL = (blob) => {
  blob.text().then((text) => {
    const kept = document.createElement("pre");
    kept.id = "exported";
    kept.textContent = text;
    document.body.append(kept);
  });
  return made.call(URL, blob);
};
document.querySelector('[name="reviewer"]').value = "Zoë <b>";
const [one, two] = document.querySelectorAll("article.pair");
one.querySelector('input[value="pass"]').click();
two.querySelector("textarea").value = "too dark";
two.querySelector("button.look").click();
document.dispatchEvent(new KeyboardEvent("keydown", { key: "f", bubbles: true }));
document.getElementById("viewed").dataset.open = String(document.getElementById("viewer").open);
document.getElementById("close").click();
document.getElementById("save").click();
</script>
"""


def shown_by_browser(folder, address):
    flags = ["--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
    order = [BROWSER, "--headless", *flags, "--virtual-time-budget=4000", "--dump-dom", address]
    return subprocess.run(order, capture_output=True, timeout=120, check=True).stdout.decode()


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on PATH")
def test_a_browser_exports_what_was_judged(tmp_path):
    text = re.sub("<meta http-equiv=[^>]*>", "", page()).replace("</body>", HAND + "</body>")
    (tmp_path / "review.html").write_text(text, "utf-8")
    dom = shown_by_browser(tmp_path, (tmp_path / "review.html").as_uri())
    exported = html.unescape(re.search('<pre id="exported">(.*?)</pre>', dom, re.DOTALL)[1])
    review = Review.model_validate_json(exported)
    assert review.sheet == sheet().digest
    assert review.conditions.reviewer == "Zoë <b>"
    said = [(each.judgement, each.comment) for each in review.answers]
    assert said == [(Judgement.PASS, ""), (Judgement.FAIL, "too dark"), (Judgement.OPEN, "")]
    assert [each.target_sha256 for each in review.answers] == [
        pair(number).target_sha256 for number in (1, 2, 3)
    ]
    assert "2 of 3 judged, 1 failed." in dom
    assert 'data-open="true"' in dom
