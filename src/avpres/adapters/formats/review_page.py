"""The review sheet: one page, complete in itself, on which people judge pairs by eye."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import BinaryIO

from avpres.adapters.formats.html_parts import name, plain
from avpres.adapters.formats.review_style import STYLE
from avpres.domain.review import CONFIDENCE, Judgement, needed_for, rate_below

BEGINNING = b"<!DOCTYPE html>\n<!-- avpres review sheet -->\n"
"""The first bytes of every sheet, by which avpres knows its own."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture inside of the page."""

    data: bytes
    kind: str = "image/png"

    @property
    def source(self) -> str:
        """Give it as an address that needs no network."""
        return f"data:{self.kind};base64,{base64.b64encode(self.data).decode()}"


@dataclass(frozen=True, slots=True)
class View:
    """Source, outcome and difference, of the whole or of a part."""

    source: Picture
    outcome: Picture
    difference: Picture


@dataclass(frozen=True, slots=True)
class Looked:
    """Both sides of a pair, decoded anew. Sigma is in steps of the samples."""

    size: tuple[int, int]
    whole: View
    detail: View
    detail_at: tuple[int, int]
    maximum: float
    sigma: float
    psnr: float | None
    gain: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """One source and what became of it; `looked` says why where they cannot be shown."""

    number: int
    stratum: str
    source: str
    target: str
    target_sha256: str
    looked: Looked | str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page says of the sample as a whole."""

    digest: str  # SHA-256 of the list of what was drawn
    policy: str
    seed: str
    made: str
    made_by: str
    population: Mapping[str, int]
    drawn: Mapping[str, int]

    @property
    def looked_at(self) -> int:
        """Count the pairs."""
        return sum(self.drawn.values())


def write_sheet(handle: BinaryIO, sheet: Sheet, pairs: Iterable[Pair]) -> None:
    """Write the page, one pair at a time; it loads nothing and sends nothing."""
    handle.writelines(piece.encode() for piece in _page(sheet, pairs))


def _page(sheet: Sheet, pairs: Iterable[Pair]) -> Iterator[str]:
    script = files(__package__).joinpath("review.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; "
        f"script-src 'sha256-{digest}'"
    )
    yield BEGINNING.decode() + (
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Review of a migration, {plain(sheet.made)}</title>\n"
        f"<style>{STYLE}</style>\n</head>\n"
        f'<body data-sheet="{sheet.digest}">\n<main>\n'
    )
    yield _introduction(sheet)
    yield _classes(sheet)
    yield _CONDITIONS
    yield "<h2>Pairs</h2>\n"
    for pair in pairs:
        yield from _pair(pair)
    yield f"</main>\n{_BAR}{_VIEWER}<script>{script}</script>\n</body>\n</html>\n"


def _introduction(sheet: Sheet) -> str:
    total = sum(sheet.population.values())
    rate = rate_below(sheet.looked_at)
    left_out = len(sheet.population) - len(sheet.drawn)
    missing = (
        f" {left_out} of {len(sheet.population)} classes had no room: draw a larger sample."
        if left_out
        else ""
    )
    return (
        "<h1>Review of a migration by eye</h1>\n"
        f"<p>{sheet.looked_at:,} of {total:,} migrated pictures, drawn by the seed "
        f"<strong>{name(sheet.seed)}</strong> from each class. Policy {name(sheet.policy)}; "
        f"made by {name(sheet.made_by)}, {plain(sheet.made)}.{missing}</p>\n"
        "<p>Every picture was compared with its source before it got its name: sample by sample, "
        "or, as JPEG XL, by the bytes that come back from it. "
        "This sheet is for what no program judges: whether what was compared is what ought to be "
        "seen.</p>\n"
        f"<p>What it proves: if none of the {sheet.looked_at:,} is faulty, then with "
        f"{CONFIDENCE:.0%} confidence fewer than {rate:.1%} of all are; "
        f"{needed_for(0.01):,} would have to be looked at to exclude 1&#8239;%. The figure holds "
        "for a sample in proportion; small classes are drawn more often than that.</p>\n"
        "<noscript><p><strong>Your browser runs no scripts: the pictures can be looked at, but "
        "judgements cannot be saved.</strong></p></noscript>\n"
    )


def _classes(sheet: Sheet) -> str:
    rows = "".join(
        f'<tr><td class="name">{name(stratum)}</td><td class="number">{count:,}</td>'
        f'<td class="number">{sheet.drawn.get(stratum, 0):,}</td></tr>\n'
        for stratum, count in sheet.population.items()
    )
    return (
        '<div class="panel scroll"><table>\n<thead><tr><th>class</th>'
        '<th class="number">pictures</th><th class="number">shown</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n"
    )


def _pair(pair: Pair) -> Iterator[str]:
    yield (
        f'<article class="pair" data-number="{pair.number}" '
        f'data-digest="{pair.target_sha256}" data-judgement="open">\n'
        f"<h3>{pair.number}. {name(pair.source)} → {name(pair.target)}</h3>\n"
    )
    if isinstance(pair.looked, str):
        yield f'<p class="what">{name(pair.stratum)} · not shown: {name(pair.looked)}</p>\n'
    else:
        yield from _views(pair.number, pair.stratum, pair.looked)
    yield _judge(pair.number)
    yield "</article>\n"


def _views(number: int, stratum: str, looked: Looked) -> Iterator[str]:
    notes = "".join(f" · {name(note)}" for note in looked.notes)
    yield (
        f'<p class="what">{name(stratum)} · {looked.size[0]:,} × {looked.size[1]:,} · '  # noqa: RUF001 - a sign of multiplication
        f"{_figures(looked)}{notes}</p>\n"
    )
    identical = "" if looked.maximum else "<span>identical</span>"
    left, top = looked.detail_at
    yield _row(number, "whole", looked.whole, identical)
    yield _row(number, "detail", looked.detail, identical, f", one to one, at {left:,}, {top:,}")


def _figures(looked: Looked) -> str:
    if not looked.maximum:
        return "largest difference 0, σ 0: identical"  # noqa: RUF001 - sigma
    return (
        f"largest difference {looked.maximum:g}, σ {looked.sigma:.3g}, "  # noqa: RUF001 - sigma
        f"PSNR {looked.psnr or 0:.1f} dB; difference amplified {looked.gain:.3g} times"
    )


def _row(number: int, kind: str, view: View, identical: str, where: str = "") -> str:
    figures = (
        ("source", view.source, ""),
        ("outcome", view.outcome, ""),
        ("difference", view.difference, identical),
    )
    cells = "".join(
        f"<figure><button type=button class=look data-kind={kind}>"
        f'<span class="{"same" if over else "plain"}">'
        f'<img src="{picture.source}" alt="{word} of pair {number}">{over}</span></button>'
        f"<figcaption>{word}{where}</figcaption></figure>\n"
        for word, picture, over in figures
    )
    return f'<div class="row {kind}">\n{cells}</div>\n'


def _judge(number: int) -> str:
    choices = "".join(
        f'<label><input type="radio" name="judgement-{number}" value="{each.value}"'
        f"{' checked' if each is Judgement.OPEN else ''}> {each.value}</label>\n"
        for each in Judgement
    )
    return (
        f'<div class="judge"><fieldset aria-label="judgement of pair {number}">\n{choices}'
        f'</fieldset>\n<textarea aria-label="comment on pair {number}" maxlength="4000" '
        'placeholder="comment"></textarea></div>\n'
    )


_FIELDS = (
    ("reviewer", "Reviewer"),
    ("monitor", "Monitor, and when it was calibrated"),
    ("white_point", "White point (D65 for a monitor)"),
    ("luminance", "Luminance of white, cd/m² (at least 80, better 160)"),
    ("ambient", "Ambient light, lx (32 at most)"),
    ("surround", "Surround (neutral grey, no bright things in sight)"),
    ("remarks", "Remarks"),
)
_CONDITIONS = (
    "<h2>Viewing conditions</h2>\n"
    '<form id="conditions" class="panel" autocomplete="off"><p>As ISO 3664 asks for pictures on '
    'monitors; write down what was the case.</p><div class="fields">\n'
    + "".join(
        f'<label>{label}<input type="text" name="{key}" maxlength="400"></label>\n'
        for key, label in _FIELDS
    )
    + "</div></form>\n"
)
_BAR = (
    '<div class="bar"><button id="save" type="button">Save the review</button>'
    '<p id="told" role="status"></p><p>Keys, with a pair in focus or in view: p pass, f fail, '
    "o open. Then: avpres migrate --review FILE OUT</p></div>\n"
)
_PANES = "".join(
    f'<figure class="pane"><div class="area" tabindex="0"><img alt=""></div>'
    f'<figcaption data-name="{word}">{word}</figcaption></figure>\n'
    for word in ("source", "outcome", "difference")
)
_VIEWER = (
    '<dialog id="viewer" aria-label="a pair, enlarged"><div class="tools">'
    '<strong id="viewed"></strong><label>zoom <output id="times"></output> '
    '<input id="zoom" type="range" min="1" max="16" step="1"></label>'
    '<button id="fit" type="button">fit</button>'
    '<button id="blink" type="button" aria-pressed="false">blink source and outcome</button>'
    '<button id="close" type="button">close</button></div>\n'
    f'<div class="panes">\n{_PANES}</div></dialog>\n'
)
