"""From staged files to results: what does not pass, and what the disk changed on the way."""

import os
from datetime import UTC, datetime

import pytest

from avpres.adapters.migrating.journal import Journal
from avpres.adapters.migrating.orders import Job, Made
from avpres.adapters.migrating.staging import Staging
from avpres.config.migrate import MigrateOptions
from avpres.domain.migration import Outcome, Reason
from avpres.services.context import Context
from avpres.services.ledger import open_ledger
from avpres.services.migrate.policies import load
from avpres.services.migrate.settling import Group, Settler
from avpres.services.migrate.sources import Found, list_into
from avpres.services.migrate.stage import open_stage
from avpres.services.migrate.workshop import Workshop

POLICY = load("avpres")


@pytest.fixture
def shop(tmp_path):
    """Give a run with one source that is listed."""
    source = tmp_path / "a.gif"
    source.write_bytes(b"what it was")
    found = source.stat()
    seen = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    context = Context(state_dir=tmp_path / "state")
    options = MigrateOptions(
        sources=[source], destination=tmp_path / "out", date=datetime(2020, 1, 1, tzinfo=UTC)
    )
    with (
        open_ledger(context, ()) as ledger,
        open_stage(tmp_path / "out", context.state_dir) as (stage, journal),
    ):
        list_into(journal, iter([Found(os.fsencode(source), b"sub/a.gif", seen)]))
        yield Workshop(options, context, context.report("migrate"), ledger, POLICY, stage, journal)


def settle(shop, outcome, reason=None, *, meddle=None):
    """Settle one staged file, after something happened to it."""
    ((source,),) = shop.journal.groups()
    staging = Staging(Job(source.id, source.path, source.signature, shop.stage.staged(source.id)))
    part = staging.write(b"what it became", ".jp2")
    if meddle:
        meddle(part.staged)
    rule = POLICY.rules[0]
    made = Made(
        source.id, outcome, reason, "for a test", rule=rule.name, target=rule.target, parts=(part,)
    )
    settler = Settler(shop)
    settler.take(Group([source], made={source.id: made}))
    settler.flush()


def there(shop):
    files = (path for path in shop.stage.out.rglob("*") if path.is_file())
    return {
        str(path.relative_to(shop.stage.out)) for path in files if "avpres-mig" not in str(path)
    }


def test_what_passed_appears_in_the_folder_of_its_source(shop):
    settle(shop, Outcome.OK)

    assert there(shop) == {"sub/a.jp2"}
    assert shop.counts == {"ok": 1}


def test_what_did_not_pass_lies_in_quarantine_under_a_name_that_says_so(shop):
    settle(shop, Outcome.QA_FAILED, Reason.QA_DIFFERENCE)

    assert there(shop) == {"quarantine/sub/a.gif.jp2.failed"}
    assert shop.report.finding_counts == {"MIG-QA": 1}
    assert shop.report.exit_code == 12
    assert list(shop.journal.targets()) == []


def test_a_file_that_the_medium_does_not_hold_as_written_gets_no_name(shop):
    def flip(staged):
        with open(staged, "r+b") as handle:
            handle.write(b"W")

    settle(shop, Outcome.OK, meddle=flip)

    assert there(shop) == set()
    assert shop.counts == {"failed": 1}
    assert "read back" in shop.report.findings[0].message


def test_a_name_that_was_taken_meanwhile_is_left_as_it_is(shop):
    (shop.stage.out / "sub").mkdir()
    (shop.stage.out / "sub" / "a.jp2").write_bytes(b"of somebody else")

    settle(shop, Outcome.OK)

    assert (shop.stage.out / "sub" / "a.jp2").read_bytes() == b"of somebody else"
    assert shop.report.exit_code == 22
    assert os.listdir(shop.stage.files) == []


def test_a_journal_of_another_form_is_refused(tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "journal.sqlite") as base:
        base.execute("PRAGMA user_version = 99")
    base.close()

    with pytest.raises(OSError, match="another avpres"):
        Journal(tmp_path / "journal.sqlite")
