"""`avpres migrate` without its names says which ones are missing, for what was asked."""

import pytest


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (("--prove",), "name the folder of results; write avpres migrate --prove OUT"),
        (("--restore",), "write avpres migrate --restore FILE... OUT"),
        (("--restore", "photo.jxl"), "write avpres migrate --restore FILE... OUT"),
        (("--review", "review.json"), "write avpres migrate --review FILE OUT"),
        (("--prove", "one", "two"), "one folder of results"),
        ((), "write avpres migrate SRC... OUT"),
    ],
    ids=str,
)
def test_the_advice_is_for_what_was_asked(avpres, words, advice):
    status, _, shown = avpres("migrate", "--no-input", *words)

    assert status == 2
    assert advice in shown
