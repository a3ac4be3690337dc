"""Gathers pairs of one kind into cases, without believing chains: A like B and B like C does not make A like C.

Two groups become one only where most of the pairs between them were found as pairs. A pair that joins no group this way is a
case of its own, so no finding is lost; a group's pairs that were not found are reported with it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

from schema.vocabulary import CaseKind
from sync.duplicates.detection import Pair

_MOST: Final = 0.6  # of the pairs between two groups; with three entries, two of three links are not enough


@dataclass(frozen=True, slots=True)
class Cluster:
    """One case: its entries in order of id, the pairs found among them, and those that contradict it by not being found."""

    kind: CaseKind
    entries: tuple[str, ...]
    pairs: tuple[Pair, ...]
    contradictions: tuple[tuple[str, str], ...]


def clusters(pairs: Iterable[Pair]) -> list[Cluster]:
    """The cases, in a stable order; the order of `pairs` makes no difference."""
    of_kind: dict[CaseKind, list[Pair]] = defaultdict(list)
    for pair in pairs:
        of_kind[pair.kind].append(pair)
    return [cluster for kind in sorted(of_kind) for cluster in _of_kind(kind, of_kind[kind])]


def _of_kind(kind: CaseKind, pairs: list[Pair]) -> list[Cluster]:
    found = {(pair.id_a, pair.id_b): pair for pair in pairs}
    group: dict[str, frozenset[str]] = {entry: frozenset({entry}) for ids in found for entry in ids}
    for pair in sorted(pairs, key=lambda pair: (-pair.score, pair.id_a, pair.id_b)):
        one, two = group[pair.id_a], group[pair.id_b]
        between = [tuple(sorted(ids)) in found for ids in product(one, two)]
        if one is not two and sum(between) >= _MOST * len(between):
            group.update(dict.fromkeys(one | two, one | two))
    groups = {each for each in group.values() if len(each) > 1}
    # A pair across two groups stays a case of its own.
    groups |= {frozenset(ids) for ids in found if group[ids[0]] is not group[ids[1]]}
    return [_cluster(kind, tuple(sorted(each)), found) for each in sorted(groups, key=sorted)]


def _cluster(kind: CaseKind, entries: tuple[str, ...], found: dict[tuple[str, str], Pair]) -> Cluster:
    all_pairs = list(combinations(entries, 2))
    return Cluster(
        kind,
        entries,
        tuple(found[ids] for ids in all_pairs if ids in found),
        tuple(ids for ids in all_pairs if ids not in found),
    )
