"""Rows of numbers: sets of hashes, one set a record, in compressed sparse rows.

Pieces of text have 23 bits: two that share a hash count as one, which changes the share of a common part by less than a
thousandth. Keys of people and organisations have 62, because one shared token decides. Hashes are the same in every
process and on every machine.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from sync.duplicates.folding import BREAK, Codes, codes_of

Integers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.int64]  # row and hash in one number, so that sorting puts a row's hashes in order
BITS: Final = 23  # of a hash: 8 million places, for the few million different n-grams of a corpus
SPACE: Final = 1 << BITS
MANY: Final = 64  # from this part of the space on a table of all places is cheaper than sorting those that are there
WIDE: Final = 1 << 62
_MIXERS: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)  # odd, from xxHash
_CODE_BITS: Final = 21  # of a Unicode code point
_BLOCK: Final = 4_000_000  # characters at once, so that what is laid out beside the texts stays small


def narrow(hashes: npt.NDArray[np.signedinteger[Any]]) -> npt.NDArray[np.signedinteger[Any]]:
    """Hashes of either width as places of the smaller space, where it is enough to be nearly right."""
    return hashes & (SPACE - 1)


def hashed(texts: Sequence[str]) -> Integers:
    """The places of whole texts among the wide ones."""
    return hashed_codes(*codes_of(texts))


def hashed_codes(codes: Codes, ends: Integers) -> Integers:
    """As `hashed`, of texts laid out by `codes_of`."""
    starts = np.concatenate((np.zeros(1, np.int64), ends))
    lengths = np.diff(starts)
    place = np.arange(len(codes), dtype=np.uint64) - np.repeat(starts[:-1], lengths).astype(np.uint64)
    mixed = (codes + np.uint64(1)) * np.uint64(_MIXERS[0]) + place
    for mixer in _MIXERS[1:3]:
        mixed ^= mixed >> np.uint64(31)
        mixed *= np.uint64(mixer)
    mixed ^= mixed >> np.uint64(29)
    running = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)))
    total = running[ends] - running[starts[:-1]]
    return (((total ^ (total >> np.uint64(32))) * np.uint64(_MIXERS[3])) >> np.uint64(2)).astype(np.int64)


def paired(one: Integers, other: Integers) -> Integers:
    """A wide hash for each two of them."""
    mixed = (one.astype(np.uint64) * np.uint64(_MIXERS[0]) + other.astype(np.uint64)) * np.uint64(_MIXERS[1])
    return ((mixed ^ (mixed >> np.uint64(32))) >> np.uint64(2)).astype(np.int64)


def rows_of(hashes: Integers, owners: Integers, count: int) -> csr_matrix:
    """`count` rows; each hash once in the row of its owner. Owners need no order."""
    order = np.lexsort((hashes, owners))
    row, columns = owners[order], hashes[order]
    fresh = np.ones(len(columns), np.bool_)
    fresh[1:] = (np.diff(columns) != 0) | (np.diff(row) != 0)
    starts = np.searchsorted(row[fresh], np.arange(count + 1))
    return _matrix(columns[fresh], starts, WIDE)


def hashed_rows(texts: Sequence[str]) -> csr_matrix:
    """Each text as a whole, a row each; an empty text is an empty row."""
    given = np.flatnonzero(np.fromiter(map(bool, texts), np.bool_, len(texts)))
    return rows_of(hashed([texts[row] for row in given.tolist()]), given, len(texts))


def grams(codes: Codes, ends: Integers, owners: Integers, *lengths: int) -> list[Keys]:
    """For each of the `lengths`, 1, 2 or 4, the runs of so many signs that hold no break, each text's in the row of its owner.

    Owners must not fall from one text to the next.
    """
    parts: list[list[Keys]] = [[] for _ in lengths]
    first = 0
    while first < len(ends):
        start = int(ends[first - 1]) if first else 0
        last = max(int(np.searchsorted(ends, start + _BLOCK, "right")), first + 1)
        block = codes[start : int(ends[last - 1])]
        texts = np.diff(ends[first:last], prepend=start)
        for found, keys in zip(parts, _grams_of_block(block, texts, owners[first:last], lengths), strict=True):
            found.append(keys)
        first = last
    # A row whose texts fell into two blocks has met its keys twice.
    return [distinct(np.concatenate(each)) if len(each) > 1 else (each or [np.empty(0, np.int64)])[0] for each in parts]


def _grams_of_block(codes: Codes, lengths: Integers, owners: Integers, wanted: Sequence[int]) -> list[Keys]:
    if not len(codes):
        return [np.empty(0, np.int64) for _ in wanted]
    text = np.repeat(np.arange(len(lengths)), lengths)
    whole = (codes[:-1] != BREAK) & (codes[1:] != BREAK) & (text[:-1] == text[1:])
    mixed = (codes[:-1].astype(np.uint64) << np.uint64(_CODE_BITS)) | codes[1:]
    mixed *= np.uint64(_MIXERS[0])
    mixed ^= mixed >> np.uint64(29)
    found = []
    for length in wanted:
        pieces, here = mixed, whole
        if length == 1:
            pieces, here = (codes + np.uint64(1)) * np.uint64(_MIXERS[0]), codes != BREAK
        if length == 4:
            pieces = mixed[:-2] * np.uint64(_MIXERS[1]) + mixed[2:]
            here = whole[:-2] & whole[1:-1] & whole[2:]
        pieces = pieces[here] * np.uint64(_MIXERS[2])
        rows = owners[text[: len(here)][here]]
        found.append(distinct((rows << BITS) | (pieces >> np.uint64(64 - BITS)).astype(np.int64)))
    return found


def distinct(keys: Keys) -> Keys:
    """The different keys, in order."""
    keys = np.sort(keys)
    return keys[np.diff(keys, prepend=-1) > 0]


def without(keys: Keys, removed: Keys) -> Keys:
    """Those of `keys` that are not among `removed`; both distinct and in order."""
    places = np.searchsorted(keys, removed)
    removed, places = removed[places < len(keys)], places[places < len(keys)]
    kept = np.ones(len(keys), np.bool_)
    kept[places[keys[places] == removed]] = False
    return keys[kept]


def rows_of_keys(keys: Keys, count: int) -> csr_matrix:
    """`count` rows from distinct keys in order."""
    starts = np.searchsorted(keys, np.arange(count + 1, dtype=np.int64) << BITS)
    return _matrix((keys & (SPACE - 1)).astype(np.int32), starts, SPACE)


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
    keys = distinct((row << BITS) | (mixed >> np.uint64(64 - BITS)).astype(np.int64))
    return rows_of_keys(keys, len(many))


def _matrix(columns: npt.NDArray[Any], starts: Integers, width: int) -> csr_matrix:
    made = csr_matrix((np.ones(len(columns), np.int8), columns, starts), shape=(len(starts) - 1, width))
    made.has_sorted_indices = made.has_canonical_format = True
    return made
