"""A film that tests of reading share."""

import pytest
from films import attachment, film
from matroska_made import opened


@pytest.fixture(scope="session")
def clustered():
    """Give a film with a cluster for each frame, as real pictures have, and its clusters."""
    from avpres.adapters.matroska import clusters

    limit = clusters.LIMIT
    clusters.LIMIT = 1
    data = film([attachment("a.txt", b"text")], 500, b"\x1a\x45\xdf\xa3")[0]
    clusters.LIMIT = limit
    places = [check.offset for check in opened(data).check_crcs() if check.name == "Cluster"]
    return data, places
