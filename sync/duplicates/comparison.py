"""Compares pairs of records: what they share and what speaks against it, a column of numbers per feature.

Every feature is symmetric, and more shared never makes it smaller (for the features that speak against a match: larger).
People, organisations, titles and numbers are few per record and come first (`glance`); texts are compared only where the
rest leaves a match possible.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist
from scipy.sparse import csr_matrix

from sync.duplicates.encoding import PLACES, Encoded
from sync.duplicates.hashing import Integers
from sync.duplicates.rarity import Rarity

Column = npt.NDArray[np.floating[Any]]
Columns = dict[str, Column]

WIDESPREAD: Final = 0.03  # pairs of characters in more of the entries than this say nothing of one project
RARE: Final = 0.002  # runs of four characters in more of the entries than this are boilerplate
LEAST: Final = 12  # entries that must share something before it is called widespread, in the smallest corpora
SLIPS: Final = 2  # signs in which a credit code may differ from another and still be its misprint
_BATCH: Final = 20_000  # pairs at once, about 100 MB

FEATURES: Final = (
    "title", "title_part", "title_bits", "title_signs", "title_order", "title_in_text", "title_in_text_least",
    "words", "words_part", "shingles", "shingle_bits", "numbers", "number_bits", "number_against",
    "core", "core_bits", "core_part", "lead", "code", "code_near", "code_against",
    "tokens", "token_against", "names", "name_count", "name_against", "persons", "phones", "team", "team_near",
    "region", "city", "track", "topic", "doublings",
)  # fmt: skip
_SHORT: Final = ("title_sounds", "title_signs", "numbers", "core_parts", "cores", "names", "phones")
_LONG: Final = {"words": ("words", WIDESPREAD), "title_words": ("words", WIDESPREAD), "shingles": ("shingles", RARE)}


@dataclass(frozen=True, slots=True)
class Prepared:
    """Records ready to be compared under one snapshot of rarity. Short rows are weighed beforehand, long ones when wanted."""

    encoded: Encoded
    rarity: Rarity
    short: dict[str, csr_matrix]

    @classmethod
    def of(cls, encoded: Encoded, rarity: Rarity) -> Self:
        """`encoded` under `rarity`."""
        return cls(encoded, rarity, {name: _weighed(getattr(encoded, name), rarity, name, 1.0) for name in _SHORT})

    def rows(self, name: str, wanted: Integers) -> csr_matrix:
        """The wanted rows of a column, in bits, without what is widespread."""
        if name in self.short:
            return self.short[name][wanted]
        return _weighed(getattr(self.encoded, name)[wanted], self.rarity, *_LONG[name])


def _weighed(rows: csr_matrix, rarity: Rarity, column: str, widespread: float) -> csr_matrix:
    bits = rarity.bits(column, rows.indices)
    if widespread < 1:
        bits[rarity.widespread(column, rows.indices, widespread, LEAST)] = 0
    weighed = csr_matrix((bits, rows.indices, rows.indptr), shape=rows.shape)
    weighed.has_sorted_indices = weighed.has_canonical_format = True
    return weighed


def row_sums(matrix: csr_matrix) -> Column:
    """The sum of each row, without a pass through a dense vector of all columns."""
    running = np.concatenate(([0.0], np.cumsum(matrix.data, dtype=np.float64)))
    sums: Column = (running[matrix.indptr[1:]] - running[matrix.indptr[:-1]]).astype(np.float32)
    return sums


def shared(left: csr_matrix, right: csr_matrix) -> csr_matrix:
    """What each row of `left` has in common with the same row of `right`, with the weights of `left`."""
    presence = csr_matrix((np.ones(right.nnz, np.float32), right.indices, right.indptr), shape=right.shape)
    presence.has_sorted_indices = presence.has_canonical_format = True
    common: csr_matrix = left.multiply(presence)
    return common


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs (`first[k]` of `left`, `second[k]` of `right`)."""

    left: Prepared
    first: Integers
    right: Prepared
    second: Integers

    def __len__(self) -> int:
        return len(self.first)

    def part(self, which: slice | npt.NDArray[Any]) -> Self:
        """Some of them."""
        return type(self)(self.left, self.first[which], self.right, self.second[which])

    def rows(self, name: str) -> tuple[csr_matrix, csr_matrix]:
        """A column of both sides."""
        return self.left.rows(name, self.first), self.right.rows(name, self.second)

    def both(self, name: str) -> tuple[csr_matrix, csr_matrix]:
        """As `rows`, of a column that is counted and not weighed."""
        return getattr(self.left.encoded, name)[self.first], getattr(self.right.encoded, name)[self.second]

    def texts(self, name: str) -> tuple[list[str], list[str]]:
        """As `rows`, of a column of texts."""
        one, two = getattr(self.left.encoded, name), getattr(self.right.encoded, name)
        return [one[row] for row in self.first.tolist()], [two[row] for row in self.second.tolist()]


def compare(pairs: Pairs) -> Column:
    """All features of the pairs, a row each, in the order of `FEATURES`."""
    table = np.empty((len(pairs), len(FEATURES)), np.float32)
    for start in range(0, len(pairs), _BATCH):
        part = pairs.part(slice(start, start + _BATCH))
        columns = {**glance(part), **_texts(part)}
        table[start : start + _BATCH] = np.column_stack([columns[name] for name in FEATURES])
    return table


def glance(pairs: Pairs) -> Columns:
    """The features that cost little; those of `compare` that are missing can only add to a match."""
    size = np.full(len(pairs), pairs.left.rarity.doublings, np.float32)
    return {**_short_texts(pairs), **_organisations(pairs), **_people(pairs), **_places(pairs), "doublings": size}


def _share(common: Column, whole: Column) -> Column:
    return np.divide(common, whole, out=np.zeros_like(common), where=whole > 0)


def _short_texts(pairs: Pairs) -> Columns:
    one, two = pairs.rows("title_sounds")
    title, title_a, title_b = row_sums(shared(one, two)), row_sums(one), row_sums(two)
    one, two = pairs.rows("title_signs")
    signs = _share(row_sums(shared(one, two)), (row_sums(one) + row_sums(two)) / 2)
    one, two = pairs.rows("numbers")
    numbers, least = row_sums(shared(one, two)), np.minimum(row_sums(one), row_sums(two))
    return {
        "title": _share(title, (title_a + title_b) / 2),
        "title_part": _share(title, np.minimum(title_a, title_b)),
        "title_bits": title,
        "title_signs": signs,
        "numbers": _share(numbers, least),
        "number_bits": numbers,
        "number_against": least - numbers,
    }


def _texts(pairs: Pairs) -> Columns:
    left, right = pairs.rows("words")
    title_a, title_b = pairs.rows("title_words")
    found = _share(row_sums(shared(title_a, right)), row_sums(title_a))
    found_back = _share(row_sums(shared(title_b, left)), row_sums(title_b))
    words, words_a, words_b = row_sums(shared(left, right)), row_sums(left), row_sums(right)
    left, right = pairs.rows("shingles")
    shingles = row_sums(shared(left, right))
    teams = _likeness(*pairs.texts("teams"))
    return {
        "title_order": _likeness(*pairs.texts("titles")),
        "title_in_text": np.maximum(found, found_back),
        "title_in_text_least": np.minimum(found, found_back),
        "words": _share(words, (words_a + words_b) / 2),
        "words_part": _share(words, np.minimum(words_a, words_b)),
        "shingles": _share(shingles, np.minimum(row_sums(left), row_sums(right))),
        "shingle_bits": shingles,
        "lead": _likeness(*pairs.texts("leads")),
        "team": (teams == 1).astype(np.float32),
        "team_near": teams,
    }


def _likeness(left: list[str], right: list[str]) -> Column:
    found: Column = cpdist(left, right, scorer=fuzz.ratio, dtype=np.float32) / 100
    found[[not one or not two for one, two in zip(left, right, strict=True)]] = 0  # two empty texts share nothing
    return found


def _count(left: csr_matrix, right: csr_matrix) -> Column:
    return _counts(shared(left, right))


def _counts(rows: csr_matrix) -> Column:
    counts: Column = np.diff(rows.indptr).astype(np.float32)
    return counts


def _organisations(pairs: Pairs) -> Columns:
    one, two = pairs.rows("cores")
    core = shared(one, two)
    one, two = pairs.rows("core_parts")
    parts = row_sums(shared(one, two))
    code = _count(*pairs.both("credit_codes"))
    left, right = pairs.texts("lead_codes")
    slips = cpdist(left, right, scorer=Levenshtein.distance, score_cutoff=SLIPS, dtype=np.float32)
    given = np.array([bool(x) and bool(y) for x, y in zip(left, right, strict=True)], np.bool_) & (code == 0)
    return {
        "core": _counts(core),
        "core_bits": row_sums(core),
        "core_part": _share(parts, np.minimum(row_sums(one), row_sums(two))),
        "code": code,
        "code_near": (given & (slips <= SLIPS)).astype(np.float32),
        "code_against": (given & (slips > SLIPS)).astype(np.float32),
    }


def _people(pairs: Pairs) -> Columns:
    one, two = pairs.both("tokens")
    tokens = _count(one, two)
    least = np.minimum(np.diff(one.indptr), np.diff(two.indptr))
    names, namesakes = shared(*pairs.rows("names")), shared(*pairs.both("known"))
    both_known = _counts(namesakes)
    # Where no token is shared, namesakes whose tokens are given on both sides are other people, and do not count.
    others = tokens == 0
    return {
        "tokens": tokens,
        "token_against": np.where(others, least, 0).astype(np.float32),
        "names": row_sums(names) - np.where(others, row_sums(shared(names, namesakes)), 0),
        "name_count": _counts(names) - np.where(others, both_known, 0),
        "name_against": np.maximum(both_known - tokens, 0),
        "persons": _count(*pairs.both("reached")) - np.where(others, _count(*pairs.both("reached_known")), 0),
        "phones": row_sums(shared(*pairs.rows("phones"))),
    }


def _places(pairs: Pairs) -> Columns:
    one, two = pairs.left.encoded.places[pairs.first], pairs.right.encoded.places[pairs.second]
    return dict(zip(PLACES, ((one == two) & (one >= 0)).astype(np.float32).T, strict=True))
