"""The keys of every rule side by side, and which entries of a bulk hold each: what one entry's candidates are looked up in.

A key is the number of its rule above its hash, so that all keys of an entry are looked up at once, by halving: the cost follows
the keys of that entry and not the number of the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from sync.duplicates.blocking import RULES
from sync.duplicates.encoding import Encoded
from sync.duplicates.hashing import BITS, Integers, distinct, narrow

Keys = npt.NDArray[np.int32]
Places = npt.NDArray[np.signedinteger[Any]]

_ROW_BITS: Final = 32


def rule_of(keys: Keys) -> Places:
    """The number of the rule, in the order of `RULES`, that each key belongs to."""
    return keys >> BITS


def keys_of(encoded: Encoded) -> list[Keys]:
    """The keys of each row, in order and each once."""
    placed = [(rows << _ROW_BITS) | keys for keys, rows in _by_rule(encoded)]
    together = np.sort(np.concatenate(placed))
    ends = np.searchsorted(together, np.arange(1, len(encoded), dtype=np.int64) << _ROW_BITS)
    return np.split(together.astype(np.int32), ends)  # the lower half is the key


def _by_rule(encoded: Encoded) -> Iterator[tuple[Integers, Integers]]:
    """For each rule its keys and the row of each, by key and then by row."""
    for number, rule in enumerate(RULES.values()):
        matrix = rule.keys(encoded)
        rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
        placed = distinct((narrow(matrix.indices).astype(np.int64) << _ROW_BITS) | rows)
        yield (placed >> _ROW_BITS) | (number << BITS), placed & ((1 << _ROW_BITS) - 1)


@dataclass(frozen=True, slots=True)
class Postings:
    """The rows that hold each of the `keys`: those of the k-th stand in `rows` from `starts[k]` to `starts[k + 1]`."""

    keys: Keys
    starts: Integers
    rows: npt.NDArray[np.int32]

    @classmethod
    def of(cls, encoded: Encoded) -> Self:
        """Of a bulk."""
        keys, held, rows = [], [], []
        for of_rule, rows_of_rule in _by_rule(encoded):
            first = np.flatnonzero(np.diff(of_rule, prepend=-1))
            keys.append(of_rule[first].astype(np.int32))
            held.append(np.diff(first, append=len(of_rule)))
            rows.append(rows_of_rule.astype(np.int32))
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.concatenate(held))))
        return cls(np.concatenate(keys), starts, np.concatenate(rows))

    def spans(self, keys: Keys) -> tuple[Integers, Integers]:
        """Where in `rows` those of each key begin and end."""
        if not len(self.keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = self.keys[places] == keys
        starts = self.starts[places]
        return starts, np.where(known, self.starts[places + 1], starts)

    def within(self, starts: Integers, ends: Integers) -> npt.NDArray[np.int32]:
        """The rows of these spans, one span after the other."""
        many = ends - starts
        first = np.cumsum(many) - many
        found: npt.NDArray[np.int32] = self.rows[np.arange(many.sum()) + np.repeat(starts - first, many)]
        return found
