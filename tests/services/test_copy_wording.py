"""The closing sentence, put together from sums."""

from collections import Counter

import pytest

from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import VerifyMode
from avpres.services.transfer.tally import Counts
from avpres.services.transfer.wording import Account, sentence


def failed(errors, *, destinations=1):
    return sentence(
        Account(
            files=44,
            size=0,
            counts=[Counts(copied_files=43) for _ in range(destinations)],
            errors=Counter(errors),
            verify=VerifyMode.FULL,
            status=ExitCode.DESTINATION_REFUSED,
        )
    )


@pytest.mark.parametrize(
    ("errors", "destinations", "words"),
    [
        ({"COPY-LOST": 1}, 1, "; the destination stopped."),
        ({"COPY-LOST": 1}, 2, "; 1 of the destinations stopped."),
        ({"PRE-WRITE": 1}, 1, "; the destination cannot take them."),
        ({"PRE-WRITE": 1}, 2, "; a destination cannot take them."),
        ({"COPY-UNREADABLE": 2}, 1, "; 2 of the files and folders could not be read."),
    ],
)
def test_a_failure_is_told_by_what_it_is_about(errors, destinations, words):
    assert words in failed(errors, destinations=destinations)
