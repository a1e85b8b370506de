"""Reels to assess, and what is said of them."""

from pathlib import Path

from avpres.config.cook import CookOptions
from avpres.domain.severity import Severity
from avpres.services.context import Context, SilentProgress
from avpres.services.cook import cook


def assess(tmp: Path, *reels: Path, progress=None, **options):
    wanted = CookOptions(reels=reels, destination=Path(), assess=True, **options)
    context = Context(state_dir=tmp / "state", progress=progress or SilentProgress())
    return cook(wanted, context)


def facts(report, reel: Path) -> dict:
    return next(each for each in report.facts["reels"] if each["path"] == str(reel))


def severity(report, code: str) -> set[Severity]:
    return {each.severity for each in report.findings if each.code == code}
