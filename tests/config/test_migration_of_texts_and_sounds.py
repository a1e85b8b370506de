"""What a policy can say of texts and sounds."""

import pytest

from avpres.adapters.formats.migration_policy_toml import parse, written
from avpres.config.migration_targets import Flac, Text
from avpres.domain.charsets import CODECS, charset_named
from avpres.domain.errors import AvpresError

POLICY = """
[[rule]]
name = "letters"
when = {{ family = "text" }}
target = {{ kind = "text", charset = "{charset}" }}

[[rule]]
name = "tapes"
when = {{ family = "sound" }}
target = {{ kind = "flac", restored_by = "{by}" }}

[[rule]]
name = "the rest"
target = {{ kind = "keep" }}
"""


def test_a_policy_names_the_charset_of_texts_that_do_not_tell_theirs():
    policy = parse(POLICY.format(charset="latin-1", by="avpres"), "mine", "mine.toml")

    assert policy.rules[0].target == Text(charset="ISO-8859-1")
    assert policy.rules[1].target == Flac(restored_by="avpres")
    assert parse(written(policy), "mine", "mine.toml") == policy


def test_a_policy_names_none():
    assert (Text().charset, Flac().restored_by) == ("", "flac")


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ({"charset": "klingon", "by": "flac"}, "letters.*klingon"),
        ({"charset": "", "by": "sox"}, "tapes"),
    ],
)
def test_what_is_not_known_is_refused_by_the_rule_and_its_word(said: dict[str, str], match: str):
    with pytest.raises(AvpresError, match=match):
        parse(POLICY.format(**said), "mine", "mine.toml")


@pytest.mark.parametrize("name", CODECS)
def test_every_charset_is_known_by_its_own_name(name: str):
    assert charset_named(name.upper()) == name
    assert charset_named(CODECS[name]) == name
