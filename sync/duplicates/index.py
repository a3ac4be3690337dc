"""The candidates of one entry among all others, kept in step as entries come, change and go.

A bulk of entries is held in arrays, what came since in dictionaries; `rebuilt` makes one bulk of both. Which pairs are
candidates depends on the entries that are there and on nothing else, in particular not on the order of their arrival.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
from scipy.sparse import csc_matrix

from sync.duplicates.blocking import RULES, enough
from sync.duplicates.comparison import Column, Prepared, compare
from sync.duplicates.encoding import Integers, encode
from sync.duplicates.rarity import Rarity
from sync.duplicates.records import Record


class Index:
    """Entries by id, under one snapshot of rarity."""

    def __init__(self, records: Sequence[Record], rarity: Rarity | None = None) -> None:
        """With no snapshot given, one is taken of `records`. Ids must differ."""
        encoded = encode(records)
        self.rarity = rarity or Rarity.of(encoded)
        self._bulk = Prepared.of(encoded, self.rarity)
        self._row = {record.id: row for row, record in enumerate(records)}
        self._ids = [record.id for record in records]
        self._postings: dict[str, csc_matrix] = {name: rule.keys(encoded).tocsc() for name, rule in RULES.items()}
        self._gone: dict[str, Counter[int]] = {name: Counter() for name in RULES}  # bulk entries per key that left
        self._new: dict[str, Prepared] = {}
        self._new_keys: dict[str, dict[int, set[str]]] = {name: defaultdict(set) for name in RULES}

    def __len__(self) -> int:
        return len(self._row) + len(self._new)

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._row or identifier in self._new

    def records(self) -> list[Record]:
        """All entries, in order of id."""
        bulk = [self._bulk.encoded.records[row] for row in self._row.values()]
        return sorted([*bulk, *(each.encoded.records[0] for each in self._new.values())], key=lambda record: record.id)

    def rebuilt(self) -> Self:
        """The same entries as one bulk, under a fresh snapshot."""
        return type(self)(self.records())

    def add(self, record: Record) -> set[str]:
        """Add an entry, or put it in place of the one with its id.

        The answer names the entries whose candidates changed: this one, and those that shared with it a key that
        passed its cap.
        """
        touched = self.remove(record.id) if record.id in self else set()
        prepared = Prepared.of(encode([record]), self.rarity)
        self._new[record.id] = prepared
        for name, rule in RULES.items():
            for key in rule.keys(prepared.encoded).indices.tolist():
                self._new_keys[name][key].add(record.id)
                if self._held(name, key) == rule.cap + 1:
                    touched.update(self._members(name, key))
        return touched | {record.id}

    def remove(self, identifier: str) -> set[str]:
        """Take an entry out; the answer is as that of `add`. Raises KeyError where it is not there."""
        touched = {identifier}
        source, row = self._place(identifier)
        for name, rule in RULES.items():
            keys = rule.keys(source.encoded.take(np.array([row]))).indices.tolist()
            for key in keys:
                if identifier in self._new:
                    self._new_keys[name][key].discard(identifier)
                else:
                    self._gone[name][key] += 1
        if identifier in self._new:
            del self._new[identifier]
        else:
            del self._row[identifier]
        for name, rule in RULES.items():
            keys = rule.keys(source.encoded.take(np.array([row]))).indices.tolist()
            for key in keys:
                if self._held(name, key) == rule.cap:
                    touched.update(self._members(name, key))
        return touched

    def candidates(self, identifier: str) -> list[str]:
        """The ids of the entries worth comparing with this one, in order."""
        source, row = self._place(identifier)
        own = source.encoded.take(np.array([row]))
        weights: Counter[str] = Counter()
        for name, rule in RULES.items():
            for key in rule.keys(own).indices.tolist():
                if 1 < self._held(name, key) <= rule.cap:
                    for other in self._members(name, key):
                        weights[other] += rule.weight
        del weights[identifier]
        return sorted(other for other, weight in weights.items() if enough(weight))

    def features(self, identifier: str, others: Sequence[str]) -> Column:
        """The comparison of one entry with others, a row each."""
        source, row = self._place(identifier)
        old = [place for place, other in enumerate(others) if other in self._row]
        table = np.empty((len(others), 0), np.float32)
        rows = np.array([self._row[others[place]] for place in old], np.int64)
        parts = compare(source, np.full(len(old), row), self._bulk, rows)
        table = np.empty((len(others), parts.shape[1]), np.float32)
        table[old] = parts
        for place, other in enumerate(others):
            if other in self._new:
                table[place] = compare(source, _FIRST + row, self._new[other], _FIRST)[0]
        return table

    def _place(self, identifier: str) -> tuple[Prepared, int]:
        if identifier in self._new:
            return self._new[identifier], 0
        return self._bulk, self._row[identifier]

    def _held(self, name: str, key: int) -> int:
        starts = self._postings[name].indptr
        new = self._new_keys[name].get(key, ())
        return int(starts[key + 1] - starts[key]) - self._gone[name].get(key, 0) + len(new)

    def _members(self, name: str, key: int) -> Iterable[str]:
        postings = self._postings[name]
        rows = postings.indices[postings.indptr[key] : postings.indptr[key + 1]].tolist()
        old = (self._ids[row] for row in rows)
        return [*(each for each in old if each in self._row), *self._new_keys[name].get(key, ())]


_FIRST: Integers = np.zeros(1, np.int64)
