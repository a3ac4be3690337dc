"""Turns records into rows of numbers, a whole corpus at once: n-grams of the texts, keys of people and organisations.

A row is a sorted set of hashes. Pieces of text have 23 bits: two that share a hash count as one, which changes the share of
a common part by less than a thousandth. Keys of people and organisations have 62, because one shared token decides.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from itertools import chain
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from sync.duplicates.folding import BREAK, codes_of, fold, folding_table, sounding_table, texts_of
from sync.duplicates.organisations import organisation_core
from sync.duplicates.places import without_places
from sync.duplicates.records import LONGEST_TEXT, MOST_PARTIES, Record

Integers = npt.NDArray[np.int64]
PLACES: Final = ("region", "city", "track", "topic")
BITS: Final = 23  # of a hash: 8 million places, for the few million different n-grams of a corpus
SPACE: Final = 1 << BITS
WIDE: Final = 1 << 62
_MIXERS: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)  # odd, from xxHash
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:\s*[^\W\d_])?")


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch of records, row by row. All matrices are binary; those of whole keys have `WIDE` columns, others `SPACE`."""

    titles: tuple[str, ...]  # places taken out, as they sound
    plain_titles: tuple[str, ...]  # as `titles`, as they are written
    teams: tuple[str, ...]
    leads: tuple[str, ...]  # core of the lead organisation's name
    lead_codes: tuple[str, ...]  # its credit code as given
    places: Integers  # of each record the hashes of region, city, track and topic
    title_sounds: csr_matrix  # pairs of neighbouring syllables
    title_words: csr_matrix  # pairs of neighbouring characters
    words: csr_matrix  # the same of title and summary together
    shingles: csr_matrix  # runs of four characters of the summary
    numbers: csr_matrix  # numbers in the summary, each with the unit that follows
    cores: csr_matrix  # organisation cores, lead and partners
    lead_core: csr_matrix
    core_parts: csr_matrix  # pairs of characters of all cores
    credit_codes: csr_matrix
    tokens: csr_matrix  # ID numbers
    phones: csr_matrix
    names: csr_matrix  # of members
    known: csr_matrix  # names of those members whose token is given

    def __len__(self) -> int:
        return len(self.titles)

    def take(self, rows: Integers) -> Self:
        """The given rows, in the given order."""
        picked = rows.tolist()
        parts: dict[str, Any] = {}
        for field in fields(self):
            column = getattr(self, field.name)
            parts[field.name] = tuple(column[i] for i in picked) if isinstance(column, tuple) else column[rows]
        return type(self)(**parts)

    @classmethod
    def joined(cls, batches: Sequence[Self]) -> Self:
        """Several batches as one."""
        parts = {}
        for field in fields(cls):
            columns = [getattr(batch, field.name) for batch in batches]
            parts[field.name] = _stacked(columns)
        return cls(**parts)


def encode(records: Sequence[Record]) -> Encoded:
    """The rows of `records`. Order of members and partners makes no difference."""
    titles = [without_places(record.project_name[:LONGEST_TEXT]) for record in records]
    title_codes, title_ends = codes_of(titles, LONGEST_TEXT)
    written, sounding = folding_table()[title_codes], sounding_table()[title_codes]
    codes, ends = codes_of([_without_own_names(record) for record in records], LONGEST_TEXT)
    summary = folding_table()[codes]
    # In a title spaces and signs are a matter of taste; in a summary they part one thought from the next.
    dense, dense_ends = _without_breaks(written, title_ends)
    title_words = _grams(dense, dense_ends, 2)
    people = [record.members[:MOST_PARTIES] for record in records]
    organisations = [
        ((record.org_name, record.org_uscc), *((p.name, p.uscc) for p in record.partners[:MOST_PARTIES]))
        for record in records
    ]
    cores = [
        sorted({core for name, _ in each if (core := organisation_core(name[:LONGEST_TEXT]))}) for each in organisations
    ]
    leads = [organisation_core(record.org_name[:LONGEST_TEXT]) for record in records]
    parts_codes, parts_ends = codes_of([" ".join(each) for each in cores], LONGEST_TEXT)
    core_parts = _grams(folding_table()[parts_codes], parts_ends, 2)
    return Encoded(
        titles=tuple(texts_of(sounding, title_ends)),
        plain_titles=tuple(texts_of(written, title_ends)),
        teams=tuple(fold(record.team_name[:LONGEST_TEXT]) for record in records),
        leads=tuple(leads),
        lead_codes=tuple(record.org_uscc for record in records),
        places=np.array([[_code(getattr(record, name)) for name in PLACES] for record in records], np.int64).reshape(-1, len(PLACES)),
        title_sounds=_grams(*_without_breaks(sounding, title_ends), 2),
        title_words=title_words,
        words=_without(_united(title_words, _grams(summary, ends, 2)), core_parts),
        shingles=_grams(summary, ends, 4),
        numbers=_rows(_numbers(record.abstract) for record in records),
        cores=_rows(cores),
        lead_core=_rows([each] if each else [] for each in leads),
        core_parts=core_parts,
        credit_codes=_rows(
            [unicodedata.normalize("NFKC", code).strip().upper() for _, code in each if code.strip()]
            for each in organisations
        ),
        tokens=_rows([member.id_token for member in each if member.id_token] for each in people),
        phones=_rows([member.phone_token for member in each if member.phone_token] for each in people),
        names=_rows([fold(member.name) for member in each if member.name] for each in people),
        known=_rows([fold(member.name) for member in each if member.name and member.id_token] for each in people),
    )  # fmt: skip


def _stacked(columns: Sequence[Any]) -> Any:  # noqa: ANN401  whichever of the three a field is
    if isinstance(columns[0], tuple):
        return tuple(chain.from_iterable(columns))
    return np.concatenate(columns) if isinstance(columns[0], np.ndarray) else vstack(columns, "csr")


def narrow(hashes: npt.NDArray[np.signedinteger[Any]]) -> npt.NDArray[np.int64]:
    """Hashes of either width as places of the smaller space, where it is enough to be nearly right."""
    return hashes & (SPACE - 1)


def _code(text: str) -> int:
    """A number for a text, -1 for an empty one."""
    return hashed(text) if text else -1


def hashed_rows(texts: Sequence[str]) -> csr_matrix:
    """Each text as a whole, empty ones left out."""
    return _rows([text] if text else [] for text in texts)


def crossed(left: csr_matrix, right: csr_matrix) -> csr_matrix:
    """Each hash of a row of `left` together with each of the same row of `right`; each two once where both are one."""
    many, few = np.diff(left.indptr).astype(np.int64), np.diff(right.indptr).astype(np.int64)
    starts = np.concatenate(([0], np.cumsum(many * few)))
    row = np.repeat(np.arange(len(many)), many * few)
    place = np.arange(starts[-1]) - starts[row]
    one = left.indices[left.indptr[row] + place // few[row]].astype(np.uint64)
    two = right.indices[right.indptr[row] + place % few[row]].astype(np.uint64)
    if left is right:
        row, one, two = row[one < two], one[one < two], two[one < two]
    mixed = (one * np.uint64(_MIXERS[0]) + two) * np.uint64(_MIXERS[1])
    return _distinct(row, mixed, len(many))


def hashed(text: str) -> int:
    """The place of a text among the wide ones; the same in every process."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()) >> 2


def _numbers(text: str) -> list[str]:
    found = _NUMBER.findall(text[:LONGEST_TEXT])
    return [unicodedata.normalize("NFKC", each).replace(" ", "") for each in found]


def _rows(texts: Iterable[Iterable[str]]) -> csr_matrix:
    rows = [sorted({hashed(text) for text in each}) for each in texts]
    starts = np.concatenate(([0], np.cumsum([len(row) for row in rows], dtype=np.int64)))
    columns = np.fromiter((column for row in rows for column in row), np.int64, int(starts[-1]))
    return _matrix(columns, starts, WIDE)


def _matrix(columns: Integers, starts: Integers, width: int) -> csr_matrix:
    made = csr_matrix((np.ones(len(columns), np.int8), columns, starts), shape=(len(starts) - 1, width))
    made.has_sorted_indices = made.has_canonical_format = True
    return made


def _without_breaks(codes: npt.NDArray[np.uint32], ends: Integers) -> tuple[npt.NDArray[np.uint32], Integers]:
    kept = codes != BREAK
    return codes[kept], np.concatenate(([0], np.cumsum(kept)))[ends]


def _grams(codes: npt.NDArray[np.uint32], ends: Integers, length: int) -> csr_matrix:
    """The different runs of `length` signs of each text that hold no break."""
    parts, rows, first = [], len(ends), 0
    while first < rows:  # in blocks, so that what is laid out beside the texts stays small
        start = int(ends[first - 1]) if first else 0
        last = max(int(np.searchsorted(ends, start + 4_000_000, "right")), first + 1)
        parts.append(_grams_of_block(codes[start : int(ends[last - 1])], ends[first:last] - start, length))
        first = last
    return (
        vstack(parts, "csr")
        if len(parts) > 1
        else parts[0]
        if parts
        else _matrix(np.empty(0, np.int64), np.zeros(1, np.int64), SPACE)
    )


def _grams_of_block(codes: npt.NDArray[np.uint32], ends: Integers, length: int) -> csr_matrix:
    count = max(len(codes) - length + 1, 0)
    mixed = np.zeros(count, np.uint64)
    whole = np.ones(count, np.bool_)
    for place in range(length):
        here = codes[place : place + count]
        whole &= here != BREAK
        mixed = (mixed + here) * np.uint64(_MIXERS[place])
        mixed ^= mixed >> np.uint64(29)
    row = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
    whole &= row[:count] == row[len(row) - count :]
    return _distinct(row[:count][whole], mixed[whole], len(ends))


def _distinct(row: Integers, mixed: npt.NDArray[np.uint64], rows: int) -> csr_matrix:
    """The rows that hold, each once, the upper bits of what was mixed for them."""
    keys = (row << BITS) | (mixed >> np.uint64(64 - BITS)).astype(np.int64)
    keys.sort()
    keys = keys[np.diff(keys, prepend=-1) > 0]
    starts = np.searchsorted(keys, np.arange(rows + 1) << BITS)
    return _matrix((keys & (SPACE - 1)).astype(np.int32), starts.astype(np.int64), SPACE)


def _without_own_names(record: Record) -> str:
    """The summary without its organisations' full names: they are in all entries of a house and say nothing of one."""
    text = record.abstract
    for name in (record.org_name, *(partner.name for partner in record.partners[:MOST_PARTIES])):
        text = text.replace(name, " ") if name else text
    return text


def _without(rows: csr_matrix, removed: csr_matrix) -> csr_matrix:
    left = rows - rows.multiply(removed)
    left.eliminate_zeros()
    return left


def _united(left: csr_matrix, right: csr_matrix) -> csr_matrix:
    both = left + right
    both.data.fill(1)
    return both
