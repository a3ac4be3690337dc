"""How pairs become cases."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema.vocabulary import CaseKind
from sync.duplicates.clustering import clusters
from sync.duplicates.detection import Pair


def linked(*ids: str, score: float = 0.9) -> list[Pair]:
    return [Pair(*two, CaseKind.SAME_PROJECT, score, ()) for two in ids]


def entries(pairs) -> list[str]:
    return ["".join(cluster.entries) for cluster in clusters(pairs)]


def test_three_entries_that_all_match_are_one_case() -> None:
    assert entries(linked("ab", "bc", "ac")) == ["abc"]


def test_a_chain_is_not_believed() -> None:
    assert entries(linked("ab", "bc")) == ["ab", "bc"]


def test_two_groups_are_not_joined_by_one_link() -> None:
    assert entries(linked("ab", "ac", "bc", "de", "df", "ef", "cd")) == ["abc", "cd", "def"]


def test_what_contradicts_a_case_is_reported() -> None:
    whole = clusters(linked("ab", "ac", "ad", "bc", "bd"))
    assert [(cluster.entries, cluster.contradictions) for cluster in whole] == [(("a", "b", "c", "d"), (("c", "d"),))]


untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
pairs = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("ghijkl"), st.floats(0.5, 1)), max_size=12)


@untimed
@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_pairs_does_not_matter(drawn, chance) -> None:
    unique = list({two[:2]: Pair(two[0], two[1], CaseKind.SAME_TEAM, two[2], ()) for two in drawn}.values())
    assert clusters(unique) == clusters(chance.sample(unique, len(unique)))


@untimed
@given(pairs)
def test_every_pair_is_in_a_case(drawn) -> None:
    unique = {two[:2]: Pair(two[0], two[1], CaseKind.SAME_TEAM, two[2], ()) for two in drawn}
    assert {(p.id_a, p.id_b) for cluster in clusters(unique.values()) for p in cluster.pairs} == set(unique)
