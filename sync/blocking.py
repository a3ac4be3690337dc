"""Candidate pairs by exact keys: what two entries must share to be compared at all.

Keys are normalised so that width, case, spaces, punctuation and the sign × do not matter; nothing else is forgiven here.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

_SIGNS = re.compile(r"[\W_]+")
_LARGEST_BLOCK = 30  # up to here all pairs of a block; beyond, neighbours only, which keeps it connected and linear


def plain(text: str) -> str:
    """Text without what a typist may vary: NFKC, small letters, × as x, no spaces or punctuation.

    >>> plain("数据要素×交通 ｘ平台（ Ａ ）")
    '数据要素x交通x平台a'
    """
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).replace("×", "x").casefold())


def organisation_key(name: str, credit_code: str | None) -> str:
    """The credit code where there is one, else the plain name."""
    return credit_code or plain(name)


@dataclass(frozen=True, slots=True)
class EntryView:
    """What detection reads of an entry."""

    id: str
    region: str
    city: str | None
    topic_id: str
    title: str
    team_name: str
    project_key: str
    team_key: str
    organisation_keys: tuple[str, ...]
    organisation_names: tuple[str, ...]
    id_tokens: frozenset[str]


def keys(view: EntryView) -> Iterator[tuple[str, ...]]:
    """The blocking keys of an entry: project with each organisation, team with its lead, each person."""
    for organisation in view.organisation_keys:
        yield "project", view.project_key, organisation
    yield "team", view.team_key, view.organisation_keys[0]
    for token in view.id_tokens:
        yield "person", token


def candidate_pairs(views: Iterable[EntryView]) -> set[tuple[str, str]]:
    """Pairs of ids, the smaller first, that share at least one key."""
    blocks: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for view in views:
        for key in keys(view):
            blocks[key].append(view.id)
    pairs: set[tuple[str, str]] = set()
    for members in blocks.values():
        if len(members) > 1:
            ordered = sorted(set(members))
            pairs.update(combinations(ordered, 2) if len(ordered) <= _LARGEST_BLOCK else pairwise(ordered))
    return pairs
