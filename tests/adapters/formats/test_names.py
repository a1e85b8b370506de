import pytest
from hypothesis import given
from hypothesis import strategies as st
from manifest_cases import paths

from avpres.adapters.formats import names
from avpres.domain.errors import NotConformantError


@given(path=paths)
def test_every_escape_has_its_way_back(path):
    lead, escaped = names.gnu_escape(path)
    assert (names.gnu_unescape(escaped) if lead else escaped) == names.to_bytes(path)
    assert b"\n" not in escaped
    assert names.bag_decode(names.bag_encode(path)) == path
    text, encoded = names.xml_encode(path)
    assert (names.xml_decode(text) if encoded else text) == path
    assert "--" not in names.comment_encode(path)
    assert names.xml_decode(names.comment_encode(path)) == path


@given(text=st.text(max_size=30))
def test_a_bag_name_with_bare_percent_signs_is_read(text):
    assert "\n" in names.bag_decode(text + "%0a")


@pytest.mark.parametrize(
    ("listed", "meant"),
    [
        ("./a/b", "a/b"),
        ("././a//b/./c", "a/b/c"),
        ("/abs/x", "/abs/x"),
        ("../up", "../up"),
        (".hidden", ".hidden"),
        ("a/.", "a"),
    ],
)
def test_idle_parts_of_a_path_go(listed, meant):
    assert names.checked(listed) == meant


@pytest.mark.parametrize("listed", ["", ".", "./", "/", "a\0b", "\ud800"])
def test_what_no_file_can_be_called_is_refused(listed):
    with pytest.raises(NotConformantError):
        names.checked(listed)


@pytest.mark.parametrize(
    "path", ["/etc/x", "../x", "a/../../x", "~/x", "C:\\x", "C:x", "a\\..\\..\\x", "\\\\server\\x"]
)
def test_ways_out_of_a_package_are_known(path):
    assert not names.stays_inside(path)


def test_a_name_with_dots_stays_inside():
    assert names.stays_inside("data/a..b/...c/~d")


def test_an_unknown_gnu_escape_is_refused():
    with pytest.raises(NotConformantError):
        names.gnu_unescape(b"a\\tb")
