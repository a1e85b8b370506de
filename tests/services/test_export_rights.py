"""What a package states of rights decides what may leave it."""

import os

import pytest
from export_cases import DATE, HEAD, Exporter, contents, dip, packaged, statement, unsealed

from avpres.domain.errors import IncompleteError, NotConformantError

FILES = {b"open/a": b"a", b"open/secret/b": b"b", b"closed/c": b"c"}


@pytest.fixture
def run(tmp_path):
    return Exporter(tmp_path / "state")


@pytest.fixture
def exported(run, tmp_path):
    """Export a package with these statements, and give what of it is in the DIP."""

    def export(*statements, **options):
        (tmp_path / "rights.xml").write_text(HEAD + "".join(statements) + "</premis:premis>")
        package = packaged(tmp_path, FILES, supplement=[tmp_path / "rights.xml"])
        report = run(package, tmp_path / "out", container="folder", date=DATE, **options)
        found = contents(dip(tmp_path / "out") / "content")
        return {path.removeprefix(b"reel/") for path in found}, report

    return export


def test_what_nobody_speaks_of_is_exported(exported):
    assert exported()[0] == set(FILES)


@pytest.mark.parametrize(
    ("statements", "kept"),
    [
        ([statement()], set(FILES)),
        ([statement("Disseminate")], set(FILES)),
        ([statement("replicate", "reel/closed")], {b"open/a", b"open/secret/b"}),
        ([statement("replicate"), statement(subject="reel/open")], {b"open/a", b"open/secret/b"}),
        (
            [statement(subject="reel/open"), statement("use", "reel/open/secret")],
            {b"open/a", b"closed/c"},
        ),
        ([statement("use", "reel/open/a"), statement(subject="reel/open/a")], set(FILES)),
        ([statement("use", "reel/open/a")], set(FILES) - {b"open/a"}),
        ([statement(restriction="Disallow", subject="reel/closed")], set(FILES) - {b"closed/c"}),
        ([statement(restriction="Allow")], set(FILES)),
        (
            [
                statement(subject="reel/closed"),
                statement(restriction="deny", subject="reel/closed"),
            ],
            set(FILES) - {b"closed/c"},
        ),
        (
            [
                statement(subject="reel/closed"),
                statement(restriction="deny", subject="reel/closed", end="2024"),
            ],
            set(FILES) - {b"closed/c"},
        ),
        ([statement(end="2024", subject="reel/closed")], set(FILES)),
        ([statement(end="2024-02", subject="reel/closed")], set(FILES) - {b"closed/c"}),
        ([statement(start="2024-03-01", subject="reel/closed")], set(FILES)),
        ([statement(start="2024-03-02", subject="reel/closed")], set(FILES) - {b"closed/c"}),
        ([statement(end="OPEN", subject="reel/closed")], set(FILES)),
        ([statement(end="soon", subject="reel/closed")], set(FILES) - {b"closed/c"}),
    ],
)
def test_the_statement_that_speaks_of_the_least_decides(exported, statements, kept):
    found, report = exported(*statements)
    assert found == kept
    assert bool(report.finding_counts.get("EXP-RIGHT")) == (kept != set(FILES))


def test_another_act_may_be_asked_for(exported):
    assert exported(statement("use"), right="use")[0] == set(FILES)


def test_nothing_leaves_when_nothing_is_granted(exported):
    with pytest.raises(IncompleteError, match="3 the right to disseminate is not granted"):
        exported(statement("replicate"))


def test_a_restriction_is_told_for_a_person_to_heed(exported):
    _, report = exported(statement(restriction="reading room only"))
    (finding,) = [each for each in report.findings if each.code == "EXP-CONDITION"]
    assert "reading room only" in finding.message


def test_the_uuid_of_a_file_or_a_package_names_it(run, tmp_path):
    (tmp_path / "rights.xml").write_text("<nothing/>")
    package = unsealed(packaged(tmp_path, FILES, supplement=[tmp_path / "rights.xml"]))
    premis = package / "metadata/premis.xml"
    text = premis.read_text("utf-8").removesuffix("</premis:premis>\n")
    before, _, after = text.partition("closed/c</premis:originalName>")
    assert after
    uuid = before.rpartition("<premis:objectIdentifierValue>")[2].partition("<")[0]
    more = statement("use", uuid) + statement(subject=os.path.basename(package))
    premis.write_text(f"{text}{more}</premis:premis>\n", "utf-8")
    run(package, tmp_path / "out", container="folder")
    found = contents(dip(tmp_path / "out") / "content")
    assert found == {b"reel/open/a": b"a", b"reel/open/secret/b": b"b"}


def test_rights_that_cannot_be_read_let_nothing_leave(run, tmp_path):
    (tmp_path / "rights.xml").write_text(HEAD + "<rightsGranted>")
    package = packaged(tmp_path, FILES, supplement=[tmp_path / "rights.xml"])
    with pytest.raises(NotConformantError, match="its rights cannot be read"):
        run(package, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_rights_are_heeded_in_every_encoding(run, tmp_path, encoding):
    head = f'<?xml version="1.0" encoding="{encoding[:6]}"?>'
    text = head + HEAD[HEAD.index("<premis:") :] + statement("use") + "</premis:premis>"
    mark = {"utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}.get(encoding, "")
    (tmp_path / "rights.xml").write_bytes((mark + text).encode(encoding))
    package = packaged(tmp_path, FILES, supplement=[tmp_path / "rights.xml"])
    with pytest.raises(IncompleteError, match="the right to disseminate is not granted"):
        run(package, tmp_path / "out")


def test_entities_of_a_rights_document_are_not_followed(run, tmp_path):
    (tmp_path / "secret").write_text("disseminate")
    lead = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{tmp_path}/secret">]>'
    text = lead + HEAD + statement("&e;") + "</premis:premis>"
    (tmp_path / "rights.xml").write_text(text)
    package = packaged(tmp_path, FILES, supplement=[tmp_path / "rights.xml"])
    with pytest.raises(IncompleteError, match="the right to disseminate is not granted"):
        run(package, tmp_path / "out")
