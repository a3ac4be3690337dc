"""Gathers matches of one kind into clusters; a cluster is one case. Links are exact, so chains of them may be trusted."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from schema.vocabulary import CaseKind
from sync.comparison import Evidence, Match


@dataclass(frozen=True, slots=True)
class Cluster:
    """Entries that belong to one case, in order of id, and all evidence between them."""

    kind: CaseKind
    entries: tuple[str, ...]
    evidence: tuple[Evidence, ...]


def clusters(matches: Iterable[Match]) -> list[Cluster]:
    """The clusters, in a stable order; independent of the order of `matches`."""
    parent: dict[tuple[CaseKind, str], tuple[CaseKind, str]] = {}

    def find(node: tuple[CaseKind, str]) -> tuple[CaseKind, str]:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    ordered = sorted(matches, key=lambda match: (match.kind, match.entries))
    for match in ordered:
        left, right = (find((match.kind, entry)) for entry in match.entries)
        parent[max(left, right)] = min(left, right)
    entries: dict[tuple[CaseKind, str], set[str]] = defaultdict(set)
    evidence: dict[tuple[CaseKind, str], list[Evidence]] = defaultdict(list)
    for match in ordered:
        root = find((match.kind, match.entries[0]))
        entries[root].update(match.entries)
        evidence[root].extend(match.evidence)
    return [Cluster(root[0], tuple(sorted(entries[root])), tuple(evidence[root])) for root in sorted(entries)]
