from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from avpres.adapters.formats.xml_escape import escape, quoteattr

TEXTS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff")
    | st.sampled_from("\t\n"),
    max_size=60,
)


@given(TEXTS, TEXTS)
def test_a_parser_gives_text_and_attribute_back(text, value):
    root = etree.fromstring(f"<a b={quoteattr(value)}>{escape(text)}</a>")
    assert (root.text or "") == text
    assert root.get("b") == value
