"""The candidates of one entry among all others, kept in step as entries come, change and go.

A bulk of entries is held in arrays, what came since in dictionaries; `rebuilt` makes one bulk of both. Which pairs are
candidates depends on the entries that are there and on nothing else, in particular not on the order of their arrival:
that is why an incremental run equals a full one under the same snapshot of rarity.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from sync.duplicates.blocking import RULES, enough
from sync.duplicates.comparison import FEATURES, Column, Pairs, Prepared, compare
from sync.duplicates.encoding import Encoded, encode
from sync.duplicates.hashing import Integers, narrow
from sync.duplicates.rarity import Rarity
from sync.duplicates.records import Record

_FIRST: Integers = np.zeros(1, np.int64)
Keys = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class _Postings:
    """The rows of each key of a bulk, by key."""

    keys: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int32]

    @classmethod
    def of(cls, matrix: csr_matrix) -> Self:
        keys = narrow(matrix.indices).astype(np.int32)
        order = np.argsort(keys, kind="stable")
        rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))
        return cls(keys[order], rows[order])

    def of_key(self, key: int) -> npt.NDArray[np.int32]:
        start, end = np.searchsorted(self.keys, np.array((key, key + 1), self.keys.dtype))
        return self.rows[start:end]


class Touched(NamedTuple):
    """Entries, beside the one that came, changed or went, that are candidates of each other no more, or may have become so:
    those with which it shares a key that has passed its cap. Only pairs within `lost` and within `gained` are concerned.
    """

    lost: set[str]
    gained: set[str]


class Index:
    """Entries by id, under one snapshot of rarity."""

    def __init__(self, records: Sequence[Record], rarity: Rarity | None = None) -> None:
        """With no snapshot given, one is taken of `records`. Ids must differ."""
        encoded = encode(records)
        self.rarity = rarity or Rarity.of(encoded)
        self._bulk = Prepared.of(encoded, self.rarity)
        self._records = {record.id: record for record in records}
        self._ids = [record.id for record in records]
        self._row = {identifier: row for row, identifier in enumerate(self._ids)}  # of the bulk's entries still there
        self._postings = {name: _Postings.of(rule.keys(encoded)) for name, rule in RULES.items()}
        self._gone: dict[str, Counter[int]] = {name: Counter() for name in RULES}  # bulk entries of a key that left
        self._new: dict[str, Prepared] = {}
        self._new_keys: dict[str, Keys] = {}
        self._new_members: dict[str, dict[int, set[str]]] = {name: defaultdict(set) for name in RULES}

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._records

    def records(self) -> list[Record]:
        """All entries, in order of id."""
        return sorted(self._records.values(), key=lambda record: record.id)

    def rebuilt(self) -> Self:
        """The same entries as one bulk, under a fresh snapshot."""
        return type(self)(self.records())

    def add(self, record: Record) -> Touched:
        """Add an entry, or put it in the place of the one with its id; the answer names the others that this touched."""
        before = self._take_out(record.id) if record.id in self else {}
        self._records[record.id] = record
        self._new[record.id] = Prepared.of(encode([record]), self.rarity)
        self._new_keys[record.id] = self._found_keys(record.id)
        after = self._keys(record.id)
        for name, keys in after.items():
            for key in keys:
                self._new_members[name][key].add(record.id)
        return Touched(lost=self._passed(after, before, 1), gained=self._passed(before, after, 0))

    def remove(self, identifier: str) -> Touched:
        """Take an entry out; the answer is as that of `add`. Raises KeyError where it is not there."""
        return Touched(lost=set(), gained=self._passed(self._take_out(identifier), {}, 0))

    def _take_out(self, identifier: str) -> Keys:
        """Forget an entry; the keys it had."""
        of_entry = self._keys(identifier)
        del self._records[identifier]
        if identifier in self._new:
            del self._new[identifier], self._new_keys[identifier]
            for name, keys in of_entry.items():
                for key in keys:
                    self._new_members[name][key].discard(identifier)
        else:
            del self._row[identifier]
            for name, keys in of_entry.items():
                self._gone[name].update(keys)
        return of_entry

    def _passed(self, keys: Keys, others: Keys, beyond: int) -> set[str]:
        """The entries of those `keys`, not among `others`, that are held now by so many `beyond` the cap of their rule."""
        return {
            member
            for name, own in keys.items()
            for key in set(own).difference(others.get(name, ()))
            if self._held(name, key) == RULES[name].cap + beyond
            for member in self._members(name, key)
        }

    def candidates(self, identifier: str) -> list[str]:
        """The ids of the entries worth comparing with this one, in order."""
        weights: dict[str, float] = defaultdict(float)
        for name, keys in self._keys(identifier).items():
            rule = RULES[name]
            for key in keys:
                if 1 < self._held(name, key) <= rule.cap:
                    for other in self._members(name, key):
                        weights[other] += rule.weight
        weights.pop(identifier, None)
        return sorted(other for other, weight in weights.items() if enough(weight))

    def features(self, identifier: str, others: Sequence[str]) -> Column:
        """The comparison of one entry with others, a row each."""
        source, row = self._place(identifier)
        old = [place for place, other in enumerate(others) if other in self._row]
        table = np.empty((len(others), len(FEATURES)), np.float32)
        rows = np.array([self._row[others[place]] for place in old], np.int64)
        table[old] = compare(Pairs(source, np.full(len(old), row), self._bulk, rows))
        for place, other in enumerate(others):
            if other in self._new:
                table[place] = compare(Pairs(source, _FIRST + row, self._new[other], _FIRST))[0]
        return table

    def compared(self, pairs: Sequence[tuple[str, str]]) -> Column:
        """The comparison of many pairs at once, a row each."""
        wanted = sorted({identifier for pair in pairs for identifier in pair})
        bulk = [each for each in wanted if each in self._row]
        new = [each for each in wanted if each in self._new]
        rows = np.array([self._row[each] for each in bulk], np.int64)
        encoded = Encoded.joined([self._bulk.encoded.take(rows), *(self._new[each].encoded for each in new)])
        place = {identifier: row for row, identifier in enumerate([*bulk, *new])}
        first, second = (np.array([place[pair[side]] for pair in pairs], np.int64) for side in (0, 1))
        prepared = Prepared.of(encoded, self.rarity)
        return compare(Pairs(prepared, first, prepared, second))

    def _place(self, identifier: str) -> tuple[Prepared, int]:
        if identifier in self._new:
            return self._new[identifier], 0
        return self._bulk, self._row[identifier]

    def _keys(self, identifier: str) -> Keys:
        return self._new_keys.get(identifier) or self._found_keys(identifier)

    def _found_keys(self, identifier: str) -> Keys:
        source, row = self._place(identifier)
        encoded = source.encoded.take(_FIRST + row)
        return {name: sorted(set(narrow(rule.keys(encoded).indices).tolist())) for name, rule in RULES.items()}

    def _held(self, name: str, key: int) -> int:
        new = self._new_members[name].get(key, ())
        return len(self._postings[name].of_key(key)) - self._gone[name].get(key, 0) + len(new)

    def _members(self, name: str, key: int) -> list[str]:
        old = (self._ids[row] for row in self._postings[name].of_key(key).tolist())
        return [*(each for each in old if each in self._row), *self._new_members[name].get(key, ())]
