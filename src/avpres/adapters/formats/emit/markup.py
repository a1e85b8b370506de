"""Small XML records as text: what is absent leaves no element behind.

Text that XML cannot hold (control characters, bytes of names that are not UTF-8) is shown as an
escape, as in PREMIS events, so that a record is well-formed whatever a file says of itself.
"""

from dataclasses import dataclass

from avpres.adapters.formats.report_names import visible
from avpres.adapters.formats.xml_escape import escape, quoteattr

Value = str | int | None

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
TYPE = "xsi:type"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Writes the elements of one namespace under one prefix."""

    prefix: str
    namespace: str

    def leaf(self, name: str, value: Value, **attributes: Value) -> str:
        """Write an element with text; nothing when there is no text."""
        if value is None or value == "":
            return ""
        tag = f"{self.prefix}:{name}"
        text = str(value)
        if not text.isalnum():
            text = escape(visible(text))
        return f"<{tag}{_attributes(attributes) if attributes else ''}>{text}</{tag}>\n"

    def group(self, name: str, *content: str, **attributes: Value) -> str:
        """Write an element around others; nothing when all of them are absent."""
        inside = "".join(content)
        return self.node(name, inside, **attributes) if inside else ""

    def node(self, name: str, *content: str, **attributes: Value) -> str:
        """Write an element that stands for itself, even when it is empty."""
        tag, inside = f"{self.prefix}:{name}", "".join(content)
        lead = f"<{tag}{_attributes(attributes) if attributes else ''}"
        return f"{lead}>\n{inside}</{tag}>\n" if inside else f"{lead}/>\n"

    def document(self, name: str, *content: str, **attributes: Value) -> bytes:
        """Write a whole record in UTF-8 with its declaration."""
        root = self.node(name, *content, **attributes)
        tag = f"<{self.prefix}:{name}"
        declared = f'{tag} xmlns:{self.prefix}="{self.namespace}" {XSI}'
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n{declared}{root.removeprefix(tag)}'
        return text.encode()


def _attributes(attributes: dict[str, Value]) -> str:
    return "".join(
        f" {name}={quoteattr(visible(str(value)))}"
        for name, value in attributes.items()
        if value is not None and value != ""
    )
