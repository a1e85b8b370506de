from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from avpres.domain.review import Judgement, Review, needed_for, rate_below

DIGEST = "a" * 64


def test_nothing_looked_at_proves_nothing():
    assert rate_below(0) == 1.0


@pytest.mark.parametrize(("looked_at", "rate"), [(1, 0.95), (30, 0.095), (299, 0.00997)])
def test_a_sample_without_fault_excludes_a_rate(looked_at, rate):
    assert rate_below(looked_at) == pytest.approx(rate, rel=0.01)


def test_one_percent_needs_299_and_no_fewer():
    assert needed_for(0.01) == 299
    assert rate_below(298) > 0.01 >= rate_below(299)


def test_a_review_counts_what_was_said():
    told = {"number": 1, "target_sha256": DIGEST, "judgement": "fail", "comment": "red cast"}
    review = Review.model_validate(
        {"avpres_review": 1, "sheet": DIGEST, "reviewed": datetime.now(UTC), "answers": [told]}
    )
    assert (review.count(Judgement.FAIL), review.count(Judgement.PASS)) == (1, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"avpres_review": 2},
        {"sheet": "../etc"},
        {"reviewed": "yesterday"},
        {"answers": [{"number": 0, "target_sha256": DIGEST, "judgement": "pass"}]},
        {"answers": [{"number": 1, "target_sha256": DIGEST, "judgement": "maybe"}]},
        {"surprise": 1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_review_of_another_shape_is_refused(wrong):
    told = {"avpres_review": 1, "sheet": DIGEST, "reviewed": datetime.now(UTC), "answers": []}
    with pytest.raises(ValidationError):
        Review.model_validate(told | wrong)
