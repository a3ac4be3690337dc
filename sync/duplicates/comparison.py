"""Compares pairs of records: what they share and what speaks against it, a column of numbers per feature.

Every feature is symmetric, and more shared never makes it smaller (for the features that speak against a match: larger).
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist
from scipy.sparse import csr_matrix

from sync.duplicates.encoding import PLACES, Encoded, Integers
from sync.duplicates.rarity import Rarity

Column = npt.NDArray[np.floating[Any]]

WIDESPREAD: Final = 0.03  # pairs of characters in more of the entries than this say nothing of one project
RARE: Final = 0.002  # runs of four characters in more of the entries than this are boilerplate
LEAST: Final = 12  # entries that must share something before it is called widespread, in the smallest corpora
_BATCH: Final = 20_000  # pairs at once, about 100 MB


@dataclass(frozen=True, slots=True)
class Weighted:
    """A column of an encoded corpus without what is widespread, with the bits of the rest."""

    rows: csr_matrix
    mass: Column  # of each row, bits

    @classmethod
    def of(cls, rarity: Rarity, column: str, matrix: csr_matrix, widespread: float = 1.0) -> Self:
        """`matrix` weighed as `column`, without what more than this share of the entries have."""
        rows = csr_matrix((rarity.bits(column, matrix.indices), matrix.indices, matrix.indptr), shape=matrix.shape)
        if widespread < 1:
            rows = rows.copy()
            rows.data[rarity.widespread(column, matrix.indices, widespread, LEAST)] = 0
            rows.eliminate_zeros()
        rows.has_sorted_indices = rows.has_canonical_format = True
        return cls(rows, row_sums(rows))


def row_sums(matrix: csr_matrix) -> Column:
    """The sum of each row, without a pass through a dense vector of all columns."""
    running = np.concatenate(([0.0], np.cumsum(matrix.data, dtype=np.float64)))
    sums: Column = (running[matrix.indptr[1:]] - running[matrix.indptr[:-1]]).astype(np.float32)
    return sums


def shared(left: csr_matrix, right: csr_matrix) -> csr_matrix:
    """What each row of `left` has in common with the same row of `right`, with the weights of `left`."""
    presence = csr_matrix((np.ones(right.nnz, np.float32), right.indices, right.indptr), shape=right.shape)
    presence.has_sorted_indices = presence.has_canonical_format = True
    return left.multiply(presence)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Records ready to be compared under one snapshot of rarity."""

    encoded: Encoded
    words: Weighted
    shingles: Weighted
    title_sounds: Weighted
    title_words: Weighted
    numbers: Weighted
    core_parts: Weighted
    cores: Weighted
    names: Weighted
    phones: Weighted

    @classmethod
    def of(cls, encoded: Encoded, rarity: Rarity) -> Self:
        """`encoded` under `rarity`."""
        return cls(
            encoded,
            words=Weighted.of(rarity, "words", encoded.words, WIDESPREAD),
            shingles=Weighted.of(rarity, "shingles", encoded.shingles, RARE),
            title_words=Weighted.of(rarity, "words", encoded.title_words, WIDESPREAD),
            **{name: Weighted.of(rarity, name, getattr(encoded, name)) for name in _WHOLE},
        )


_WHOLE: Final = ("title_sounds", "numbers", "core_parts", "cores", "names", "phones")
FEATURES: Final = (
    "title", "title_part", "title_bits", "title_order", "title_in_text", "title_in_text_least",
    "words", "words_part", "shingles", "shingle_bits", "numbers", "number_bits",
    "core", "core_bits", "core_part", "lead", "code", "code_near", "code_against",
    "tokens", "token_against", "names", "name_count", "name_against", "phones", "team", "team_near",
    "region", "city", "track", "topic",
)  # fmt: skip


def compare(left: Prepared, first: Integers, right: Prepared, second: Integers) -> Column:
    """The features of the pairs (`first[k]` of `left`, `second[k]` of `right`), a row each, in the order of `FEATURES`."""
    table = np.empty((len(first), len(FEATURES)), np.float32)
    for start in range(0, len(first), _BATCH):
        part = slice(start, start + _BATCH)
        columns = _columns(left, first[part], right, second[part])
        table[part] = np.column_stack([columns[name] for name in FEATURES])
    return table


def _columns(a: Prepared, i: Integers, b: Prepared, j: Integers) -> dict[str, Column]:
    return {**_texts(a, i, b, j), **_organisations(a, i, b, j), **_people(a, i, b, j), **_places(a, i, b, j)}


def _common(left: Weighted, i: Integers, right: Weighted, j: Integers) -> Column:
    return row_sums(shared(left.rows[i], right.rows[j]))


def _share(common: Column, whole: Column) -> Column:
    return np.divide(common, whole, out=np.zeros_like(common), where=whole > 0)


def _texts(a: Prepared, i: Integers, b: Prepared, j: Integers) -> dict[str, Column]:
    title = _common(a.title_sounds, i, b.title_sounds, j)
    title_a, title_b = a.title_sounds.mass[i], b.title_sounds.mass[j]
    found = _share(_common(a.title_words, i, b.words, j), a.title_words.mass[i])
    found_back = _share(_common(b.title_words, j, a.words, i), b.title_words.mass[j])
    words, words_a, words_b = _common(a.words, i, b.words, j), a.words.mass[i], b.words.mass[j]
    shingles = _common(a.shingles, i, b.shingles, j)
    numbers = _common(a.numbers, i, b.numbers, j)
    return {
        "title": _share(title, (title_a + title_b) / 2),
        "title_part": _share(title, np.minimum(title_a, title_b)),
        "title_bits": title,
        "title_order": _strings(fuzz.ratio, a.encoded.titles, i, b.encoded.titles, j) / 100,
        "title_in_text": np.maximum(found, found_back),
        "title_in_text_least": np.minimum(found, found_back),
        "words": _share(words, (words_a + words_b) / 2),
        "words_part": _share(words, np.minimum(words_a, words_b)),
        "shingles": _share(shingles, np.minimum(a.shingles.mass[i], b.shingles.mass[j])),
        "shingle_bits": np.log2(1 + shingles),
        "numbers": _share(numbers, np.minimum(a.numbers.mass[i], b.numbers.mass[j])),
        "number_bits": numbers,
    }


def _strings(  # rapidfuzz names no type for its scorers
    scorer: Any,  # noqa: ANN401  as above
    a: tuple[str, ...],
    i: Integers,
    b: tuple[str, ...],
    j: Integers,
) -> Column:
    left, right = [a[k] for k in i.tolist()], [b[k] for k in j.tolist()]
    found: Column = cpdist(left, right, scorer=scorer, dtype=np.float32)
    found[[not one or not two for one, two in zip(left, right, strict=True)]] = 0  # two empty texts share nothing
    return found


def _count(left: csr_matrix, i: Integers, right: csr_matrix, j: Integers) -> Column:
    number: Column = np.diff(shared(left[i], right[j]).indptr).astype(np.float32)
    return number


def _organisations(a: Prepared, i: Integers, b: Prepared, j: Integers) -> dict[str, Column]:
    one, two = a.encoded, b.encoded
    core = _common(a.cores, i, b.cores, j)
    parts = _common(a.core_parts, i, b.core_parts, j)
    code = _count(one.credit_codes, i, two.credit_codes, j)
    left, right = [one.lead_codes[k] for k in i.tolist()], [two.lead_codes[k] for k in j.tolist()]
    slips = cpdist(left, right, scorer=Levenshtein.distance, dtype=np.float32)
    given = np.array([bool(x) and bool(y) for x, y in zip(left, right, strict=True)])
    return {
        "core": _count(one.cores, i, two.cores, j),
        "core_bits": core,
        "core_part": _share(parts, np.minimum(a.core_parts.mass[i], b.core_parts.mass[j])),
        "lead": _strings(fuzz.ratio, one.leads, i, two.leads, j) / 100,
        "code": code,
        "code_near": (given & (code == 0) & (slips <= 2)).astype(np.float32),
        "code_against": (given & (code == 0) & (slips > 2)).astype(np.float32),
    }


def _people(a: Prepared, i: Integers, b: Prepared, j: Integers) -> dict[str, Column]:
    one, two = a.encoded, b.encoded
    tokens = _count(one.tokens, i, two.tokens, j)
    known_a, known_b = np.diff(one.tokens.indptr)[i], np.diff(two.tokens.indptr)[j]
    namesakes = shared(one.known[i], two.known[j])
    both_known = np.diff(namesakes.indptr).astype(np.float32)
    names = shared(a.names.rows[i], b.names.rows[j])
    # A namesake whose token is known on both sides is already counted by the token, or is another person.
    settled = row_sums(shared(names, namesakes))
    teams = _strings(fuzz.ratio, one.teams, i, two.teams, j) / 100
    return {
        "tokens": tokens,
        "token_against": np.where(tokens == 0, np.minimum(known_a, known_b), 0).astype(np.float32),
        "names": row_sums(names) - settled,
        "name_count": np.diff(names.indptr).astype(np.float32) - both_known,
        "name_against": np.maximum(both_known - tokens, 0),
        "phones": _common(a.phones, i, b.phones, j),
        "team": (teams == 1).astype(np.float32),
        "team_near": teams,
    }


def _places(a: Prepared, i: Integers, b: Prepared, j: Integers) -> dict[str, Column]:
    one, two = a.encoded.places[i], b.encoded.places[j]
    return dict(zip(PLACES, ((one == two) & (one >= 0)).astype(np.float32).T, strict=True))
