from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.services.migrate.sampling import Candidate, Draw, allotted

POPULATIONS = st.dictionaries(st.text(max_size=3), st.integers(1, 1000), max_size=40)


def candidates(count, stratum="TIFF"):
    return [Candidate(stratum, f"{i}.tif", f"{i}.jp2", "", "") for i in range(count)]


def drawn(files, size=10, seed="1"):
    draw = Draw(size, seed)
    for each in files:
        draw.offer(each)
    return draw.drawn()


@settings(derandomize=True, deadline=None, max_examples=200)
@given(POPULATIONS, st.integers(1, 60))
def test_no_class_gives_more_than_it_has_and_none_is_left_out_needlessly(population, size):
    shares = allotted(population, size)
    assert all(1 <= share <= population[name] for name, share in shares.items())
    assert len(shares) == min(size, len(population))
    if len(population) <= size:
        assert sum(shares.values()) == min(size, sum(population.values()))


def test_the_same_files_are_drawn_in_whatever_order_they_come():
    files = candidates(500) + candidates(3, "GIF")
    assert drawn(files) == drawn(files[::-1])


def test_another_seed_draws_other_files():
    assert set(drawn(candidates(500))) != set(drawn(candidates(500), seed="2"))


def test_a_class_of_three_among_hundreds_is_seen():
    assert any(each.stratum == "GIF" for each in drawn(candidates(500) + candidates(3, "GIF")))


def test_the_same_file_offered_twice_does_no_harm():
    assert len(drawn([*candidates(2), *candidates(2)])) == 4


def test_every_file_is_drawn_about_as_often():
    counts = [0] * 20
    for seed in range(400):
        for each in drawn(candidates(20), size=5, seed=str(seed)):
            counts[int(each.source.removesuffix(".tif"))] += 1
    assert min(counts) > 60
    assert max(counts) < 140
