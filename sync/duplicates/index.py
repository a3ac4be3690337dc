"""The candidates of one entry among all others, kept in step as entries come, change and go.

A bulk of entries is held in arrays, what came since in dictionaries. Which pairs are candidates depends on the entries
that are there and on nothing else, in particular not on the order of their arrival: that is why an incremental run equals a
full one under the same snapshot of rarity.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sync.duplicates.blocking import ENOUGH, RULES
from sync.duplicates.comparison import FEATURES, Column, Pairs, Prepared, compare
from sync.duplicates.detection import prepare
from sync.duplicates.encoding import Encoded, encode
from sync.duplicates.hashing import Integers
from sync.duplicates.postings import Keys, Postings, keys_of, rule_of
from sync.duplicates.rarity import Rarity
from sync.duplicates.records import Record

_NONE: Keys = np.empty(0, np.int32)


class Touched(NamedTuple):
    """Entries, beside those that came, changed or went, that are candidates of each other no more, or may have become so:
    those with which they share a key that has passed its cap. Only pairs within `lost` and within `gained` are concerned.
    """

    lost: set[str]
    gained: set[str]


class _Place(NamedTuple):
    """Where an entry is encoded: its row of a batch."""

    batch: Prepared
    row: int


class Index:
    """Entries by id, under one snapshot of rarity."""

    def __init__(
        self, records: Sequence[Record], rarity: Rarity | None = None, prepared: Prepared | None = None
    ) -> None:
        """`prepared` are the records, row by row, where that is done. With no snapshot given, one is taken of `records`.
        Ids must differ.
        """
        if prepared is None:
            encoded = prepare(records)
            prepared = Prepared.of(encoded, rarity or Rarity.of(encoded))
        self._bulk, self.rarity = prepared, prepared.rarity
        self._records = {record.id: record for record in records}
        self._ids = [record.id for record in records]
        self._row = {identifier: row for row, identifier in enumerate(self._ids)}  # of the bulk's entries still there
        self._here = np.ones(len(records), np.bool_)  # the same by row
        self._postings = Postings.of(prepared.encoded)
        self._caps = np.array([rule.cap for rule in RULES.values()])
        self._weights = np.array([rule.weight for rule in RULES.values()])
        self._left: Counter[int] = Counter()  # entries of the bulk that left, by key
        self._came: dict[int, set[str]] = defaultdict(set)  # entries that came since, by key
        self._new: dict[str, _Place] = {}
        self._new_keys: dict[str, Keys] = {}

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, identifier: object) -> bool:
        return identifier in self._records

    def records(self) -> list[Record]:
        """All entries, in order of id."""
        return sorted(self._records.values(), key=lambda record: record.id)

    def add(self, *records: Record) -> Touched:
        """Add entries, or put them in the place of those with their ids; the answer names the others that this touched.

        Many at once cost less than one by one, and come to the same.
        """
        touched = Touched(set(), set())
        if not records:
            return touched
        batch = Prepared.of(encode(records), self.rarity)
        for row, (record, after) in enumerate(zip(records, keys_of(batch.encoded), strict=True)):
            before = self._take_out(record.id) if record.id in self else _NONE
            self._records[record.id] = record
            self._new[record.id] = _Place(batch, row)
            self._new_keys[record.id] = after
            for key in after.tolist():
                self._came[key].add(record.id)
            touched.lost.update(self._passed(np.setdiff1d(after, before, assume_unique=True), 1))
            touched.gained.update(self._passed(np.setdiff1d(before, after, assume_unique=True), 0))
        return touched

    def remove(self, identifier: str) -> Touched:
        """Take an entry out; the answer is as that of `add`. Raises KeyError where it is not there."""
        return Touched(lost=set(), gained=self._passed(self._take_out(identifier), 0))

    def _take_out(self, identifier: str) -> Keys:
        """Forget an entry; the keys it had."""
        keys = self._keys(identifier)
        del self._records[identifier]
        if identifier in self._new:
            del self._new[identifier], self._new_keys[identifier]
            for key in keys.tolist():
                self._came[key].discard(identifier)
        else:
            self._here[self._row.pop(identifier)] = False
            self._left.update(keys.tolist())
        return keys

    def _passed(self, keys: Keys, beyond: int) -> set[str]:
        """The entries of those `keys` that are held now by so many `beyond` the cap of their rule."""
        starts, ends, held = self._holders(keys)
        there = held == self._caps[rule_of(keys)] + beyond
        rows = self._postings.within(starts[there], ends[there])
        return self._known(rows).union(*(self._came.get(key, ()) for key in keys[there].tolist()))

    def candidates(self, identifier: str) -> list[str]:
        """The ids of the entries worth comparing with this one, in order."""
        keys = self._keys(identifier)
        starts, ends, held = self._holders(keys)
        rare = (held > 1) & (held <= self._caps[rule_of(keys)])
        keys, starts, ends = keys[rare], starts[rare], ends[rare]
        weights = self._weights[rule_of(keys)]
        rows, place = np.unique(self._postings.within(starts, ends), return_inverse=True)
        enough = np.bincount(place, np.repeat(weights, ends - starts), len(rows)) >= ENOUGH
        found = self._known(rows[enough])
        new: dict[str, float] = defaultdict(float)
        for key, weight in zip(keys.tolist(), weights.tolist(), strict=True):
            for other in self._came.get(key, ()):
                new[other] += weight
        found.update(other for other, weight in new.items() if weight >= ENOUGH)
        return sorted(found - {identifier})

    def features(self, identifier: str, others: Sequence[str]) -> Column:
        """The comparison of one entry with others, a row each."""
        batch, row = self._place(identifier)
        table = np.empty((len(others), len(FEATURES)), np.float32)
        for there, prepared, rows in self._gathered(others):
            table[there] = compare(Pairs(batch, np.full(len(rows), row), prepared, rows))
        return table

    def compared(self, pairs: Sequence[tuple[str, str]]) -> Column:
        """The comparison of many pairs at once, a row each."""
        wanted = sorted({identifier for pair in pairs for identifier in pair})
        gathered = [(there, prepared.encoded.take(rows)) for there, prepared, rows in self._gathered(wanted)]
        if not gathered:
            return np.empty((0, len(FEATURES)), np.float32)
        order = np.argsort(np.concatenate([there for there, _ in gathered]))
        prepared = Prepared.of(Encoded.joined([encoded for _, encoded in gathered]), self.rarity)
        place = dict(zip(wanted, order.tolist(), strict=True))
        first, second = (np.array([place[pair[side]] for pair in pairs], np.int64) for side in (0, 1))
        return compare(Pairs(prepared, first, prepared, second))

    def _gathered(self, identifiers: Sequence[str]) -> list[tuple[Integers, Prepared, Integers]]:
        """Where the entries are encoded, batch by batch: which of them, the batch, and their rows of it."""
        batches: dict[int, Prepared] = {}
        there: dict[int, list[int]] = defaultdict(list)
        rows: dict[int, list[int]] = defaultdict(list)
        for number, identifier in enumerate(identifiers):
            batch, row = self._place(identifier)
            batches[id(batch)] = batch
            there[id(batch)].append(number)
            rows[id(batch)].append(row)
        return [(np.array(there[key]), batch, np.array(rows[key])) for key, batch in batches.items()]

    def _place(self, identifier: str) -> _Place:
        return self._new.get(identifier) or _Place(self._bulk, self._row[identifier])

    def _keys(self, identifier: str) -> Keys:
        if identifier in self._new_keys:
            return self._new_keys[identifier]
        (keys,) = keys_of(self._bulk.encoded.take(np.array([self._row[identifier]])))
        return keys

    def _holders(self, keys: Keys) -> tuple[Integers, Integers, Integers]:
        """Where each key's rows of the bulk begin and end among the postings, and how many entries hold it now."""
        starts, ends = self._postings.spans(keys)
        held = ends - starts
        if self._new or self._left:
            came, left = self._came, self._left
            held += np.array([len(came.get(key, ())) - left.get(key, 0) for key in keys.tolist()], np.int64)
        return starts, ends, held

    def _known(self, rows: Keys) -> set[str]:
        """The ids of those rows of the bulk that are still there."""
        return {self._ids[row] for row in rows[self._here[rows]].tolist()}
