"""Which pairs are compared at all: those that share a key, or enough rare pieces of text.

A key that more entries share than its rule allows is set aside (and reported): one phone in 5,000 teams, one company with
3,000 entries or a thousand equal titles say nothing about any two of them, and would cost the square of their number.
What such entries have in common beyond that key still brings them together by other rules.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from sync.duplicates.encoding import Encoded
from sync.duplicates.hashing import MANY, SPACE, Integers, crossed, hashed_rows, narrow
from sync.duplicates.parallel import mapped
from sync.duplicates.rarity import Counts, count

_ROWS: Final = 20_000  # rows of a product at once, so that its memory does not grow with the corpus
ENOUGH: Final = 0.999  # of the weights of shared keys; below one, as three thirds are


@dataclass(frozen=True, slots=True)
class Rule:
    """A way for two entries to meet. Each shared key counts `weight`; together they must come to one.

    A key that more than `cap` entries have is set aside. A rule called like a column has that column's hashes for keys.
    """

    zh: str
    en: str
    keys: Callable[[Encoded], csr_matrix]
    cap: int
    weight: float = 1.0


RULES: Final[Mapping[str, Rule]] = {
    "token": Rule("同一证件令牌", "one ID token", lambda each: each.tokens, 60),
    "phone": Rule("同一电话令牌", "one phone token", lambda each: each.phones, 16),
    "reached": Rule("姓名与电话都相同", "one name and phone", lambda each: each.reached, 60),
    "two_names": Rule("两个相同姓名", "two equal names", lambda each: crossed(each.names, each.names), 30),
    "name_core": Rule("同名同单位", "a name and an organisation", lambda each: crossed(each.names, each.cores), 30),
    "core": Rule("同一单位核心名", "one organisation core", lambda each: each.cores, 24),
    "code": Rule("同一信用代码", "one credit code", lambda each: each.credit_codes, 24),
    "core_title": Rule(
        "同单位且标题片段相同",
        "an organisation and a piece of the title",
        lambda each: crossed(each.cores, each.title_sounds),
        24,
        0.5,
    ),
    "title": Rule("标题读音相同", "one title by its sound", lambda each: hashed_rows(each.titles), 30),
    "team": Rule("团队名相同", "one team name", lambda each: hashed_rows(each.teams), 12),
    "title_sounds": Rule("标题中的罕见片段", "rare pieces of the title", lambda each: each.title_sounds, 40, 0.34),
    "shingles": Rule("简介中的罕见片段", "rare pieces of the summary", lambda each: each.shingles, 40, 0.25),
    "words": Rule("文中的罕见词", "rare words", lambda each: each.words, 40, 0.25),
}


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of row numbers, the smaller first, in order; how many each rule met; how many keys each rule set aside."""

    first: Integers
    second: Integers
    met: dict[str, int]
    set_aside: dict[str, int]


def candidates(corpus: Encoded, counts: Mapping[str, Counts] = MappingProxyType({}), workers: int = 1) -> Candidates:
    """All pairs of the corpus that are worth a comparison. `counts` are those of its columns, where they are known."""
    whole = [name for name, rule in RULES.items() if rule.weight >= 1]
    pieces = [name for name in RULES if name not in whole]
    tasks = [pieces, *([name] for name in whole)]  # the longest first
    met, set_aside, found = {}, {}, []
    for names, (pairs, dropped) in zip(
        tasks, mapped(lambda task: _met_by(corpus, task, counts), tasks, workers), strict=True
    ):
        met["+".join(names)] = len(pairs)
        set_aside.update(dropped)
        found.append(pairs)
    together = np.unique(np.concatenate(found))
    rows = max(len(corpus), 1)
    return Candidates(together // rows, together % rows, met, set_aside)


def _met_by(corpus: Encoded, names: Sequence[str], counts: Mapping[str, Counts]) -> tuple[Integers, dict[str, int]]:
    """The pairs that these rules make together, as `_meeting` gives them, and how many keys each set aside."""
    weighed, dropped = [], {}
    for name in names:
        rule = RULES[name]
        rows = rule.keys(corpus)
        held = counts[name] if name in counts else count(rows)
        dropped[name] = int((held > rule.cap).sum())
        weighed.append(_within_cap(rows, held, rule))
    return _meeting(hstack(weighed, "csr") if len(weighed) > 1 else weighed[0]), dropped


def _within_cap(keys: csr_matrix, held: Counts, rule: Rule) -> csr_matrix:
    """The columns that two to `rule.cap` rows have, renumbered, with the rule's weight."""
    kept, ends, before = [np.empty(0, np.int32)], [np.zeros(1, np.int64)], 0
    for start in range(0, keys.shape[0], _ROWS):
        bounds = keys.indptr[start : start + _ROWS + 1].astype(np.int64)
        places = narrow(keys.indices[bounds[0] : bounds[-1]])
        counted = held[places]
        here = (counted > 1) & (counted <= rule.cap)
        kept.append(places[here].astype(np.int32))
        ends.append(before + np.concatenate((np.zeros(1, np.int64), np.cumsum(here)))[bounds[1:] - bounds[0]])
        before = int(ends[-1][-1])
    columns, many = _numbered(np.concatenate(kept))
    weights = np.full(len(columns), rule.weight, np.float32)
    return csr_matrix((weights, columns, np.concatenate(ends)), shape=(keys.shape[0], many))


def _numbered(places: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.signedinteger[Any]], int]:
    """The places numbered from nought without gaps, and how many numbers there are, at least one."""
    if len(places) <= SPACE // MANY:
        found, numbers = np.unique(places, return_inverse=True)
        return numbers, max(len(found), 1)
    there = np.zeros(SPACE, np.bool_)
    there[places] = True
    table = np.cumsum(there, dtype=np.int32) - 1
    return table[places], int(table[-1]) + 1


def _meeting(weighed: csr_matrix) -> Integers:
    """Pairs whose shared keys weigh enough, each as first row × number of rows + second row."""
    transposed = weighed.T.tocsr()
    transposed.data[:] = 1
    found = [np.empty(0, np.int64)]
    for start in range(0, weighed.shape[0], _ROWS):
        product = (weighed[start : start + _ROWS] @ transposed).tocoo()
        row = product.row.astype(np.int64) + start
        kept = (product.data >= ENOUGH) & (row < product.col)
        found.append(row[kept] * weighed.shape[0] + product.col[kept])
    return np.concatenate(found)
