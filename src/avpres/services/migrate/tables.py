"""Table 3 of a plan: classes one by one, or put together by format, colour and rule."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from avpres.config.migration_policy import Jp2, Policy, Rule, Tiff
from avpres.domain.migration import Outcome, Reason
from avpres.domain.migration_tables import PlanRow, PlanTable
from avpres.services.migrate.classes import SAMPLES, Amount, Class, Key, Plan
from avpres.services.migrate.results import reason_rows


def plan_table(plan: Plan, policy: Policy, *, by_class: bool = False) -> PlanTable:
    """Make Table 3; with `by_class` every class has a row of its own."""
    rules = {rule.name: rule for rule in policy.rules}
    groups: dict[_Group, _Sums] = {}
    reasons: dict[tuple[Outcome, Reason], Amount] = {}
    for key, amount in plan:
        group = _Group.of(key, by_class=by_class)
        groups.setdefault(group, _Sums()).add(key, amount)
        if key.reason is not None:
            _join(reasons.setdefault((key.outcome, key.reason), Amount()), amount)
    rows = tuple(sums.row(group, rules[group.rule]) for group, sums in groups.items())
    used = dict.fromkeys(row.rule for row in rows)
    return PlanTable(
        policy.name,
        rows,
        {name: target_words(rules[name]) for name in used},
        reason_rows(reasons),
        by_class,
    )


def target_words(rule: Rule) -> str:
    """Say in words what a rule makes of files, with all that it sets."""
    target = rule.target
    if isinstance(target, Jp2):
        return _jp2_words(target)
    if isinstance(target, Tiff):
        compression = "uncompressed" if target.compression == "none" else "Deflate"
        return f"TIFF, {compression}"
    if target.kind == "refuse":
        return f"refused: {target.reason}"
    return _WORDS[target.kind]


def _jp2_words(target: Jp2) -> str:
    tiles = f"tiles of {target.tile}" if target.tile else "one tile"
    levels = "levels by size" if target.levels == "by size" else f"{target.levels} levels"
    transform = "" if target.colour_transform else "no "
    palettes = "kept" if target.palette == "keep" else "written out as colours"
    embedded = "; the source within" if target.embed_source else ""
    return (
        f"JP2, reversible 5-3, {target.progression}, {tiles}, {levels}, layers: {_layers(target)}"
        f"{_details(target)}; {transform}colour transform; palettes {palettes}{embedded}"
    )


def _layers(target: Jp2) -> str:
    if target.layers_ratio:
        return ", ".join(f"1:{each:g}" if each else "all" for each in target.layers_ratio)
    return ", ".join(f"{each:g} dB" if each else "all" for each in target.layers_psnr)


def _details(target: Jp2) -> str:
    sides = ", ".join(map(str, target.precincts))
    marks = [name for name in ("sop", "eph") if getattr(target, name)]
    told = [f"precincts of {sides}"] if sides else []
    told += [" and ".join(marks).upper()] if marks else []
    told += ["segmentation symbols"] if target.segmentation else []
    return "".join(f"; {each}" for each in told)


_WORDS = {
    "jxl": "JPEG XL, from which the JPEG comes back byte for byte",
    "flac": "FLAC, from which the file comes back byte for byte",
    "text": "UTF-8, from which the file comes back byte for byte",
    "keep": "stays as it is",
}


class _Group(NamedTuple):
    format: str
    colour: str
    rule: str
    kind: Class | None = None
    levels: int = 0

    @classmethod
    def of(cls, key: Key, *, by_class: bool) -> "_Group":
        kind = key.kind
        if by_class:
            return cls(kind.format, kind.colour, key.rule, kind, key.levels)
        return cls(kind.format, kind.colour, key.rule)


@dataclass(slots=True)
class _Sums:
    kinds: list[Class] = field(default_factory=list)
    levels: set[int] = field(default_factory=set)
    counts: Counter[Outcome] = field(default_factory=Counter)
    reasons: Counter[Reason] = field(default_factory=Counter)
    amount: Amount = field(default_factory=Amount)

    def add(self, key: Key, amount: Amount) -> None:
        self.kinds.append(key.kind)
        self.levels |= {key.levels} if key.levels else set()
        self.counts[key.outcome] += amount.files
        if key.reason is not None:
            self.reasons[key.reason] += amount.files
        _join(self.amount, amount)

    def row(self, group: _Group, rule: Rule) -> PlanRow:
        return PlanRow(
            format=group.format,
            colours=_all(kind.colour for kind in self.kinds),
            compressions=_all(kind.compression for kind in self.kinds),
            bits=_all(kind.bits for kind in self.kinds),
            bands=tuple(sorted({kind.band for kind in self.kinds if kind.band})),
            flags=_all(flag for kind in self.kinds for flag in kind.flags),
            target=rule.target.kind,
            rule=rule.name,
            levels=tuple(sorted(self.levels)),
            counts=dict(self.counts),
            reasons=dict(self.reasons),
            files=self.amount.files,
            size=self.amount.size,
            samples=tuple(self.amount.samples),
        )


def _all(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))


def _join(into: Amount, amount: Amount) -> None:
    into.files += amount.files
    into.size += amount.size
    into.samples = (into.samples + amount.samples)[:SAMPLES]
