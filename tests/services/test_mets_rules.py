"""Every rule of METS and PREMIS, broken on a sound package, with what is then said."""

import pytest
from fixity_cases import Runner, codes
from mets_cases import AGENT, EVENT, OBJECTS, make_mets, premis_object, sha256
from packing_cases import SCHEMAS, needs_schemas

from avpres.adapters.rules.mets_rules import METS_RULES, PREMIS_RULES
from avpres.adapters.rules.premis_entities import is_date
from avpres.domain.exit_codes import ExitCode

OK, FIXITY, INCOMPLETE, WRONG = (
    ExitCode.OK,
    ExitCode.FIXITY_MISMATCH,
    ExitCode.INCOMPLETE,
    ExitCode.NOT_CONFORMANT,
)


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path / "state")


@pytest.fixture
def sound(tmp_path):
    return make_mets(tmp_path / "one")


def replace(old: str, new: str, times: int = 1):
    def change(root):
        text = (root / "mets.xml").read_text("utf-8")
        assert old in text
        (root / "mets.xml").write_text(text.replace(old, new, times), "utf-8")

    return change


def premis(text: str):
    def change(root):
        opening = (
            '<premis:premis xmlns:premis="http://www.loc.gov/premis/v3" version="3.0" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        )
        (root / "premis.xml").write_text(f"{opening}{text}</premis:premis>", "utf-8")

    return change


def objects() -> str:
    return "".join(premis_object(n, path, data) for n, (path, data) in enumerate(OBJECTS.items()))


FILM = OBJECTS["objects/a film.mov"]
ONE = premis_object(0, "objects/a film.mov", FILM)
BREAK = {
    "METS-XML": (replace("</mets>", ""), WRONG),
    "METS-ROOT": (lambda root: (root / "mets.xml").write_text("<other/>"), WRONG),
    "METS-STRUCTMAP": (replace("structMap", "noMap", 2), WRONG),
    "METS-ID": (replace('ID="f1"', 'ID="f0"'), WRONG),
    "METS-REF": (replace('ADMID="t0"', 'ADMID="t0 gone"'), WRONG),
    "METS-HREF": (lambda root: (root / "objects/notes.txt").unlink(), INCOMPLETE),
    "METS-OUTSIDE": (replace('href="objects/notes.txt"', 'href="../../etc/passwd"'), WRONG),
    "METS-LOCATION": (
        replace('<FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="objects/notes.txt"/>', ""),
        WRONG,
    ),
    "METS-SIZE": (replace(f'SIZE="{len(FILM)}"', 'SIZE="1"'), FIXITY),
    "METS-CHECKSUM": (
        lambda root: (root / "objects/a film.mov").write_bytes(FILM[:-1] + b"M"),
        FIXITY,
    ),
    "METS-CHECKSUM-FORM": (
        replace('CHECKSUMTYPE="SHA-256"', 'CHECKSUMTYPE="WHIRLPOOL"'),
        INCOMPLETE,
    ),
    "METS-UNLISTED": (lambda root: (root / "objects/new.txt").write_text("x"), OK),
    "METS-TWICE": (replace('href="objects/notes.txt"', 'href="objects/a%20film.mov"'), FIXITY),
    "PREMIS-XML": (
        lambda root: (root / "premis.xml").write_text(
            '<premis:premis xmlns:premis="http://www.loc.gov/premis/v3"><premis:agent>'
        ),
        WRONG,
    ),
    "PREMIS-FILE": (premis(premis_object(9, "objects/gone.mov", b"x")), OK),
    "PREMIS-SIZE": (premis(ONE.replace(f">{len(FILM)}<", ">7<")), FIXITY),
    "PREMIS-FIXITY": (premis(ONE.replace(sha256(FILM), "0" * 64)), FIXITY),
    "PREMIS-ID": (premis(objects() + EVENT + AGENT + EVENT), WRONG),
    "PREMIS-LINK": (premis(objects() + EVENT.replace(">g1<", ">nobody<")), WRONG),
    "PREMIS-DATE": (replace("2026-03-31T12:00:00Z</premis", "yesterday</premis"), WRONG),
    "PREMIS-EVENT-TYPE": (replace("fixity check", "fixityCheck"), OK),
    "PREMIS-OUTCOME": (replace(">success<", ">fine<"), OK),
}
BY_SCHEMA = {
    "METS-SCHEMA": (replace("<structMap>", '<structMap NOVELTY="1">'), WRONG),
    "PREMIS-SCHEMA": (premis(objects() + "<premis:novelty/>"), WRONG),
}


def test_the_sound_package_keeps_its_rules_and_is_not_called_valid_without_schemas(runner, sound):
    report = runner.verify(sound)
    assert (report.exit_code, codes(report)) == (OK, {})
    assert report.totals.verified_files == 2
    assert "keeps its rules (METS), as far as they were asked: without XML schemas" in (
        report.summary
    )


@needs_schemas
def test_the_sound_package_is_valid_by_the_schemas(runner, sound):
    premis(objects() + EVENT + AGENT)(sound)
    report = runner.verify(sound, schemas=SCHEMAS)
    assert (report.exit_code, codes(report)) == (OK, {})
    assert report.summary.endswith("The package is valid (METS, PREMIS).")


def test_every_rule_is_broken_somewhere_here():
    assert {*BREAK, *BY_SCHEMA} == {*METS_RULES, *PREMIS_RULES}


@pytest.mark.parametrize("rule", BREAK)
def test_a_broken_rule_is_told_with_its_id_and_status(runner, sound, rule):
    damage, status = BREAK[rule]
    damage(sound)
    report = runner.verify(sound)
    assert rule in codes(report), report.findings
    assert report.exit_code is status, report.findings


@needs_schemas
@pytest.mark.parametrize("rule", BY_SCHEMA)
def test_a_document_that_is_not_valid_is_told_and_read_all_the_same(runner, sound, rule):
    damage, status = BY_SCHEMA[rule]
    damage(sound)
    (sound / "objects/notes.txt").unlink()
    report = runner.verify(sound, schemas=SCHEMAS)
    assert {rule, "METS-HREF"} <= set(codes(report)), report.findings
    assert report.exit_code is status


def test_all_that_is_wrong_is_told_in_one_run(runner, sound):
    for rule in ("METS-CHECKSUM", "METS-HREF", "METS-REF", "PREMIS-DATE", "METS-UNLISTED"):
        BREAK[rule][0](sound)
    told = set(codes(runner.verify(sound)))
    assert {"METS-CHECKSUM", "METS-HREF", "METS-REF", "PREMIS-DATE", "METS-UNLISTED"} <= told


def test_a_file_that_lies_elsewhere_is_a_warning_and_is_never_fetched(runner, sound):
    replace('href="objects/notes.txt"', 'href="http://127.0.0.1:9/notes.txt"')(sound)
    report = runner.verify(sound)
    assert report.exit_code is OK
    assert codes(report)["METS-HREF"] == 1


def test_entities_are_not_resolved(runner, sound, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    text = (sound / "mets.xml").read_text("utf-8")
    entity = f'<!DOCTYPE mets [<!ENTITY x SYSTEM "file://{tmp_path}/secret.txt">]>\n'
    text = text.replace("<mets ", f"{entity}<mets ", 1).replace(">fixity check<", ">&x;<")
    (sound / "mets.xml").write_text(text, "utf-8")
    report = runner.verify(sound)
    assert "secret" not in "".join(f.message for f in report.findings).replace(str(tmp_path), "")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2026", True),
        ("2026-03-31", True),
        ("2026-03-31T12:00:00Z", True),
        ("2026-03-31T12:00:00.123+01:00", True),
        ("2026-03/2026-04", True),
        ("2026/..", True),
        ("1999?", True),
        ("yesterday", False),
        ("", False),
        ("2026-13-01", False),
        ("31.3.2026", False),
        ("/", False),
    ],
)
def test_dates_are_iso_8601_or_edtf(text, is_one):
    assert is_date(text) is is_one
