import random

from manifest_cases import entry

from avpres.adapters.formats import ordering
from avpres.domain.fixity import Algorithm


def test_more_than_one_run_is_sorted_and_whole():
    count = 2 * ordering.RUN + ordering.RUN // 2
    shuffled = random.Random(1).sample(range(count), count)  # noqa: S311 - the same every time
    assert list(ordering.externally(iter(shuffled), lambda n: n)) == list(range(count))


def test_equal_keys_keep_their_order_over_runs():
    pairs = ((n % 3, n) for n in range(ordering.RUN + 100))
    found = list(ordering.externally(pairs, lambda pair: pair[0]))
    assert found == sorted(found)


def test_a_folder_comes_whole():
    names = ["a.txt", "a/x", "a b", "a/b/c", "a/b.txt", "a-", "a/"]
    entries = [entry(name, [Algorithm.MD5]) for name in names]
    found = [one.path for one in ordering.depth_first(entries)]
    assert found == ["a/", "a/b/c", "a/b.txt", "a/x", "a b", "a-", "a.txt"]
