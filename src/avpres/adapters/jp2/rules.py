"""What a target must be, as assertions on the properties that jpylyzer tells of it.

A rule names a place among them and the values that it must hold there, in jpylyzer's own words, so
that the same rules can be run by any Schematron processor on jpylyzer's report.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from avpres.adapters.images.raster import Raster
from avpres.adapters.jp2.boxes import Head
from avpres.adapters.jp2.parameters import transforms_colour
from avpres.adapters.jp2.tiling import areas, tile_size
from avpres.domain.imaging import Codestream

_JPYLYZER = "http://openpreservation.org/ns/jpylyzer/v2/"
_SCHEMATRON = "http://purl.oclc.org/dsdl/schematron"
_CODING = "contiguousCodestreamBox/cod"
_SIZE = "contiguousCodestreamBox/siz"
_IMAGE = "jp2HeaderBox/imageHeaderBox"
_NO = ("codingBypass", "resetOnBoundaries", "termOnEachPass", "vertCausalContext")
_NOT = ("predTermination",)
_DEPTHS = "jp2HeaderBox/bitsPerComponentBox"
_OWN = "contiguousCodestreamBox/qcc/qStyle"
_EXACT = "no quantization"
_SPACES = {16: "sRGB", 17: "greyscale", 18: "sYCC"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One assertion: the values that stand at a place, all of them, in their order."""

    name: str
    path: str  # of elements below jpylyzer's properties
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that does not hold."""

    rule: str
    expected: str
    found: str

    def __str__(self) -> str:
        """Give it in words."""
        return f"{self.rule} is {self.found or 'not there'}, wanted {self.expected or 'nothing'}"


def rules_of_form(form: Codestream) -> tuple[Rule, ...]:
    """Give the rules that hold for every target of a policy with this form."""
    tile = (str(form.tile),) if form.tile else ()
    tiles = [Rule(f"tile size ({axis})", f"{_SIZE}/{axis}", tile) for axis in ("xTsiz", "yTsiz")]
    block = (str(form.block),)
    return (
        Rule("brand", "fileTypeBox/br", ("jp2 ",)),
        Rule("profile of the codestream", f"{_SIZE}/capability", ("ISO/IEC 15444-1",)),
        *(tiles if tile else ()),
        Rule("progression", f"{_CODING}/order", (form.progression,)),
        Rule("layers", f"{_CODING}/layers", (str(form.layers),)),
        Rule("levels", f"{_CODING}/levels", (str(form.levels),)),
        Rule("transformation", f"{_CODING}/transformation", ("5-3 reversible",)),
        Rule("quantization", "contiguousCodestreamBox/qcd/qStyle", (_EXACT,)),
        Rule("code-block width", f"{_CODING}/codeBlockWidth", block),
        Rule("code-block height", f"{_CODING}/codeBlockHeight", block),
        *_precincts(form),
        Rule("sop", f"{_CODING}/sop", (_said(form.sop),)),
        Rule("eph", f"{_CODING}/eph", (_said(form.eph),)),
        Rule("segmentation", f"{_CODING}/segmentationSymbols", (_said(form.segmentation),)),
        *(Rule(name, f"{_CODING}/{name}", ("no",)) for name in (*_NO, *_NOT)),
    )


def _precincts(form: Codestream) -> Iterator[Rule]:
    """Name the sides of precincts, which jpylyzer tells from the lowest resolution on."""
    told = "user defined" if form.precincts else "default"
    yield Rule("precincts", f"{_CODING}/precincts", (told,))
    sides = tuple(str(form.precinct(level)) for level in range(form.levels, -1, -1))
    for axis in ("X", "Y") if form.precincts else ():
        yield Rule(f"precincts ({axis})", f"{_CODING}/precinctSize{axis}", sides)


def _said(flag: bool) -> str:
    return "yes" if flag else "no"


def rules_of_picture(raster: Raster, head: Head, form: Codestream) -> tuple[Rule, ...]:
    """Give the rules that hold for the target of one picture alone."""
    size = raster.width, raster.height
    tile = tile_size(*size, form)
    depths = tuple(str(bits) for bits in raster.bits)
    alike = len(set(depths)) == 1
    unlike = sum(each != depths[0] for each in depths)
    transformed = "yes" if transforms_colour(raster.bits, form) else "no"
    colour = "jp2HeaderBox/colourSpecificationBox"
    method = "Restricted ICC" if head.profile else "Enumerated"
    return (
        Rule("width", f"{_IMAGE}/width", (str(size[0]),)),
        Rule("height", f"{_IMAGE}/height", (str(size[1]),)),
        Rule("components", f"{_IMAGE}/nC", (str(raster.channels),)),
        Rule("depth in the header", f"{_IMAGE}/bPCDepth", depths[:1] if alike else ("128",)),
        Rule(
            "depths in the header",
            "jp2HeaderBox/bitsPerComponentBox/bPCDepth",
            () if alike else depths,
        ),
        Rule("depths in the codestream", f"{_SIZE}/ssizDepth", depths),
        Rule("tile width", f"{_SIZE}/xTsiz", (str(tile[0]),)),
        Rule("tile height", f"{_SIZE}/yTsiz", (str(tile[1]),)),
        Rule("tiles", f"{_SIZE}/numberOfTiles", (str(sum(1 for _ in areas(*size, tile))),)),
        Rule("colour transform", f"{_CODING}/multipleComponentTransformation", (transformed,)),
        Rule("own quantization", _OWN, (_EXACT,) * unlike),
        Rule("colours not known", f"{_IMAGE}/unkC", (_said(not head.known),)),
        Rule("colour method", f"{colour}/meth", (method,)),
        Rule("colour space", f"{colour}/enumCS", (_SPACES[head.space],) if head.space else ()),
    )


def schematron(rules: Sequence[Rule], title: str) -> bytes:
    """Write rules as an ISO Schematron schema for jpylyzer's reports."""
    schema = etree.Element(f"{{{_SCHEMATRON}}}schema", nsmap={"s": _SCHEMATRON})
    etree.SubElement(schema, f"{{{_SCHEMATRON}}}title").text = title
    etree.SubElement(schema, f"{{{_SCHEMATRON}}}ns", prefix="j", uri=_JPYLYZER)
    pattern = etree.SubElement(schema, f"{{{_SCHEMATRON}}}pattern")
    context = etree.SubElement(pattern, f"{{{_SCHEMATRON}}}rule", context="/j:jpylyzer/j:file")
    valid = etree.SubElement(context, f"{{{_SCHEMATRON}}}assert", test="j:isValid = 'True'")
    valid.text = "valid by jpylyzer"
    for rule in rules:
        said = etree.SubElement(context, f"{{{_SCHEMATRON}}}assert", test=_test(rule))
        said.text = f"{rule.name}: {', '.join(rule.expected) or 'none'}"
    written: bytes = etree.tostring(
        schema, pretty_print=True, xml_declaration=True, encoding="UTF-8"
    )
    return written


def _test(rule: Rule) -> str:
    """Give an XPath 1.0 expression: so many elements are there, and each holds its value."""
    path = "/".join(f"j:{step}" for step in ("properties", *rule.path.split("/")))
    each = [f"{path}[{number}] = '{value}'" for number, value in enumerate(rule.expected, 1)]
    return " and ".join([f"count({path}) = {len(rule.expected)}", *each])
