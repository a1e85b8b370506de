"""XHTML: XML by libxml2, valid by the W3C's own DTDs, which come with avpres.

XHTML 1.0 and 1.1 are validated. XHTML in the syntax of HTML 5 has no DTD: it is parsed, and its
validity is left open.
"""

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.xml import examine_xml
from avpres.adapters.validators.xml_catalogue import catalogue_of
from avpres.adapters.validators.xml_prolog import Prolog
from avpres.adapters.validators.xml_validity import validate_by_dtd

NAMESPACE = "http://www.w3.org/1999/xhtml"


def validate(source: Source, exam: Examination) -> None:
    """Parse it as XML and validate it by its document type."""
    exam.mime = "application/xhtml+xml"
    prolog = examine_xml(source, exam)
    text = exam.technical.text
    if text is not None:
        text.markup = "XHTML"
        text.markup_version, exam.profile = _version_of(text.doctype)
    exam.version = text.markup_version if text else ""
    if prolog is None:
        return
    if prolog.root != "html":
        exam.broken("XHTML-ROOT", f"the root element is {prolog.root}, not html", 0)
    elif prolog.namespace != NAMESPACE:
        exam.invalid("XHTML-NAMESPACE", "the html element is not in the namespace of XHTML", 0)
    _validate(source, exam, prolog)


def _validate(source: Source, exam: Examination, prolog: Prolog) -> None:
    known = catalogue_of(exam.rules.schemas).find((prolog.public, prolog.system), ".dtd")
    if known is not None and source.data is not None:
        validate_by_dtd(source.data, source, exam, prolog, known)
    elif prolog.public or prolog.system:
        exam.undetermined(
            "XHTML-NO-DTD", f"validity cannot be told: no DTD here for {prolog.public}"
        )
    else:
        exam.undetermined("XHTML-NOT-CHECKED", "validity cannot be told: it has no document type")


def _version_of(doctype: str) -> tuple[str, str]:
    """Give "1.0" and "Strict" of `-//W3C//DTD XHTML 1.0 Strict//EN`."""
    words = doctype.partition("XHTML")[2].partition("//")[0].split()
    for place, word in enumerate(words):
        if word[:1].isdigit():
            return word, " ".join(words[:place] + words[place + 1 :])
    return "", ""
