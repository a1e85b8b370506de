"""What JHOVE's own schema asks of the parts that avpres writes, for lxml to judge by."""

from lxml import etree

_XS = "http://www.w3.org/2001/XMLSchema"
NAMESPACE = "http://schema.openpreservation.org/ois/xml/ns/jhove"


def _enumeration(name: str, *words: str) -> str:
    values = "".join(f'<xs:enumeration value="{word}"/>' for word in words)
    return (
        f'<xs:simpleType name="{name}"><xs:restriction base="xs:string">{values}'
        "</xs:restriction></xs:simpleType>"
    )


def _text(name: str, *attributes: str) -> str:
    said = "".join(
        f'<xs:attribute name="{key}" type="{kind}" use="{use}"/>'
        for key, kind, use in (attribute.split() for attribute in attributes)
    )
    return (
        f'<xs:complexType name="{name}"><xs:simpleContent><xs:extension base="xs:string">{said}'
        "</xs:extension></xs:simpleContent></xs:complexType>"
    )


def _many(name: str, inner: str) -> str:
    return (
        f'<xs:element name="{name}" minOccurs="0"><xs:complexType><xs:sequence>{inner}'
        "</xs:sequence></xs:complexType></xs:element>"
    )


_SCHEMA = f"""
<xs:schema xmlns:xs="{_XS}" xmlns="{NAMESPACE}" targetNamespace="{NAMESPACE}"
    elementFormDefault="qualified">
{_enumeration("severity", "error", "info", "warning")}
{_enumeration("checksum", "CRC32", "MD5", "SHA-1", "SHA-256")}
{_enumeration("arity", "Array", "List", "Map", "Scalar", "Set")}
{
    _enumeration(
        "kind", "String", "Object", "NISOImageMetadata", "AESAudioMetadata", "TextMDMetadata"
    )
}
{_enumeration("audited", "valid", "well-formed", "not well-formed", "not found", "unknown")}
{_text("module", "release xs:string required", "date xs:date required")}
{
    _text(
        "message",
        "id xs:string optional",
        "subMessage xs:string optional",
        "offset xs:nonNegativeInteger optional",
        "severity severity optional",
    )
}
{_text("sum", "type checksum required")}
{_text("file", "mime xs:string optional", "status audited optional", "md5 xs:string optional")}
<xs:complexType name="property"><xs:sequence>
  <xs:element name="name" type="xs:string"/>
  <xs:element name="values"><xs:complexType><xs:sequence>
    <xs:element name="value" maxOccurs="unbounded"><xs:complexType mixed="true"><xs:sequence>
      <xs:any namespace="##any" processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence><xs:attribute name="key" type="xs:string"/></xs:complexType></xs:element>
  </xs:sequence>
  <xs:attribute name="arity" type="arity" use="required"/>
  <xs:attribute name="type" type="kind" use="required"/></xs:complexType></xs:element>
</xs:sequence></xs:complexType>
<xs:complexType name="repInfo"><xs:sequence>
  <xs:element name="reportingModule" type="module" minOccurs="0"/>
  <xs:element name="lastModified" type="xs:dateTime" minOccurs="0"/>
  <xs:element name="size" type="xs:nonNegativeInteger" minOccurs="0"/>
  <xs:element name="format" type="xs:string" minOccurs="0"/>
  <xs:element name="version" type="xs:string" minOccurs="0"/>
  <xs:element name="status" type="xs:string" minOccurs="0"/>
  {_many("sigMatch", '<xs:element name="module" type="xs:string" maxOccurs="unbounded"/>')}
  {_many("messages", '<xs:element name="message" type="message" maxOccurs="unbounded"/>')}
  <xs:element name="mimeType" type="xs:string" minOccurs="0"/>
  {_many("profiles", '<xs:element name="profile" type="xs:string" maxOccurs="unbounded"/>')}
  {_many("properties", '<xs:element name="property" type="property" maxOccurs="unbounded"/>')}
  {_many("checksums", '<xs:element name="checksum" type="sum" maxOccurs="unbounded"/>')}
  <xs:element name="note" type="xs:string" minOccurs="0"/>
</xs:sequence><xs:attribute name="uri" type="xs:anyURI"/></xs:complexType>
<xs:element name="jhove"><xs:complexType><xs:sequence>
  <xs:element name="date" type="xs:dateTime"/>
  <xs:choice>
    <xs:element name="audit"><xs:complexType><xs:sequence>
      <xs:element name="file" type="file" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence><xs:attribute name="home" type="xs:string"/></xs:complexType></xs:element>
    <xs:element name="repInfo" type="repInfo" maxOccurs="unbounded"/>
  </xs:choice></xs:sequence>
  <xs:attribute name="name" type="xs:string" use="required"/>
  <xs:attribute name="release" type="xs:string" use="required"/>
  <xs:attribute name="date" type="xs:date" use="required"/>
</xs:complexType></xs:element>
</xs:schema>
"""

JHOVE = etree.XMLSchema(etree.fromstring(_SCHEMA))


def judged(content: bytes) -> etree._Element:
    """Parse a document and insist that it follows the schema."""
    root = etree.fromstring(content)
    JHOVE.assertValid(root)
    return root
